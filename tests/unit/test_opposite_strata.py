"""Strata that move in opposite directions: both are believed, and neither is dreamt up."""

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import INDEX
from detectors.state import TenantAgent
from tests.tenant_world import event, phase, run, traffic

TOKENS, LATENCY = INDEX["output_tokens"], INDEX["latency_ms"]


def scaled(n: int, seed: int, *factors: float) -> TenantAgent:
    """Return what is known when a candidate's answers are so much longer in each stratum."""
    rng, state = np.random.default_rng(seed), TenantAgent()
    events = []
    for i in range(n):
        candidate = bool(rng.random() < 0.25)
        one = event(i, rng, candidate, stratum=f"task-{i % len(factors)}|1")
        if candidate:
            one.values[TOKENS] *= factors[i % len(factors)]
        events.append(one)
    run(state, events, {"p1": phase()})
    return state


def evidence(state: TenantAgent) -> NDArray[np.float64]:
    """Return log10 W, [display, pause, action] x metric."""
    assert state.concurrent is not None
    found: NDArray[np.float64] = np.log10(state.concurrent.wealth())
    return found


def test_opposite_moves_do_not_cancel() -> None:
    for seed in range(3):
        both = evidence(scaled(800, seed, 3.0, 1 / 3))[:, TOKENS]
        one = evidence(scaled(800, seed, 3.0, 3.0))[:, TOKENS]
        assert both.min() > 4.0, "some 200 candidate units are plenty"
        assert one.min() > both.min(), "the same everywhere is quicker still"


def test_a_stratum_that_got_better_and_then_worse_is_believed_again() -> None:
    rng, state = np.random.default_rng(1), TenantAgent()
    events = []
    for i in range(2200):
        candidate = bool(rng.random() < 0.25)
        events.append(event(i, rng, candidate, stratum="task-0|1"))
        if candidate:
            events[-1].values[LATENCY] *= 0.3 if i < 1500 else 3.0
    run(state, events[:1500], {"p1": phase()})
    assert evidence(state)[2, LATENCY] < 0.0
    run(state, events[1500:], {"p1": phase()})
    assert evidence(state)[2, LATENCY] > 6.0


def test_no_change_stays_no_change() -> None:
    runs, over = 120, 0
    for seed in range(runs):
        state = TenantAgent()
        run(state, traffic(400, seed), {"p1": phase()})
        over += bool(evidence(state)[0, TOKENS] > 1.0)
    assert over <= 0.1 * runs
