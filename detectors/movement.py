"""Which way a block moved, and River's detectors beside: shown, never acting."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.bets import rank_tables
from detectors.layout import CATEGORICAL, DISPLAY
from detectors.metrics import CATALOGUE, INDEX, SIZE
from detectors.river import Drift

__all__ = ["DRIFTS", "drift", "movement"]

Floats = NDArray[np.float64]

DRIFTS = tuple(
    INDEX[name] for name in ("output_tokens", "latency_ms", "cost_usd", "embedding_distance")
)
"""Metrics that River's detectors are run beside."""

# The bet on twice the odds (a shift of .5) less the bet on half (-.5): which way it moved.
_MOVED = np.zeros((SIZE, 6))
_MOVED[:, [2, 1]] = 1, -1
_MOVED[[m.kind == "continuous" for m in CATALOGUE]] = [0, -1, 0, 0, 1, 0]
_MOVED[CATEGORICAL] = 0


def _spread() -> list[float]:
    """Return the squares, summed over ranks, of the movement of one rank, by n."""
    scores = rank_tables()[0] @ _MOVED[INDEX["output_tokens"]]
    squares: list[float] = np.square(scores).sum(axis=1).tolist()
    return squares


_SPREAD = _spread()
_DRIFTING = np.array(DRIFTS)


def movement(gain: Floats) -> Floats:
    """Return how far each metric of a block moved, up positive, in log evidence.

    Args:
        gain: ln e, [metric, bet].
    """
    moved: Floats = (gain[:, DISPLAY] * _MOVED).sum(axis=1)
    return moved


def drift(drifts: dict[int, Drift], moved: Floats, units: Floats) -> None:
    """Give River's detectors a block as one standardised value a metric: mean 0, variance 1.

    Args:
        drifts: Metric -> its detectors; begun when first met.
        moved: From `movement`.
        units: Compared, [baseline and candidate, metric].
    """
    arms = units[:, _DRIFTING].tolist()
    for metric, shift, n0, n1 in zip(DRIFTS, moved[_DRIFTING].tolist(), *arms, strict=True):
        if n0 and n1:
            n = n0 + n1
            held = drifts.get(metric) or drifts.setdefault(metric, Drift())
            held.update(shift / sqrt(n1 * n0 / (n * (n - 1.0)) * _SPREAD[int(n)]))
