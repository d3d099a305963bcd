"""Columns of an Arrow table as Python reads them best: lists of plain values, slices of floats."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["Vectors", "matrix", "plain"]

Floats = NDArray[np.float64]


def plain(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values, None where there is none; lists within it as lists.

    Arrow's own `to_pylist` looks each label of a dictionary up anew, 85 times as slowly.
    """
    whole = _whole(column)
    if pa.types.is_list(whole.type):
        values, ends = plain(whole.values), whole.offsets.to_pylist()
        return [values[a:b] for a, b in pairwise(ends)]
    if pa.types.is_dictionary(whole.type):
        labels = np.array([*plain(whole.dictionary), None], object)
        return list(labels[whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)])
    found: list[Any] = whole.to_pylist()
    return found


class Vectors:
    """A column of lists of float32, one a row, read without making a Python number of any.

    Args:
        column: Of lists; an empty one stands for none.
    """

    __slots__ = ("_ends", "_flat")

    def __init__(self, column: pa.ChunkedArray) -> None:
        whole = _whole(column)
        self._flat: NDArray[np.float32] = whole.values.to_numpy(zero_copy_only=False)
        self._ends: list[int] = whole.offsets.to_pylist()

    def of(self, row: int) -> NDArray[np.float32] | None:
        """Return the vector of a row, if any: a part of the column, which it keeps in memory."""
        begin, end = self._ends[row], self._ends[row + 1]
        return self._flat[begin:end] if end > begin else None


def matrix(column: pa.ChunkedArray, places: Mapping[str, int], size: int) -> Floats:
    """Return a column of maps from names to numbers as [row, place]; NaN where there is none.

    Args:
        column: Maps.
        places: Of the names that count; others are left out.
        size: Number of places.
    """
    whole = _whole(column)
    found = np.full((len(whole), size), np.nan)
    names = whole.keys.dictionary_encode()
    known = [places.get(name, -1) for name in names.dictionary.to_pylist()]
    ends = whole.offsets.to_numpy()
    span = slice(int(ends[0]), int(ends[-1]))
    target = np.array([*known, -1])[names.indices.to_numpy()[span]]
    rows = np.repeat(np.arange(len(whole)), np.diff(ends))
    kept = target >= 0
    found[rows[kept], target[kept]] = whole.items.to_numpy(zero_copy_only=False)[span][kept]
    return found


def _whole(column: pa.ChunkedArray) -> Any:
    """Return a column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
