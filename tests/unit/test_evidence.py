"""Wealth, the fleet and the sample ratio."""

import numpy as np
import pytest

from detectors.evidence.fleet import breadth, fleet
from detectors.evidence.ratio import SampleRatio
from detectors.evidence.wealth import CAP, HORIZON, grow, mass, wealth


def test_prior_is_the_published_one() -> None:
    t = np.arange(1.0, 1000.0)
    weights = np.log((t + 100) / (t + 99)) / np.log(10001)
    np.testing.assert_allclose(mass(t), np.cumsum(weights))
    assert mass(np.array(HORIZON)) == pytest.approx(1.0)
    assert mass(np.array(2 * HORIZON)) == mass(np.array(HORIZON))


def test_wealth_is_one_before_anything_and_follows_the_recursion() -> None:
    rng = np.random.default_rng(0)
    gains = rng.normal(0, 0.5, (50, 3, 4))
    log_e, log_r, count = np.zeros((3, 4)), np.full((3, 4), -np.inf), np.zeros(3)
    weights = np.full((3, 4), 0.25)
    np.testing.assert_allclose(wealth(log_e, log_r, count, weights), 1.0)
    e, r = np.ones((3, 4)), np.zeros((3, 4))
    for t, gain in enumerate(gains, 1):
        log_e, log_r = grow(log_e, log_r, gain, count, count + 1)
        count = count + 1
        w = np.log((t + 100) / (t + 99)) / np.log(10001)
        e, r = e * np.exp(gain), (r + w) * np.exp(gain)
        expected = (e.mean(1) + r.mean(1) + 1 - mass(np.array(float(t)))) / 2
        np.testing.assert_allclose(wealth(log_e, log_r, count, weights), expected)


def test_wealth_is_capped_and_never_overflows() -> None:
    log_e, log_r, count = np.zeros((1, 2)), np.full((1, 2), -np.inf), np.zeros(1)
    for _ in range(100):
        log_e, log_r = grow(log_e, log_r, np.array([[50.0, -50.0]]), count, count + 1)
        count = count + 1
    assert log_e[0, 0] == CAP
    assert log_e[0, 1] == -5000.0
    now = wealth(log_e, log_r, count, np.full((1, 2), 0.5))
    assert np.isfinite(now).all()
    assert np.log10(now[0]) > 299


def test_fleet_is_the_mean_over_shares() -> None:
    w = np.array([10.0, 0.5, 2.0])
    expected = np.mean([np.prod(1 - pi + pi * w) for pi in (0.05, 0.3, 1.0)])
    assert fleet(np.log(w)) == pytest.approx(np.log(expected))
    assert fleet(np.full(500, 600.0)) > 10_000


def test_breadth_selects_by_e_bh() -> None:
    # Three reach 5 / (3 x .05) = 33, though two do not reach 50.
    assert sorted(breadth(np.log([1.0, 80.0, 45.0, 0.1, 39.0]), 0.05)) == [1, 2, 4]
    assert len(breadth(np.log([1.0, 80.0, 45.0, 0.1, 30.0]), 0.05)) == 0
    # 5 / (2 x .05) = 50 is not reached by two, 5 / .05 = 100 not by one.
    assert sorted(breadth(np.log([1.0, 80.0, 51.0, 0.1, 30.0]), 0.05)) == [1, 2]
    assert len(breadth(np.zeros(0), 0.05)) == 0


@pytest.mark.parametrize(("lost", "within"), [(0.3, 155), (0.1, 1800)])
def test_lost_units_show(lost: float, within: int) -> None:
    needed = sorted(_until_shown(seed, lost) for seed in range(7))
    assert 20 < needed[3] <= within


def _until_shown(seed: int, lost: float) -> int:
    rng = np.random.default_rng(seed)
    ratio, counted = SampleRatio(), np.zeros(2, int)
    for candidate in rng.random(200_000) < 0.05:
        if candidate and rng.random() < lost:
            continue
        counted[int(candidate)] += 1
        ratio.count(bool(candidate), 0.05)
        if counted.sum() % 50 == 0 and ratio.log10() >= 3:
            break
    return int(counted[1])


def test_right_ratio_stays_quiet_through_a_change_of_weight() -> None:
    rng = np.random.default_rng(4)
    ratio, most = SampleRatio(), -9.0
    for weight in (0.05, 0.5):
        for candidate in rng.random(20_000) < weight:
            ratio.count(bool(candidate), weight)
        ratio.close(weight)
        most = max(most, ratio.log10())
    assert most < 1
