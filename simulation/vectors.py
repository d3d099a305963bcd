"""Vectors: embeddings of answers, as clusters of tasks with noise around them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIZE", "Vectors"]

SIZE = 256
"""Dimensions of the static tier."""
_NOISE = 1.0
"""Length of the noise beside a cluster's centre, whose length is 1."""


class Vectors:
    """Embeddings of one tenant.

    Args:
        seed: Same seed and same calls, same vectors.
        strata: Each has clusters of its own.
        clusters: Of each stratum.
    """

    def __init__(self, seed: int | Sequence[int], strata: int, clusters: int = 3) -> None:
        self._rng = np.random.default_rng(seed)
        self._centres = _unit(self._rng.standard_normal((strata, clusters, SIZE)))
        self._way = _unit(self._rng.standard_normal(SIZE))

    def draw(self, stratum: NDArray[np.intp], shift: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return a vector for each unit, [unit, SIZE].

        Args:
            stratum: Of each unit.
            shift: How far each is moved along one direction; answers of a prompt of the same kind
                lie 1.4 apart.
        """
        cluster = self._rng.integers(self._centres.shape[1], size=len(stratum))
        noise = self._rng.standard_normal((len(stratum), SIZE), np.float32) * (_NOISE / SIZE**0.5)
        drawn = self._centres[stratum, cluster] + noise + shift[:, None] * self._way
        found: NDArray[np.float32] = drawn.astype(np.float32)
        return found


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found
