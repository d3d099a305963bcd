"""The concurrent way: the evidence of one tenant's rollout, from randomised blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.compare.blocks import Block, Comparison, compare
from detectors.compare.paired import Pairs, labelled
from detectors.compare.shares import Shares
from detectors.compare.units import Units
from detectors.evidence.ratio import SampleRatio
from detectors.evidence.wealth import grow, wealth
from detectors.layout import (
    BETS,
    CATEGORICAL,
    DISPLAY,
    LEARNED,
    WEIGHTS,
    plan,
)
from detectors.metrics import SIZE
from detectors.movement import drift
from detectors.references import NO_HAND, Hand, Reference
from detectors.river import Drift
from detectors.strata import Stratum
from detectors.untouched import shared
from schemas import Phase

__all__ = ["OTHER", "STRATA", "Concurrent", "begin"]

Floats = NDArray[np.float64]
Row = NDArray[np.float32]

STRATA = 16
"""At most so many strata; the rest falls into `other`."""
OTHER = "other"
_UNITS_BYTES = 32_256
_OUTCOME_BYTES = 7_680
_EVEN, _NOTHING, _NONE = shared((SIZE, BETS)), shared((SIZE, BETS), value=-np.inf), shared(SIZE)
_LEVEL, _START, _EMPTY = shared((SIZE, 6)), shared((SIZE, 6), np.uint32), shared((3, 2, SIZE))


@dataclass(slots=True)
class Concurrent:
    """The monitors of one (tenant, agent, rollout); arrays are replaced, never changed."""

    seed: str
    rollout_id: str
    phase_id: str
    order: tuple[int, int]
    """Of the phase: opened_at, wave."""
    weight: float
    controls: int
    margins: dict[str, float]
    log_e: Floats = field(default_factory=lambda: _EVEN)
    log_r: Floats = field(default_factory=lambda: _NOTHING)
    count: Floats = field(default_factory=lambda: _NONE)
    """Units of the rarer arm compared, by metric."""
    low: Floats = field(default_factory=lambda: _LEVEL)
    """Least ln E of each display bet; where it lay estimates the change point."""
    low_at: NDArray[np.uint32] = field(default_factory=lambda: _START)
    sums: Floats = field(default_factory=lambda: _EMPTY)
    """Units, values and squares of baseline and candidate."""
    strata: list[Stratum] = field(default_factory=list)
    drifts: dict[int, Drift] = field(default_factory=dict)
    seen: Units = field(default_factory=lambda: Units(_UNITS_BYTES))
    judged: Units = field(default_factory=lambda: Units(_OUTCOME_BYTES))
    """Units whose outcomes are counted, by metric."""
    ratio: SampleRatio = field(default_factory=SampleRatio)
    shares: Shares = field(default_factory=Shares)
    pairs: Pairs = field(default_factory=Pairs)
    units: list[int] = field(default_factory=lambda: [0, 0])
    """First events of units: baseline, candidate."""
    due: int = 2**62
    """Broker time at which the oldest open block has waited long enough."""

    def enter(self, phase: Phase, reference: Reference) -> None:
        """Go on in a new phase of the same rollout: evidence is kept, blocks are closed."""
        self.close_all(reference)
        self.ratio.close(self.weight)
        self.phase_id, self.order = phase.phase_id, (phase.opened_at, phase.wave)
        self.weight, self.controls = phase.weight, phase.controls
        # The tenant's own margins stay those of its start, when the baseline was alone.
        self.margins = {**self.margins, **phase.margins}

    def stratum(self, name: str) -> int:
        """Return the index of a stratum; beyond 16 all are one."""
        for i, stratum in enumerate(self.strata):
            if stratum.name == name:
                return i
        if len(self.strata) >= STRATA - 1 and name != OTHER:
            return self.stratum(OTHER)
        self.strata.append(Stratum(name))
        return len(self.strata) - 1

    def add(
        self, at: int, index: int, row: Row, candidate: bool, reference: Reference, hand: Hand
    ) -> bool:
        """Put the first event of a unit into its stratum's block; return whether it closed."""
        stratum = self.strata[index]
        self.units[candidate] += 1
        if stratum.block is None:
            stratum.block = Block(at)
            reference.open(index)
        if hand is not NO_HAND:
            reference.learn(index, hand, candidate)
        if stratum.block.add(row, candidate):
            self._close(index, reference)
            return True
        self.due = min(self.due, stratum.block.due)
        return False

    def add_outcome(self, at: int, index: int, row: Row, metric: int, candidate: bool) -> bool:
        """Put an outcome of a unit into its own block; return whether it closed."""
        stratum = self.strata[index]
        block = stratum.outcomes.get(metric)
        if block is None:
            block = stratum.outcomes[metric] = Block(at)
        if block.add(row, candidate):
            self._compare(stratum, stratum.outcomes.pop(metric))
            return True
        self.due = min(self.due, block.due)
        return False

    def add_pair(self, index: int, digest: bytes, row: Row, candidate: bool) -> bool:
        """Put in a half of a pair, served or not; return whether the pair is complete."""
        rows = self.pairs.meet(digest, candidate, row)
        if rows is None:
            return False
        stratum = self.strata[index]
        stratum.closed += 1
        self.units[0] += 1
        self.units[1] += 1
        said = self.pairs.compare(
            rows, plan(self.margins, 1), np.exp(stratum.log_cuts), self._seed(stratum)
        )
        self._learned(said, labelled(rows), np.array([0.0, 1.0]))
        self._fold(stratum, said, drifting=False)
        return True

    def close_due(self, at: int, reference: Reference) -> bool:
        """Close the blocks that have waited long enough; return whether there were any."""
        closed = False
        for i, stratum in enumerate(self.strata):
            if stratum.block is not None and stratum.block.due <= at:
                self._close(i, reference)
                closed = True
            for metric in [m for m, b in stratum.outcomes.items() if b.due <= at]:
                self._compare(stratum, stratum.outcomes.pop(metric))
                closed = True
        blocks = [b for s in self.strata for b in (s.block, *s.outcomes.values()) if b]
        self.due = min((block.due for block in blocks), default=2**62)
        return closed

    def close_all(self, reference: Reference) -> None:
        """Close every open block: the phase has changed."""
        self.close_due(2**62, reference)

    def _close(self, index: int, reference: Reference) -> None:
        stratum = self.strata[index]
        if stratum.block is not None:
            self._compare(stratum, stratum.block)
            stratum.block = None
        reference.close(index)

    def _seed(self, stratum: Stratum) -> str:
        return f"{self.seed}/{stratum.name}/{stratum.closed}"

    def _compare(self, stratum: Stratum, block: Block) -> None:
        values = np.array(block.values, dtype=np.float64)
        candidate = np.array(block.candidate, dtype=np.float64)
        stratum.closed += 1
        if 0 < sum(block.candidate) < len(candidate):
            said = compare(
                values, candidate, plan(self.margins, self.controls),
                np.exp(stratum.log_cuts), self._seed(stratum),
            )  # fmt: skip
            self._learned(said, values, candidate)
            self._fold(stratum, said, drifting=True)
        stratum.learn_cuts(values, candidate)

    def _learned(self, said: Comparison, values: Floats, candidate: Floats) -> None:
        """Write what the categorical metrics say; one of a single category says nothing."""
        units, gain = self.shares.compare(values.take(CATEGORICAL, axis=1), candidate)
        said.gain[CATEGORICAL, :LEARNED] = gain
        said.totals[:, :, CATEGORICAL] = 0.0
        said.totals[0][:, CATEGORICAL] = units

    def _fold(self, stratum: Stratum, said: Comparison, drifting: bool) -> None:
        units = said.totals[0]
        gain, moved = stratum.fold(said.gain, units)
        after = self.count + np.minimum(units[0], units[1])
        self.log_e, self.log_r = grow(self.log_e, self.log_r, gain, self.count, after)
        self.count, self.sums = after, self.sums + said.totals
        display = self.log_e[:, DISPLAY]
        lower = display < self.low
        self.low = np.where(lower, display, self.low)
        self.low_at = np.where(lower, np.uint32(self.units[1]), self.low_at)
        if drifting:
            drift(self.drifts, moved, units)

    def wealth(self) -> Floats:
        """Return W against each null: [display, pause, action] x metric; 1 where unknown."""
        now = wealth(self.log_e, self.log_r, self.count, WEIGHTS)
        now[~_HAS] = 1.0
        return now

    def active(self) -> NDArray[np.bool_]:
        """Return which metrics have been compared."""
        compared: NDArray[np.bool_] = self.count > 0
        return compared


_HAS = WEIGHTS.sum(axis=2) > 0


def begin(seed: str, phase: Phase, margins: Mapping[str, float]) -> Concurrent:
    """Return fresh monitors for a tenant that enters a rollout, with its margins."""
    return Concurrent(
        f"{seed}/{phase.rollout_id}", phase.rollout_id, phase.phase_id,
        (phase.opened_at, phase.wave), phase.weight, phase.controls, dict(margins),
    )  # fmt: skip
