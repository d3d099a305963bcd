"""The paired way: the same prompt under both bundles, a shadow call, a probe, a golden case.

A pair is a block of two units: under "no change" either may be the candidate's, so the bets of
blocks hold, and each pair compares with itself whatever else drifts. Displayed differences of
continuous metrics also count by their size. Source: STATISTICS.md 2.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.compare.blocks import Comparison, compare
from detectors.evidence.bets import sign_gain
from detectors.layout import CONTINUOUS, DISPLAY, TAILS, Plan
from detectors.metrics import INDEX, SIZE
from detectors.untouched import shared

__all__ = ["Half", "Pairs", "compare_pair", "labelled"]

Floats = NDArray[np.float64]
Row = NDArray[np.float32]

WAITING = 256
"""Halves that wait for the other, at most; the oldest gives way. A golden set may well be answered
by one bundle after the other."""
_LARGEST = 3.0
_FADING = 0.05
_UNKNOWN = shared(SIZE)
_CLUSTER = INDEX["embedding_cluster"]
UNPAIRED = np.array(
    [
        INDEX[name]
        for name in (
            "latency_ms", "time_to_first_token_ms", "latency_tail", "embedding_distance",
            "transformer_distance", "embedding_lean", "transformer_lean",
        )
    ]
)  # fmt: skip
"""A shadow call is not served as a live one is, and what is measured against a reference that
moves between the two halves is not alike for both."""


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a pair."""

    candidate: bool
    row: Row


@dataclass(slots=True)
class Pairs:
    """Halves that wait, and how far halves lie apart.

    Args:
        waiting: By digest of the pair's id.
        squares: Mean square of past differences, [metric]; 0 before the first.
        lost: Halves that gave way before their other half came.
    """

    waiting: dict[bytes, Half] = field(default_factory=dict)
    squares: Floats = field(default_factory=lambda: _UNKNOWN)
    lost: int = 0

    def meet(self, digest: bytes, candidate: bool, row: Row) -> tuple[Row, Row] | None:
        """Return baseline's and candidate's rows if this half completes a pair; else keep it."""
        other = self.waiting.pop(digest, None)
        if other is not None and other.candidate != candidate:
            return (other.row, row) if candidate else (row, other.row)
        if len(self.waiting) >= WAITING:
            del self.waiting[next(iter(self.waiting))]
            self.lost += 1
        self.waiting[digest] = Half(candidate, row)
        return None

    def compare(self, rows: tuple[Row, Row], plan: Plan, cuts: Floats, seed: str) -> Comparison:
        """Bet on a pair, then learn how far halves lie apart."""
        said, away = compare_pair(rows, plan, cuts, seed, self.squares)
        known = away == away
        first = known & (self.squares == 0.0)
        fresh = np.where(first, away**2, self.squares + _FADING * (away**2 - self.squares))
        self.squares = np.where(known, fresh, self.squares)
        return said


def compare_pair(
    rows: tuple[Row, Row], plan: Plan, cuts: Floats, seed: str, squares: Floats
) -> tuple[Comparison, Floats]:
    """Compare the halves of a pair.

    Args:
        rows: Of baseline and candidate, [metric].
        plan: Of the phase.
        cuts: Of tails.
        seed: Of ties.
        squares: Mean square of past differences, [metric].

    Returns:
        What it says, and the relative differences, [metric], NaN where a half lacks the metric.
    """
    values = np.array(rows, np.float64)
    values[:, UNPAIRED] = np.nan
    # A metric that one half lacks says nothing here: its presence is a metric of its own.
    values[:, np.isnan(values).any(axis=0)] = np.nan
    away = _apart(values[0], values[1])
    said = compare(values.copy(), np.array([0.0, 1.0]), plan, cuts, seed)
    said.totals[:, :, TAILS] *= np.isfinite(said.totals[:, :, TAILS])
    scale = np.sqrt(squares[CONTINUOUS])
    z = np.where(scale > 0.0, away[CONTINUOUS] / np.maximum(scale, 1e-12), 0.0)
    z = np.clip(np.nan_to_num(z), -_LARGEST, _LARGEST)
    said.gain[CONTINUOUS, DISPLAY] = sign_gain(z)
    return said, away


def labelled(rows: tuple[Row, Row]) -> Floats:
    """Return the halves as values whose labels may be compared, [baseline and candidate, metric].

    A cluster that one half lacks tells which half came while the clusters still learned, no more.
    """
    values = np.array(rows, np.float64)
    if np.isnan(values[:, _CLUSTER]).any():
        values[:, _CLUSTER] = np.nan
    return values


def _apart(base: Floats, cand: Floats) -> Floats:
    """Return differences relative to both sizes, in [-1, 1]: swapping the halves flips the sign."""
    size = np.abs(base) + np.abs(cand)
    return np.where(size > 0.0, (cand - base) / np.where(size > 0.0, size, 1.0), 0.0 * size)
