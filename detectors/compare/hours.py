"""How far hours of a tenant's days lie apart: what a watch takes for usual.

Units of one hour are alike: a night's requests are others than a noon's, a customer comes with
many conversations at once, a provider has slow hours. Against a past that takes them for
independent, every tenant would show it. So of each metric the mean score of every hour is kept,
and the variance between hours beyond what units' own noise explains; and how far strata lie apart
within an hour, for each task may have a clock of its own. The *band* is two such standard
deviations to either side of the hours' mean, and a little more for what has not been met yet, which
shrinks within weeks. A watch bets on what lies beyond the band, so its bets are fair while the
tenant moves as it is used to. Speed follows its day besides.

An hour beyond the band is odd; it and those after it join once the tenant has come back, for then
it was one of its ways, and evidence of it is thrown away. Who goes beyond it at noon and again at
night comes back too: a day and more whose mean lies within. What does not come back is told; speed
joins after a day all the same. Weeks forget.
Source: one-way random effects, moments of the variance component (Searle, Casella, McCulloch
1992, Variance Components, ch. 3).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import CATALOGUE, SIZE
from detectors.untouched import own, shared

__all__ = ["ARRAYS", "Hours"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

_SPEED = np.array([m.component == "L" and not m.source for m in CATALOGUE])
_HOUR_MS = 60 * 60 * 1000
_DAY = 24.0
_ENOUGH = 30
"""Units without which an hour goes on: the mean of fewer is mostly chance."""
_WIDE = 2.0
"""Standard deviations between hours that are usual: a sine lies within 1.4 of its own."""
_SURE = 2.0
"""Standard errors by which the variance between hours must exceed the units' own noise."""
_UNSEEN = np.where(_SPEED, 0.6, 0.2)
"""What is usual before any hour has ended, in standard deviations of a unit: by day machines are
slower by more than answers are longer."""
_KNOWN = np.where(_SPEED, 24.0, 168.0)
"""Hours after which half of its variance is left: machines are soon known."""
_FOLLOW = np.where(_SPEED, 0.5, 0.0)
"""How far the band goes after the latest hour."""
_WIDEST = np.where(_SPEED, 2.5, 1.25)
"""So far the band reaches at most: what grows hour by hour is seen in the end."""
_WIDEST_ODDS = 4.0
_LOGISTIC = np.pi / np.sqrt(3.0)
"""Standard deviation of the logistic distribution: what one of scores is in ln odds."""
_MEMORY = 336.0
"""Hours that the mean and the variance remember."""
_DRAWN = 1.0 / 19.0
"""Variance by chance of a stratum's latest mean score, in which the newest weighs a tenth."""
_BACK = 3.0
"""Hours within the band, and half of all since the first odd one, that make a return, or the mean
of all if they are a day."""
ARRAYS = (
    "number", "total", "joint", "known", "centre", "spread", "noise", "last", "apart",
    "odd", "odd_total", "odd_square", "calm", "odd_since",
)  # fmt: skip
_ZEROS = shared(SIZE, np.float32)


def _zeros() -> NDArray[np.float32]:
    return _ZEROS


@dataclass(slots=True)
class Hours:
    """Mean scores of hours, [metric]; a score has mean 0 and variance 1 in the past."""

    began: tuple[int, int] = (0, 0)
    """When the open hour began, ms: by the broker's clock, and by the services'; 0: none is open."""
    gone: float = 0.0
    """Hours until then, by whichever clock ran faster."""
    number: NDArray[np.float32] = field(default_factory=_zeros)
    """Units of the open hour."""
    total: NDArray[np.float32] = field(default_factory=_zeros)
    """Sum of their scores."""
    joint: NDArray[np.float32] = field(default_factory=_zeros)
    """Sum of each score times the latest mean score of its stratum."""
    known: NDArray[np.float32] = field(default_factory=_zeros)
    """Hours that have joined."""
    centre: NDArray[np.float32] = field(default_factory=_zeros)
    """Their mean level."""
    spread: NDArray[np.float32] = field(default_factory=_zeros)
    """Variance of their levels."""
    noise: NDArray[np.float32] = field(default_factory=_zeros)
    """And how much of it the units alone would give."""
    last: NDArray[np.float32] = field(default_factory=_zeros)
    """Where the band follows to."""
    apart: NDArray[np.float32] = field(default_factory=_zeros)
    """Variance of strata's levels within an hour."""
    odd: NDArray[np.float32] = field(default_factory=_zeros)
    """Hours that wait, since one was beyond the band."""
    odd_total: NDArray[np.float32] = field(default_factory=_zeros)
    """Sum of their levels."""
    odd_square: NDArray[np.float32] = field(default_factory=_zeros)
    """Sum of the squares."""
    calm: NDArray[np.float32] = field(default_factory=_zeros)
    """Those of them that were within it."""
    odd_since: NDArray[np.float32] = field(default_factory=_zeros)
    """When the first of them ended, as `gone`."""

    def copy(self) -> "Hours":
        """Return what has joined, apart."""
        kept = {name: getattr(self, name).copy() for name in ARRAYS[3:9]}
        return Hours(**kept)

    def band(self, rows: Rows) -> tuple[Floats, Floats]:
        """Return between which normal scores metrics are as usual, [metric]: 0 is within.

        Args:
            rows: Metrics.
        """
        low, high = self._met(rows)
        unseen, most = self._unseen(rows), _WIDEST[rows]
        return np.maximum(low - unseen, -most), np.minimum(high + unseen, most)

    def rates(self, rows: Rows, rate: Floats) -> tuple[Floats, Floats]:
        """Return between which rates flags are as usual, [unit, metric].

        Args:
            rows: Metrics.
            rate: Of the past, [unit, metric].
        """
        low, high = self._met(rows)
        deviation, odds = np.sqrt(rate * (1.0 - rate)), np.exp(_LOGISTIC * self._unseen(rows))
        below = np.maximum(rate + low * deviation, rate / _WIDEST_ODDS)
        above = np.minimum(rate + high * deviation, 1.0 - (1.0 - rate) / _WIDEST_ODDS)
        return below / (below + (1.0 - below) * odds), above * odds / (above * odds + 1.0 - above)

    def _met(self, rows: Rows) -> tuple[Floats, Floats]:
        """Return between which scores hours have been, [metric]."""
        centre, last = self.centre[rows].astype(np.float64), self.last[rows]
        known, noise = np.maximum(self.known[rows], 1.0), self.noise[rows]
        hours = self.spread[rows] - (1.0 + _SURE * np.sqrt(2.0 / known)) * noise
        strata = self.apart[rows] - _SURE * np.sqrt(_DRAWN * noise / known)
        between = _WIDE * np.sqrt(np.maximum(hours, 0.0) + np.maximum(strata, 0.0))
        low = np.minimum(np.minimum(centre - between, last), 0.0)
        return low, np.maximum(np.maximum(centre + between, last), 0.0)

    def _unseen(self, rows: Rows) -> Floats:
        """Return what is usual though it has not been met, in standard deviations, [metric]."""
        known = self.known[rows].astype(np.float64)
        left: Floats = _UNSEEN[rows] * np.sqrt(_KNOWN[rows] / (_KNOWN[rows] + known))
        return left

    def take(self, at: tuple[int, int], total: Floats, number: Floats, lately: Floats) -> Rows:
        """Take a block; if its hour is over, that hour joins or waits.

        Args:
            at: Broker time, and when the service says that it was, ms: who sends a month of logs
                within minutes has days too, and a clock that stands still ends no hour.
            total: Sum of scores of its units, [metric].
            number: Of units that have the metric.
            lately: Latest mean score of the block's stratum before it, [metric].

        Returns:
            Metrics that have come back, or stayed for so long that it is their way.
        """
        own(self, ARRAYS)
        self.began = self.began if any(self.began) else at
        self.number += number.astype(np.float32)
        self.total += total.astype(np.float32)
        self.joint += (total * lately).astype(np.float32)
        gone = max(at[0] - self.began[0], at[1] - self.began[1])
        if gone < _HOUR_MS:
            return np.zeros(0, np.intp)
        # Who comes late turns no clock back.
        self.began = at[0], max(at[1], self.began[1])
        self.gone += gone / _HOUR_MS
        return self._close(np.flatnonzero(self.number >= _ENOUGH), self.gone)

    def _close(self, rows: Rows, at: float) -> Rows:
        """End the hour of some metrics; return those whose odd hours have joined."""
        noise = 1.0 / self.number[rows].astype(np.float64)
        level = self.total[rows] * noise
        apart = self.joint[rows] * noise - level**2 + noise
        self.number[rows] = self.total[rows] = self.joint[rows] = 0.0
        low, high = self.band(rows)
        beyond = np.maximum(level - high, low - level)
        odd = (beyond > np.sqrt(noise)) | (self.odd[rows] > 0.0)
        self._wait(rows[odd], level[odd], beyond[odd] <= 0.0, at)
        back = (self.calm[rows] >= _BACK) & (2.0 * self.calm[rows] >= self.odd[rows])
        mean = self.odd_total[rows] / np.maximum(self.odd[rows], 1.0)
        lasted = at - self.odd_since[rows] >= _DAY
        joining = odd & (back | lasted & (_SPEED[rows] | (low <= mean) & (mean <= high)))
        self._join_odd(rows[joining], noise[joining])
        self._join(rows[~odd], np.ones(1), level[~odd], np.zeros(1), noise[~odd])
        weight = 1.0 / np.minimum(self.known[rows[~odd]], _MEMORY)
        self.apart[rows[~odd]] += weight * (apart - self.apart[rows])[~odd]
        follow = np.where(joining & _SPEED[rows], 1.0, _FOLLOW[rows]) * (joining | ~odd)
        self.last[rows] += (follow * (level - self.last[rows])).astype(np.float32)
        return rows[joining]

    def _wait(self, rows: Rows, level: Floats, calm: Flags, at: float) -> None:
        """Let hours wait until it is known whether the tenant comes back."""
        self.odd_since[rows] = np.where(self.odd[rows] > 0.0, self.odd_since[rows], at)
        self.odd[rows] += 1.0
        self.odd_total[rows] += level.astype(np.float32)
        self.odd_square[rows] += (level**2).astype(np.float32)
        self.calm[rows] += calm

    def _join_odd(self, rows: Rows, noise: Floats) -> None:
        number = self.odd[rows].astype(np.float64)
        mean = self.odd_total[rows] / number
        within = np.maximum(self.odd_square[rows] / number - mean**2, 0.0)
        self._join(rows, number, mean, within, noise)
        self.odd[rows] = self.odd_total[rows] = self.odd_square[rows] = self.calm[rows] = 0.0

    def _join(
        self, rows: Rows, number: Floats, mean: Floats, within: Floats, noise: Floats
    ) -> None:
        """Let so many hours join; before all of them the past's own level has, which is 0."""
        weight = number / np.minimum(self.known[rows] + 1.0 + number, _MEMORY)
        away = mean - self.centre[rows]
        self.centre[rows] += weight * away
        self.spread[rows] = (1 - weight) * (self.spread[rows] + weight * away**2) + weight * within
        self.noise[rows] += weight * (noise - self.noise[rows])
        self.known[rows] += number
