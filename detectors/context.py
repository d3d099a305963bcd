"""The context of a watch: which mixes around the answers have moved, and when.

A watch keeps, of every variable, how often each label came in the baseline and lately (an
exponentially weighted 50 units). A block of units at a time, what comes is explained twice: by the
baseline's shares and by an urn that starts with the latest ones and learns within the block. The
log of the ratio is added up and never falls below 0 (a CUSUM), so where it last was 0 is where
the movement began. The baseline learns while nothing moves.

Source: E. S. Page (1954), Continuous inspection schemes, Biometrika 41.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from detectors.mixes import LABELS, SIZE, Tables, counted, told
from detectors.surroundings import VARIABLES, Circumstances
from detectors.untouched import own, shared
from schemas import ContextReading

__all__ = ["Context", "Movement"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Counts = NDArray[np.uint32]

BLOCK = 32
"""Units that are compared together, or fewer when a signal asks; only to save time."""
_TOGETHER = 16
"""Units whose labels are given numbers together; only to save time."""
MOST = 32
"""Readings at most."""
MOVED = 3.0
"""log10 of the evidence from which on a variable counts as moved."""
WARM = 48
"""Units of a baseline before anything is compared with it."""
_FADING = 0.02
_PRIOR = 6.0
"""Units that the baseline's mix is worth in the latest one."""
_FREEZE = np.log(1e2)
"""Sum from which on the baseline stops learning: a movement may be under way."""
_SLACK = 0.02
"""Nats a unit that a mix may wander: without it a steady mix would creep away from 0."""
_CLEARLY = 0.05
_SETTLED = 250
"""Units after which what a movement led to is the baseline, so that the next one is seen."""
_STALE = 2_000
"""Units for which a movement is remembered after that."""
_MOST = 900.0
_FORGET = 30_000
_LN10 = float(np.log(10.0))
_ALPHA = 0.5


_UNMET = shared((SIZE, LABELS), np.float32)
_ZEROS, _STARTS = shared(SIZE, np.float32), shared(SIZE, np.uint32)
_ARRAYS = ("base", "recent", "risen", "onset", "last_quiet", "farthest", "farther")


class Movement(NamedTuple):
    """How a mix has moved, in words.

    Args:
        before: The mix in the baseline.
        after: And lately.
        score: log10 evidence.
        first: Units at which it began, at the earliest.
        last: And hardly later.
        until: Units at which it last moved farther away.
    """

    before: str
    after: str
    score: float
    first: int
    last: int
    until: int


class Context:
    """What the requests of one watch look like, against their past."""

    __slots__ = (
        "base", "came", "done", "farther", "farthest", "last_quiet", "onset", "recent", "risen", "tables",
        "units", "waiting",
    )  # fmt: skip

    def __init__(self) -> None:
        self.tables = Tables()
        self.base: Singles = _UNMET
        """Units of the baseline with each label, [variable, label]."""
        self.recent: Singles = _UNMET
        """The latest, weighted."""
        self.risen: Singles = _ZEROS
        """The sum of each variable, in nats."""
        self.onset: Counts = _STARTS
        """Units when it was last 0: the movement began no earlier."""
        self.last_quiet: Counts = _STARTS
        """Units when it was last small: the movement began hardly later."""
        self.farthest: Singles = _ZEROS
        """Largest distance of the latest mix from the baseline, in total variation."""
        self.farther: Counts = _STARTS
        """Units when it last grew clearly."""
        self.done: dict[int, Movement] = {}
        """The last settled movement of each variable."""
        self.units = 0
        self.waiting = b""
        """Rows of units that wait for their block to fill."""
        self.came: list[Circumstances] = []
        """Units that wait for their labels to be given numbers."""

    def take(self, given: Circumstances) -> None:
        """Take one unit."""
        self.units += 1
        self.came.append(given)
        if len(self.came) >= _TOGETHER:
            self.settle()
        if len(self.waiting) + len(self.came) * SIZE >= BLOCK * SIZE:
            self._fold()

    def settle(self) -> None:
        """Give the labels of units their numbers; when that is done makes no difference."""
        if self.came:
            self.waiting += self.tables.rows(self.came)
            self.came = []

    def follow(self, previous: "Context") -> None:
        """Go on from the baseline of the label before."""
        previous.settle()
        self.tables = previous.tables.copy()
        self.own()
        self.base = previous.base.copy()

    def rebase(self) -> None:
        """Take the latest mix of every variable as the baseline, and count units from here."""
        self.own()
        if self.waiting or self.came:
            self._fold()
        self.units = 0
        self._settle(np.ones(SIZE, bool))
        self.done.clear()

    def readings(self) -> list[ContextReading]:
        """Return the variables that have moved, those that began first in front."""
        if self.waiting or self.came:
            self._fold()
        found = [(row, move) for row, move in self.done.items() if self._fresh(move)]
        found += [(int(row), self._movement(int(row))) for row in self._moved()]
        return [
            ContextReading(
                variable=VARIABLES[row].name, baseline=move.before, recent=move.after,
                score=move.score, changed_at_unit=move.first, changed_by_unit=move.last,
                moving_until_unit=move.until,
                units=self.units,
            )
            for row, move in sorted(found, key=lambda one: (one[1].last, one[0]))[-MOST:]
        ]  # fmt: skip

    def common(self, variable: int) -> str | None:
        """Return the label that most of the latest units had."""
        if not self.recent[variable].any():
            return None
        return self.tables.names(variable)[int(np.argmax(self.recent[variable]))]

    def own(self) -> None:
        """Make arrays of its own: it is about to learn."""
        own(self, _ARRAYS)

    def _fold(self) -> None:
        self.own()
        self.settle()
        counts = counted(self.waiting, bytes(len(self.waiting) // SIZE))[0]
        self.waiting = b""
        base, recent = self.base.astype(np.float64), self.recent.astype(np.float64)
        held, there = base.sum(axis=1), counts.sum(axis=1)
        met = np.nonzero(counts)
        came = counts[met]
        rest = held + _ALPHA * self.tables.known()
        share = (base[met] + _ALPHA) / rest[met[0]]
        urn, full = recent[met] + _PRIOR * share, recent.sum(axis=1) + _PRIOR
        each = gammaln(urn + came) - gammaln(urn) - came * np.log(share)
        gain = np.bincount(met[0], each, SIZE) - gammaln(full + there) + gammaln(full)
        gain -= _SLACK * there
        risen = np.where(held >= WARM, self.risen + gain, 0.0)
        left = (1.0 - _FADING) ** there
        self.recent = (recent * left[:, None] + counts).astype(np.float32)
        quiet = risen <= 0.0
        self.risen = np.clip(risen, 0.0, _MOST).astype(np.float32)
        self.onset[quiet] = self.units
        learning = self.risen < _FREEZE
        self.last_quiet[learning] = self.units
        self.base = (base + counts * learning[:, None]).astype(np.float32)
        self.base[held > _FORGET] /= 2.0
        if not learning.all():
            self._measure(~learning)
        settled = ~learning & (self.units - self.last_quiet.astype(np.int64) >= _SETTLED)
        if settled.any():
            self._settle(settled)

    def _settle(self, rows: NDArray[np.bool_]) -> None:
        for row in np.flatnonzero(rows & (self.risen >= MOVED * _LN10)):
            self.done[int(row)] = self._movement(int(row))
        self.done = {row: move for row, move in self.done.items() if self._fresh(move)}
        self.base[rows] = self.recent[rows]
        self.risen[rows] = 0.0
        self.farthest[rows] = 0.0
        self.onset[rows] = self.last_quiet[rows] = self.units

    def _measure(self, rows: NDArray[np.bool_]) -> None:
        """Note how far variables have moved by now."""
        base, recent = self.base[rows], self.recent[rows]
        away = base / base.sum(axis=1, keepdims=True) - recent / recent.sum(axis=1, keepdims=True)
        distance = np.abs(away).sum(axis=1) / 2
        farther = distance >= self.farthest[rows] + _CLEARLY
        self.farthest[rows] = np.where(farther, distance, self.farthest[rows])
        self.farther[rows] = np.where(farther, self.units, self.farther[rows])

    def _moved(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.risen >= MOVED * _LN10)

    def _fresh(self, move: "Movement") -> bool:
        return self.units - move.last < _STALE

    def _movement(self, row: int) -> "Movement":
        before, after = told(row, self.tables, self.base[row], self.recent[row])
        score = float(self.risen[row]) / _LN10
        first, last = int(self.onset[row]), int(self.last_quiet[row])
        return Movement(before, after, score, first, last, max(last, int(self.farther[row])))
