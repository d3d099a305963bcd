"""From evidence to scores, and when a score is worth an alert.

Score = 100 clip(log10 W / 6, 0, 1): 33 is once in 100 by chance, 67 once in 10,000.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from schemas import Policy, Scores, Tier

__all__ = ["RATIO", "Crier", "fleet_thresholds", "score", "scores", "spend", "tenant_thresholds"]

Floats = NDArray[np.float64]

RATIO = 3.0
"""log10 evidence of lost units from which on nothing else may act."""
_REVERT = Policy().revert
"""Of tiers that a policy does not name, as `control.policy` has it."""
_MOVED = 5.0
"""A score that moved by so much since the last alert is told again."""
_LN10 = float(np.log(10.0))


def score(log_w: Floats) -> Floats:
    """Return 100 clip(log10 W / 6, 0, 1), from ln W."""
    return 100.0 * np.clip(log_w / (6.0 * _LN10), 0.0, 1.0)


def scores(log_w: Floats) -> Scores:
    """Return the scores of ln W, [display, pause, action]."""
    display, pause, action = np.round(score(log_w), 3).tolist()
    return Scores(display=display, pause=pause, action=action)


def spend(retry: int) -> float:
    """Return what the j-th try of a rollout takes off ln W: ln(pi^2 j^2 / 6).

    The j-th try may err with 6 a / (pi^2 j^2) only, so all tries together with a at most.
    """
    return float(np.log(np.pi**2 * retry**2 / 6.0))


def tenant_thresholds(policy: Policy, tier: Tier) -> Floats:
    """Return the scores at which a tenant's display, pause and action evidence is told."""
    revert = policy.revert.get(tier, _REVERT[tier])
    return np.array([policy.pause_tenant, policy.pause_tenant, revert])


def fleet_thresholds(policy: Policy) -> Floats:
    """Return the scores at which a fleet's display, pause and action evidence is told."""
    return np.array([policy.pause_fleet, policy.pause_fleet, policy.halt_fleet])


class Crier(msgspec.Struct, array_like=True):
    """What has been told of one tenant or fleet, so that nothing is told twice."""

    sequence: int = 0
    told: list[float] = msgspec.field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Scores of the last alert: display, pause, action."""
    latched: list[bool] = msgspec.field(default_factory=lambda: [False, False, False])
    """Which scores have crossed and not yet cleared."""
    losing: bool = False
    selected: int = 0
    """Tenants that e-BH selected."""

    def worth(
        self, now: Floats, thresholds: Floats, clear: float, ratio: float, selected: int
    ) -> bool:
        """Latch and clear; say whether this is worth an alert.

        Args:
            now: Scores, [kind].
            thresholds: Latch on crossing them, [kind].
            clear: Points under a threshold at which it clears.
            ratio: log10 evidence of lost units.
            selected: Tenants that e-BH selects.
        """
        latched = [
            value >= limit - (clear if held else 0.0)
            for value, limit, held in zip(
                now.tolist(), thresholds.tolist(), self.latched, strict=True
            )
        ]
        losing = ratio >= RATIO
        changed = (latched, losing, selected) != (self.latched, self.losing, self.selected)
        self.latched, self.losing, self.selected = latched, losing, selected
        moved = bool(np.abs(now - self.told).max() >= _MOVED)
        return changed or moved

    def tell(self, now: Floats) -> int:
        """Note that these scores are being told; return the number of the alert."""
        self.told = now.tolist()
        self.sequence += 1
        return self.sequence
