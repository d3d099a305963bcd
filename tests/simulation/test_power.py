"""Power of the whole way, against the rows of STATISTICS.md 3 and 6."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.evidence.bets import (
    ACTION_ODDS,
    DISPLAY_ODDS,
    action_gain,
    odds_gain,
    rank_gain,
)
from detectors.evidence.wealth import grow, wealth

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

RUNS = 400
LENGTH_SIGMA = 0.7


def until(gains: list[Floats], sizes: list[Ints], need: float = 1e4) -> float:
    """Return the median number of candidate units at which W passes `need`."""
    bets = gains[0].shape[-1]
    log_e = np.zeros((RUNS, bets))
    log_r, count = np.full_like(log_e, -np.inf), np.zeros(RUNS)
    weights, passed = np.full(bets, 1 / bets), np.full(RUNS, np.inf)
    for gain, n1 in zip(gains, sizes, strict=True):
        after = count + n1
        log_e, log_r = grow(log_e, log_r, gain, count, after)
        count = after
        over = wealth(log_e, log_r, count, weights) >= need
        passed = np.where(over & np.isinf(passed), count, passed)
    return float(np.median(passed))


def refusals(odds: float, bets: tuple[float, ...], margin: float, units: int) -> float:
    rng, gains, sizes = np.random.default_rng(5), [], []
    base = 0.02
    worse = odds * base / (1 - base) / (1 + odds * base / (1 - base))
    n1, n = np.full(RUNS, 2), np.full(RUNS, 20)
    for _ in range(units // 2):
        ours, theirs = rng.binomial(2, worse, RUNS), rng.binomial(18, base, RUNS)
        gains.append(odds_gain(ours, ours + theirs, n1, n, bets, margin))
        sizes.append(n1)
    return until(gains, sizes)


@pytest.mark.parametrize(("odds", "most"), [(2, 1590), (3, 530), (5, 185)])
def test_refusals_shown(odds: float, most: int) -> None:
    assert refusals(odds, DISPLAY_ODDS, 1.0, 2 * most) <= 1.15 * most


@pytest.mark.parametrize(("odds", "most"), [(3, 1270), (5, 320)])
def test_refusals_beyond_the_margin(odds: float, most: int) -> None:
    assert refusals(odds, ACTION_ODDS, 1.5, 2 * most) <= 1.1 * most


def lengths(ratio: float, units: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(6)
    ours = np.exp(rng.normal(np.log(ratio), LENGTH_SIGMA, (units // 2, RUNS, 2)))
    theirs = np.exp(rng.normal(0, LENGTH_SIGMA, (units // 2, RUNS, 18)))
    return ours, theirs


@pytest.mark.parametrize(("ratio", "most"), [(1.4, 134), (1.6, 71), (2.0, 35)])
def test_lengths_shown(ratio: float, most: int) -> None:
    gains, n1, n = [], np.full(RUNS, 2), np.full(RUNS, 20)
    for ours, theirs in zip(*lengths(ratio, 2 * most), strict=True):
        order = np.argsort(np.concatenate([ours, theirs], axis=1), axis=1)
        gains.append(rank_gain((order < 2).astype(np.float64), n1, n))
    assert until(gains, [n1] * len(gains)) <= 1.1 * most


@pytest.mark.parametrize(("ratio", "most"), [(1.4, 1080), (1.6, 230), (2.0, 71)])
def test_lengths_beyond_the_margin(ratio: float, most: int) -> None:
    gains = []
    for ours, theirs in zip(*lengths(ratio, 2 * most), strict=True):
        controls = theirs.reshape(RUNS, 2, 9)
        worse = np.sign(ours[..., None] - 1.25 * controls).mean(axis=2)
        gains.append(action_gain(worse))
    assert until(gains, [np.full(RUNS, 2)] * len(gains)) <= 1.1 * most
