"""Bets of the watch: on the cell a value falls into, and on a flag; fair under "no change".

Seven bets a metric: six fixed, and one that follows what its stratum has lately done, so that
strata moving in opposite directions do not cancel and a total change is seen in a few units.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from detectors.compare.cells import Placed

__all__ = ["BETS", "flag_gain", "shift_gain"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SHIFTS = np.array([-1.2, -0.5, -0.2, 0.2, 0.5, 1.2])
_ODDS = np.array([1 / 30, 1 / 3, 1 / 2, 2.0, 3.0, 30.0])
BETS = 7
_LARGEST_SHIFT = 3.0
_LARGEST_ODDS = 100.0
_SAFE = 0.1
"""Share of the capital that the following bet keeps out of the game."""


def shift_gain(placed: Placed, drawn: Floats) -> Floats:
    """Return ln e of bets that a continuous metric is shifted, [metric, bet].

    e = (Phi(z_high - d) - Phi(z_low - d)) / (high - low).

    Args:
        placed: Where the values fell.
        drawn: Recent mean normal score of each metric in this stratum: the seventh bet's d.
    """
    d = np.empty((len(drawn), BETS))
    d[:, :-1] = _SHIFTS
    d[:, -1] = np.clip(drawn, -_LARGEST_SHIFT, _LARGEST_SHIFT)
    upper = placed.low + placed.high > 1.0
    low = np.where(upper, 1.0 - placed.high, placed.low)
    high = np.where(upper, 1.0 - placed.low, placed.high)
    d[upper] *= -1.0  # the far tail is exact only below
    z = ndtri(np.maximum(np.stack([low, high]), 0.0))[:, :, None]
    share = ndtr(z[1] - d) - ndtr(z[0] - d)
    return _log(share / (high - low)[:, None])


def flag_gain(flags: Flags, ones: Floats, seen: Floats, drawn: Floats, u: Floats) -> Floats:
    """Return ln e of bets that a flag's odds are multiplied, [metric, bet].

    The flag's smoothed rank p from the top is uniform whatever the rate; the bet is on
    p <= (ones + 1/2) / (seen + 1), which is almost the flag itself.

    Args:
        flags: The new values.
        ones: Past values that were 1.
        seen: Past values.
        drawn: Recent mean of value minus rate in this stratum: the seventh bet's.
        u: Uniform on [0, 1), one for each metric.
    """
    p = np.where(flags, u * (ones + 1.0), ones + u * (seen - ones + 1.0)) / (seen + 1.0)
    rate = (ones + 0.5) / (seen + 1.0)
    odds = np.empty((len(flags), BETS))
    odds[:, :-1] = _ODDS
    lately = np.clip(rate + drawn, 0.5 / _LARGEST_ODDS, 1.0 - 0.5 / _LARGEST_ODDS)
    follow = lately / (1.0 - lately) * (1.0 - rate) / rate
    odds[:, -1] = np.clip(follow, 1.0 / _LARGEST_ODDS, _LARGEST_ODDS)
    hit = np.where((p <= rate)[:, None], odds, 1.0)
    return _log(hit / (rate[:, None] * odds + 1.0 - rate[:, None]))


def _log(e: Floats) -> Floats:
    e[:, -1] = _SAFE + (1.0 - _SAFE) * e[:, -1]
    logged: Floats = np.log(np.maximum(e, 1e-12))
    return logged
