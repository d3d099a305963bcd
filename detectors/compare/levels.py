"""Levels of each metric in the baseline and lately: what people are shown, never what acts."""

from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import FLAG, NOTHING, REAL, filled, kernel, read
from detectors.metrics import CATALOGUE, SIZE
from detectors.untouched import own, shared

__all__ = ["NO_EFFECT", "Effect", "Levels", "lately"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

_FADING = 0.02
_RECENT = 2 / _FADING - 1
"""Values that an exponentially weighted mean is worth in the end."""


class Effect(NamedTuple):
    """Levels of both sides, and their ratio (of odds, for flags) with a 95 % interval."""

    baseline: float | None
    recent: float | None
    ratio: float | None
    low: float | None
    high: float | None


NO_EFFECT = Effect(None, None, None, None, None)
"""Of a metric whose values are codes."""


_ZEROS = shared(SIZE)
_ARRAYS = ("absorbed", "mean", "square", "met", "recent", "spread")


def _zeros() -> Floats:
    return _ZEROS


def lately(values: Floats, there: Flags, fading: float) -> tuple[Floats, Floats]:
    """Return what values add to an exponentially weighted sum, and what is left of the old.

    Args:
        values: [unit, metric] in order of arrival.
        there: Which units have the metric.
        fading: Weight of the newest value.
    """
    added, left = np.zeros(values.shape[1]), np.ones(values.shape[1])
    _lately(values, there, fading, added, left)
    return added, left


@dataclass(slots=True)
class Levels:
    """Mean and variance of the values absorbed in the baseline, and of the latest, [metric]."""

    absorbed: Floats = field(default_factory=_zeros)
    mean: Floats = field(default_factory=_zeros)
    square: Floats = field(default_factory=_zeros)
    """Sum of squared deviations from the mean."""
    met: Floats = field(default_factory=_zeros)
    recent: Floats = field(default_factory=_zeros)
    """Weighted sum of the latest values; the weights sum to 1 - (1 - fading)^met."""
    spread: Floats = field(default_factory=_zeros)
    """The same of their squares."""

    def update(self, values: Floats, there: Flags, absorb: Flags) -> None:
        """Fold a block in, [unit, metric]; the baseline takes metrics marked `absorb`.

        A baseline that was another label's takes none until it has been met with as many values:
        it would become what it is compared with.
        """
        own(self, _ARRAYS)
        _update(
            values, there, absorb, self.absorbed, self.mean, self.square, self.met, self.recent,
            self.spread,
        )  # fmt: skip

    def forget(self, rows: list[int]) -> None:
        """Begin some metrics anew, of the baseline and lately."""
        own(self, _ARRAYS)
        for name in _ARRAYS:
            getattr(self, name)[rows] = 0.0

    def latest(self, row: int) -> tuple[float, float]:
        """Return the mean and variance of the latest values of a metric."""
        weight = max(1.0 - (1.0 - _FADING) ** float(self.met[row]), 1e-12)
        mean = float(self.recent[row]) / weight
        return mean, max(float(self.spread[row]) / weight - mean * mean, 0.0)

    def _worth(self, row: int) -> float:
        """Return how many values the latest mean is worth: fewer than met, as weights differ."""
        left: float = (1.0 - _FADING) ** max(float(self.met[row]), 1.0)
        return _RECENT * (1.0 - left) / (1.0 + left)

    def effect(self, row: int) -> Effect:
        """Return how the latest values stand to the baseline's; no ratio where it has no sense."""
        base, (late, spread) = float(self.mean[row]), self.latest(row)
        n, m = max(float(self.absorbed[row]), 1.0), self._worth(row)
        if CATALOGUE[row].kind == "binary":
            low_p, high_p = (n * base + 0.5) / (n + 1), (m * late + 0.5) / (m + 1)
            centre = log(high_p / (1 - high_p)) - log(low_p / (1 - low_p))
            error = sqrt(1 / (n * low_p * (1 - low_p)) + 1 / (m * high_p * (1 - high_p)))
        elif base > 0.0 and late > 0.0:
            centre = log(late / base)
            inside = float(self.square[row]) / max(n - 1.0, 1.0), spread * m / max(m - 1.0, 1.0)
            error = sqrt(inside[0] / (n * base**2) + inside[1] / (m * late**2))
        else:
            return Effect(base, late, None, None, None)
        half = 1.96 * error
        ratio, low, high = (
            exp(min(max(end, -50.0), 50.0)) for end in (centre, centre - half, centre + half)
        )
        return Effect(base, late, ratio, low, high)


@kernel(NOTHING, read(2), read(2, FLAG), REAL, filled(1), filled(1))
def _lately(values: Floats, there: Flags, fading: float, added: Floats, left: Floats) -> None:
    for metric in range(len(added)):
        for unit in range(len(values)):
            if there[unit, metric]:
                added[metric] += fading * (values[unit, metric] - added[metric])
                left[metric] *= 1.0 - fading


@kernel(
    NOTHING, read(2), read(2, FLAG), read(1, FLAG), filled(1), filled(1), filled(1), filled(1),
    filled(1), filled(1),
)  # fmt: skip
def _update(
    values: Floats, there: Flags, absorb: Flags, absorbed: Floats, mean: Floats, square: Floats,
    met: Floats, recent: Floats, spread: Floats,
) -> None:  # fmt: skip
    for metric in range(len(met)):
        absorbing = absorb[metric] and absorbed[metric] <= met[metric]
        for unit in range(len(values)):
            if not there[unit, metric]:
                continue
            value = values[unit, metric]
            met[metric] += 1.0
            recent[metric] += _FADING * (value - recent[metric])
            spread[metric] += _FADING * (value * value - spread[metric])
            if absorbing:
                absorbed[metric] += 1.0
                away = value - mean[metric]
                mean[metric] += away / absorbed[metric]
                square[metric] += away * (value - mean[metric])
