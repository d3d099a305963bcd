"""The direction of an embedding and how far it is from another; lengths say nothing.

Products are summed in double precision and in one order, so that a distance is the same wherever
it is computed.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import REAL, SINGLE, filled, kernel, read

__all__ = ["Vector", "direction"]

Vector = NDArray[np.float32]

_VECTOR = read(1, SINGLE)
_KEPT: Final = np.uint32(0xFFFF0000)
"""Bits of each number that count, those of a BFloat16: what is stored says the same as what came."""


@kernel(REAL, _VECTOR, _VECTOR)
def _dot(one: Vector, other: Vector) -> float:
    """Return the inner product, summed in four parts: a processor adds them side by side."""
    first = second = third = fourth = 0.0
    whole = len(one) // 4 * 4
    for i in range(0, whole, 4):
        first += np.float64(one[i]) * np.float64(other[i])
        second += np.float64(one[i + 1]) * np.float64(other[i + 1])
        third += np.float64(one[i + 2]) * np.float64(other[i + 2])
        fourth += np.float64(one[i + 3]) * np.float64(other[i + 3])
    for i in range(whole, len(one)):
        first += np.float64(one[i]) * np.float64(other[i])
    return (first + second) + (third + fourth)


@kernel(REAL, _VECTOR, _VECTOR, filled(1, SINGLE))
def direction(vector: Vector, total: Vector, unit: Vector) -> float:
    """Write the unit vector; return 1 - cosine to the total.

    Infinite of a vector that has no direction: of zeros, or too large for single precision. NaN
    where the total is of another size, or of zeros.

    Args:
        vector: As it came, [component].
        total: A sum of unit vectors, [component].
        unit: Written to, [component].
    """
    size = len(vector)
    bits, kept = vector.view(np.uint32), unit.view(np.uint32)
    for i in range(size):
        kept[i] = bits[i] & _KEPT
    norm = np.float32(math.sqrt(np.float32(_dot(unit, unit))))
    if not 0.0 < norm < math.inf:
        return math.inf
    for i in range(size):
        unit[i] /= norm
    if len(total) != size:
        return math.nan
    length = math.sqrt(_dot(total, total))
    return 1.0 - _dot(unit, total) / length if length > 0.0 else math.nan
