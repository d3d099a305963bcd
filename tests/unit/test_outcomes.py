"""What becomes known later: nothing is made of who got how far, and dates stay comparable."""

from functools import partial

import numpy as np
import pytest

from detectors.attribution import attribute
from detectors.layout import OUTCOMES
from detectors.metrics import INDEX
from detectors.monitor import fold, fresh
from detectors.surroundings import VARIABLES, Circumstances
from schemas import Signal
from tests.tenant_world import event, outcome, phase

EVEN = {"p1": phase(weight=0.5, controls=1)}
LENGTH = INDEX["output_tokens"]


@pytest.mark.parametrize("stamped", [True, False])
def test_who_needs_fewer_turns_is_not_judged_by_the_hard_cases_that_still_do(stamped: bool) -> None:
    """Easy cases take the candidate one turn and not four; nobody is more or less content."""
    state, rng, at = fresh(), np.random.default_rng(1), 0
    for unit in range(2000):
        candidate, hard = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
        for turn in ("1", "2-3", "2-3", "4+")[: 1 if candidate and not hard else 4]:
            at += 1
            seen = event(at, rng, candidate, unit_id=f"u{unit}", stratum=f"task|{turn}")
            fold(state, seen, EVEN)
        bad = float(rng.random() < (0.4 if hard else 0.02))
        told = outcome(at, "feedback_bad", bad, stamp=seen.stamp if stamped else None)
        fold(state, told, EVEN)
    assert state.concurrent is not None
    assert state.concurrent.wealth()[:, INDEX["feedback_bad"]].max() < 10


def around(index: str) -> Circumstances:
    return tuple({"index_version": index}.get(variable.name) for variable in VARIABLES)


def test_a_cause_is_named_though_every_answer_is_judged() -> None:
    state, rng = fresh(), np.random.default_rng(0)
    told: list[Signal] = []
    for i in range(3000):
        seen = event(i, rng, stamp=None, stratum="task|1")
        seen.context = partial(around, "v1" if i < 2000 else "v2")
        if i >= 2000:
            seen.values[LENGTH] *= 1.6
        told += fold(state, seen, {}).signals
        fold(state, outcome(i, "judge_score", 4.0 + i % 2), {})
    assert attribute(told[-1]).cause == "retrieval"


@pytest.mark.parametrize("stamped", [True, False])
def test_an_outcome_of_a_phase_that_is_over_gives_no_evidence(stamped: bool) -> None:
    phases = {"p1": phase(weight=0.05, controls=19), "p2": phase("p2", weight=0.5, opened_at=5)}
    state, rng = fresh(), np.random.default_rng(0)
    first = event(1, rng)
    fold(state, first, phases)
    fold(state, event(2, rng, phase_id="p2"), phases)
    changes = {"stamp": first.stamp} if stamped else {}
    old = fold(state, outcome(1, "feedback_bad", 1.0, **changes), phases)
    assert old.counted == ("old-phase" if stamped else "late"), "it was drawn by another weight"
    assert fold(state, outcome(2, "feedback_bad", 1.0), phases).counted == "evidence"


def test_weights_that_change_while_outcomes_are_awaited_make_no_difference_of_arms() -> None:
    """Who is slow to answer is not content, whatever the bundle."""
    weights, state, rng = (0.5, 0.05), fresh(), np.random.default_rng(0)
    phases = {
        f"p{k}": phase(f"p{k}", weight=weights[k % 2], controls=(1, 19)[k % 2], opened_at=k)
        for k in range(8)
    }
    due: dict[int, list[tuple[int, float]]] = {}
    for i in range(2000):
        k = i // 250
        candidate = bool(rng.random() < weights[k % 2])
        fold(state, event(i, rng, candidate, phase_id=f"p{k}"), phases)
        slow = rng.random() < 0.5
        due.setdefault(i + (150 if slow else 3), []).append((i, float(slow)))
        for which, bad in due.pop(i, []):
            fold(state, outcome(which, "feedback_bad", bad, at=1000 + 100 * i), phases)
    assert state.concurrent is not None
    assert state.concurrent.wealth()[:, INDEX["feedback_bad"]].max() < 10


def test_outcomes_stand_side_by_side_in_the_catalogue() -> None:
    first, last = int(OUTCOMES[0]), int(OUTCOMES[-1])
    assert OUTCOMES.tolist() == list(range(first, last + 1))
