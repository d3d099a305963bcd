"""Random numbers one at a time, drawn a thousand at a time."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

__all__ = ["Draws"]

T = TypeVar("T")
BLOCK = 4096


class Draws:
    """Seeded scalars at a tenth of a Generator's price: it is asked for whole blocks.

    Args:
        seed: Same seed, same numbers in the same order.
    """

    def __init__(self, seed: int) -> None:
        self._uniforms = np.random.default_rng([seed, 1])
        self._normals = np.random.default_rng([seed, 2])
        self._u: list[float] = []
        self._z: list[float] = []

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._u:
            self._u = self._uniforms.random(BLOCK).tolist()
        return self._u.pop()

    def normal(self) -> float:
        """Return a standard normal number."""
        if not self._z:
            self._z = self._normals.standard_normal(BLOCK).tolist()
        return self._z.pop()

    def below(self, n: int) -> int:
        """Return a whole number in 0..n-1."""
        return int(self.uniform() * n)

    def one_of(self, items: Sequence[T]) -> T:
        """Return one of `items`, each as likely."""
        return items[int(self.uniform() * len(items))]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """Return an index with the probabilities whose running sums are `cumulative` (last 1)."""
        return min(bisect_right(cumulative, self.uniform()), len(cumulative) - 1)
