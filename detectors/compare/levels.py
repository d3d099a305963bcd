"""Levels of each metric in the baseline and lately: what people are shown, never what acts."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import CATALOGUE, SIZE

__all__ = ["Effect", "Levels"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

_FADING = 0.02
_RECENT = 2 / _FADING - 1
"""Values that an exponentially weighted mean is worth."""


class Effect(NamedTuple):
    """Levels of both sides, and their ratio (of odds, for flags) with a 95 % interval."""

    baseline: float
    recent: float
    ratio: float | None
    low: float | None
    high: float | None


def _zeros() -> Floats:
    return np.zeros(SIZE)


@dataclass(slots=True)
class Levels:
    """Mean and variance of the values absorbed in the baseline, and of the latest, [metric]."""

    absorbed: Floats = field(default_factory=_zeros)
    mean: Floats = field(default_factory=_zeros)
    square: Floats = field(default_factory=_zeros)
    """Sum of squared deviations from the mean."""
    met: Floats = field(default_factory=_zeros)
    recent: Floats = field(default_factory=_zeros)
    spread: Floats = field(default_factory=_zeros)

    def update(self, rows: Rows, values: Floats, absorb: Flags) -> None:
        """Fold the values of a unit in; the baseline takes those marked `absorb`."""
        self.met[rows] += 1
        weight = np.maximum(_FADING, 1 / self.met[rows])
        away = values - self.recent[rows]
        self.recent[rows] += weight * away
        self.spread[rows] = (1 - weight) * (self.spread[rows] + weight * away * away)
        if not absorb.all():
            rows, values = rows[absorb], values[absorb]
        self.absorbed[rows] += 1
        away = values - self.mean[rows]
        self.mean[rows] += away / self.absorbed[rows]
        self.square[rows] += away * (values - self.mean[rows])

    def effect(self, row: int) -> Effect:
        """Return how the latest values stand to the baseline's; no ratio where it has no sense."""
        base, late = float(self.mean[row]), float(self.recent[row])
        n, m = max(float(self.absorbed[row]), 1.0), min(max(float(self.met[row]), 1.0), _RECENT)
        if CATALOGUE[row].kind == "binary":
            low_p, high_p = (n * base + 0.5) / (n + 1), (m * late + 0.5) / (m + 1)
            centre = np.log(high_p / (1 - high_p)) - np.log(low_p / (1 - low_p))
            error = np.sqrt(1 / (n * low_p * (1 - low_p)) + 1 / (m * high_p * (1 - high_p)))
        elif base > 0.0 and late > 0.0:
            centre = np.log(late / base)
            error = np.sqrt(
                float(self.square[row]) / n / (n * base**2)
                + float(self.spread[row]) / (m * late**2)
            )
        else:
            return Effect(base, late, None, None, None)
        low, ratio, high = np.exp(np.clip(centre + 1.96 * error * np.array([-1, 0, 1]), -50, 50))
        return Effect(base, late, float(ratio), float(low), float(high))
