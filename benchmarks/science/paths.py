"""Evidence of the concurrent way on many streams side by side: blocks of 20, 10 % candidates.

The product's bets and wealth, folded over all streams at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.bets import (
    ACTION_ODDS,
    BLOCK,
    DISPLAY_ODDS,
    FRACTIONS,
    SHIFTS,
    action_gain,
    odds_gain,
    rank_gain,
)
from detectors.evidence.wealth import grow, wealth

__all__ = ["CANDIDATES", "Bets", "flags", "lengths", "log10_w", "units_to"]

Floats = NDArray[np.float64]
Rng = np.random.Generator

CANDIDATES = 2
"""Of the 20 units of a block: a weight of 10 %."""
RATE, SIGMA = 0.02, 0.7
ODDS_MARGIN, LENGTH_MARGIN = 1.5, 1.25


@dataclass(frozen=True, slots=True)
class Bets:
    """One block of each stream: `gain` returns ln e, [stream, bet]."""

    gain: Callable[[Rng, int], Floats]
    bets: int


def flags(odds: float, margin: bool) -> Bets:
    """Return bets on refusals at a rate of .02, the candidate's odds multiplied.

    Args:
        odds: Of the candidate, over the baseline's.
        margin: Action evidence (worse by more than 1.5 in odds) or display (different).
    """
    rate = odds * RATE / (1 - RATE + odds * RATE)
    chosen = ACTION_ODDS if margin else DISPLAY_ODDS
    n1, n = np.array(CANDIDATES), np.array(BLOCK)

    def gain(rng: Rng, streams: int) -> Floats:
        successes = rng.binomial(CANDIDATES, rate, streams)
        total = successes + rng.binomial(BLOCK - CANDIDATES, RATE, streams)
        return odds_gain(successes, total, n1, n, chosen, ODDS_MARGIN if margin else 1.0)

    return Bets(gain, len(chosen))


def lengths(factor: float, margin: bool) -> Bets:
    """Return bets on a length whose logarithm has a sigma of .7; margin 1.25."""
    n1, n, each = np.array(CANDIDATES), np.array(BLOCK), BLOCK // CANDIDATES - 1

    def values(rng: Rng, streams: int) -> tuple[Floats, Floats]:
        drawn = rng.normal(0.0, SIGMA, (streams, BLOCK))
        return drawn[:, :CANDIDATES] + np.log(factor), drawn[:, CANDIDATES:]

    def display(rng: Rng, streams: int) -> Floats:
        ranked = np.concatenate(values(rng, streams), axis=1).argsort(axis=1)
        return rank_gain((ranked < CANDIDATES).astype(float), n1, n)

    def action(rng: Rng, streams: int) -> Floats:
        candidates, controls = values(rng, streams)
        own = controls.reshape(streams, CANDIDATES, each) + np.log(LENGTH_MARGIN)
        return action_gain(2.0 * (candidates[..., None] > own).mean(axis=-1) - 1.0)

    return Bets(action, len(FRACTIONS)) if margin else Bets(display, len(SHIFTS))


def log10_w(bets: Bets, streams: int, blocks: int, rng: Rng) -> Floats:
    """Return log10 W after each block, [block, stream]."""
    log_e, log_r = np.zeros((streams, bets.bets)), np.full((streams, bets.bets), -np.inf)
    weights, said = np.full((1, bets.bets), 1 / bets.bets), np.zeros((blocks, streams))
    for block in range(blocks):
        before = np.full(streams, float(block * CANDIDATES))
        after = before + CANDIDATES
        log_e, log_r = grow(log_e, log_r, bets.gain(rng, streams), before, after)
        said[block] = np.log10(wealth(log_e, log_r, after, weights))
    return said


def units_to(bets: Bets, level: float, streams: int, most: int, rng: Rng) -> float:
    """Return the mean candidate units until log10 W reaches `level`; NaN where a stream never does.

    Args:
        bets: On one block.
        level: Of log10 W.
        streams: To average.
        most: Candidate units at which it is given up.
        rng: Draws the values.
    """
    log_e, log_r = np.zeros((streams, bets.bets)), np.full((streams, bets.bets), -np.inf)
    weights, units, left = np.full((1, bets.bets), 1 / bets.bets), 0.0, streams
    for block in range(most // CANDIDATES):
        before = np.full(left, float(block * CANDIDATES))
        after = before + CANDIDATES
        log_e, log_r = grow(log_e, log_r, bets.gain(rng, left), before, after)
        waits = np.log10(wealth(log_e, log_r, after, weights)) < level
        units += CANDIDATES * left
        if not waits.all():
            log_e, log_r, left = log_e[waits], log_r[waits], int(waits.sum())
        if not left:
            return units / streams
    return float("nan")
