"""Strata: what each keeps of its own between blocks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.compare.blocks import Block
from detectors.layout import TAILS
from detectors.metrics import SIZE
from detectors.untouched import shared

__all__ = ["Stratum"]

Floats = NDArray[np.float64]

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

    def learn_cuts(self, controls: Floats) -> None:
        """Move the cuts towards the 95th percentile of the controls; Robbins and Monro (1951).

        Args:
            controls: [unit, tail], NaN where absent.
        """
        self.log_cuts = self.log_cuts.copy()
        for tail, steps in enumerate(self.learnt):
            column = controls[:, tail]
            column = column[column > 0.0]
            if len(column) == 0:
                continue
            logs = np.log(column)
            if steps == 0:
                self.log_cuts[tail] = logs.max()
            else:
                beyond = float((logs > self.log_cuts[tail]).sum()) - _TAIL_SHARE * len(logs)
                self.log_cuts[tail] += max(0.02, 0.3 / steps) * beyond
            self.learnt[tail] = steps + 1
