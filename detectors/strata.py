"""Strata: what each keeps of its own between blocks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.compare.blocks import Block
from detectors.metrics import SIZE

__all__ = ["Stratum"]

Floats = NDArray[np.float64]

_TAIL_SHARE = 0.05


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
        log_cut: ln of the 95th percentile of the past controls' tail source; NaN at first.
        cuts: Blocks that `log_cut` has learnt from.
    """

    name: str
    closed: int = 0
    block: Block | None = None
    outcomes: dict[int, Block] = field(default_factory=dict)
    moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(SIZE, np.float32))
    lean: NDArray[np.float32] = field(default_factory=lambda: np.zeros(SIZE, np.float32))
    compared: NDArray[np.float32] = field(default_factory=lambda: np.zeros(SIZE, np.float32))
    log_cut: float = float("nan")
    cuts: int = 0

    def learn_cut(self, controls: Floats) -> None:
        """Move the cut towards the 95th percentile of the controls; Robbins and Monro (1951)."""
        controls = controls[controls > 0.0]
        if len(controls) == 0:
            return
        logs = np.log(controls)
        if self.cuts == 0:
            self.log_cut = float(logs.max())
        else:
            beyond = float((logs > self.log_cut).sum()) - _TAIL_SHARE * len(logs)
            self.log_cut += max(0.02, 0.3 / self.cuts) * beyond
        self.cuts += 1
