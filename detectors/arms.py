"""The arms of a rollout: do their units look alike?

Units are assigned at random, so what they ask for must; and only the bundles may differ in what
serves them. Of each label both arms' units are counted, and the Bayes factor of "two mixes"
against "one mix" says all.

Source: Kass, Raftery (1995), Bayes factors, JASA 90.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from detectors.mixes import LABELS, SIZE, Tables, counted, told
from detectors.surroundings import VARIABLES, Circumstances
from schemas import ContextReading

__all__ = ["Arms"]

Floats = NDArray[np.float64]

DIFFERENT = 3.0
"""log10 of the evidence from which on a variable counts as different."""
_BLOCK = 16
"""Units that are counted together, or fewer when somebody asks; only to save time."""
_LN10 = float(np.log(10.0))
_ALPHA = 0.5


class Arms:
    """The labels that both arms of a rollout have met, one a unit.

    Args:
        rollout_id: Whose.
    """

    __slots__ = ("counts", "rollout_id", "sides", "tables", "waiting")

    def __init__(self, rollout_id: str = "") -> None:
        self.rollout_id = rollout_id
        self.tables = Tables()
        self.counts: Floats = np.zeros((2, SIZE, LABELS))
        """Units of each arm with each label, [arm, variable, label]."""
        self.waiting: list[Circumstances] = []
        self.sides: list[bool] = []
        """Whether each unit that waits is the candidate's."""

    def take(self, given: Circumstances, candidate: bool) -> None:
        """Take the first event of one unit."""
        self.waiting.append(given)
        self.sides.append(candidate)
        if len(self.waiting) >= _BLOCK:
            self.settle()

    def settle(self) -> None:
        """Count what waits; when that is done makes no difference."""
        if self.waiting:
            self.counts += counted(self.tables.rows(self.waiting), bytes(self.sides))
            self.waiting, self.sides = [], []

    def readings(self) -> list[ContextReading]:
        """Return the variables in which the arms differ."""
        self.settle()
        counts = self.counts
        alpha = _ALPHA * self.tables.known()
        factor = _evidence(counts[0], alpha) + _evidence(counts[1], alpha)
        factor -= _evidence(counts.sum(axis=0), alpha)
        return [
            _difference(int(row), self.tables, counts[:, row], float(factor[row]) / _LN10)
            for row in np.flatnonzero(factor >= DIFFERENT * _LN10)
        ]  # fmt: skip


def _evidence(counts: Floats, alpha: Floats) -> Floats:
    """Return ln of the probability of labels under a Dirichlet prior of 1/2 each, [variable]."""
    total = counts.sum(axis=1)
    each = (gammaln(counts + _ALPHA) - gammaln(_ALPHA)).sum(axis=1)
    found: Floats = each + gammaln(alpha) - gammaln(alpha + total)
    return found


def _difference(row: int, tables: Tables, counts: Floats, score: float) -> ContextReading:
    before, after = told(row, tables, counts[0], counts[1])
    return ContextReading(
        variable=VARIABLES[row].name, baseline=before, recent=after,
        score=min(score, 400.0), units=int(counts.sum()),
    )  # fmt: skip
