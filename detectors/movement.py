"""What a block's movement is, and River's detectors on it: shown, never acting."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.bets import rank_tables
from detectors.layout import CATEGORICAL
from detectors.metrics import CATALOGUE, INDEX, SIZE
from detectors.river import Drift

__all__ = ["DRIFTS", "MOVES", "drift"]

Floats = NDArray[np.float64]

DRIFTS = tuple(
    INDEX[name] for name in ("output_tokens", "latency_ms", "cost_usd", "embedding_distance")
)
"""Metrics that River's detectors are run beside."""

MOVES = np.zeros((SIZE, 6))
# The bet on twice the odds (a shift of .5) less the bet on half (-.5): which way it moved.
MOVES[:, [2, 1]] = 1, -1
MOVES[[m.kind == "continuous" for m in CATALOGUE]] = [0, -1, 0, 0, 1, 0]
MOVES[CATEGORICAL] = 0
"""What a display bet's ln e counts towards how far its metric moved, up positive, [metric, bet]."""


def _spread() -> list[float]:
    """Return the squares, summed over ranks, of the movement of one rank, by n."""
    scores = rank_tables()[0] @ MOVES[INDEX["output_tokens"]]
    squares: list[float] = np.square(scores).sum(axis=1).tolist()
    return squares


_SPREAD = _spread()
_DRIFTING = np.array(DRIFTS)


def drift(drifts: dict[int, Drift], moved: Floats, units: Floats) -> None:
    """Give River's detectors a block as one standardised value a metric: mean 0, variance 1.

    Args:
        drifts: Metric -> its detectors; begun when first met.
        moved: How far each metric moved, from `MOVES`.
        units: Compared, [baseline and candidate, metric].
    """
    arms = units[:, _DRIFTING].tolist()
    for metric, shift, n0, n1 in zip(DRIFTS, moved[_DRIFTING].tolist(), *arms, strict=True):
        if n0 and n1:
            n = n0 + n1
            held = drifts.get(metric) or drifts.setdefault(metric, Drift())
            held.update(shift / sqrt(n1 * n0 / (n * (n - 1.0)) * _SPREAD[int(n)]))
