"""Randomised blocks: consecutive units of one stratum, compared with one another only.

Labels are random given the values, so no baseline, no buffer and no model of drift is needed.
Metrics are columns; a unit that lacks a metric is left out of that metric's comparison. The binary
and display bets use the whole block; action bets on ranks give each unit of the rarer arm controls
of its own, at most m.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.compare.gains import beyond_margin, count, odds, ranks
from detectors.evidence.bets import BLOCK, FRACTIONS, rank_tables, ways
from detectors.layout import (
    ACTION,
    BETS,
    BINARY,
    CONTINUOUS,
    DOWN,
    TAIL_SOURCES,
    TAILS,
    UP,
    Plan,
)
from detectors.metrics import SIZE

__all__ = ["BLOCK_MS", "ENOUGH", "PATIENCE_MS", "Block", "Comparison", "compare", "shuffled"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BLOCK_MS = 15 * 60 * 1000
"""A block that has enough units closes after 15 minutes of broker time."""
ENOUGH = 10
"""Units without which a block waits on: of a quiet tenant's few, all would be of one arm."""
PATIENCE_MS = 24 * 60 * 60 * 1000
"""The longest that a block waits."""
_RANKS, _WAYS = rank_tables(), ways()
_STAKES = np.array(FRACTIONS)
_ACTING = np.concatenate([UP, DOWN])
_FIRST = np.repeat([ACTION.start, ACTION.start + len(FRACTIONS)], [len(UP), len(DOWN)])
"""First bet of each action column."""


class Block:
    """Units that wait to be compared.

    Args:
        opened_at: Broker time of the first unit, ms.
    """

    __slots__ = ("candidate", "opened_at", "values")

    def __init__(self, opened_at: int) -> None:
        self.opened_at = opened_at
        self.values: list[NDArray[np.float32]] = []
        """One row of metrics a unit, NaN where absent."""
        self.candidate: list[bool] = []
        """Whether the unit is the candidate's."""

    def add(self, row: NDArray[np.float32], candidate: bool) -> bool:
        """Put a unit in; return whether the block is full."""
        self.values.append(row)
        self.candidate.append(candidate)
        return len(self.candidate) >= BLOCK

    @property
    def due(self) -> int:
        """Broker time at which it closes, full or not; it rests on how many there are alone."""
        enough = len(self.candidate) >= ENOUGH
        return self.opened_at + (BLOCK_MS if enough else PATIENCE_MS)


@dataclass(slots=True)
class Comparison:
    """What one block says, by metric.

    Args:
        gain: ln e, [metric, bet].
        totals: Units compared, their values and squares, [3, baseline and candidate, metric].
    """

    gain: Floats
    totals: Floats


def shuffled(n: int, seed: str) -> Ints:
    """Return 0..n-1 in an order that is random, and the same for the same seed everywhere."""
    keys = np.frombuffer(hashlib.shake_128(seed.encode()).digest(8 * n), dtype="<u8")
    return keys.argsort(kind="stable")


def compare(values: Floats, candidate: Floats, plan: Plan, cuts: Floats, seed: str) -> Comparison:
    """Compare the arms of one block; what categorical metrics say is learned elsewhere.

    Args:
        values: [unit, metric], NaN where absent.
        candidate: [unit]: 1 the candidate's, 0 the baseline's; both occur.
        plan: Of the phase.
        cuts: 95th percentile of past controls, [tail]; NaN if unknown.
        seed: Of ties and controls.
    """
    if len(candidate) > BLOCK:
        why = f"a block has at most {BLOCK} units, not {len(candidate)}"
        raise ValueError(why)
    order = shuffled(len(candidate), seed)
    values, candidate = values[order], candidate[order]
    gain, totals, far = np.zeros((SIZE, BETS)), np.zeros((3, 2, SIZE)), np.zeros(len(TAILS))
    count(values, candidate, TAILS, TAIL_SOURCES, cuts, plan.tails, totals, far)
    odds(totals, far, BINARY, plan.odds, plan.against, plan.slopes, _WAYS, gain)
    ranks(values, candidate, CONTINUOUS, *_RANKS, gain)
    beyond_margin(
        values, candidate, _ACTING, _FIRST, plan.own, plan.other, plan.controls, _STAKES, gain
    )
    return Comparison(gain, totals)
