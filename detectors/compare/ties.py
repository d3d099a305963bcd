"""Chance of a watch, drawn from its name: ties are broken and ranks smoothed the same in a replay."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import SIZE

__all__ = ["uniforms", "untied"]

Floats = NDArray[np.float64]

_JITTER = 1e-4


def uniforms(seed: bytes, step: int, units: int) -> Floats:
    """Return two independent uniform numbers on (0, 1) a unit and metric, [2, unit, metric]."""
    size = 2 * units * SIZE
    drawn = hashlib.shake_128(seed + step.to_bytes(8, "big")).digest(4 * size)
    return ((np.frombuffer(drawn, "<u4") + 0.5) / 2**32).reshape(2, units, SIZE)


def untied(values: Floats, u: Floats) -> Floats:
    """Return the values, ties broken by a little noise."""
    noisy: Floats = values + (np.abs(values) * _JITTER + 1e-9) * u
    return noisy.astype(np.float32).astype(np.float64)
