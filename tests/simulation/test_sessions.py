"""Sticky sessions and returning users: no change at all must look like none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from detectors.metrics import INDEX
from detectors.monitor import Seen, fold, fresh
from detectors.readings import log10
from tests.tenant_world import RATES, event, phase

RUNS = 8
EVENTS = 2500
CORRELATION = 0.6


def sessions(rng: np.random.Generator, weight: float) -> list[Seen]:
    """Return events of sessions of five turns on average, ten of them open at once."""
    fresh_id = 0
    open_ones: list[tuple[str, list[int]]] = []
    seens = []
    for i in range(EVENTS):
        if len(open_ones) < 10:
            fresh_id += 1
            # Every tenth session is a user who comes back.
            name = f"s{rng.integers(fresh_id)}" if rng.random() < 0.1 else f"s{fresh_id}"
            open_ones.append((name, [0]))
        one = open_ones[int(rng.integers(len(open_ones)))]
        one[1][0] += 1
        own = np.random.default_rng(int(one[0][1:]) + 10_000 * int(weight * 100))
        candidate = bool(own.random() < weight)
        latent = np.sqrt(CORRELATION) * own.normal() + np.sqrt(1 - CORRELATION) * rng.normal()
        turn = "1" if one[1][0] == 1 else "2-3" if one[1][0] < 4 else "4+"
        seen = event(i, rng, candidate, unit_id=one[0], stratum=f"chat|{turn}")
        seen.values[INDEX["output_tokens"]] = np.round(np.exp(5 + 0.7 * latent))
        for metric, rate in RATES.items():
            seen.values[INDEX[metric]] = ndtr(latent) > 1 - rate
        seens.append(replace(seen, event_id=f"{i}"))
        if rng.random() < 0.2:
            open_ones.remove(one)
    return seens


@pytest.mark.parametrize("weight", [0.05, 0.25])
def test_sticky_sessions_give_no_evidence(weight: float) -> None:
    phases = {"p1": phase(weight=weight, controls=19 if weight < 0.1 else 3)}
    loud = 0
    for run in range(RUNS):
        state, most = fresh(), 0.0
        for seen in sessions(np.random.default_rng(run), weight):
            if fold(state, seen, phases).signals and state.concurrent is not None:
                most = max(most, float(log10(state.concurrent.wealth()).max()))
        assert state.concurrent is not None
        assert sum(state.concurrent.units) < EVENTS / 3
        assert most < 4
        loud += most > 2
    assert loud <= 1
