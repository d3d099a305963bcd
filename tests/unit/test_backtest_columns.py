"""A backtest from ClickHouse: columns as Arrow says them, and spans of time that hold all."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.backtest.columns import Vectors, matrix, plain
from streams.backtest.stored import MOST, slices

KINDS = {
    pa.string(): st.text(max_size=4),
    pa.int64(): st.integers(-(2**62), 2**62),
    pa.float64(): st.floats(allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.dictionary(pa.int32(), pa.string()): st.sampled_from(["a", "b", ""]),
    pa.list_(pa.string()): st.lists(st.text(max_size=3), max_size=3),
}


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(deadline=None)
@given(data=st.data())
def test_a_column_is_the_list_that_arrow_would_make(kind: pa.DataType, data: st.DataObject) -> None:
    value = KINDS[kind] if pa.types.is_list(kind) else st.none() | KINDS[kind]
    chunks = data.draw(st.lists(st.lists(value, max_size=5), min_size=1, max_size=3))
    column = pa.chunked_array([pa.array(chunk, kind) for chunk in chunks])
    begin = data.draw(st.integers(0, len(column)))
    for some in (column, column.slice(begin)):
        found = plain(some)
        assert found == some.to_pylist()
        assert list(map(type, found)) == list(map(type, some.to_pylist()))


def test_integers_keep_every_digit_beside_none() -> None:
    whole = [2**62 + 1, None]
    assert plain(pa.chunked_array([pa.array(whole, pa.int64())])) == whole


def test_maps_become_a_matrix_of_known_names() -> None:
    rows = [[("b", 2.0), ("x", 9.0)], [], [("a", 1.0), ("b", math.inf)]]
    column = pa.chunked_array([pa.array(rows, pa.map_(pa.string(), pa.float64()))])
    nan = math.nan
    expected = [[nan, nan, 2.0], [nan, nan, nan], [1.0, nan, math.inf]]
    np.testing.assert_array_equal(matrix(column, {"a": 0, "b": 2}, 3), expected)
    np.testing.assert_array_equal(matrix(column.slice(2), {"a": 0, "b": 2}, 3), expected[2:])


def test_an_empty_vector_is_none() -> None:
    column = pa.chunked_array([pa.array([[1.0, 2.0], [], [3.0]], pa.list_(pa.float32()))])
    vectors = Vectors(column)
    first = vectors.of(0)
    assert first is not None
    assert (str(first.dtype), first.tolist()) == ("float32", [1.0, 2.0])
    assert vectors.of(1) is None
    last = Vectors(column.slice(1)).of(1)
    assert last is not None
    assert last.tolist() == [3.0]


@settings(deadline=None)
@given(
    gaps=st.lists(st.integers(1, 10_000), max_size=30),
    counts=st.lists(st.integers(1, 2 * MOST), min_size=30, max_size=30),
)
def test_slices_hold_every_minute_once_and_no_more_than_is_read_at_a_time(
    gaps: list[int], counts: list[int]
) -> None:
    minutes, now = [], 1_700_000_040
    for gap, count in zip(gaps, counts, strict=False):
        now += 60 * gap
        minutes.append((now, count))
    found = list(slices(minutes))
    held = [
        [number for at, number in minutes if begin <= datetime.fromtimestamp(at, UTC) < end]
        for begin, end in found
    ]
    assert [number for some in held for number in some] == [number for _, number in minutes]
    assert all(some and (sum(some) <= MOST or len(some) == 1) for some in held)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
