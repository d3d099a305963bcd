"""Wealth: what the bets on one monitor have made of 1, by a change at the start or later.

E = prod e bets on a change at the start; R_t = (R_{t-1} + w_t) e_t spreads a prior over later
ones: w_t = ln((t + 100) / (t + 99)) / ln(10001), 0 after a million comparisons.
W = 1/2 mean(E) + 1/2 (mean(R_t) + 1 - sum w): P(ever W >= 1/a) <= a.

Arrays are [metric, bet]; the counts of comparisons have no bet axis. A block of n
comparisons is one step: the prior's mass of all of them enters before their joint gain.
Source: Shiryaev-Roberts mixtures as e-detectors, Shin, Ramdas, Rinaldo (2023), arXiv 2203.03532.
"""

from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import NOTHING, REAL, filled, kernel, read

__all__ = ["CAP", "HORIZON", "bets", "grow", "mass", "wealth"]

Floats = NDArray[np.float64]

CAP = 690.0
"""Logarithm at which wealth stops growing, so that it can always be written as a float."""
HORIZON = 1_000_000.0
"""Comparisons over which the prior is spread."""
_OFFSET = 100.0
_SCALE = log((HORIZON + _OFFSET) / _OFFSET)
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
        log_e: ln E, [metric, bet].
        log_r: ln R, same shape; -inf at the start.
        gain: ln e of the block, same shape; 0 where nothing was compared.
        before: Comparisons before the block, [metric].
        after: Comparisons with it, [metric].

    Returns:
        The next ln E and ln R.
    """
    next_e, next_r = np.empty(log_e.shape), np.empty(log_e.shape)
    _grow(log_e, log_r, gain, before, after, next_e, next_r)
    return next_e, next_r


def bets(log_e: Floats, log_r: Floats, count: Floats) -> Floats:
    """Return W of each bet alone, [metric, bet].

    Args:
        log_e: ln E, [metric, bet].
        log_r: ln R, same shape.
        count: Comparisons so far, [metric].
    """
    both: Floats = np.exp(log_e) + np.exp(log_r)
    return 0.5 * (both + (1.0 - mass(count))[..., None])


def wealth(log_e: Floats, log_r: Floats, count: Floats, weights: Floats) -> Floats:
    """Return W of each monitor.

    Args:
        log_e: ln E, [metric, bet].
        log_r: ln R, same shape.
        count: Comparisons so far, [metric].
        weights: Of each bet, [kind, metric, bet], or [metric or 1, bet] or [bet] of a single
            kind; the bets of a monitor sum to 1.

    Returns:
        W, [kind, metric], or [metric] of a single kind.
    """
    kinds = np.atleast_2d(weights)
    kinds = kinds.reshape(-1, *kinds.shape[-2:])
    total = np.empty((len(kinds), len(log_e)))
    _wealth(log_e, log_r, count, kinds, total)
    return total if weights.ndim == 3 else total[0]


@kernel(REAL, REAL)
def _mass(count: float) -> float:
    return log1p(min(count, HORIZON) / _OFFSET) / _SCALE


@kernel(NOTHING, read(2), read(2), read(2), read(1), read(1), filled(2), filled(2))
def _grow(
    log_e: Floats, log_r: Floats, gain: Floats, before: Floats, after: Floats,
    next_e: Floats, next_r: Floats,
) -> None:  # fmt: skip
    for metric in range(len(log_e)):
        entering = log(max(_mass(after[metric]) - _mass(before[metric]), _TINY))
        for bet in range(log_e.shape[1]):
            more = gain[metric, bet]
            larger = max(log_r[metric, bet], entering)
            smaller = min(log_r[metric, bet], entering)
            changed = larger + log1p(exp(smaller - larger))
            next_e[metric, bet] = min(log_e[metric, bet] + more, CAP)
            next_r[metric, bet] = min(changed + more, CAP)


@kernel(NOTHING, read(2), read(2), read(1), read(3), filled(2))
def _wealth(log_e: Floats, log_r: Floats, count: Floats, kinds: Floats, total: Floats) -> None:
    own = kinds.shape[1] > 1
    for metric in range(len(log_e)):
        total[:, metric] = 1.0 - _mass(count[metric])
        for bet in range(log_e.shape[1]):
            both = exp(log_e[metric, bet]) + exp(log_r[metric, bet])
            for kind in range(len(kinds)):
                total[kind, metric] += both * kinds[kind, metric if own else 0, bet]
        total[:, metric] *= 0.5
