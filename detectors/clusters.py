"""Embedding clusters: sequential k-means over the leading components, whatever the arm.

Centres follow values alone, never labels, so a unit's cluster is a category like any other.
Source: MacQueen (1967), Berkeley Symposium 1:281-297.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.features.categories import CLUSTERS

__all__ = ["Clusters"]

Vector = NDArray[np.float32]

_DIMS = 32
_SLOWEST = 0.005


@dataclass(slots=True)
class Clusters:
    """Centres and how many vectors each has taken.

    Args:
        centres: [cluster, component].
        norms: Half their squared lengths, [cluster].
        taken: [cluster].
    """

    centres: Vector = field(default_factory=lambda: np.zeros((CLUSTERS, _DIMS), np.float32))
    norms: Vector = field(default_factory=lambda: np.zeros(CLUSTERS, np.float32))
    taken: list[int] = field(default_factory=list)

    def place(self, unit: Vector) -> int:
        """Return the cluster of a unit vector; its centre moves towards it.

        The first vectors become the first centres.
        """
        lead = unit[:_DIMS]
        if len(lead) < _DIMS:
            lead = np.concatenate([lead, np.zeros(_DIMS - len(lead), np.float32)])
        known = len(self.taken)
        if known < CLUSTERS:
            self.centres[known] = lead
            self.norms[known] = (lead @ lead) / 2
            self.taken.append(1)
            return known
        # |c - x|^2 without |x|^2, which is the same for all.
        nearest = int((self.norms - (self.centres @ lead)).argmin())
        self.taken[nearest] += 1
        centre = self.centres[nearest]
        centre += np.float32(max(1.0 / self.taken[nearest], _SLOWEST)) * (lead - centre)
        self.norms[nearest] = (centre @ centre) / 2
        return nearest
