"""Tilted choices: bets that units are the candidate's in proportion to a weight of their own."""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import filled, kernel, read

__all__ = ["tilt_gain"]

Floats = NDArray[np.float64]


def tilt_gain(tilts: Floats, candidate: Floats) -> Floats:
    """Bet that units are the candidate's in proportion to a weight of their own.

    e = prod over the candidate's units of w_i / e_n1(w), where e_n1 is the mean of such products
    over all choices of n1 units: an elementary symmetric polynomial. Fair given the values,
    however the weights were learned, if they do not rest on the labels of this block.

    Args:
        tilts: ln w, [unit, ...bets].
        candidate: [unit]: 1 the candidate's, else 0.

    Returns:
        ln e, [...bets].
    """
    flat = np.ascontiguousarray(tilts).reshape(len(candidate), -1)
    return _tilted(flat, candidate).reshape(tilts.shape[1:])


@kernel(filled(1), read(2), read(1))
def _tilted(tilts: Floats, candidate: Floats) -> Floats:
    """Return ln of the product of the weights over its mean, [bet].

    Args:
        tilts: ln w of being the candidate's, [unit, bet].
        candidate: [unit]: 1 the candidate's, else 0.
    """
    n, few = len(candidate), 0
    for unit in range(n):
        few += int(candidate[unit])
    # Choosing the candidate's by w is choosing the others by 1 / w.
    rarer, sign = (0.0, -1.0) if 2 * few > n else (1.0, 1.0)
    few = n - few if rarer == 0.0 else few
    choices = 1.0
    for size in range(few):
        choices = choices * (n - size) / (size + 1.0)
    gained, symmetric = np.zeros(tilts.shape[1]), np.empty(few + 1)
    for bet in range(len(gained)):
        chosen, weight, tilted = 0.0, 1.0, 0.0
        for size in range(few + 1):
            symmetric[size] = 0.0 if size else 1.0
        for unit in range(n):
            tilt = sign * tilts[unit, bet]
            if tilt != tilted:  # units of one category weigh the same
                weight, tilted = exp(tilt), tilt
            if candidate[unit] == rarer:
                chosen += tilt
            for size in range(few, 0, -1):
                symmetric[size] += weight * symmetric[size - 1]
        gained[bet] = chosen - log(symmetric[few] / choices)
    return gained
