"""Sample ratio: are units lost on one side?"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.wealth import grow, wealth

__all__ = ["SampleRatio"]

Floats = NDArray[np.float64]

_ODDS = np.array([0.5, 0.7, 0.9, 1 / 0.9, 1 / 0.7, 2.0])
_WEIGHTS = np.full((1, len(_ODDS)), 1 / len(_ODDS))
_STEP = 50


@dataclass(slots=True)
class SampleRatio:
    """Bets that the odds of a unit being the candidate's are not those of the phase's weight.

    Steps every 50 first events of units; each unit is assigned independently, so each step is a
    likelihood ratio of independent trials. A unit that a cache answers is not lost: it counts
    here, though it gives no evidence.
    """

    log_e: Floats = field(default_factory=lambda: np.zeros((1, len(_ODDS))))
    log_r: Floats = field(default_factory=lambda: np.full((1, len(_ODDS)), -np.inf))
    steps: int = 0
    waiting: tuple[int, int] = (0, 0)
    """Units of baseline and candidate since the last step."""
    met: list[int] = field(default_factory=lambda: [0, 0])
    """Units of baseline and candidate."""
    cached: list[int] = field(default_factory=lambda: [0, 0])
    """Of them those whose first answer came from a cache."""

    def count(self, candidate: bool, weight: float, *, cached: bool = False) -> None:
        """Count the first event of a unit, assigned to the candidate with P = `weight`."""
        self.met[candidate] += 1
        self.cached[candidate] += cached
        baseline, candidates = self.waiting
        self.waiting = (baseline + (not candidate), candidates + candidate)
        if baseline + candidates + 1 >= _STEP:
            self.close(weight)

    def close(self, weight: float) -> None:
        """Bet on the units that wait: at a step, and when the weight is about to change."""
        baseline, candidates = self.waiting
        if baseline + candidates == 0:
            return
        self.waiting = (0, 0)
        shrunk = np.log(1.0 - weight + weight * _ODDS)
        gain = candidates * np.log(_ODDS) - (baseline + candidates) * shrunk
        before, after = np.array([float(self.steps)]), np.array([float(self.steps + 1)])
        self.log_e, self.log_r = grow(self.log_e, self.log_r, gain[None], before, after)
        self.steps += 1

    def log10(self) -> float:
        """Return log10 W as it stands."""
        now = wealth(self.log_e, self.log_r, np.array([float(self.steps)]), _WEIGHTS)
        return float(np.log10(now[0]))
