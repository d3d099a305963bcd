"""Choices: which of some labels an answer has (a tool, a format), by the kind of task."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choices"]


class Choices:
    """One categorical metric of a tenant.

    Args:
        seed: Same seed and same calls, same labels.
        labels: The usual first; each task has its own mix of them.
        strata: Kinds of task.
    """

    def __init__(self, seed: int | Sequence[int], labels: Sequence[str], strata: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._labels = labels
        weights = 0.6 ** np.arange(len(labels)) * self._rng.uniform(0.5, 1.5, (strata, len(labels)))
        self._edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)

    def draw(self, stratum: NDArray[np.intp], other: NDArray[np.float64]) -> list[str]:
        """Return a label for each unit.

        Args:
            stratum: Of each unit.
            other: Probability that a unit takes the label after the one it would have had.
        """
        luck = self._rng.random((2, len(stratum)))
        chosen = (luck[0][:, None] > self._edges[stratum, :-1]).sum(axis=1)
        moved: list[int] = ((chosen + (luck[1] < other)) % len(self._labels)).tolist()
        return [self._labels[i] for i in moved]
