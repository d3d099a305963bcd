"""Pairs in the fold: the same prompt under both bundles, shadow calls and probes."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.metrics import INDEX
from detectors.monitor import fold, fresh
from detectors.seen import Seen
from schemas import MonitorReading, Signal
from tests.tenant_world import event, phase, run

PHASES = {"p1": phase()}
Values = NDArray[np.float64]
Change = Callable[[Values], None]


def pairs(n: int, seed: int = 0, change: Change | None = None, alike: float = 0.8) -> list[Seen]:
    """Return a live event and the shadow call of its prompt, n times over."""
    rng, seens = np.random.default_rng(seed), []
    for i in range(n):
        easy = rng.normal() * np.sqrt(alike)
        halves = []
        for candidate in (False, True):
            half = event(
                2 * i + candidate, rng, candidate, pair_id=f"pair-{i}",
                traffic="shadow" if candidate else "live", stratum="task|1",
            )  # fmt: skip
            noise = rng.normal() * np.sqrt(1 - alike)
            half.values[INDEX["output_tokens"]] = round(np.exp(5 + 0.7 * (easy + noise)))
            if candidate and change is not None:
                change(half.values)
            halves.append(half)
        if i % 2:
            halves.reverse()
        seens += halves
    return seens


def last(signals: list[Signal], metric: str) -> MonitorReading:
    readings = [r for s in signals if s.kind == "rollout" for r in s.readings]
    return [r for r in readings if r.metric == metric][-1]


def test_halves_wait_for_one_another_and_count_once() -> None:
    state = fresh()
    first, second = pairs(1)
    assert fold(state, first, PHASES).counted == "evidence"
    assert state.concurrent is not None
    assert state.concurrent.units == [0, 0]
    assert fold(state, first, PHASES).counted == "repeat"
    assert fold(state, second, PHASES).counted == "evidence"
    assert state.concurrent.units == [1, 1]
    assert not state.concurrent.pairs.waiting


def test_a_shadow_call_without_its_pair_gives_no_evidence() -> None:
    lonely = event(0, np.random.default_rng(0), candidate=True, traffic="shadow")
    assert fold(fresh(), lonely, PHASES).counted == "not-live"


def test_halves_that_wait_are_bounded_and_the_lost_are_counted() -> None:
    state = fresh()
    run(state, pairs(300)[::2], PHASES)
    assert state.concurrent is not None
    assert len(state.concurrent.pairs.waiting) == 256
    assert state.concurrent.pairs.lost == 44


def test_a_golden_set_may_be_answered_by_one_bundle_after_the_other() -> None:
    state, both = fresh(), pairs(200, 0, _longer)
    _, signals = run(state, [*both[::2], *both[1::2]], PHASES)
    assert last(signals, "output_tokens").units.candidate > 190
    assert state.concurrent is not None
    assert state.concurrent.pairs.lost == 0


def _longer(values: Values) -> None:
    values[INDEX["output_tokens"]] *= 1.3


def test_longer_answers_to_the_same_prompts_are_found_sooner_than_among_others() -> None:
    found = []
    for seed in range(5):
        _, signals = run(fresh(), pairs(250, seed, _longer), PHASES)
        found.append(last(signals, "output_tokens").display)
    assert sorted(found)[2] > 4.0


@pytest.mark.parametrize("seed", range(8))
def test_pairs_of_one_configuration_are_silent(seed: int) -> None:
    _, signals = run(fresh(), pairs(300, seed), PHASES)
    loud = [r for s in signals if s.kind == "rollout" for r in s.readings]
    assert max(r.display for r in loud) < 3.0
    assert max(r.action for r in loud) < 2.0


def test_speed_of_a_shadow_call_is_not_compared() -> None:
    def slow(values: Values) -> None:
        values[INDEX["latency_ms"]] *= 10

    _, signals = run(fresh(), pairs(100, 1, slow), PHASES)
    assert "latency_ms" not in {r.metric for s in signals for r in s.readings}


def test_which_half_came_while_clusters_still_learned_is_no_evidence() -> None:
    """A batch under the baseline, then under the candidate: clusters settle between the two."""
    state, rng, most = fresh(), np.random.default_rng(1), 0.0
    centres = rng.normal(size=(5, 64))
    for start in range(0, 240, 24):
        for candidate in (False, True):
            for i in range(start, start + 24):
                half = event(
                    2 * i + candidate, rng, candidate, pair_id=f"pair-{i}", traffic="shadow",
                    stratum="task|1", embedder="model",
                    static=(centres[i % 5] + 0.3 * rng.normal(size=64)).astype(np.float32),
                )  # fmt: skip
                fold(state, half, PHASES)
                assert state.concurrent is not None
                wealth = state.concurrent.wealth()[0, INDEX["embedding_cluster"]]
                most = max(most, float(wealth))
    assert state.concurrent is not None
    assert state.concurrent.active()[INDEX["embedding_cluster"]]
    assert most < 4
