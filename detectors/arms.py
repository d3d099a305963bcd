"""The arms of a rollout: do their units look alike?

Units are assigned at random, so what they ask for must; and only the bundles may differ in what
serves them. Of each label both arms' units are counted, and the Bayes factor of "two mixes"
against "one mix" says all.

Source: Kass, Raftery (1995), Bayes factors, JASA 90.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from detectors.evidence.ratio import SampleRatio
from detectors.mixes import LABELS, SIZE, Tables, counted, told
from detectors.surroundings import RESPONSE_CACHE, VARIABLES, Circumstances
from detectors.untouched import shared
from schemas import ContextReading

__all__ = ["Arms", "answered"]

Floats = NDArray[np.float64]

DIFFERENT = 3.0
"""log10 of the evidence from which on a variable counts as different."""
_APART = 0.1
"""Difference of these shares from which on what is left is not the same work."""
_BLOCK = 16
"""Units that are counted together, or fewer when somebody asks; only to save time."""
_LN10 = float(np.log(10.0))
_ALPHA = 0.5
_SIDES = b"\0", b"\1"
_NONE = shared((2, SIZE, LABELS), np.uint32)


class Arms:
    """The labels that both arms of a rollout have met, one a unit.

    Args:
        rollout_id: Whose.
    """

    __slots__ = ("came", "counts", "rollout_id", "sides", "tables", "waiting")

    def __init__(self, rollout_id: str = "") -> None:
        self.rollout_id = rollout_id
        self.tables = Tables()
        self.counts: NDArray[np.uint32] = _NONE
        """Units of each arm with each label that wait no more, [arm, variable, label]."""
        self.sides = b""
        """Of each unit that waits, whether it is the candidate's."""
        self.waiting = b""
        """Rows of those whose labels have numbers."""
        self.came: list[Circumstances] = []
        """The others."""

    def take(self, given: Circumstances, candidate: bool) -> None:
        """Take the first event of one unit."""
        self.came.append(given)
        self.sides += _SIDES[candidate]
        if len(self.sides) >= _BLOCK:
            self.counts, self.waiting, self.sides = self.settled(), b"", b""

    def settle(self) -> None:
        """Give the labels of units their numbers; when that is done makes no difference."""
        if self.came:
            self.waiting += self.tables.rows(self.came)
            self.came = []

    def settled(self) -> NDArray[np.uint32]:
        """Return the units of each arm with each label, those that wait among them."""
        self.settle()
        return self.counts + counted(self.waiting, self.sides).astype(np.uint32)

    def readings(self) -> list[ContextReading]:
        """Return the variables in which the arms differ."""
        counts = self.settled().astype(np.float64)
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


def answered(ratio: SampleRatio) -> list[ContextReading]:
    """Return what differs if a cache answers one arm more: the other's easy units are left."""
    if not all(ratio.met):
        return []
    cached, met = np.array(ratio.cached, np.float64), np.array(ratio.met, np.float64)
    before, after = (cached / met).tolist()
    if abs(after - before) < _APART:
        return []
    counts = np.stack([cached, met - cached], axis=1)
    alpha = np.array([2.0 * _ALPHA])
    factor = sum(_evidence(arm[None], alpha) for arm in counts)
    score = float((factor - _evidence(counts.sum(axis=0)[None], alpha)).item()) / _LN10
    if score < DIFFERENT:
        return []
    return [
        ContextReading(
            variable=RESPONSE_CACHE, baseline=f"{before:.0%}", recent=f"{after:.0%}",
            score=min(score, 400.0), units=int(met.sum()),
        )
    ]  # fmt: skip


def _difference(row: int, tables: Tables, counts: Floats, score: float) -> ContextReading:
    before, after = told(row, tables, counts[0], counts[1])
    return ContextReading(
        variable=VARIABLES[row].name, baseline=before, recent=after,
        score=min(score, 400.0), units=int(counts.sum()),
    )  # fmt: skip
