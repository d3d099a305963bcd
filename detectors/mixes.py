"""Mixes of labels: their numbers, their counts, and how two of them are told apart in words."""

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
_NAMELESS: list[str] = []
_NUMBERLESS: dict[str | None, int] = {None: _ABSENT}
_COLUMN = np.arange(SIZE) * (LABELS + 1)


class Tables:
    """Labels met of each variable, and their numbers.

    Args:
        labels: Of each variable, in the order of their numbers.
    """

    __slots__ = ("labels", "numbers")

    def __init__(self, labels: list[list[str]] | None = None) -> None:
        self.labels: list[list[str]] = labels or [_NAMELESS] * SIZE
        # Most variables of most agents have no label: those share one empty table.
        self.numbers: list[dict[str | None, int]] = [
            {None: _ABSENT} | {name: number for number, name in enumerate(names)}
            if names
            else _NUMBERLESS
            for names in self.labels
        ]

    def row(self, given: Circumstances) -> bytes:
        """Return the number of each variable's label; 16 where it has none."""
        try:
            return bytes([numbers[label] for numbers, label in zip(self.numbers, given)])  # noqa: B905
        except KeyError:
            return bytes([self._number(i, label) for i, label in enumerate(given)])

    def _number(self, variable: int, label: str | None) -> int:
        numbers, names = self.numbers[variable], self.labels[variable]
        if label not in numbers and label is not None:
            if len(names) >= LABELS - 1:
                return LABELS - 1
            number = len(names)
            self.numbers[variable] = {**numbers, label: number}
            self.labels[variable] = [*names, label]
            return number
        return numbers[label]

    def known(self) -> Floats:
        """Return how many labels of each variable have a number, [variable]."""
        return np.array([min(len(names) + 1, LABELS) for names in self.labels], np.float64)

    def names(self, variable: int) -> list[str]:
        """Return the labels of a variable by number, `others` last."""
        found = self.labels[variable]
        return found + [OTHER] * (LABELS - len(found))

    def copy(self) -> "Tables":
        """Return tables of their own."""
        return Tables([list(names) for names in self.labels])


def counted(rows: bytes) -> Floats:
    """Return how many of some units have each label, [variable, label]."""
    places = np.frombuffer(rows, np.uint8).reshape(-1, SIZE) + _COLUMN
    counts = np.bincount(places.ravel(), minlength=SIZE * (LABELS + 1))
    return counts.reshape(SIZE, LABELS + 1)[:, :LABELS].astype(np.float64)


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
