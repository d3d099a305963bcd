"""An online classifier of embeddings: does this answer lean towards the candidate's?

A linear discriminant on the leading components: the difference of the arms' means over closed
blocks, each component over its variance. A unit is scored before its block's labels are learned
from, so the score is a value like any other, and the rank bets on it are fair.
Sources: Fisher (1936), Annals of Eugenics 7:179-188; betting on a classifier's prediction,
Pandeva, Forré, Ramdas, Shekhar (2024), AISTATS.
"""

from dataclasses import dataclass, field
from math import nan

import numpy as np

from detectors.compiled import INT, NOTHING, REAL, SINGLE, filled, kernel, read
from detectors.directions import Vector
from detectors.untouched import own, shared

__all__ = ["DIMS", "Lean"]

DIMS = 64
"""Leading components that it looks at: of the static model they are principal ones."""
_LESSONS = 2
_MEMORY = 400
"""Units of the rarer arm after which what was learned counts half."""
_RIDGE = 0.3

_VECTOR = read(1, SINGLE)

# Tenants without embeddings share these; whoever learns makes arrays of its own.
_NO_ARMS, _NO_LINE = shared((2, DIMS), np.float32), shared(DIMS, np.float32)


def _empty() -> Vector:
    return _NO_ARMS


def _line() -> Vector:
    return _NO_LINE


@kernel(REAL, _VECTOR, _VECTOR)
def _score(unit: Vector, weights: Vector) -> float:
    """Return the weighted sum of the leading components."""
    score = 0.0
    for i in range(min(len(weights), len(unit))):
        score += np.float64(unit[i]) * np.float64(weights[i])
    return score


@kernel(NOTHING, _VECTOR, INT, filled(2, SINGLE), filled(1, SINGLE))
def _note(unit: Vector, arm: int, total: Vector, square: Vector) -> None:
    """Add the leading components to the sums of an arm, and their squares to those of both."""
    for i in range(min(len(square), len(unit))):
        total[arm, i] += unit[i]
        square[i] += unit[i] * unit[i]


@dataclass(slots=True)
class _Lesson:
    """Sums of one open block: of each arm, [arm, component], and of all squares."""

    stratum: int
    total: Vector = field(default_factory=_empty)
    square: Vector = field(default_factory=_line)
    count: list[int] = field(default_factory=lambda: [0, 0])


@dataclass(slots=True)
class Lean:
    """What closed blocks taught.

    Args:
        total: Sums of unit vectors, [arm, component].
        square: Sums of their squares, [component].
        count: How many of each arm.
        weights: Of the discriminant, [component].
        lessons: Open blocks; it learns from two at a time at most, which bounds its size.
    """

    total: Vector = field(default_factory=_empty)
    square: Vector = field(default_factory=_line)
    count: list[int] = field(default_factory=lambda: [0, 0])
    weights: Vector = field(default_factory=_line)
    lessons: list[_Lesson] = field(default_factory=list)

    def score(self, unit: Vector) -> float:
        """Return how far a unit vector leans to the candidate; NaN before both arms are known."""
        if not (self.count[0] and self.count[1]):
            return nan
        return _score(unit, self.weights)

    def learn(self, stratum: int, unit: Vector, candidate: bool) -> None:
        """Note a unit's vector in the lesson of its block."""
        for lesson in self.lessons:
            if lesson.stratum == stratum:
                own(lesson, ("total", "square"))
                _note(unit, int(candidate), lesson.total, lesson.square)
                lesson.count[candidate] += 1

    def open(self, stratum: int) -> None:
        """A block opens: learn from it if there is room."""
        if len(self.lessons) < _LESSONS:
            self.lessons.append(_Lesson(stratum))

    def close(self, stratum: int) -> None:
        """A block has closed: what it taught is past."""
        taught = [lesson for lesson in self.lessons if lesson.stratum == stratum]
        self.lessons = [lesson for lesson in self.lessons if lesson.stratum != stratum]
        for lesson in taught:
            if not all(lesson.count):
                continue
            self.total = self.total + lesson.total
            self.square = self.square + lesson.square
            self.count = [a + b for a, b in zip(self.count, lesson.count, strict=True)]
            if min(self.count) > _MEMORY:
                self.total *= np.float32(0.5)
                self.square *= np.float32(0.5)
                self.count = [n // 2 for n in self.count]
            self._weigh()

    def _weigh(self) -> None:
        base, cand = self.total[0] / self.count[0], self.total[1] / self.count[1]
        n = self.count[0] + self.count[1]
        mean = (self.total[0] + self.total[1]) / n
        spread = np.maximum(self.square / n - mean * mean, 0.0)
        ridge = np.float32(_RIDGE * float(spread.mean()) + 1e-9)
        self.weights = ((cand - base) / (spread + ridge)).astype(np.float32)
