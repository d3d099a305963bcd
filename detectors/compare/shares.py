"""Categorical metrics: bets that learn which categories the candidate chooses more often.

A block's units weigh what their categories' odds were in past blocks: plug-in Dirichlet
estimates of both arms, shrunk towards equality. The weights rest on past blocks alone, so
`tilt_gain` is fair. Source: STATISTICS.md 3; plug-in bets, Waudby-Smith and Ramdas (2024),
JRSS B 86:1-27.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.bets import tilt_gain
from detectors.features.categories import ABSENT, OTHER
from detectors.layout import CATEGORICAL, LEARNED

__all__ = ["Moved", "Shares"]

Floats = NDArray[np.float64]

MOST = 16
"""Categories of a metric that are kept apart."""
_PRIOR = 5.0
"""Units that the belief in "no change" is worth."""
_WINDOW = 200.0
"""Units of the rarer arm after which the windowed counts have mostly forgotten."""
_TEMPER = 0.5
_NO_TILT = (0.0,) * LEARNED

Counts = dict[int, list[float]]
"""Code -> units of baseline and candidate, of all time and lately."""
Moved = tuple[int, float, float]
"""Code, and its share in the baseline and in the candidate."""


@dataclass(slots=True)
class Shares:
    """What past blocks told of each categorical metric."""

    counts: dict[int, Counts] = field(default_factory=dict)

    def compare(self, codes: Floats, candidate: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Bet on a block, then learn from it.

        Args:
            codes: [unit, categorical metric], NaN where absent.
            candidate: [unit]: 1 the candidate's, 0 the baseline's; both occur.

        Returns:
            Which metrics have shown more than one category, and ln e, [metric, bet].
        """
        columns = np.where(np.isnan(codes), ABSENT, codes).T.tolist()
        gain = np.zeros((len(CATEGORICAL), LEARNED))
        # Where all units are alike, every choice of them is, and there is nothing to bet on.
        rows = [k for k, column in enumerate(columns) if column.count(column[0]) < len(column)]
        if rows:
            tilts = np.array([self._tilts(k, columns[k]) for k in rows])
            if tilts.any():
                gain[rows] = tilt_gain(tilts.transpose(1, 0, 2), candidate)
        arms = candidate.astype(np.intp).tolist()
        rarer = min(sum(arms), len(arms) - sum(arms))
        fading = max(1.0 - rarer / _WINDOW, 0.5)
        for k, column in enumerate(columns):
            counts = self.counts.setdefault(k, {})
            _fade(counts, fading)
            _learn(counts, column, arms)
        varied = np.array([len(self.counts[k]) > 1 for k in range(len(CATEGORICAL))])
        return varied, gain

    def moved(self, metric: int, most: int) -> list[Moved]:
        """Return the categories whose shares differ most, first the most.

        Args:
            metric: Which of the categorical ones.
            most: How many, at most.
        """
        counts = self.counts.get(metric, {})
        totals = [max(sum(c[arm] for c in counts.values()), 1.0) for arm in (0, 1)]
        found = [(code, c[0] / totals[0], c[1] / totals[1]) for code, c in counts.items()]
        return sorted(found, key=lambda m: -abs(m[2] - m[1]))[:most]

    def _tilts(self, metric: int, column: list[float]) -> list[tuple[float, ...]]:
        """Return ln of each unit's weight, [unit, bet]."""
        counts = self.counts.get(metric, {})
        totals: list[float] = [sum(each) for each in zip(*counts.values(), strict=True)]
        rest = counts.get(int(OTHER)) if len(counts) >= MOST - 1 else None
        known: dict[float, tuple[float, ...]] = {}
        for value in set(column):
            c = counts.get(int(value), rest)
            known[value] = _NO_TILT if c is None else _log_odds(c, totals)
        return [known[value] for value in column]


def _fade(counts: Counts, fading: float) -> None:
    for c in counts.values():
        c[2] *= fading
        c[3] *= fading


def _learn(counts: Counts, column: list[float], arms: list[int]) -> None:
    for (value, arm), number in _met(column, arms).items():
        key = int(value)
        if key not in counts and len(counts) >= MOST - 1:
            key = int(OTHER)
        c = counts.setdefault(key, [0.0] * 4)
        c[arm] += number
        c[arm + 2] += number


def _met(column: list[float], arms: list[int]) -> Mapping[tuple[float, int], int]:
    """Return how many units of each category and arm there are."""
    if column.count(column[0]) == len(column):
        candidates = sum(arms)
        return {(column[0], 0): len(arms) - candidates, (column[0], 1): candidates}
    return Counter(zip(column, arms, strict=True))


def _log_odds(c: list[float], totals: list[float]) -> tuple[float, ...]:
    """Return ln weights of one category: of all time, lately, and of all time with half trust."""
    ever = _one(c[0], c[1], totals[0], totals[1])
    return ever, _one(c[2], c[3], totals[2], totals[3]), _TEMPER * ever


def _one(base: float, cand: float, bases: float, cands: float) -> float:
    share = (base + cand) / max(bases + cands, 1e-9)
    own = (cand + _PRIOR * share) / (cands + _PRIOR)
    other = (base + _PRIOR * share) / (bases + _PRIOR)
    return log(max(own, 1e-6) / max(other, 1e-6)) if share > 0.0 else 0.0
