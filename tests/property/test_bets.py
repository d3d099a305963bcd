"""Bets are fair: exactly, by enumerating every labelling of a block."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from detectors.evidence.bets import (
    ACTION_ODDS,
    DISPLAY_ODDS,
    FRACTIONS,
    SHIFTS,
    action_gain,
    odds_gain,
    rank_gain,
)

sizes = st.tuples(st.integers(1, 9), st.integers(0, 9)).filter(lambda x: x[1] <= x[0])


@given(sizes)
def test_rank_bets_are_fair_given_the_values(size: tuple[int, int]) -> None:
    n, n1 = size
    labels = np.zeros((comb(n, n1), 20))
    for row, chosen in enumerate(combinations(range(n), n1)):
        labels[row, list(chosen)] = 1
    gains = rank_gain(labels, np.array(n1), np.array(n))
    np.testing.assert_allclose(np.exp(gains).mean(axis=0), 1.0)


@given(st.integers(0, 19))
def test_one_candidate_among_nineteen_is_the_published_bet(rank: int) -> None:
    labels = np.zeros(20)
    labels[rank] = 1
    low, high = ndtri(rank / 20), ndtri((rank + 1) / 20)
    shifts = np.array(SHIFTS)
    expected = 20 * (ndtr(high - shifts) - ndtr(low - shifts))
    got = rank_gain(labels, np.array(1), np.array(20))
    np.testing.assert_allclose(np.exp(got), expected)


def test_hold_back_mirrors_the_canary() -> None:
    labels = np.zeros(20)
    labels[4] = 1
    canary = rank_gain(labels, np.array(1), np.array(20))
    held_back = rank_gain(1.0 - labels, np.array(19), np.array(20))
    # One low baseline unit among candidates is the picture of high candidates.
    assert canary[0] > 0 > canary[-1]
    assert held_back[-1] > 0 > held_back[0]


@given(sizes, st.integers(0, 9), st.sampled_from([1.0, 1.25, 1.5]))
def test_odds_bets_are_fair_at_the_margin(size: tuple[int, int], k: int, margin: float) -> None:
    n, n1 = size
    k = min(k, n)
    x = np.arange(max(0, k - (n - n1)), min(n1, k) + 1)
    ways = np.array([comb(n1, int(i)) * comb(n - n1, k - int(i)) * margin ** int(i) for i in x])
    gains = odds_gain(x, np.full_like(x, k), np.array(n1), np.array(n), ACTION_ODDS, margin)
    np.testing.assert_allclose(ways @ np.exp(gains) / ways.sum(), 1.0)


@given(sizes, st.integers(0, 9), st.floats(0.3, 1.5))
def test_odds_bets_never_gain_on_the_near_side_of_the_margin(
    size: tuple[int, int], k: int, odds: float
) -> None:
    n, n1 = size
    k = min(k, n)
    x = np.arange(max(0, k - (n - n1)), min(n1, k) + 1)
    ways = np.array([comb(n1, int(i)) * comb(n - n1, k - int(i)) * odds ** int(i) for i in x])
    gains = odds_gain(x, np.full_like(x, k), np.array(n1), np.array(n), ACTION_ODDS, 1.5)
    assert (ways @ np.exp(gains) / ways.sum() <= 1.0 + 1e-9).all()


@pytest.mark.parametrize("k", [0, 1, 7, 20])
def test_odds_bet_of_one_candidate_is_the_published_one(k: int) -> None:
    for hit in {min(k, 1), int(k == 20)}:
        got = odds_gain(np.array(hit), np.array(k), np.array(1), np.array(20), DISPLAY_ODDS)
        odds = np.array(DISPLAY_ODDS)
        chance = odds * k / (odds * k + 20 - k)
        fair = k / 20
        expected = chance / fair if hit else (1 - chance) / (1 - fair)
        np.testing.assert_allclose(np.exp(got), expected)


def test_action_bet_stakes_its_fraction() -> None:
    got = np.exp(action_gain(np.array([1.0, -0.5, 0.0])))
    expected = [(1 + f) * (1 - f / 2) for f in FRACTIONS]
    np.testing.assert_allclose(got, expected)
