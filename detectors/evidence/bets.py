"""Bets on one randomised block: how much more likely is it if the candidate is different?

A block holds n units of one stratum, n1 of them the candidate's. Given the values, the labels are
random under "no change", so the *whole* block can be bet on, with any shares of the arms; with
n1 = 1 every bet is the one of STATISTICS.md 3 exactly, with n1 = n - 1 its mirror.

All functions broadcast over leading axes and return logarithms, the last axis being the bets.
"""

from functools import lru_cache
from math import comb
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, ndtr, ndtri

__all__ = [
    "ACTION_ODDS",
    "BLOCK",
    "DISPLAY_ODDS",
    "FRACTIONS",
    "SHIFTS",
    "TAIL_ODDS",
    "action_gain",
    "log_normaliser",
    "odds_gain",
    "rank_gain",
    "rank_tables",
    "sign_gain",
    "ways",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BLOCK = 20
"""Units of a block."""
DISPLAY_ODDS = (1 / 3, 1 / 2, 2.0, 3.0)
ACTION_ODDS = (2.0, 3.0, 5.0, 30.0)
TAIL_ODDS = (2.0, 3.0, 5.0)
SHIFTS = (-1.2, -0.5, -0.2, 0.2, 0.5, 1.2)
"""Of normal scores, in standard deviations."""
FRACTIONS = (0.2, 0.5, 0.9)
"""Share of the capital that an action bet on ranks stakes."""


def ways() -> Floats:
    """Return n over k as a table, [n, k]; 0 where k is larger."""
    return np.array([[comb(n, k) for k in range(BLOCK + 1)] for n in range(BLOCK + 1)], float)


@lru_cache(maxsize=64)
def log_normaliser(odds: float) -> Floats:
    """Return ln sum_x C(n1, x) C(n - n1, k - x) odds^x as a table [n, n1, k].

    The normaliser of Fisher's noncentral hypergeometric distribution.
    """
    counts: Any = np.ogrid[: BLOCK + 1, : BLOCK + 1, : BLOCK + 1, : BLOCK + 1]
    n, n1, k, x = cast("tuple[Ints, Ints, Ints, Ints]", tuple(counts))
    possible = (n1 <= n) & (k <= n) & (x <= np.minimum(k, n1)) & (k - x <= n - n1)
    ways = np.where(possible, _log_choose(n1, x) + _log_choose(n - n1, k - x), -np.inf)
    with np.errstate(divide="ignore"):
        table = cast("Floats", logsumexp(ways + x * np.log(odds), axis=-1))
    return np.where(np.isfinite(table), table, 0.0)


def _log_choose(n: Ints, k: Ints) -> Floats:
    """Return ln C(n, k); anything finite where k is out of range."""
    k = np.clip(k, 0, np.maximum(n, 0))
    n = np.maximum(n, 0)
    chosen: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return chosen


def odds_gain(
    successes: Ints, total: Ints, n1: Ints, n: Ints, odds: tuple[float, ...], margin: float = 1.0
) -> Floats:
    """Bet that the candidate's odds are `odds` times the baseline's, against `margin` times.

    e = P_odds / P_margin of Fisher's noncentral hypergeometric distribution of the candidate's
    successes given all of the block's. Where odds lie beyond the margin, e is no evidence against
    any ratio on the near side of it.

    Args:
        successes: The candidate's, 0..n1.
        total: Of both arms.
        n1: The candidate's units.
        n: Units of both arms, 0..20.
        odds: One bet each.
        margin: Odds ratio that is still no worse.

    Returns:
        ln e, [..., bets].
    """
    gains = [
        successes * np.log(ratio / margin)
        - (log_normaliser(ratio)[n, n1, total] - log_normaliser(margin)[n, n1, total])
        for ratio in odds
    ]
    return np.stack(gains, axis=-1)


@lru_cache(maxsize=1)
def rank_tables() -> tuple[Floats, Floats]:
    """Return log scores [n, rank, bet] and log normalisers [n, n1, bet] of the shift bets.

    A unit of rank r among n has score n (Phi(z_{r+1} - d) - Phi(z_r - d)), z_r = Phi^-1(r / n).
    The normaliser is the mean, over all choices of n1 candidates, of the product of their scores:
    an elementary symmetric polynomial, so the bet is fair given the values.
    """
    scores = np.zeros((BLOCK + 1, BLOCK, len(SHIFTS)))
    normalisers = np.zeros((BLOCK + 1, BLOCK + 1, len(SHIFTS)))
    shifts = np.array(SHIFTS)
    for n in range(1, BLOCK + 1):
        edges = ndtri(np.arange(n + 1) / n)[:, None]
        score = n * np.diff(ndtr(edges - shifts), axis=0)
        scores[n, :n] = np.log(score)
        symmetric = np.zeros((n + 1, len(SHIFTS)))
        symmetric[0] = 1.0
        for r in range(n):
            symmetric[1:] += score[r] * symmetric[:-1].copy()
        choices = np.exp(_log_choose(np.full(n + 1, n), np.arange(n + 1)))[:, None]
        normalisers[n, : n + 1] = np.log(symmetric / choices)
    return scores, normalisers


def rank_gain(labels: Floats, n1: Ints, n: Ints) -> Floats:
    """Bet that the candidate's values are shifted, on the ranks of the whole block.

    Args:
        labels: [..., ranks]: 1 where the unit of that rank is the candidate's, else 0; ranks from
            the smallest value up, ties broken at random; 20 at most, what lies beyond n is ignored.
        n1: The candidate's units.
        n: Units of both arms.

    Returns:
        ln e, [..., bets], one bet for each of `SHIFTS`.
    """
    scores, normalisers = rank_tables()
    gained: Floats = (labels[..., None, :] @ scores[n][..., : labels.shape[-1], :])[
        ..., 0, :
    ] - normalisers[n, n1]
    return gained


def action_gain(worse: Floats) -> Floats:
    """Bet that a value is worse than margin times a control's more often than not.

    e = 1 + lambda (2r/m - 1). Fair for P(worse) + P(equal)/2 <= 1/2, whatever the shapes.

    Args:
        worse: [..., pairs]: 2r/m - 1 of each unit of the rarer arm, in [-1, 1]; 0 for none.

    Returns:
        ln e of them all, [..., bets], one bet for each of `FRACTIONS`.
    """
    gained: Floats = np.log1p(worse[..., None] * np.array(FRACTIONS)).sum(axis=-2)
    return gained


def sign_gain(standardised: Floats) -> Floats:
    """Bet that paired differences are shifted: under "no change" their signs are fair coins.

    e = 2 / (1 + exp(-2 d z)): the sign's likelihood ratio given |z|, if z were normal; fair for
    any symmetric z.

    Args:
        standardised: Differences, candidate less baseline, over a scale that rests on the past.

    Returns:
        ln e, [..., bets], one bet for each of `SHIFTS`.
    """
    against = -2.0 * standardised[..., None] * np.array(SHIFTS)
    gained: Floats = np.log(2.0) - np.logaddexp(0.0, against)
    return gained
