"""What becomes known later: nothing is made of who got how far, and dates stay comparable."""

from functools import partial

import numpy as np
import pytest

from detectors.attribution import attribute
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
