"""Detectors against a known baseline, one kind of metric each: which bets stand, with what weight.

For probes on a schedule, golden sets, and any metric whose past is long enough to be known. The
alarm at R >= A comes after A values on average at least while nothing changes (`shiryaev.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.adaptive import Categories, Direction, Spread, Wishart
from detectors.evidence.known import (
    ODDS,
    SHIFT_SHARES,
    SHIFTS,
    TAILS,
    axis_gain,
    flag_gain,
    move_gain,
    moves,
    shift_gain,
    tail_gain,
)
from detectors.evidence.shiryaev import Adaptive, Restarts, advance, combine

__all__ = ["Detector", "Fixed", "Learning", "categories", "embedding", "flag", "shift", "tail"]

Floats = NDArray[np.float64]
Part = Callable[[Floats], Floats]

PRIOR_EVENTS = 60.0
LEADING = 8
"""Axes of an embedding on which most of its variance lies."""
WIDER = 64
DISTANCES = 12.0
"""Prior mean of the squared Mahalanobis length of a shift in no known direction."""


def _even(bets: int) -> Floats:
    return np.full(bets, 1.0 / bets)


def _whole(value: Floats) -> Floats:
    return value


@dataclass(frozen=True, slots=True)
class Fixed:
    """Fixed bets: `gain` returns ln e, [..., bet], of values [...]."""

    gain: Callable[[Floats], Floats]
    shares: Floats
    """Of each bet in the family's capital, sum 1."""
    weight: float = 1.0
    """Of the family."""


@dataclass(frozen=True, slots=True)
class Learning:
    """A bet that learns, on a part of the value."""

    bet: Adaptive
    part: Part = _whole
    weight: float = 1.0


@dataclass(slots=True)
class Detector:
    """ln R over all bets on one metric: the weighted mean of the R of each.

    Args:
        fixed: Families of fixed bets.
        learning: Bets that learn.
        shape: Of the streams that are folded side by side; () for one.
    """

    fixed: Sequence[Fixed]
    learning: Sequence[Learning] = ()
    shape: tuple[int, ...] = ()
    _log_r: list[Floats] = field(init=False)
    _restarts: list[Restarts] = field(init=False)
    _log_weights: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._log_r = [np.full((*self.shape, len(each.shares)), -np.inf) for each in self.fixed]
        self._restarts = [Restarts(each.bet, self.shape) for each in self.learning]
        weights = np.array([each.weight for each in self.fixed] + [e.weight for e in self.learning])
        self._log_weights = np.log(weights / weights.sum())

    def step(self, value: Floats) -> Floats:
        """Fold one value of each stream in and return ln R, [...]."""
        self._log_r = [
            advance(log_r, each.gain(value))
            for log_r, each in zip(self._log_r, self.fixed, strict=True)
        ]
        said = [
            combine(log_r, each.shares) for log_r, each in zip(self._log_r, self.fixed, strict=True)
        ]
        said += [
            restarts.step(each.part(value))
            for restarts, each in zip(self._restarts, self.learning, strict=True)
        ]
        total: Floats = np.logaddexp.reduce(
            [log_r + w for log_r, w in zip(said, self._log_weights, strict=True)], axis=0
        )
        return total

    def keep(self, streams: NDArray[np.bool_]) -> None:
        """Go on with these streams only, of a shape of one axis."""
        self._log_r = [log_r[streams] for log_r in self._log_r]
        for restarts in self._restarts:
            restarts.keep(streams)


def flag(rate: float, harmful: int = 1, shape: tuple[int, ...] = ()) -> Detector:
    """Return a detector of a flag's rate, given as 0 or 1.

    Args:
        rate: Of the baseline.
        harmful: 1: a rise is looked for, -1: a fall, 0: both.
        shape: Of the streams.
    """
    odds = np.array(ODDS)
    sides = {1: odds, -1: 1.0 / odds, 0: np.concatenate([odds, 1.0 / odds])}[harmful]
    gain = partial(_flag, rate=rate, odds=sides)
    return Detector([Fixed(gain, _even(len(sides)))], shape=shape)


def _flag(value: Floats, rate: float, odds: Floats) -> Floats:
    return flag_gain(value > 0.5, rate, odds.tolist())


def shift(harmful: int = 1, shape: tuple[int, ...] = ()) -> Detector:
    """Return a detector of a shift of a standardised value; `harmful` as for `flag`."""
    shifts = np.array(SHIFTS)
    sides = {1: shifts, -1: -shifts, 0: np.concatenate([shifts, -shifts])}[harmful]
    capital = np.resize(SHIFT_SHARES, len(sides)) * len(shifts) / len(sides)
    return Detector([Fixed(partial(shift_gain, shifts=sides.tolist()), capital)], shape=shape)


def tail(share_above: Part, shape: tuple[int, ...] = ()) -> Detector:
    """Return a detector of a standardised value that grows, as a whole or in its tail only.

    Args:
        share_above: The share of the baseline above a value: 1 - Phi for a normal score.
        shape: Of the streams.
    """
    return Detector(
        [
            Fixed(shift_gain, np.array(SHIFT_SHARES)),
            Fixed(lambda value: tail_gain(share_above(value)), _even(len(TAILS))),
        ],
        shape=shape,
    )


def categories(shares: Floats, shape: tuple[int, ...] = ()) -> Detector:
    """Return a detector of a mix of categories, given as one-hot rows."""
    table, prior = moves(shares)
    return Detector(
        [Fixed(lambda row: move_gain(row.argmax(axis=-1), table), prior)] if len(prior) else [],
        [Learning(Categories(shares, PRIOR_EVENTS), weight=0.15)],
        shape,
    )


def embedding(shares: Floats, variances: Floats, shape: tuple[int, ...] = ()) -> Detector:
    """Return a detector of where answers lie: their cluster, and where within it.

    Args:
        shares: Of the clusters under the baseline.
        variances: Along the principal axes within a cluster, falling.
        shape: Of the streams.

    A value is its cluster as a one-hot row, then its distances from that cluster's centre along
    the principal axes, each over its standard deviation.
    """
    k, d = len(shares), len(variances)
    inverse = 1.0 / variances
    anywhere = Direction(DISTANCES * inverse / inverse.sum())
    leading, wider = min(LEADING, d), min(WIDER, d)
    bands = [[(0, leading)], [(leading, wider)], [(0, d)]] if wider > leading else [[(0, d)]]

    def cluster(value: Floats) -> Floats:
        return value[..., :k]

    def within(value: Floats) -> Floats:
        return value[..., k:]

    return Detector(
        [Fixed(lambda value: axis_gain(within(value)[..., :wider]), _even(2 * wider))],
        [
            Learning(Categories(shares, PRIOR_EVENTS), cluster),
            Learning(anywhere, within, 3.0),
            Learning(Direction(np.full(leading, 0.3)), within, 0.7),
            Learning(Wishart(leading, 1.5 * leading), within, 0.7),
            *(
                Learning(Spread(band, 2.0 * np.sqrt(band[0][1] - band[0][0]) + 10.0), within, 0.5)
                for band in bands
            ),
        ],
        shape,
    )
