"""Wealth: what the bets on one monitor have made of 1, by a change at the start or later.

E = prod e bets on a change at the start; R_t = (R_{t-1} + w_t) e_t spreads a prior over later
ones: w_t = ln((t + 100) / (t + 99)) / ln(10001), 0 after a million comparisons.
W = 1/2 mean(E) + 1/2 (mean(R_t) + 1 - sum w): P(ever W >= 1/a) <= a.

Arrays are [..., metric, bet]; the counts of comparisons have no bet axis. A block of n
comparisons is one step: the prior's mass of all of them enters before their joint gain.
Source: Shiryaev-Roberts mixtures as e-detectors, Shin, Ramdas, Rinaldo (2023), arXiv 2203.03532.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["CAP", "HORIZON", "bets", "grow", "mass", "wealth"]

Floats = NDArray[np.float64]

CAP = 690.0
"""Logarithm at which wealth stops growing, so that it can always be written as a float."""
HORIZON = 1_000_000.0
"""Comparisons over which the prior is spread."""
_OFFSET = 100.0
_SCALE = float(np.log((HORIZON + _OFFSET) / _OFFSET))
_TINY = 1e-300


def mass(count: Floats) -> Floats:
    """Return the prior's mass on a change within the first `count` comparisons."""
    spread: Floats = np.log1p(np.minimum(count, HORIZON) / _OFFSET) / _SCALE
    return spread


def grow(
    log_e: Floats, log_r: Floats, gain: Floats, before: Floats, after: Floats
) -> tuple[Floats, Floats]:
    """Fold the gain of a block in.

    Args:
        log_e: ln E, [..., metric, bet].
        log_r: ln R, same shape; -inf at the start.
        gain: ln e of the block, same shape; 0 where nothing was compared.
        before: Comparisons before the block, [..., metric].
        after: Comparisons with it, [..., metric].

    Returns:
        The next ln E and ln R.
    """
    entering = np.log(np.maximum(mass(after) - mass(before), _TINY))[..., None]
    log_e = np.minimum(log_e + gain, CAP)
    log_r = np.minimum(np.logaddexp(log_r, entering) + gain, CAP)
    return log_e, log_r


def bets(log_e: Floats, log_r: Floats, count: Floats) -> Floats:
    """Return W of each bet alone, [..., metric, bet].

    Args:
        log_e: ln E, [..., metric, bet].
        log_r: ln R, same shape.
        count: Comparisons so far, [..., metric].
    """
    both: Floats = np.exp(log_e) + np.exp(log_r)
    return 0.5 * (both + (1.0 - mass(count))[..., None])


def wealth(log_e: Floats, log_r: Floats, count: Floats, weights: Floats) -> Floats:
    """Return W of each monitor.

    Args:
        log_e: ln E, [..., metric, bet].
        log_r: ln R, same shape.
        count: Comparisons so far, [..., metric].
        weights: Of each bet, broadcastable to [..., metric, bet]; the bets of a monitor sum to 1.
    """
    half = np.exp(log_e)
    half += np.exp(log_r)
    total: Floats = (half * weights).sum(axis=-1)
    total += 1.0 - mass(count)
    total *= 0.5
    return total
