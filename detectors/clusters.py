"""Embedding clusters: sequential k-means over the leading components, whatever the arm.

Centres follow the first vectors and then stand still, so that a unit's cluster depends on its
vector alone and is a category like any other.
Source: MacQueen (1967), Berkeley Symposium 1:281-297.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.features.categories import CLUSTERS
from detectors.untouched import own, shared

__all__ = ["Clusters"]

Vector = NDArray[np.float32]

_DIMS = 32
SETTLED = 200
"""Vectors that the centres learn from."""
_CENTRES, _NORMS = shared((CLUSTERS, _DIMS), np.float32), shared(CLUSTERS, np.float32)


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
        lead = unit[:_DIMS]
        if len(lead) < _DIMS:
            lead = np.concatenate([lead, np.zeros(_DIMS - len(lead), np.float32)])
        known = len(self.taken)
        if known < CLUSTERS:
            own(self, ("centres", "norms"))
            self.centres[known] = lead
            self.norms[known] = (lead @ lead) / 2
            self.taken.append(1)
            return None
        # |c - x|^2 without |x|^2, which is the same for all.
        nearest = int((self.norms - self.centres.dot(lead)).argmin())
        if sum(self.taken) >= SETTLED:
            return nearest
        self.taken[nearest] += 1
        centre = self.centres[nearest]
        centre += np.float32(1.0 / self.taken[nearest]) * (lead - centre)
        self.norms[nearest] = (centre @ centre) / 2
        return None
