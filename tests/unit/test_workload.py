"""Margins from a tenant's own variation, and cost as if as much were cached as usual."""

import numpy as np
import pytest

from detectors.cached import Cached
from detectors.compare.levels import Levels
from detectors.margins import tenant_margins
from detectors.metrics import INDEX, SIZE
from detectors.monitor import fold, fresh
from tests.tenant_world import event, phase


def levels(n: int, **columns: float) -> Levels:
    """Return the levels of a baseline with lognormal values of given spread, or flags' rates."""
    rng, made = np.random.default_rng(0), Levels()
    values = np.full((n, SIZE), np.nan)
    for name, number in columns.items():
        flag = name in ("refused", "error")
        column = rng.random(n) < number if flag else np.exp(5 + number * rng.normal(size=n))
        values[:, INDEX[name]] = column
    there = ~np.isnan(values)
    made.update(values, there, np.ones(SIZE, bool))
    return made


def test_a_steady_tenant_notices_less_and_a_lively_one_more() -> None:
    usual = tenant_margins(levels(5000, output_tokens=0.7), {})["output_tokens"]
    steady = tenant_margins(levels(5000, output_tokens=0.2), {})["output_tokens"]
    lively = tenant_margins(levels(5000, output_tokens=1.1), {})["output_tokens"]
    assert steady < usual < lively
    assert usual == pytest.approx(1.25, abs=0.03)
    assert steady >= 1.13
    assert lively <= 1.45


def test_a_rare_flag_must_rise_by_cases_that_somebody_meets() -> None:
    assert tenant_margins(levels(5000, refused=0.05), {})["refused"] == 1.5
    assert tenant_margins(levels(5000, refused=0.001), {})["refused"] == 3.0


def test_what_the_policy_sets_goes_before_and_a_short_past_says_nothing() -> None:
    made = levels(5000, output_tokens=0.2)
    assert tenant_margins(made, {"output_tokens": 1.5})["output_tokens"] == 1.5
    assert tenant_margins(levels(100, output_tokens=0.2), {}) == {}
    assert tenant_margins(Levels(), {"cost_usd": 1.1}) == {"cost_usd": 1.1}


def test_a_tail_has_the_margin_of_its_source() -> None:
    made = tenant_margins(levels(5000, latency_ms=0.5), {})
    assert made["latency_tail"] == made["latency_ms"]


def _row(cost: float) -> np.ndarray:
    values = np.full(SIZE, np.nan)
    values[INDEX["cost_usd"]] = cost
    return values


def test_a_cold_cache_makes_nobody_dear() -> None:
    rng, cached = np.random.default_rng(1), Cached()
    for _ in range(2000):
        share = float(rng.uniform(0.4, 1.0))
        cached.learn(share, _row(0.01 * np.exp(-1.2 * share + 0.2 * rng.normal())))
    warm, cold = _row(0.01 * np.exp(-1.2 * 0.7)), _row(0.01)
    cached.adjust(0.7, warm)
    cached.adjust(0.0, cold)
    assert cold[INDEX["cost_usd"]] == pytest.approx(warm[INDEX["cost_usd"]], rel=0.1)


def test_caching_is_never_taken_to_make_dearer_and_little_is_not_learned_from() -> None:
    cached = Cached()
    for i in range(500):
        share = (i % 10) / 10
        cached.learn(share, _row(0.01 * (1 + share)))
    row = _row(0.02)
    cached.adjust(0.0, row)
    assert row[INDEX["cost_usd"]] == 0.02
    few = Cached()
    few.learn(0.5, _row(0.01))
    few.adjust(0.0, row)
    assert row[INDEX["cost_usd"]] == 0.02


def test_a_watch_does_not_take_what_caching_did_for_a_change() -> None:
    """Beside a rollout it is given what came, as before it: not cost as if cached as usual."""
    state, rng = fresh(), np.random.default_rng(0)
    phases, cost = {"p1": phase()}, INDEX["cost_usd"]
    for i in range(4000):
        pinned, share = i < 1500, 0.9 if rng.random() < 0.8 else 0.0
        candidate = not pinned and bool(rng.random() < 0.25)
        seen = event(i, rng, candidate, phase_id="pin" if pinned else "p1", cached=share)
        seen.values[cost] = rng.lognormal(-5, 0.2) * np.exp(-3.0 * share)
        fold(state, seen, phases)
    assert state.watches["old"].watch.count[cost] > 1800
    assert state.watches["old"].watch.evidence()[cost] < 1
