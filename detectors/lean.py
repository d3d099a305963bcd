"""An online classifier of embeddings: does this answer lean towards the candidate's?

A linear discriminant on the leading components: the difference of the arms' means over closed
blocks, each component over its variance. A unit is scored before its block's labels are learned
from, so the score is a value like any other, and the rank bets on it are fair.
Sources: Fisher (1936), Annals of Eugenics 7:179-188; betting on a classifier's prediction,
Pandeva, Forré, Ramdas, Shekhar (2024), AISTATS.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIMS", "Lean"]

Vector = NDArray[np.float32]

DIMS = 64
"""Leading components that it looks at: of the static model they are principal ones."""
_LESSONS = 2
_MEMORY = 400
"""Candidate units after which what was learned counts half."""
_RIDGE = 0.3
_FADING = 0.01


def _empty() -> Vector:
    return np.zeros((2, DIMS), np.float32)


@dataclass(slots=True)
class _Lesson:
    """Sums of one open block, [arm, component]."""

    stratum: int
    total: Vector = field(default_factory=_empty)
    count: list[int] = field(default_factory=lambda: [0, 0])


@dataclass(slots=True)
class Lean:
    """What closed blocks taught.

    Args:
        total: Sums of unit vectors, [arm, component].
        count: How many of each arm.
        mean: Of all vectors, whatever the arm.
        spread: Their variance.
        seen: How many.
        lessons: Open blocks; it learns from two at a time at most, which bounds its size.
    """

    total: Vector = field(default_factory=_empty)
    count: list[int] = field(default_factory=lambda: [0, 0])
    mean: Vector = field(default_factory=lambda: np.zeros(DIMS, np.float32))
    spread: Vector = field(default_factory=lambda: np.zeros(DIMS, np.float32))
    seen: int = 0
    lessons: list[_Lesson] = field(default_factory=list)

    def score(self, unit: Vector) -> float:
        """Return how far a unit vector leans to the candidate; NaN before both arms are known."""
        if not (self.count[0] and self.count[1]):
            return float("nan")
        lead = _lead(unit)
        apart = self.total[1] / self.count[1] - self.total[0] / self.count[0]
        ridge = _RIDGE * float(self.spread.mean()) + 1e-9
        return float((apart / (self.spread + np.float32(ridge))) @ (lead - self.mean))

    def learn(self, stratum: int, unit: Vector, candidate: bool) -> None:
        """Note a unit's vector in the lesson of its block; its variance is learned at once."""
        lead = _lead(unit)
        self.seen += 1
        rate = np.float32(max(1.0 / self.seen, _FADING))
        away = lead - self.mean
        self.mean = self.mean + rate * away
        self.spread = self.spread + rate * (away * away - self.spread)
        for lesson in self.lessons:
            if lesson.stratum == stratum:
                lesson.total[int(candidate)] += lead
                lesson.count[candidate] += 1

    def open(self, stratum: int) -> None:
        """A block opens: learn from it if there is room."""
        if len(self.lessons) < _LESSONS:
            self.lessons.append(_Lesson(stratum))

    def close(self, stratum: int) -> None:
        """A block has closed: what it taught is past."""
        for lesson in self.lessons:
            if lesson.stratum == stratum and all(lesson.count):
                self.total = self.total + lesson.total
                self.count = [a + b for a, b in zip(self.count, lesson.count, strict=True)]
        self.lessons = [lesson for lesson in self.lessons if lesson.stratum != stratum]
        if min(self.count) > _MEMORY:
            self.total = self.total * np.float32(0.5)
            self.count = [n // 2 for n in self.count]


def _lead(unit: Vector) -> Vector:
    if len(unit) >= DIMS:
        return unit[:DIMS]
    return np.concatenate([unit, np.zeros(DIMS - len(unit), np.float32)])
