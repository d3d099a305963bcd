"""Strata: what each keeps of its own between blocks, and which bets sit out there.

Strata that move in opposite directions would cancel, and strata without harm would eat what one
with harm has won. What sits out is chosen by past blocks alone, so every bet stays fair.
"""

from dataclasses import dataclass, field
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from detectors.compare.blocks import Block
from detectors.compiled import INT, NOTHING, SINGLE, filled, kernel, read
from detectors.layout import AIMS, TAIL_SOURCES, TAILS
from detectors.metrics import SIZE
from detectors.movement import MOVES
from detectors.untouched import shared

__all__ = ["Stratum"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CONTRARY = 1.0
"""Log evidence of movement in a stratum, from which bets on the other direction sit out there."""
MOST_LEAN = 3.0
"""What a stratum's lean is kept within, so that it can turn."""
IDLE, MOST_ACTING = 2.0, 4.0
"""Log loss of an action bet in a stratum, from which on it sits out there; and its bounds."""
_TAIL_SHARE = 0.05
# A stratum replaces its arrays, it never changes them.
_STILL = shared(SIZE, np.float32)
_IDLE = shared((SIZE, 6), np.float16)
_UNCUT = shared(len(TAILS), value=np.nan)


@dataclass(slots=True)
class Stratum:
    """What one stratum keeps.

    Args:
        name: Task and turn class.
        closed: Blocks closed so far; seeds the next.
        block: The open block, if any.
        outcomes: Open blocks of outcome metrics.
        moved: Movement of each metric, up positive, in log evidence.
        lean: The same, kept within bounds: which bets sit out here.
        compared: Comparisons that `moved` sums over.
        acting: What each action bet has made here, ln e within bounds, [metric, bet].
        log_cuts: ln of the 95th percentile of the past controls' tail sources, [tail]; NaN at
            first.
        learnt: Blocks that each of `log_cuts` has learnt from.
    """

    name: str
    closed: int = 0
    block: Block | None = None
    outcomes: dict[int, Block] = field(default_factory=dict)
    moved: NDArray[np.float32] = field(default_factory=lambda: _STILL)
    lean: NDArray[np.float32] = field(default_factory=lambda: _STILL)
    compared: NDArray[np.float32] = field(default_factory=lambda: _STILL)
    acting: NDArray[np.float16] = field(default_factory=lambda: _IDLE)
    log_cuts: Floats = field(default_factory=lambda: _UNCUT)
    learnt: list[int] = field(default_factory=lambda: [0] * len(TAILS))

    def fold(self, gain: Floats, units: Floats) -> tuple[Floats, Floats]:
        """Return what counts of a block's gain and how far each metric moved, then learn from it.

        Args:
            gain: ln e, [metric, bet].
            units: Compared, [baseline and candidate, metric].
        """
        counted, shift = gain.copy(), np.empty(SIZE)
        acting, lean = self.acting.astype(np.float64), self.lean.copy()
        moved, compared = self.moved.copy(), self.compared.copy()
        _weigh(counted, units, AIMS, MOVES, acting, lean, moved, compared, shift)
        self.acting, self.lean = acting.astype(np.float16), lean
        self.moved, self.compared = moved, compared
        return counted, shift

    def learn_cuts(self, values: Floats, candidate: Floats) -> None:
        """Move the cuts towards the 95th percentile of the controls; Robbins and Monro (1951).

        Args:
            values: [unit, metric], NaN where absent.
            candidate: [unit]: 1 the candidate's, 0 a control's.
        """
        cuts, learnt = self.log_cuts.copy(), np.array(self.learnt)
        _move_cuts(values, candidate, TAIL_SOURCES, cuts, learnt)
        self.log_cuts, self.learnt = cuts, learnt.tolist()


@kernel(
    NOTHING, filled(2), read(2), read(2), read(2),
    filled(2), filled(1, SINGLE), filled(1, SINGLE), filled(1, SINGLE), filled(1),
)  # fmt: skip
def _weigh(
    gain: Floats,
    units: Floats,
    aims: Floats,
    moves: Floats,
    acting: Floats,
    lean: Singles,
    moved: Singles,
    compared: Singles,
    shift: Floats,
) -> None:
    """Take out of a block's gain the bets that sit out; of all, the second half are action bets.

    Args:
        gain: Written, [metric, bet].
        units: Compared, [baseline and candidate, metric].
        aims: Which way each bet says that the metric moves, [metric, bet].
        moves: What each display bet counts towards how far it moved, [metric, display bet].
        acting: What each action bet has made, [metric, action bet]; the block is added.
        lean: How far each metric has moved, within bounds; the block is added.
        moved: The same without bounds; the block is added.
        compared: Units of the rarer arm, [metric]; the block is added.
        shift: Written: how far each metric moved.
    """
    half = moves.shape[1]
    for metric in range(len(shift)):
        leaning, away = float(lean[metric]), 0.0
        for bet in range(half):
            away += gain[metric, bet] * moves[metric, bet]
            made, before = gain[metric, half + bet], acting[metric, bet]
            acting[metric, bet] = max(min(before + made, MOST_ACTING), -MOST_ACTING)
            if leaning * aims[metric, bet] < -CONTRARY:
                gain[metric, bet] = 0.0
            if before < -IDLE or leaning * aims[metric, half + bet] < -CONTRARY:
                gain[metric, half + bet] = 0.0
        lean[metric] = max(min(leaning + away, MOST_LEAN), -MOST_LEAN)
        moved[metric] += np.float32(away)
        compared[metric] += np.float32(min(units[0, metric], units[1, metric]))
        shift[metric] = away


@kernel(NOTHING, read(2), read(1), read(1, INT), filled(1), filled(1, INT))
def _move_cuts(
    values: Floats,
    candidate: Floats,
    sources: NDArray[np.intp],
    log_cuts: Floats,
    learnt: NDArray[np.intp],
) -> None:
    """Move each cut that a control has a value of.

    Args:
        values: [unit, metric], NaN where absent.
        candidate: [unit].
        sources: Metrics whose tails they are, [tail].
        log_cuts: Written, [tail].
        learnt: Blocks that each has learnt from; this one is counted.
    """
    for tail in range(len(sources)):
        controls, beyond, largest = 0, 0.0, -inf
        for unit in range(len(candidate)):
            value = values[unit, sources[tail]]
            if candidate[unit] == 0.0 and value > 0.0:
                controls += 1
                largest = max(largest, log(value))
                beyond += 1.0 if log(value) > log_cuts[tail] else 0.0
        if controls == 0:
            continue
        if learnt[tail] == 0:
            log_cuts[tail] = largest
        else:
            step = max(0.02, 0.3 / learnt[tail])
            log_cuts[tail] += step * (beyond - _TAIL_SHARE * controls)
        learnt[tail] += 1
