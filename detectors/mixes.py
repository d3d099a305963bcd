"""Mixes of labels: their numbers, their counts, and how two of them are told apart in words."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.surroundings import VARIABLES, Circumstances, as_number

__all__ = ["LABELS", "SIZE", "Tables", "counted", "told"]

Floats = NDArray[np.float64]

LABELS = 16
"""Labels of a variable, the last of which stands for all others."""
OTHER = "others"
SIZE = len(VARIABLES)
_ABSENT = LABELS
_SHARED = 10_000
"""Tables of one variable that tenants share, at most."""
_COLUMN = np.arange(SIZE) * (LABELS + 1)
_CELLS = SIZE * (LABELS + 1)


class Tables:
    """Labels met of each variable, and their numbers.

    A variable's table is replaced, never changed, so tenants that met the same labels share it.

    Args:
        labels: Of each variable, in the order of their numbers.
    """

    __slots__ = ("labels", "numbers")

    def __init__(self, labels: Sequence[Sequence[str]] = ((),) * SIZE) -> None:
        found = [_table(tuple(names)) for names in labels]
        self.labels: list[tuple[str, ...]] = [names for names, _ in found]
        self.numbers: list[dict[str | None, int]] = [numbers for _, numbers in found]

    def rows(self, units: Sequence[Circumstances]) -> bytes:
        """Return the number of each variable's label, [unit, variable]; 16 where it has none.

        Labels not met before get their numbers in the order of the units.
        """
        columns = [self._column(i, labels) for i, labels in enumerate(zip(*units, strict=True))]
        by_variable = np.frombuffer(b"".join(columns), np.uint8).reshape(SIZE, -1)
        return by_variable.T.tobytes()

    def _column(self, variable: int, labels: tuple[str | None, ...]) -> bytes:
        first, numbers = labels[0], self.numbers[variable]
        # Of most variables units have the same label, or none.
        if first in numbers and labels.count(first) == len(labels):
            return bytes((numbers[first],)) * len(labels)
        return bytes([self._number(variable, label) for label in labels])

    def _number(self, variable: int, label: str | None) -> int:
        numbers, names = self.numbers[variable], self.labels[variable]
        if label not in numbers and label is not None:
            if len(names) >= LABELS - 1:
                return LABELS - 1
            self.labels[variable], self.numbers[variable] = _table((*names, label))
            return len(names)
        return numbers[label]

    def known(self) -> Floats:
        """Return how many labels of each variable have a number, [variable]."""
        return np.array([min(len(names) + 1, LABELS) for names in self.labels], np.float64)

    def names(self, variable: int) -> list[str]:
        """Return the labels of a variable by number, `others` last."""
        found = self.labels[variable]
        return [*found, *[OTHER] * (LABELS - len(found))]

    def copy(self) -> "Tables":
        """Return tables of their own."""
        return Tables(self.labels)


@lru_cache(_SHARED)
def _table(names: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str | None, int]]:
    """Return labels and their numbers, to be shared: read only."""
    return names, {None: _ABSENT} | {name: number for number, name in enumerate(names)}


def counted(rows: bytes, sides: bytes) -> Floats:
    """Return how many of some units have each label, [side, variable, label].

    Args:
        rows: [unit, variable], from `Tables.rows`.
        sides: Of each unit, 0 or 1.
    """
    side = np.frombuffer(sides, np.uint8).astype(np.intp)[:, None] * _CELLS
    places = np.frombuffer(rows, np.uint8).reshape(-1, SIZE) + _COLUMN + side
    counts = np.bincount(places.ravel(), minlength=2 * _CELLS)
    return counts.reshape(2, SIZE, LABELS + 1)[..., :LABELS].astype(np.float64)


def told(
    row: int, tables: Tables, before: NDArray[np.floating], after: NDArray[np.floating]
) -> tuple[str, str]:
    """Return two mixes in words: means of a number, else the label that lost and that won."""
    variable, names = VARIABLES[row], tables.names(row)
    one, two = (mix / max(float(mix.sum()), 1e-9) for mix in (before, after))
    if variable.scale != "label":
        middles = np.array([as_number(variable, name) for name in names])
        return _mean(middles, one), _mean(middles, two)
    gone, come = int(np.argmax(one - two)), int(np.argmax(two - one))
    return _label(names[gone], float(one[gone])), _label(names[come], float(two[come]))


def _label(name: str, share: float) -> str:
    return f"{name[:200]} ({100 * share:.0f} %)"


def _mean(middles: Floats, shares: NDArray[np.floating]) -> str:
    there = np.isfinite(middles)
    return f"{float(shares[there] @ middles[there]) / max(float(shares[there].sum()), 1e-9):.3g}"
