"""Bets that learn, and pairs: fair under "no change" whatever was learned, quick where it moved."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.compare.labels import MOST, WARM, Labels
from detectors.compare.shares import Shares
from detectors.evidence.bets import sign_gain
from detectors.evidence.tilts import tilt_gain
from detectors.evidence.wealth import grow, wealth
from detectors.layout import CATEGORICAL, LEARNED


@given(st.integers(2, 8), st.data())
@settings(max_examples=40, deadline=None)
def test_a_tilted_bet_is_worth_one_on_average_over_all_choices(n: int, data: st.DataObject) -> None:
    few = data.draw(st.integers(1, n - 1))
    tilts = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=n, max_size=n)))[:, None]
    gains = []
    for chosen in combinations(range(n), few):
        labels = np.zeros(n)
        labels[list(chosen)] = 1.0
        gains.append(np.exp(tilt_gain(tilts, labels)))
    assert np.mean(gains) == pytest.approx(1.0)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_a_paired_bet_is_worth_one_on_average_over_both_signs(z: list[float]) -> None:
    both = np.exp(sign_gain(np.array(z))) + np.exp(sign_gain(-np.array(z)))
    np.testing.assert_allclose(both / 2, 1.0)


def _units_to(level: float, mixes: tuple[list[float], list[float]], seed: int, most: int) -> float:
    """Return the candidate units until W of one categorical metric reaches a level."""
    rng, shares = np.random.default_rng(seed), Shares()
    log_e, log_r = np.zeros((1, LEARNED)), np.full((1, LEARNED), -np.inf)
    count = np.zeros(1)
    even = np.full((1, LEARNED), 1 / LEARNED)
    for _ in range(most // 5):
        labels = (np.arange(20) < 5).astype(float)
        codes = np.full((20, len(CATEGORICAL)), np.nan)
        codes[:, 0] = [rng.choice(len(mixes[0]), p=mixes[int(arm)]) + 2 for arm in labels]
        _, gain = shares.compare(codes, labels)
        log_e, log_r = grow(log_e, log_r, gain[:1], count, count + 5)
        count = count + 5
        if wealth(log_e, log_r, count, even)[0] >= level:
            return float(count[0])
    return np.inf


def test_another_mix_of_tools_is_found_and_the_same_mix_is_not() -> None:
    same, other = [0.6, 0.3, 0.1], [0.4, 0.3, 0.3]
    found = sorted(_units_to(1e4, (same, other), seed, 1000) for seed in range(9))
    assert found[4] <= 300
    loud = [_units_to(100.0, (same, same), seed, 1000) for seed in range(60)]
    assert sum(np.isfinite(loud)) <= 2


def test_a_category_that_only_the_candidate_has_is_found_at_once() -> None:
    found = sorted(_units_to(1e4, ([1.0, 0.0], [0.5, 0.5]), seed, 500) for seed in range(5))
    assert found[2] <= 60


def test_ranks_of_labels_are_uniform_while_nothing_changes() -> None:
    rng, ranks = np.random.default_rng(3), []
    for _ in range(40):
        labels = Labels()
        codes = rng.choice([5.0, 6.0, 7.0, 8.0], size=200, p=[0.5, 0.3, 0.15, 0.05])
        low, high = labels.place(codes, learning=True)
        ranks.append(low + rng.random(200) * (high - low))
    counted = np.histogram(np.concatenate(ranks), np.linspace(0, 1, 21))[0]
    expected = counted.sum() / 20
    assert ((counted - expected) ** 2 / expected).sum() < 45.0


def test_ranks_of_more_labels_than_are_kept_are_uniform_too() -> None:
    """A few common labels and many rare ones, as formats of real answers are."""
    rng, loud = np.random.default_rng(4), 0
    shares = 1.0 / np.arange(1, 80) ** 1.3
    for _ in range(60):
        labels, wealth_now, highest = Labels(), 0.0, 0.0
        codes = rng.choice(np.arange(2.0, 81.0), size=800, p=shares / shares.sum())
        low, high = labels.place(codes, learning=True)
        gains = np.log(high**2 + high * low + low**2)  # a bet on rare labels: density 3 u^2
        for gain in gains[np.isfinite(gains)]:
            wealth_now += float(gain)
            highest = max(highest, wealth_now)
        loud += highest > np.log(20.0)
    assert loud <= 8


def test_a_label_never_met_ranks_at_the_top_and_labels_are_bounded() -> None:
    labels = Labels()
    labels.place(np.full(WARM + 50, 5.0), learning=True)
    low, high = labels.place(np.array([9.0]), learning=True)
    assert low[0] == pytest.approx(50 / 51)
    assert high[0] == 1.0
    labels.place(np.arange(100, 200).astype(float), learning=True)
    assert len(labels.times) <= MOST + 1
    assert len(labels.lately) <= MOST + 1
