"""How fast the hours of a day have been: what a watch takes for a change of speed.

Answers are slower at noon than at night, and against its own past every tenant would show it.
So the level of every hour so far makes a range, and speed counts as changed only where it lies a
margin beyond that range. Days come and go smoothly: after a jump, hours outside join only when a
day has passed and they may come again; what does not come again is forgotten within weeks. A
range is wide by a factor of two to either side at most, so that what grows hour by hour is seen
in the end.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.compare.levels import Levels
from detectors.metrics import CATALOGUE

__all__ = ["SPEEDS", "Hours", "Range"]

SPEEDS = tuple(
    i for i, metric in enumerate(CATALOGUE) if metric.component == "L" and not metric.source
)
"""Metrics of speed."""
_HOUR_MS, _DAY_MS = 60 * 60 * 1000, 24 * 60 * 60 * 1000
_ENOUGH = 30
"""Units without which an hour goes on: the mean of fewer is mostly chance."""
_LONG = 2.0
"""Hours after which a day may have moved on by two margins; longer ones may not by more."""
_WIDEST = math.log(2.0)
_DAY, _WEEK = 24, 168
"""Hours over which the centre, and the ends of the range, forget."""


@dataclass(slots=True)
class Range:
    """Levels of one metric's hours: ln of their means.

    Args:
        began: Broker time at which the open hour began, ms; 0: none is open.
        number: Its units.
        total: Sum of their values.
        known: Hours that have ended.
        centre: Their exponentially weighted mean.
        low: Least of them.
        high: Largest of them.
        last: The latest.
        jumped: Whether hours are outside since one was a margin or more away from the one before.
        odd: Least and largest of those, which wait for their day to pass.
        odd_since: Broker time of the first of them, ms.
    """

    began: int = 0
    number: int = 0
    total: float = 0.0
    known: int = 0
    centre: float = 0.0
    low: float = 0.0
    high: float = 0.0
    last: float = 0.0
    jumped: bool = False
    odd: tuple[float, float] | None = None
    odd_since: int = 0

    def take(self, at: int, value: float, margin: float, base: float) -> None:
        """Take a unit; if its hour is over, that hour joins the range or waits."""
        if not self.began:
            self.began = at
        self.number += 1
        self.total += value
        if at - self.began < _HOUR_MS or self.number < _ENOUGH:
            return
        level, hours = math.log(self.total / self.number), (at - self.began) / _HOUR_MS
        self.began, self.number, self.total = at, 0, 0.0
        if not self.known:
            self.centre = self.low = self.high = self.last = base
        self.known += 1
        self._join(at, level, margin * min(hours, _LONG))

    def _join(self, at: int, level: float, jump: float) -> None:
        self.centre += (level - self.centre) / min(self.known, _DAY)
        self.low += (self.centre - self.low) / _WEEK
        self.high += (self.centre - self.high) / _WEEK
        outside = not self.low <= level <= self.high
        self.jumped = outside and (self.jumped or abs(level - self.last) > jump)
        self.last = level
        if not self.jumped:
            self._widen(level, level)
        elif self.odd is None:
            self.odd, self.odd_since = (level, level), at
        else:
            self.odd = min(self.odd[0], level), max(self.odd[1], level)
        if self.odd is not None and at - self.odd_since >= _DAY_MS:
            self._widen(*self.odd)
            self.odd = None

    def _widen(self, low: float, high: float) -> None:
        self.low, self.high = min(self.low, low), max(self.high, high)

    def usual(self, level: float, margin: float) -> bool:
        """Return whether a level is within a margin of the range."""
        low, high = max(self.low, self.centre - _WIDEST), min(self.high, self.centre + _WIDEST)
        return low - margin <= level <= high + margin


@dataclass(slots=True)
class Hours:
    """The ranges of all metrics of speed."""

    ranges: dict[int, Range] = field(default_factory=dict)

    def take(self, at: int, values: NDArray[np.float64], levels: Levels) -> None:
        """Take the first event of a unit.

        Args:
            at: Broker time, ms.
            values: [metric], NaN where absent.
            levels: Of the watch: before an hour has ended, its baseline is all there is.
        """
        for row in SPEEDS:
            value = values.item(row)
            if value > 0.0:
                found = self.ranges.get(row) or self.ranges.setdefault(row, Range())
                found.take(at, value, _margin(row), _ln(levels.mean.item(row)))

    def usual(self, levels: Levels) -> list[int]:
        """Return the metrics whose latest level is within a margin of what hours have been."""
        return [row for row, found in self.ranges.items() if _is_usual(row, found, levels)]


def _is_usual(row: int, found: Range, levels: Levels) -> bool:
    if not found.known:
        base = _ln(levels.mean.item(row))
        found = Range(centre=base, low=base, high=base)
    return found.usual(_ln(levels.latest(row)[0]), _margin(row))


def _margin(row: int) -> float:
    return math.log(CATALOGUE[row].margin)


def _ln(value: float) -> float:
    return math.log(max(value, 1e-9))
