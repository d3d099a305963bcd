"""Embedding clusters: sequential k-means over the leading components, whatever the arm.

Centres follow the first vectors and then stand still, so that a unit's cluster depends on its
vector alone and is a category like any other.
Source: MacQueen (1967), Berkeley Symposium 1:281-297.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from detectors.compiled import INT, SINGLE, kernel, read
from detectors.directions import Vector
from detectors.features.categories import CLUSTERS
from detectors.untouched import own, shared

__all__ = ["Clusters"]

_DIMS = 32
SETTLED = 200
"""Vectors that the centres learn from."""
_CENTRES, _NORMS = shared((CLUSTERS, _DIMS), np.float32), shared(CLUSTERS, np.float32)
_VECTOR = read(1, SINGLE)


@kernel(INT, _VECTOR, read(2, SINGLE), _VECTOR)
def _nearest(unit: Vector, centres: Vector, norms: Vector) -> int:
    """Return the cluster whose centre is nearest to the leading components, absent ones 0.

    By |c - x|^2 without |x|^2, which is the same for all.
    """
    clusters, size = centres.shape
    nearest, least = 0, math.inf
    for cluster in range(clusters):
        product = 0.0
        for i in range(min(size, len(unit))):
            product += np.float64(centres[cluster, i]) * np.float64(unit[i])
        away = norms[cluster] - product
        if away < least:
            nearest, least = cluster, away
    return nearest


@dataclass(slots=True)
class Clusters:
    """Centres and how many vectors each has taken.

    Args:
        centres: [cluster, component].
        norms: Half their squared lengths, [cluster].
        taken: [cluster].
    """

    centres: Vector = field(default_factory=lambda: _CENTRES)
    norms: Vector = field(default_factory=lambda: _NORMS)
    taken: list[int] = field(default_factory=list)

    def place(self, unit: Vector) -> int | None:
        """Return the cluster of a unit vector; None while the centres still learn from it.

        The first vectors become the first centres.
        """
        known = len(self.taken)
        if known < CLUSTERS:
            own(self, ("centres", "norms"))
            lead = _lead(unit)
            self.centres[known] = lead
            self.norms[known] = (lead @ lead) / 2
            self.taken.append(1)
            return None
        nearest = _nearest(unit, self.centres, self.norms)
        if sum(self.taken) >= SETTLED:
            return nearest
        self.taken[nearest] += 1
        centre = self.centres[nearest]
        centre += np.float32(1.0 / self.taken[nearest]) * (_lead(unit) - centre)
        self.norms[nearest] = (centre @ centre) / 2
        return None


def _lead(unit: Vector) -> Vector:
    lead = unit[:_DIMS]
    if len(lead) == _DIMS:
        return lead
    return np.concatenate([lead, np.zeros(_DIMS - len(lead), np.float32)])
