"""Held to P(ever W >= 1/a) <= a: thousands of replications of the arithmetic at once."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.evidence.bets import ACTION_ODDS, DISPLAY_ODDS, action_gain, odds_gain, rank_gain
from detectors.evidence.wealth import grow, wealth

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

REPLICATIONS = 2000
BLOCKS = 300


def labels(rng: np.random.Generator, weight: float) -> tuple[Floats, Ints]:
    drawn = (rng.random((REPLICATIONS, 20)) < weight).astype(np.float64)
    return drawn, drawn.sum(axis=1).astype(np.intp)


def longest(gains: list[Floats], sizes: list[Ints]) -> Floats:
    """Return the largest W of each replication."""
    bets = gains[0].shape[-1]
    log_e = np.zeros((REPLICATIONS, bets))
    log_r, count = np.full_like(log_e, -np.inf), np.zeros(REPLICATIONS)
    weights, most = np.full(bets, 1 / bets), np.ones(REPLICATIONS)
    for gain, n1 in zip(gains, sizes, strict=True):
        after = count + np.minimum(n1, 20 - n1)
        log_e, log_r = grow(log_e, log_r, gain, count, after)
        count = after
        most = np.maximum(most, wealth(log_e, log_r, count, weights))
    return most


def check(most: Floats) -> None:
    for a in (0.1, 0.01):
        # Three standard errors of chance on a share of a.
        assert (most >= 1 / a).mean() <= a + 3 * np.sqrt(a * (1 - a) / REPLICATIONS)
    assert (most >= 1e4).sum() <= 3


@pytest.mark.parametrize("weight", [0.05, 0.25, 0.5])
def test_odds_display(weight: float) -> None:
    rng = np.random.default_rng(1)
    gains, sizes = [], []
    rate = 0.2
    for _ in range(BLOCKS):
        rate = float(np.clip(rate * np.exp(rng.normal(0, 0.2)), 0.01, 0.9))  # drifts for both
        arms, n1 = labels(rng, weight)
        hits = rng.random(arms.shape) < rate
        total, ours = hits.sum(axis=1), (hits * arms).sum(axis=1).astype(np.intp)
        gains.append(odds_gain(ours, total, n1, np.full_like(n1, 20), DISPLAY_ODDS))
        sizes.append(n1)
    check(longest(gains, sizes))


@pytest.mark.parametrize("weight", [0.05, 0.5])
def test_odds_action_at_the_margin(weight: float) -> None:
    rng = np.random.default_rng(2)
    gains, sizes = [], []
    base = 0.1
    worse = 1.5 * base / (1 - base) / (1 + 1.5 * base / (1 - base))
    for _ in range(BLOCKS):
        arms, n1 = labels(rng, weight)
        hits = rng.random(arms.shape) < np.where(arms > 0, worse, base)
        total, ours = hits.sum(axis=1), (hits * arms).sum(axis=1).astype(np.intp)
        gains.append(odds_gain(ours, total, n1, np.full_like(n1, 20), ACTION_ODDS, 1.5))
        sizes.append(n1)
    check(longest(gains, sizes))


@pytest.mark.parametrize("weight", [0.05, 0.25, 0.95])
def test_rank_display_under_a_random_walk(weight: float) -> None:
    rng = np.random.default_rng(3)
    gains, sizes = [], []
    level = np.zeros((REPLICATIONS, 1))
    for _ in range(BLOCKS):
        walk = level + np.cumsum(rng.normal(0, 0.3, (REPLICATIONS, 20)), axis=1)
        level = walk[:, -1:]
        arms, n1 = labels(rng, weight)
        order = np.argsort(walk + rng.standard_t(2, walk.shape), axis=1)
        ranked = np.take_along_axis(arms, order, axis=1)
        gains.append(rank_gain(ranked, n1, np.full_like(n1, 20)))
        sizes.append(n1)
    check(longest(gains, sizes))


def test_rank_action_at_the_margin_with_twice_the_variance() -> None:
    rng = np.random.default_rng(4)
    gains, sizes = [], []
    for _ in range(BLOCKS):
        ours = 1.25 * np.exp(rng.normal(0, 0.7 * np.sqrt(2), (REPLICATIONS, 1)))
        theirs = np.exp(rng.normal(0, 0.7, (REPLICATIONS, 19)))
        gains.append(action_gain(np.sign(ours - 1.25 * theirs).mean(axis=1, keepdims=True)))
        sizes.append(np.ones(REPLICATIONS, np.intp))
    check(longest(gains, sizes))
