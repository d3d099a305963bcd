"""A block's comparison: absent metrics, tails, arms of any size."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.compare.blocks import compare, shuffled
from detectors.layout import BINARY, DOWN, TAILS, UP, WEIGHTS, plan
from detectors.metrics import CATALOGUE, INDEX, SIZE

PLAN = plan({}, 19)
TAIL = INDEX["latency_tail"]
UNKNOWN = np.full(len(TAILS), np.nan)
Floats = NDArray[np.float64]


def block(seed: int, n: int = 20) -> Floats:
    rng = np.random.default_rng(seed)
    values = rng.lognormal(0, 1, (n, SIZE))
    values[:, BINARY] = rng.random((n, len(BINARY))) < 0.3
    return values


def arms(n: int, n1: int) -> Floats:
    return (np.arange(n) < n1).astype(float)


@given(st.integers(0, 99), st.integers(2, 20), st.data())
def test_each_metric_is_compared_as_if_it_were_alone(
    seed: int, n: int, data: st.DataObject
) -> None:
    values, labels = block(seed, n), arms(n, data.draw(st.integers(1, n - 1)))
    whole = compare(values.copy(), labels, PLAN, np.full(len(TAILS), 4.0), "seed")
    keep = data.draw(st.integers(0, SIZE - 1 - len(TAILS)))
    alone = np.full_like(values, np.nan)
    alone[:, keep] = values[:, keep]
    np.testing.assert_array_equal(
        compare(alone, labels, PLAN, UNKNOWN, "seed").gain[keep], whole.gain[keep]
    )


@given(st.integers(0, 99), st.sets(st.integers(0, 19), max_size=19))
def test_units_without_a_metric_are_left_out(seed: int, gone: set[int]) -> None:
    values, labels = block(seed), arms(20, 6)
    values[list(gone), 0] = np.nan
    said = compare(values, labels, PLAN, UNKNOWN, "seed")
    assert said.totals[0][:, 0].sum() == 20 - len(gone)
    assert np.isfinite(said.gain).all()
    if min(said.totals[0][:, 0]) == 0:
        np.testing.assert_allclose(said.gain[0], 0.0, atol=1e-9)


def test_no_tail_before_the_cut_is_known() -> None:
    said = compare(block(1), arms(20, 3), PLAN, UNKNOWN, "seed")
    assert said.totals[0][:, TAIL].sum() == 0
    assert not said.gain[TAIL].any()


def test_a_tail_beyond_the_margin_is_harmful() -> None:
    values = np.full((20, SIZE), np.nan)
    values[:, INDEX["latency_ms"]] = 100.0
    values[:5, INDEX["latency_ms"]] = 140.0
    said = compare(values, arms(20, 5), PLAN, np.array([105.0, np.nan]), "seed")
    assert (said.gain[TAIL, 6:9] > 0).all()
    near = compare(values, arms(20, 5), PLAN, np.array([110.0, np.nan]), "seed")
    assert (near.gain[TAIL, 2:4] > 0).all()
    assert not near.gain[TAIL, 6:9].any()


def test_what_equals_margin_times_a_control_is_a_tie() -> None:
    values = np.full((20, SIZE), np.nan)
    values[:, 0] = 100.0
    values[:4, 0] = 125.0
    said = compare(values, arms(20, 4), PLAN, UNKNOWN, "seed")
    assert not said.gain[0, 6:9].any()


def test_worse_by_half_gains_in_the_harmful_direction_only() -> None:
    values = np.full((20, SIZE), np.nan)
    for metric in ("output_tokens", "latency_ms", "judge_score"):
        values[:, INDEX[metric]] = 100.0
        values[:4, INDEX[metric]] = 60.0
    said = compare(values, arms(20, 4), PLAN, UNKNOWN, "seed")
    assert said.gain[INDEX["output_tokens"], 9:12].min() > 0 > said.gain[0, 6:9].max()
    assert said.gain[INDEX["judge_score"], 9:12].min() > 0
    assert said.gain[INDEX["latency_ms"], 6:9].max() < 0


def test_controls_are_at_most_m() -> None:
    values = np.full((20, SIZE), np.nan)
    values[:, 0] = np.arange(20, dtype=float) ** 2 + 1
    middle = ((np.arange(20) == 9) | (np.arange(20) == 10)).astype(float)
    many = compare(values, middle, PLAN, UNKNOWN, "seed").gain[0, 6:12]
    few = compare(values, middle, plan({}, 1), UNKNOWN, "seed").gain[0, 6:12]
    assert abs(many).max() < abs(few).max()


def test_a_margin_beyond_a_bet_puts_it_out() -> None:
    wide = plan({"refused": 2.5}, 19)
    row = list(BINARY).index(INDEX["refused"])
    assert wide.slopes[row, 4] == 0.0
    assert wide.slopes[row, 5] > 0.0


def test_order_is_a_permutation_and_depends_on_the_seed() -> None:
    assert sorted(shuffled(20, "a")) == list(range(20))
    assert list(shuffled(20, "a")) == list(shuffled(20, "a")) != list(shuffled(20, "b"))


def test_weights_of_bets_sum_to_one_where_there_is_evidence() -> None:
    total = WEIGHTS.sum(axis=2)
    harmful = np.array([metric.harmful is not None for metric in CATALOGUE])
    np.testing.assert_allclose(total[0], 1.0)
    np.testing.assert_allclose(total[1], harmful)
    np.testing.assert_allclose(total[2], harmful)
    assert set(UP) & set(DOWN) == {INDEX["output_tokens"], INDEX["output_chars"]}
