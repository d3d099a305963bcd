"""Reference centroids: how far is an answer's embedding from what the baseline used to say?

A unit's distance must not depend on the labels of its own block, or the labels would no longer be
random given the values. So what a block teaches enters the centroid when the block has closed; a
centroid learns from two open blocks at a time at most, which bounds its size.
"""

from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from detectors.clusters import Clusters
from detectors.directions import Vector, direction
from detectors.lean import Lean
from detectors.untouched import shared

__all__ = ["NO_HAND", "Centroid", "Hand", "Lesson", "Reference"]

Hand = tuple[Vector | None, Vector | None]
"""Unit vectors of one event: static, transformer."""

_LESSONS = 2
SETTLED = 200
"""Vectors that a centroid learns from. Then it stands still, so that distances of today and of
last week are of one kind."""
STAY = 64
"""Vectors by which those of other embedders must be ahead before one of them takes over."""
_OWN = 2
"""What a vector of the embedder in use counts against them: below two thirds nobody takes over."""
_FADING, _NIL = 0.02, 1e-3
_NOTHING: Vector = shared(0, np.float32)


@dataclass(slots=True)
class Lesson:
    """Sum of the baseline's embeddings in one open block."""

    stratum: int
    total: Vector | None = None
    count: int = 0


@dataclass(slots=True)
class Centroid:
    """The mean direction of one embedder's vectors.

    Vectors of two embedders cannot be compared. Those of the one in use count, others are left
    out, and one that has come to stay takes over; so services that embed differently blind nobody.

    Args:
        embedder: Hash or name of the model in use.
        size: Of its vectors; the same name with another size is another embedder. 0: none yet.
        total: Sum of unit vectors; None before the first.
        count: How many.
        lessons: Open blocks that it learns from.
        rival: The embedder that most of the others are of.
        rival_size: Of its vectors.
        votes: By how many it leads among them.
        away: By how many the others lead.
        left_out: Share of the latest vectors that were left out.
        changes: How often another embedder has taken over.
    """

    embedder: str = ""
    size: int = 0
    total: Vector | None = None
    count: int = 0
    lessons: list[Lesson] = field(default_factory=list)
    rival: str = ""
    rival_size: int = 0
    votes: int = 0
    away: int = 0
    left_out: float = 0.0
    changes: int = 0

    def distance(self, vector: Vector, embedder: str) -> tuple[float, Vector | None]:
        """Return 1 - cosine to the centroid (NaN before the first) and the unit vector.

        Both are absent of a vector that has no direction or is of an embedder not in use.
        """
        vector, unit = np.ascontiguousarray(vector), np.empty(len(vector), np.float32)
        away = direction(vector, _NOTHING if self.total is None else self.total, unit)
        if away == inf or not self._admits(embedder, len(vector)):
            self.left_out += _FADING * (1.0 - self.left_out)
            return nan, None
        if self.left_out:
            self.left_out = self.left_out * (1.0 - _FADING) if self.left_out > _NIL else 0.0
        return (nan if self.total is None else away), unit

    def _admits(self, embedder: str, size: int) -> bool:
        """Return whether a vector is of the embedder in use, which may change by it."""
        if embedder == self.embedder and size == self.size:
            if self.away:
                self.away = max(self.away - _OWN, 0)
                self.votes = self.votes if self.away else 0
            return True
        if not self.size:
            self.embedder, self.size = embedder, size
            return True
        if not self.votes:
            self.rival, self.rival_size = embedder, size
        self.votes += 1 if (embedder, size) == (self.rival, self.rival_size) else -1
        self.away += 1
        if self.away < STAY or (embedder, size) != (self.rival, self.rival_size):
            return False
        self.embedder, self.size, self.votes, self.away = embedder, size, 0, 0
        self.changes += 1
        self.forget()
        return True

    def forget(self) -> None:
        """Start afresh; what open blocks would have taught of the old past goes too."""
        self.total, self.count = None, 0
        self.lessons = [Lesson(lesson.stratum) for lesson in self.lessons]

    def learn(self, stratum: int, unit: Vector) -> None:
        """Note a unit vector of the baseline in the lesson of its block."""
        for lesson in self.lessons:
            if lesson.stratum == stratum:
                lesson.total = unit.copy() if lesson.total is None else lesson.total + unit
                lesson.count += 1

    @property
    def settled(self) -> bool:
        """Whether it has learned all that it will."""
        return self.count >= SETTLED

    def take(self, unit: Vector, count: int = 1) -> None:
        """Let the centroid move towards a unit vector, or a sum of `count` of them."""
        if self.settled:
            return
        self.total = unit.copy() if self.total is None else self.total + unit
        self.count += count


@dataclass(slots=True)
class Reference:
    """What embeddings are compared with, for the static and the transformer tier.

    Args:
        bundle: Whose centroids they are.
        static: Centroid.
        transformer: Centroid.
        leans: Classifiers of a rollout's arms, static and transformer.
        clusters: Of the static tier.
    """

    bundle: str = ""
    static: Centroid = field(default_factory=Centroid)
    transformer: Centroid = field(default_factory=Centroid)
    leans: list[Lean] = field(default_factory=lambda: [Lean(), Lean()])
    clusters: Clusters = field(default_factory=Clusters)

    def of(self, bundle: str) -> None:
        """Start afresh unless the reference is already this bundle's."""
        if self.bundle != bundle:
            self.bundle = bundle
            for centroid in (self.static, self.transformer):
                centroid.forget()
                centroid.lessons = []

    def begin(self) -> None:
        """Another rollout: what open blocks would have taught is left out, classifiers are new."""
        self.static.lessons, self.transformer.lessons = [], []
        self.leans = [Lean(), Lean()]

    def distances(
        self, static: Vector | None, transformer: Vector | None, embedder: str
    ) -> tuple[float, float, Hand]:
        """Return the distances of an event's embeddings, NaN where absent, and the unit vectors.

        Args:
            static: Or the service's own.
            transformer: Of the sampled tier; told from another model's by its size.
            embedder: Of `static`.
        """
        before = self.changes
        near, one = self.static.distance(static, embedder) if static is not None else _NONE
        far, two = self.transformer.distance(transformer, "") if transformer is not None else _NONE
        if before != self.changes:
            self._begin_anew(before)
        return near, far, (one, two)

    @property
    def changes(self) -> tuple[int, int]:
        """How often another embedder has taken over, of each tier."""
        return self.static.changes, self.transformer.changes

    @property
    def left_out(self) -> float:
        """Share of the latest embeddings that nothing could be compared with."""
        return round(max(self.static.left_out, self.transformer.left_out), 3)

    def _begin_anew(self, before: tuple[int, int]) -> None:
        """Take new classifiers and clusters for the tiers whose embedder has changed."""
        if before[0] != self.static.changes:
            self.leans[0], self.clusters = Lean(), Clusters()
        if before[1] != self.transformer.changes:
            self.leans[1] = Lean()

    def open(self, stratum: int) -> None:
        """A block opens: learn from it if there is room."""
        for centroid, lean in zip((self.static, self.transformer), self.leans, strict=True):
            lean.open(stratum)
            if len(centroid.lessons) < _LESSONS:
                centroid.lessons.append(Lesson(stratum))

    def lean(self, hand: Hand) -> tuple[float, float]:
        """Return how far an event's unit vectors lean to the candidate, NaN where unknown."""
        (one, two), (near, far) = hand, self.leans
        return (
            nan if one is None else near.score(one),
            nan if two is None else far.score(two),
        )

    def learn(self, stratum: int, hand: Hand, candidate: bool) -> None:
        """Note the unit vectors of a unit in the lessons of its block."""
        for tier, unit in enumerate(hand):
            if unit is None:
                continue
            self.leans[tier].learn(stratum, unit, candidate)
            centroid = self.transformer if tier else self.static
            if not candidate:
                centroid.learn(stratum, unit)

    def close(self, stratum: int) -> None:
        """A block has closed: what it taught is now past."""
        for centroid, lean in zip((self.static, self.transformer), self.leans, strict=True):
            lean.close(stratum)
            for lesson in centroid.lessons:
                if lesson.stratum == stratum and lesson.total is not None:
                    centroid.take(lesson.total, lesson.count)
            centroid.lessons = [x for x in centroid.lessons if x.stratum != stratum]

    def take(self, hand: Hand) -> None:
        """Learn from unit vectors at once: they are in no block."""
        for centroid, unit in zip((self.static, self.transformer), hand, strict=True):
            if unit is not None:
                centroid.take(unit)


NO_HAND: Hand = (None, None)
_NONE: tuple[float, None] = (nan, None)
