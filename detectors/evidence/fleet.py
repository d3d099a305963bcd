"""The fleet: evidence that some of the tenants are affected, and which."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST", "SHARES", "breadth", "fleet"]

Floats = NDArray[np.float64]

SHARES = (0.05, 0.3, 1.0)
"""Bets on the share of tenants that are affected."""
_ROUNDING = 1e-9
MOST = float(np.log(1e3)), float(np.log(1e4))
"""ln W of one tenant that counts for the fleet's pause and for its action.

More sends that tenant back by itself; what it goes on to say is no word about the others. A part of
an e-process is one of those that err less, so the bound on false alarms stands.
"""


def fleet(log_w: Floats) -> Floats:
    """Return ln T: mean over shares pi of prod over tenants (1 - pi + pi W_i).

    Args:
        log_w: ln W of each tenant *now*, [..., tenant]; a supremum would make evidence out of
            nothing.
    """
    shares = np.array(SHARES)
    with np.errstate(divide="ignore"):
        left, right = np.log1p(-shares), np.log(shares)
    each = np.logaddexp(left, right + np.asarray(log_w, dtype=np.float64)[..., None])
    product = each.sum(axis=-2)
    top = product.max(axis=-1, keepdims=True)
    total: Floats = np.log(np.exp(product - top).mean(axis=-1)) + top[..., 0]
    return total


def breadth(log_w: Floats, alpha: float) -> NDArray[np.intp]:
    """Return which tenants e-BH selects: the k largest with E_(k) >= n / (k alpha), k largest.

    Among the selected, the expected share of falsely selected ones is at most alpha.

    Args:
        log_w: ln W of each tenant, [tenant].
        alpha: In (0, 1).

    Source: Wang and Ramdas (2022), JRSS B 84:822-852.
    """
    log_w = np.asarray(log_w, dtype=np.float64)
    # Who is selected has 1 / alpha at least: of thousands of tenants nearly nobody.
    near = np.flatnonzero(log_w > -np.log(alpha) - _ROUNDING)
    order = near[np.argsort(-log_w[near], kind="stable")]
    needed = np.log(max(len(log_w), 1) / alpha) - np.log(np.arange(1, len(order) + 1))
    enough = np.nonzero(log_w[order] >= needed)[0]
    return order[: enough[-1] + 1] if len(enough) else order[:0]
