"""Bets on one value against a known baseline: a golden set, a probe, a long stretch of the past.

Each is the ratio of a density under some change to the baseline's, so its mean under the baseline
is 1. All broadcast over leading axes and return logarithms, the last axis being the bets.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AXIS_SHIFT", "DISTANCES", "ODDS", "SHIFTS", "SHIFT_SHARES", "TAILS",
    "axis_gain", "flag_gain", "move_gain", "moves", "shift_gain", "tail_gain",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

ODDS = (1.5, 2.0, 3.0, 5.0)
"""Towards harm; the inverse the other way."""
SHIFTS = (0.13, 0.25, 0.5, 1.2)
"""Of normal scores, in standard deviations, towards harm."""
SHIFT_SHARES = (0.35, 0.2, 0.35, 0.1)
"""Of the capital; large shifts are seen soon whatever they get."""
AXIS_SHIFT = 1.0
TAILS = ((0.05, 0.3), (0.05, 0.6), (0.15, 0.3), (0.15, 0.6))
"""Share of the values that are tail, and the power of its stretch."""
DISTANCES = (0.08, 0.16, 0.32)
"""Shares that a category loses to another."""
EVEN = 0.2


def flag_gain(flags: Flags, rate: Floats | float, odds: Sequence[float] = ODDS) -> Floats:
    """Bet that the odds of a flag are multiplied.

    e = P_odds(x) / P_rate(x): Wald's likelihood ratio of two coins.

    Args:
        flags: The values, [...].
        rate: Of the baseline, in (0, 1), broadcastable to `flags`.
        odds: One bet each.

    Returns:
        ln e, [..., bet].

    Source: Wald (1945), Ann. Math. Stat. 16:117-186.
    """
    ratio, share = np.asarray(odds), np.asarray(rate)[..., None]
    gain: Floats = np.where(flags[..., None], np.log(ratio), 0.0)
    gain -= np.log1p(share * (ratio - 1.0))
    return gain


def shift_gain(z: Floats, shifts: Sequence[float] = SHIFTS) -> Floats:
    """Bet that a standardised value is shifted: ln e = d z - d^2 / 2.

    Args:
        z: Normal score under the baseline, [...]: (ln x - mean) / sd of a length or a latency,
            or Phi^-1 of any value's share of the baseline below it.
        shifts: One bet each.

    Source: Page (1954), Biometrika 41:100-115; Lorden (1971), Ann. Math. Stat. 42:1897-1908.
    """
    d = np.asarray(shifts)
    gain: Floats = d * z[..., None] - d * d / 2.0
    return gain


def axis_gain(z: Floats, shift: float = AXIS_SHIFT) -> Floats:
    """Bet that the mean is shifted along one axis, either way: `shift_gain` on each.

    Args:
        z: Standardised and uncorrelated under the baseline, [..., axis].
        shift: In standard deviations.

    Returns:
        ln e, [..., 2 axes]: up along each axis, then down.
    """
    along = shift * z
    gain: Floats = np.concatenate([along, -along], axis=-1) - shift * shift / 2.0
    return gain


def tail_gain(above: Floats, tails: Sequence[tuple[float, float]] = TAILS) -> Floats:
    """Bet that only the tail is stretched: e = k (p / c)^(k - 1) for p < c, else 1.

    Given that a value lies in the tail of share c, its share p / c of the tail above it is
    uniform under the baseline; the bet is that it is a power of a uniform, k < 1: the logarithm
    of an exponential tail is stretched 1 / k times.

    Args:
        above: Share of the baseline above each value, [...], in (0, 1).
        tails: c and k of each bet.

    Source: Vovk and Wang (2021), Ann. Stat. 49:1736-1754, calibrators of p-values.
    """
    share, power = np.asarray(tails).T
    within = np.minimum(above[..., None] / share, 1.0)
    gain: Floats = np.where(within < 1.0, np.log(power) + (power - 1.0) * np.log(within), 0.0)
    return gain


def moves(shares: Floats, distances: Sequence[float] = DISTANCES) -> tuple[Floats, Floats]:
    """Return bets that one category has lost a share to one other.

    Args:
        shares: Of the categories under the baseline, [category], all above 0, sum 1.
        distances: The share that is moved, the change's total variation; pairs whose loser has
            no more than that are left out.

    Returns:
        ln e by category seen, [category, bet], and a prior over the bets, [bet]: by the shares of
        loser and winner, as if any value were as likely to be moved as any other, and a fifth of
        it even over the pairs.
    """
    rows, prior, pairs = [], [], len(shares) * (len(shares) - 1)
    for distance in distances:
        for loser, winner in np.argwhere(~np.eye(len(shares), dtype=bool)):
            if shares[loser] > distance:
                changed = shares.copy()
                changed[loser] -= distance
                changed[winner] += distance
                rows.append(np.log(changed / shares))
                likely = shares[loser] * shares[winner] / (1.0 - shares[loser])
                prior.append((1.0 - EVEN) * likely + EVEN / pairs)
    weights = np.array(prior)
    table = np.array(rows).reshape(-1, len(shares)).T
    return table, weights / weights.sum()


def move_gain(category: Ints, table: Floats) -> Floats:
    """Return ln e of the bets of `moves` on the categories seen, [..., bet]."""
    gain: Floats = table[category]
    return gain
