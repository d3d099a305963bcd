"""Cost and speed as if as much had been cached as usual: a canary starts cold.

Providers serve cached input cheaper and faster, so a bundle without traffic looks dear and slow
until its cache is warm. On the tenant's pinned traffic a line of ln value on the cached share is
learned; in a rollout it stands still, so what it takes off does not depend on the arm.
"""

from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import INDEX

__all__ = ["Cached"]

ADJUSTED = tuple(INDEX[name] for name in ("cost_usd", "latency_ms", "time_to_first_token_ms"))
ENOUGH = 100
"""Values that a slope must rest on."""
_FADING = 0.005
_STEEPEST = -3.0


@dataclass(slots=True)
class Cached:
    """Moments of the cached share and of each metric's logarithm.

    Args:
        lines: Metric -> values met; means of share and ln value; variance of the share; covariance.
    """

    lines: dict[int, list[float]] = field(default_factory=dict)

    def learn(self, share: float, values: NDArray[np.float64]) -> None:
        """Fold an event of pinned traffic in.

        Args:
            share: Cached input tokens over all of them, 0-1.
            values: [metric].
        """
        for metric in ADJUSTED:
            value = float(values[metric])
            if not value > 0.0:
                continue
            line = self.lines.setdefault(metric, [0.0] * 5)
            line[0] += 1.0
            rate = max(1.0 / line[0], _FADING)
            away, off = share - line[1], log(value) - line[2]
            line[1] += rate * away
            line[2] += rate * off
            line[3] += rate * ((1.0 - rate) * away * away - line[3])
            line[4] += rate * ((1.0 - rate) * away * off - line[4])

    def adjust(self, share: float, values: NDArray[np.float64]) -> None:
        """Take out of the values what another cached share than usual has done."""
        for metric, (met, usual, _, variance, together) in self.lines.items():
            if met < ENOUGH or variance < 1e-4:
                continue
            # Caching makes nothing dearer or slower.
            slope = min(max(together / variance, _STEEPEST), 0.0)
            values[metric] *= exp(-slope * (share - usual))
