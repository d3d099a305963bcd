"""The watch's kernels say what the same formulas say of whole arrays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from detectors.compare.cells import CELLS, WARM, Past
from detectors.compare.levels import Levels, lately
from detectors.compare.watch_bets import BETS, flag_gain, shift_gain
from detectors.metrics import SIZE

Floats = NDArray[np.float64]
ROWS = np.array([0, 11, 13])
SIDE = np.array([0, 0, 0, 1, 1, 1, 2])
chance = st.integers(0, 2**32)
units = st.integers(1, 20)


def logged(e: Floats) -> Floats:
    e[..., -1] = 0.1 + 0.9 * e[..., -1]
    return np.log(np.maximum(e, 1e-12))


def shift_oracle(low: Floats, high: Floats, drawn: Floats, band: tuple[Floats, Floats]) -> Floats:
    far = np.clip(drawn, -3.0, 3.0)
    ends = np.stack([*band, np.clip(far, *band)], axis=-1)
    shifts = ends[:, SIDE] + np.array([-1.2, -0.5, -0.2, 0.2, 0.5, 1.2, 0.0])
    shifts[:, BETS - 1] = far
    upper = low + high > 1.0
    z = ndtri(np.where(upper, (1.0 - high, 1.0 - low), (low, high)))[..., None]
    sign = np.where(upper, -1.0, 1.0)[..., None]
    share = ndtr(z[1] - sign * shifts) - ndtr(z[0] - sign * shifts)
    usual = np.maximum(ndtr(z[1] - sign * ends) - ndtr(z[0] - sign * ends), 1e-300)
    return logged(share / usual[..., SIDE])


def flag_oracle(
    flags: NDArray[np.bool_], ones: Floats, seen: Floats, drawn: Floats, u: Floats,
    band: tuple[Floats, Floats],
) -> Floats:  # fmt: skip
    p = np.where(flags, u * (ones + 1.0), ones + u * (seen - ones + 1.0)) / (seen + 1.0)
    rate = (ones + 0.5) / (seen + 1.0)
    late = np.clip(rate + drawn, 0.005, 0.995)
    ends = np.stack([*band, np.clip(late, *band)], axis=-1)
    odds = np.empty((*flags.shape, BETS))
    odds[..., :-1] = [1 / 30, 1 / 3, 1 / 2, 2.0, 3.0, 30.0]
    follow = late / (1.0 - late) * (1.0 - ends[..., 2]) / ends[..., 2]
    odds[..., -1] = np.clip(follow, 0.01, 100.0)
    hit = np.where((p <= rate)[..., None], odds, 1.0)
    return logged(hit / (ends[..., SIDE] * (odds - 1.0) + 1.0))


@given(chance, units, st.booleans())
@settings(deadline=None)
def test_bets_on_cells(seed: int, number: int, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, 40, (2, number, 3)) / 40, axis=0)
    low, high = ends[0], np.minimum(ends[1] + 0.01, 1.0)
    if whole:
        low[0], high[0] = 0.0, 1.0
    drawn, band = rng.normal(size=3) * 2, (-rng.random(3), rng.random(3))
    gain = shift_gain(low, high, drawn, band)
    np.testing.assert_allclose(gain, shift_oracle(low, high, drawn, band), rtol=1e-9, atol=1e-9)
    if whole:
        assert not gain[0].any()


@given(chance, units)
@settings(deadline=None)
def test_bets_on_flags(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    shape = number, 3
    seen = np.floor(rng.random(shape) * 500)
    ones, flags = np.floor(rng.random(shape) * (seen + 1.0)), rng.random(shape) < 0.3
    rate = (ones + 0.5) / (seen + 1.0)
    band = rate * rng.random(shape), 1.0 - (1.0 - rate) * rng.random(shape)
    given_ = flags, ones, seen, rng.normal(size=3) * 0.2, rng.random(shape), band
    np.testing.assert_allclose(flag_gain(*given_), flag_oracle(*given_), rtol=1e-9, atol=1e-9)


@given(chance, units, st.lists(st.booleans(), min_size=3, max_size=3))
@settings(deadline=None)
def test_places_among_the_past(seed: int, number: int, learning: list[bool]) -> None:
    rng, past = np.random.default_rng(seed), Past()
    past.own()
    for row in ROWS:
        for value in rng.integers(0, 30, WARM):
            past.learn(row, float(value))
    kept = past.copy()
    values = rng.integers(0, 30, (number, 3)).astype(np.float64)
    values[rng.random(values.shape) < 0.2] = np.nan
    low, high = past.place(ROWS, values, np.array(learning))
    for k, row in enumerate(ROWS):
        counts = kept.counts[row].astype(np.float64)
        for unit, value in enumerate(values[:, k]):
            if np.isnan(value):
                assert (low[unit, k], high[unit, k]) == (0.0, 1.0)
                continue
            cell = int((value > kept.edges[row]).sum())
            assert low[unit, k] == counts[:cell].sum() / counts.sum()
            assert high[unit, k] == counts[: cell + 1].sum() / counts.sum()
            counts[cell] += learning[k]
        assert past.counts[row].tolist() == counts.tolist()
        assert past.seen[row] == kept.seen[row] + counts.sum() - kept.counts[row].sum()


def test_the_distant_past_fades() -> None:
    past, row = Past(), np.array([11])
    past.own()
    for value in range(WARM):
        past.learn(11, float(value))
    past.counts[11] = 30_000 // CELLS
    past.place(row, np.zeros((1, 1)), np.array([True]))
    assert past.counts[11].tolist() == [(30_000 // CELLS + 1) // 2] + [30_000 // CELLS // 2] * 15
    past.seen[11], past.ones[11] = 29_999, 600
    past.rates(row, np.array([[True]]), np.array([[True]]))
    assert (past.seen[11], past.ones[11]) == (15_000, 300)


@given(chance, units)
@settings(deadline=None)
def test_flags_before_each(seed: int, number: int) -> None:
    rng, past = np.random.default_rng(seed), Past()
    past.own()
    past.seen[ROWS], past.ones[ROWS] = 50, [0, 10, 50]
    flags, there = rng.random((2, number, 3)) < [[[0.3]], [[0.8]]]
    ones, seen = past.rates(ROWS, flags, there)
    hits, met, before = flags & there, there.astype(np.float64), np.array([0, 10, 50])
    np.testing.assert_array_equal(ones, before + hits.cumsum(axis=0) - hits)
    np.testing.assert_array_equal(seen, 50 + met.cumsum(axis=0) - met)
    assert past.ones[ROWS].tolist() == (before + hits.sum(axis=0)).tolist()


@given(chance, units)
@settings(deadline=None)
def test_what_was_lately(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    values, there = rng.normal(size=(number, 3)), rng.random((number, 3)) < 0.7
    count = there.cumsum(axis=0)
    weight = 0.1 * 0.9 ** (count[-1] - count) * there
    added, left = lately(np.where(there, values, np.nan), there, 0.1)
    np.testing.assert_allclose(added, (weight * values).sum(axis=0), atol=1e-12)
    np.testing.assert_allclose(left, 0.9 ** count[-1])


@given(chance, st.lists(units, min_size=1, max_size=4), st.booleans())
@settings(deadline=None)
def test_levels_are_means_and_variances(seed: int, blocks: list[int], absorb: bool) -> None:
    rng, levels = np.random.default_rng(seed), Levels()
    rows = [rng.normal(3.0, 2.0, (number, SIZE)) for number in blocks]
    for row in rows:
        row[rng.random(row.shape) < 0.3] = np.nan
        row[:, 0] = np.nan
        levels.update(row, ~np.isnan(row), np.full(SIZE, absorb))
    every = np.concatenate(rows)
    for metric in range(SIZE):
        met = every[~np.isnan(every[:, metric]), metric]
        held = met if absorb else met[:0]
        mean = held.mean() if len(held) else 0.0
        assert levels.met[metric] == len(met)
        assert levels.absorbed[metric] == len(held)
        np.testing.assert_allclose(levels.mean[metric], mean, atol=1e-9)
        np.testing.assert_allclose(levels.square[metric], ((held - mean) ** 2).sum(), atol=1e-9)
        weight = 0.02 * 0.98 ** np.arange(len(met))[::-1]
        np.testing.assert_allclose(levels.recent[metric], weight @ met, atol=1e-9)
        np.testing.assert_allclose(levels.spread[metric], weight @ met**2, atol=1e-9)
