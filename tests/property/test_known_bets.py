"""Bets against a known baseline are fair: by enumeration, or by quadrature."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import chi2, norm

from detectors.evidence.adaptive import Categories, Direction, Spread, Wishart
from detectors.evidence.known import (
    SHIFTS,
    TAILS,
    flag_gain,
    move_gain,
    moves,
    shift_gain,
    tail_gain,
)
from detectors.evidence.shiryaev import PER_SIZE, Restarts, advance, combine

shares = st.lists(st.floats(0.02, 1.0), min_size=2, max_size=7).map(
    lambda drawn: np.array(drawn) / sum(drawn)
)


@given(st.floats(0.001, 0.999))
def test_flag_bets_are_fair(rate: float) -> None:
    e = np.exp(flag_gain(np.array([True, False]), rate))
    np.testing.assert_allclose(rate * e[0] + (1 - rate) * e[1], 1.0)


@pytest.mark.parametrize("bet", range(len(SHIFTS)))
def test_shift_bets_are_fair(bet: int) -> None:
    mean = quad(lambda z: norm.pdf(z) * np.exp(shift_gain(np.array(z))[bet]), -12, 12)[0]
    assert mean == pytest.approx(1.0)


@pytest.mark.parametrize("bet", range(len(TAILS)))
def test_tail_bets_are_fair(bet: int) -> None:
    def e(p: float) -> float:
        return float(np.exp(tail_gain(np.array(p))[bet]))

    assert quad(e, 0, TAILS[bet][0])[0] + quad(e, TAILS[bet][0], 1)[0] == pytest.approx(1.0)
    assert e(1e-4) > 1.0 > e(0.9 * TAILS[bet][0])


@given(shares)
def test_moves_are_fair_and_their_prior_sums_to_one(baseline: np.ndarray) -> None:
    table, prior = moves(baseline)
    np.testing.assert_allclose(baseline @ np.exp(table), 1.0)
    assert len(prior) == table.shape[1]
    if len(prior):
        assert prior.sum() == pytest.approx(1.0)


def test_a_move_is_bet_on_by_the_pair_that_made_it() -> None:
    baseline = np.array([0.6, 0.3, 0.1])
    table, _ = moves(baseline, [0.2])
    seen = np.array([0] * 40 + [1] * 50 + [2] * 10)
    total = move_gain(seen, table).sum(axis=0)
    assert total.argmax() == 0  # the first category lost to the second
    assert total[0] > 3.0


@given(shares, st.lists(st.integers(0, 30), min_size=7, max_size=7), st.floats(1.0, 300.0))
def test_a_learning_mix_is_fair_whatever_it_has_learned(
    baseline: np.ndarray, counted: list[int], weight: float
) -> None:
    k = len(baseline)
    memory = np.array([counted[:k]], dtype=float)
    bet = Categories(baseline, weight)
    e = [np.exp(bet.gain(memory, memory.sum(axis=1), row))[0] for row in np.eye(k)]
    assert baseline @ np.array(e) == pytest.approx(1.0)


@pytest.mark.parametrize("scale", [0.01, 0.5, 20.0])
@pytest.mark.parametrize(("total", "seen"), [(0.0, 0), (3.0, 1), (-8.0, 30)])
def test_a_learned_direction_is_fair(scale: float, total: float, seen: int) -> None:
    bet = Direction(np.array([scale]))
    memory, n = np.array([[total]]), np.array([float(seen)])

    def weighed(x: float) -> float:
        return float(np.exp(norm.logpdf(x) + bet.gain(memory, n, np.array([x]))[0]))

    assert quad(weighed, -60, 60, points=[-8, 0, 8], limit=400)[0] == pytest.approx(1.0, abs=1e-6)


def test_a_learned_direction_is_the_bayes_factor_of_all_values() -> None:
    rng = np.random.default_rng(1)
    scales, values = np.array([0.1, 1.0, 5.0]), rng.normal(0.4, 1.0, (9, 3))
    bet, memory, seen, total = Direction(scales), np.zeros((1, 3)), np.zeros(1), 0.0
    for x in values:
        total += bet.gain(memory, seen, x)[0]
        memory, seen = memory + bet.learn(x), seen + 1
    s, n = values.sum(axis=0), len(values)
    expected = 0.5 * (scales * s**2 / (1 + n * scales) - np.log1p(n * scales)).sum()
    assert total == pytest.approx(expected)


@pytest.mark.parametrize(("width", "weight"), [(1, 10.0), (8, 20.0), (40, 5.0)])
@pytest.mark.parametrize(("ratio", "seen"), [(1.0, 0), (0.3, 5), (3.0, 30)])
def test_a_learned_spread_is_fair(width: int, weight: float, ratio: float, seen: int) -> None:
    bet = Spread([(0, width)], weight)
    memory, n = np.array([[ratio * width * seen]]), np.array([float(seen)])

    def weighed(q: float) -> float:
        value = np.zeros(width)
        value[0] = np.sqrt(q)
        return float(np.exp(chi2.logpdf(q, width) + bet.gain(memory, n, value)[0]))

    edges = [0.0, 0.1, width / 2, 2.0 * width, 10.0 * width, 60.0 * width + 200.0]
    mean = sum(quad(weighed, *ends, limit=200)[0] for ends in pairwise(edges))
    assert mean == pytest.approx(1.0, abs=2e-3)


def test_learned_correlations_are_fair() -> None:
    bet = Wishart(2, 12.0)
    rng = np.random.default_rng(2)
    past = rng.normal(size=(6, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    memory, n = bet.learn(past).sum(axis=0)[None], np.array([6.0])
    axis = np.linspace(-14, 14, 561)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(1, -1, 2)
    gain = bet.gain(
        np.broadcast_to(memory[:, None], (1, grid.shape[1], 4)),
        np.full((1, grid.shape[1]), n[0]),
        grid[0],
    )[0]
    density = norm.pdf(grid[0]).prod(axis=1) * np.exp(gain)
    assert density.sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1.0, abs=1e-3)


def test_restarts_gain_exactly_one_a_value_although_they_merge() -> None:
    length, rate = 13, 0.3
    every = np.array(list(product([0, 1], repeat=length)))
    chance = (rate**every * (1 - rate) ** (1 - every)).prod(axis=1)
    restarts = Restarts(Categories(np.array([1 - rate, rate]), 6.0), (len(every),))
    rows = np.eye(2)
    for t in range(length):
        log_r = restarts.step(rows[every[:, t]])
        assert chance @ np.exp(log_r) == pytest.approx(t + 1)
    assert max(restarts.sizes) > 1
    assert sum(restarts.sizes) == length
    assert all(restarts.sizes.count(size) <= PER_SIZE for size in restarts.sizes)


def test_fixed_bets_gain_exactly_one_a_value() -> None:
    length, rate = 10, 0.2
    every = np.array(list(product([False, True], repeat=length)))
    chance = np.where(every, rate, 1 - rate).prod(axis=1)
    log_r, weights = np.full((len(every), 4), -np.inf), np.array([0.4, 0.3, 0.2, 0.1])
    for t in range(length):
        log_r = advance(log_r, flag_gain(every[:, t], rate))
        assert chance @ np.exp(combine(log_r, weights)) == pytest.approx(t + 1)
