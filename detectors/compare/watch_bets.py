"""Bets of the watch: on the cell a value falls into, and on a flag; fair under "as usual".

Seven bets a metric: six fixed, and one that follows what its stratum has lately done, so that
strata moving in opposite directions do not cancel and a total change is seen in a few units.
"""

from math import erfc, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.compiled import FLAG, NOTHING, REAL, filled, kernel, read

__all__ = ["BETS", "flag_gain", "shift_gain"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Band = tuple[Floats, Floats]

BETS = 7
_SHIFTS = np.array([-1.2, -0.5, -0.2, 0.2, 0.5, 1.2])
_ODDS = np.array([1 / 30, 1 / 3, 1 / 2, 2.0, 3.0, 30.0])
_HALF = 3
"""Of the fixed bets; they begin at the lower end of the band, the others at the upper."""
_LARGEST_SHIFT = 3.0
_TINY, _LEAST = 1e-300, 1e-12
_LARGEST_ODDS = 100.0
_SAFE = 0.1
"""Share of the capital that the following bet keeps out of the game."""
_ROOT_HALF = 0.5**0.5


def shift_gain(low: Floats, high: Floats, drawn: Floats, band: Band) -> Floats:
    """Return ln e of bets that a continuous metric is shifted beyond its band, [unit, metric, bet].

    e = (Phi(z_high - b - d) - Phi(z_low - b - d)) / (Phi(z_high - b) - Phi(z_low - b)), b being
    the end of the band on the bet's side. Under a shift within the band the mean of e is 1 at most.

    Args:
        low: Where each value's cell begins, [unit, metric].
        high: Where it ends.
        drawn: Recent mean normal score of each metric in this stratum: the seventh bet's b + d.
        band: Shifts that are usual, [metric] each.
    """
    upper = np.ascontiguousarray(low + high > 1.0)
    # The far tail is exact only below.
    edges = np.where(upper, (1.0 - high, 1.0 - low), (low, high))
    z = np.ascontiguousarray(ndtri(np.clip(edges, 0.0, 1.0)))
    gain = np.empty((*low.shape, BETS))
    _shift(z, upper, drawn, *band, gain)
    return gain


def flag_gain(
    flags: Flags, ones: Floats, seen: Floats, drawn: Floats, u: Floats, band: Band
) -> Floats:
    """Return ln e of bets that a flag's odds are multiplied beyond its band, [unit, metric, bet].

    The flag's smoothed rank p from the top is uniform whatever the rate; the bet is on
    p <= (ones + 1/2) / (seen + 1), which is almost the flag itself. Given the ones so far it is
    fair to 6 % of a bet at 31 flags, and soon to less; W passed 10, 100 and 1,000 in at most 6.5,
    .7 and .3 % of 12,000 runs of 6,000 flags at rates from .002 to .98.

    Args:
        flags: The new values, [unit, metric].
        ones: Past values that were 1, same shape.
        seen: Past values.
        drawn: Recent mean of value minus rate in this stratum, [metric]: the seventh bet's.
        u: Uniform on [0, 1), same shape.
        band: Rates that are usual, [unit, metric] each.
    """
    gain = np.empty((*flags.shape, BETS))
    _flag(flags, ones, seen, drawn, u, *band, gain)
    return gain


@kernel(REAL, REAL, REAL, REAL)
def _between(low: float, high: float, shift: float) -> float:
    """Return how likely a standard normal value, shifted, lies between two bounds."""
    below = erfc((shift - high) * _ROOT_HALF) - erfc((shift - low) * _ROOT_HALF)
    return 0.5 * below


@kernel(NOTHING, read(3), read(2, FLAG), read(1), read(1), read(1), filled(3))
def _shift(
    z: Floats, upper: Flags, drawn: Floats, lower: Floats, higher: Floats, gain: Floats
) -> None:
    for metric in range(len(drawn)):
        far = min(max(drawn[metric], -_LARGEST_SHIFT), _LARGEST_SHIFT)
        ends = lower[metric], higher[metric]
        near = min(max(far, ends[0]), ends[1])
        for unit in range(len(gain)):
            low, high = z[0, unit, metric], z[1, unit, metric]
            side, usual = -1.0 if upper[unit, metric] else 1.0, 1.0
            for bet in range(BETS - 1):
                end = ends[bet // _HALF]
                if bet % _HALF == 0:
                    usual = max(_between(low, high, side * end), _TINY)
                share = _between(low, high, side * (end + _SHIFTS[bet]))
                gain[unit, metric, bet] = log(max(share / usual, _LEAST))
            usual = max(_between(low, high, side * near), _TINY)
            share = _SAFE + (1.0 - _SAFE) * _between(low, high, side * far) / usual
            gain[unit, metric, BETS - 1] = log(max(share, _LEAST))


@kernel(NOTHING, read(2, FLAG), read(2), read(2), read(1), read(2), read(2), read(2), filled(3))
def _flag(
    flags: Flags, ones: Floats, seen: Floats, drawn: Floats, u: Floats,
    lower: Floats, higher: Floats, gain: Floats,
) -> None:  # fmt: skip
    least = 0.5 / _LARGEST_ODDS
    for unit in range(len(flags)):
        for metric in range(len(drawn)):
            one, all_ = ones[unit, metric], seen[unit, metric] + 1.0
            rate = (one + 0.5) / all_
            chance = u[unit, metric]
            rank = chance * (one + 1.0) if flags[unit, metric] else one + chance * (all_ - one)
            hit = rank / all_ <= rate
            ends = lower[unit, metric], higher[unit, metric]
            for bet in range(BETS - 1):
                odds = _ODDS[bet]
                e = (odds if hit else 1.0) / (ends[bet // _HALF] * (odds - 1.0) + 1.0)
                gain[unit, metric, bet] = log(max(e, _LEAST))
            lately = min(max(rate + drawn[metric], least), 1.0 - least)
            near = min(max(lately, ends[0]), ends[1])
            follow = lately / (1.0 - lately) * (1.0 - near) / near
            odds = min(max(follow, 1.0 / _LARGEST_ODDS), _LARGEST_ODDS)
            e = (odds if hit else 1.0) / (near * (odds - 1.0) + 1.0)
            gain[unit, metric, BETS - 1] = log(max(_SAFE + (1.0 - _SAFE) * e, _LEAST))
