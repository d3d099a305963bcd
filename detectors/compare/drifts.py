"""River's detectors beside the watch's bets, on normal scores whitened where neighbours correlate."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import INDEX
from detectors.river import Drift

__all__ = ["Drifts"]

_TOKENS, _CHARS = INDEX["output_tokens"], INDEX["output_chars"]
_WATCHED = {_TOKENS, _CHARS, INDEX["embedding_distance"], INDEX["latency_ms"]}
"""Length, meaning and speed: a detector grows to 1.7 KB. Characters where tokens are not known."""
_LARGEST = 5.0
_CORRELATED = 0.05
_AFTER = 200
"""Scores that a correlation must rest on."""


@dataclass(slots=True)
class Drifts:
    """One pair of detectors a watched metric, begun when the metric is first met."""

    detectors: dict[int, Drift] = field(default_factory=dict)
    lag: dict[int, tuple[float, float, int]] = field(default_factory=dict)
    """Last score, lag-1 correlation and how many scores it rests on."""

    def update(
        self, rows: NDArray[np.intp], scores: NDArray[np.float64], learning: NDArray[np.bool_]
    ) -> None:
        """Feed a block to the detectors.

        Args:
            rows: Metrics.
            scores: Normal scores, [unit, metric] in order of arrival, NaN where there is none.
            learning: Metrics that no alarm is near, [metric].
        """
        for i, row in enumerate(rows.tolist()):
            if row not in _WATCHED or (row == _CHARS and _TOKENS in rows):
                continue
            drift = self.detectors.get(row) or self.detectors.setdefault(row, Drift())
            for z in scores[:, i].tolist():
                if not math.isnan(z):
                    drift.update(self._white(row, z, bool(learning[i])))

    def _white(self, row: int, z: float, learning: bool) -> float:
        """Return the score without what the last one foretold, once that is known to matter."""
        z = min(max(z, -_LARGEST), _LARGEST)
        last, rho, n = self.lag.get(row, (0.0, 0.0, 0))
        if learning:
            n += 1
            rho += (z * last - rho) / n
        self.lag[row] = (z, rho, n)
        if n < _AFTER or abs(rho) <= _CORRELATED:
            return z
        held = min(max(rho, -0.9), 0.9)
        return (z - held * last) / math.sqrt(1.0 - held * held)
