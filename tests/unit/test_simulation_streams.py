"""Streams have the truth that they say they have."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.metrics import INDEX
from simulation.choices import Choices
from simulation.streams import COLUMNS, NOTHING, Nuisance, Shift, Stream
from simulation.vectors import Vectors
from simulation.visits import visits

Floats = NDArray[np.float64]

NAMES = [column.name for column in COLUMNS]
NUMBER = 40_000
SECONDS: Floats = np.arange(NUMBER, dtype=np.float64) * 10.0
NONE = np.zeros(NUMBER, bool)
ALL = np.ones(NUMBER, bool)


def column(values: Floats, name: str) -> Floats:
    return values[:, NAMES.index(name)]


def test_every_column_is_a_metric() -> None:
    assert set(NAMES) <= set(INDEX)


def test_the_same_seed_gives_the_same_rows() -> None:
    some = [Stream(3, Nuisance(mix=1.0)).rows(NONE[:500], SECONDS[:500])[0] for _ in range(2)]
    np.testing.assert_array_equal(some[0], some[1])


@pytest.mark.parametrize(("odds", "rate"), [(1.0, 0.02), (3.0, 0.0577), (5.0, 0.0926)])
def test_odds_are_those_of_the_shift(odds: float, rate: float) -> None:
    shift = Shift(odds={"refused": odds})
    values, _ = Stream(1, Nuisance(tenants=0.0)).rows(ALL, SECONDS, shift)
    assert column(values, "refused").mean() == pytest.approx(rate, abs=0.004)


def test_sizes_are_log_normal_and_move_by_their_factor() -> None:
    shift = Shift(factor={"output_tokens": 1.6}, spread={"latency_ms": 2.0})
    values, _ = Stream(1, Nuisance(tenants=0.0)).rows(ALL, SECONDS, shift)
    tokens = np.log(column(values, "output_tokens"))
    assert np.exp(tokens.mean()) == pytest.approx(1.6 * 200, rel=0.02)
    assert tokens.std() == pytest.approx(0.7, rel=0.02)
    assert np.log(column(values, "latency_ms")).std() == pytest.approx(1.0, rel=0.02)


def test_a_shift_moves_the_candidate_alone_and_only_its_strata() -> None:
    arms = SECONDS % 20 == 0
    shift = Shift(factor={"cost_usd": 3.0}, strata=frozenset({1}))
    values, strata = Stream(1, Nuisance(tenants=0.0)).rows(arms, SECONDS, shift)
    cost = np.log(column(values, "cost_usd"))
    moved = [cost[arms & (strata == k)].mean() - cost[~arms & (strata == k)].mean() for k in (0, 1)]
    assert moved == pytest.approx([0.0, np.log(3.0)], abs=0.05)


def test_incidents_and_days_move_both_arms_alike() -> None:
    nuisance = Nuisance(cycle=1.0, incidents=[(0.0, 50_000.0)], tenants=0.0)
    values, _ = Stream(1, nuisance).rows(NONE, SECONDS)
    slow = np.log(column(values, "latency_ms"))
    assert slow[:5000].mean() - slow[5000:].mean() > 0.6
    assert column(values, "error")[:5000].mean() > 3 * column(values, "error")[5000:].mean()


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.6])
def test_events_of_a_unit_are_as_alike_as_said(alike: float) -> None:
    unit = np.repeat(np.arange(NUMBER // 2), 2)
    nuisance = Nuisance(correlation=alike, tenants=0.0)
    values, _ = Stream(2, nuisance).rows(NONE, SECONDS, NOTHING, unit)
    pairs = np.log(column(values, "output_tokens")).reshape(-1, 2)
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(alike, abs=0.03)


def test_visits_are_geometric_sessions_that_overlap_and_some_return() -> None:
    came = visits(np.random.default_rng(1), 4000, mean_turns=5.0, returning=0.1)
    assert len(came.unit) / 4000 == pytest.approx(5.0, rel=0.05)
    assert came.unit.max() + 1 == pytest.approx(3600, rel=0.02)
    first = np.unique(came.unit, return_index=True)[1]
    assert (came.turn[first] == 1).all()
    assert (np.diff(came.unit) != 0).mean() > 0.8


def test_vectors_of_a_stratum_lie_together_and_a_shift_moves_them() -> None:
    strata = np.arange(600) % 2
    vectors = Vectors(5, 2, clusters=1)
    still, moved = vectors.draw(strata, np.zeros(600)), vectors.draw(strata, np.ones(600))
    means = [still[strata == k].mean(axis=0) for k in (0, 1)]
    assert np.linalg.norm(means[0] - means[1]) > 1.0
    assert np.linalg.norm(moved.mean(axis=0) - still.mean(axis=0)) == pytest.approx(1.0, abs=0.1)


def test_another_choice_is_made_as_often_as_said() -> None:
    strata = np.zeros(20_000, np.intp)
    usual = Choices(1, ("a", "b"), 1).draw(strata, np.zeros(20_000))
    other = Choices(1, ("a", "b"), 1).draw(strata, np.full(20_000, 0.25))
    changed = np.mean([x != y for x, y in zip(usual, other, strict=True)])
    assert changed == pytest.approx(0.25, abs=0.01)
