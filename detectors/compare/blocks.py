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

from detectors.evidence.bets import BLOCK, action_gain, rank_gain
from detectors.layout import (
    BETS,
    BINARY,
    CONTINUOUS,
    DISPLAY,
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
_TAIL = -len(TAILS)
_UPS = len(UP)
_ACTING = np.concatenate([UP, DOWN])


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
    return np.argsort(keys, kind="stable")


def compare(values: Floats, candidate: Floats, plan: Plan, cuts: Floats, seed: str) -> Comparison:
    """Compare the arms of one block; what categorical metrics say is learned elsewhere.

    Args:
        values: [unit, metric], NaN where absent.
        candidate: [unit]: 1 the candidate's, 0 the baseline's; both occur.
        plan: Of the phase.
        cuts: 95th percentile of past controls, [tail]; NaN if unknown.
        seed: Of ties and controls.
    """
    order = shuffled(len(candidate), seed)
    values, candidate = values[order], candidate[order]
    source = values[:, TAIL_SOURCES]
    # Adding what is absent makes the tail absent too.
    values[:, TAILS] = (source > cuts) + 0.0 * (source + cuts)
    terms = np.empty((3, *values.shape))
    np.equal(values, values, out=terms[0])  # NaN is what does not equal itself
    terms[1] = np.where(terms[0], values, 0.0)
    np.square(terms[1], out=terms[2])
    arms = np.empty((2, len(candidate)))
    arms[0], arms[1] = 1.0 - candidate, candidate
    totals = arms @ terms
    units, sums = totals[0], totals[1]
    n1, n = units[1].astype(np.intp), (units[0] + units[1]).astype(np.intp)
    gain = np.zeros((SIZE, BETS))
    # Against the margin the candidate must lie beyond the cut by as much.
    far = arms[1] @ (source > plan.tails * cuts)
    _odds(gain, sums, far, n1[BINARY], n[BINARY], plan)
    ranked = np.argsort(values[:, CONTINUOUS], axis=0, kind="stable")
    gain[CONTINUOUS, DISPLAY] = rank_gain(candidate[ranked].T, n1[CONTINUOUS], n[CONTINUOUS])
    _beyond_margin(gain, values, candidate, plan)
    return Comparison(gain, totals)


def _odds(gain: Floats, sums: Floats, far: Floats, n1: Ints, n: Ints, plan: Plan) -> None:
    """Write the gains of the odds bets; `far`: the candidate's successes in the tails' action."""
    hits = sums[1, BINARY]
    total = (sums[0, BINARY] + hits).astype(np.intp)
    gains = hits[:, None] * plan.slopes - plan.tables[plan.which, n, n1, total]
    if n[_TAIL:].any():
        # The tails' action bets count other successes of the candidate than their display bets.
        action = (sums[0, TAILS] + far).astype(np.intp)
        table = plan.tables[plan.which[_TAIL:], n[_TAIL:], n1[_TAIL:], action]
        gains[_TAIL:, 4:] = far[:, None] * plan.slopes[_TAIL:, 4:] - table[:, 4:]
    gain[BINARY, :4] = gains[:, :4]
    gain[BINARY, 6:10] = gains[:, 4:]


def _beyond_margin(gain: Floats, values: Floats, candidate: Floats, plan: Plan) -> None:
    """Write the gains of the action bets on ranks: x against margin times a control's."""
    few = candidate if 2 * candidate.sum() <= len(candidate) else 1.0 - candidate
    rare, common = np.flatnonzero(few), np.flatnonzero(few == 0)
    common = common[: len(rare) * plan.controls]
    group = np.arange(len(common)) % len(rare)
    ours, theirs = rare[group], common
    if few is not candidate:
        ours, theirs = theirs, ours
    acting = values[:, _ACTING]
    # Of lower-is-worse columns the sides change places: theirs - margin x ours.
    worse = np.sign(acting[ours] * plan.own - acting[theirs] * plan.other)
    present = worse == worse
    member = (group == np.arange(len(rare))[:, None]).astype(np.float64)
    controls = member @ present
    share = (member @ np.where(present, worse, 0.0)) / np.maximum(controls, 1.0)
    gains = action_gain(share.T)
    gain[UP, 6:9] = gains[:_UPS]
    gain[DOWN, 9:12] = gains[_UPS:]
