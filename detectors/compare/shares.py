"""Categorical metrics: bets that learn which categories the candidate chooses more often.

A block's units weigh what their categories' odds were in past blocks: plug-in Dirichlet
estimates of both arms, shrunk towards equality. The weights rest on past blocks alone, so
`tilt_gain` is fair. Source: STATISTICS.md 3; plug-in bets, Waudby-Smith and Ramdas (2024),
JRSS B 86:1-27.
"""

from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import INT, REAL, filled, kernel, read
from detectors.evidence.tilts import tilt_gain
from detectors.features.categories import ABSENT, OTHER
from detectors.layout import LEARNED

__all__ = ["Moved", "Shares"]

Floats = NDArray[np.float64]

MOST = 16
"""Categories of a metric that are kept apart."""
_PRIOR = 5.0
"""Units that the belief in "no change" is worth."""
_WINDOW = 200.0
"""Units of the rarer arm after which the windowed counts have mostly forgotten."""
_TEMPER = 0.5
_REST = int(OTHER)
_NONE, _UNKNOWN = [0.0] * 4, [0.0] * 8

Counts = dict[int, list[float]]
"""Code -> units of baseline and candidate, of all time and lately."""
Moved = tuple[int, float, float]
"""Code, and its share in the baseline and in the candidate."""


@dataclass(slots=True)
class Shares:
    """What past blocks told of each categorical metric."""

    counts: dict[int, Counts] = field(default_factory=dict)

    def compare(self, codes: Floats, candidate: Floats) -> tuple[Floats, Floats]:
        """Bet on a block, then learn from it.

        Args:
            codes: [unit, categorical metric], NaN where absent.
            candidate: [unit]: 1 the candidate's, 0 the baseline's; both occur.

        Returns:
            Units of each metric that has shown more than one category, [baseline and candidate,
            metric], and ln e, [metric, bet].
        """
        n, metrics = codes.shape
        met, kinds = np.zeros((n * metrics, 4)), np.empty((n, metrics), np.intp)
        found = met[: _grouped(codes, candidate, ABSENT, met, kinds)].tolist()
        if not found:
            return np.zeros((2, metrics)), np.zeros((metrics, LEARNED))
        past = np.array(self._past(found, n)).reshape(-1, 8)
        gain = tilt_gain(_tilts(past, kinds, LEARNED), candidate)
        arms = sum(cand for metric, _, _, cand in found if metric == 0.0)
        fading = max(1.0 - min(arms, n - arms) / _WINDOW, 0.5)
        for k in range(metrics):
            _fade(self.counts.setdefault(k, {}), fading)
        for metric, code, base, cand in found:
            _learn(self.counts[int(metric)], int(code), base, cand)
        varied = [len(self.counts[k]) > 1 for k in range(metrics)]
        return np.array([[(n - arms) * v for v in varied], [arms * v for v in varied]]), gain

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

    def _past(self, found: list[list[float]], n: int) -> list[float]:
        """Return units of each category, and all of its metric, as `counts` has them, in a row."""
        past: list[float] = []
        totals: dict[float, list[float]] = {}
        for metric, code, base, cand in found:
            counts = self.counts.get(int(metric))
            # Where all units are alike, every choice of them is, and there is nothing to bet on.
            if not counts or base + cand == n:
                past += _UNKNOWN
                continue
            if metric not in totals:
                totals[metric] = [sum(each) for each in zip(*counts.values(), strict=True)]
            rest = counts.get(_REST, _NONE) if len(counts) >= MOST - 1 else _NONE
            past += counts.get(int(code), rest)
            past += totals[metric]
        return past


def _fade(counts: Counts, fading: float) -> None:
    for c in counts.values():
        c[2] *= fading
        c[3] *= fading


def _learn(counts: Counts, code: int, base: float, cand: float) -> None:
    if code not in counts and len(counts) >= MOST - 1:
        code = _REST
    c = counts.setdefault(code, [0.0] * 4)
    c[0] += base
    c[1] += cand
    c[2] += base
    c[3] += cand


@kernel(INT, read(2), read(1), REAL, filled(2), filled(2, INT))
def _grouped(
    codes: Floats, candidate: Floats, absent: float, met: Floats, kinds: NDArray[np.intp]
) -> int:
    """Find the categories of a block, metric by metric as they are first met; return how many.

    A metric that a unit lacks has a category of its own, but if no unit has any, none is found.

    Args:
        codes: [unit, metric], NaN where absent.
        candidate: [unit].
        absent: Code of units that lack a metric.
        met: Zeros; written: metric, code, and units of baseline and candidate, [category].
        kinds: Written: which category each unit is of, [unit, metric].
    """
    many, any_known = 0, False
    for metric in range(codes.shape[1]):
        first = many
        for unit in range(codes.shape[0]):
            code = codes[unit, metric]
            if code != code:
                code = absent
            else:
                any_known = True
            kind = first
            while kind < many and met[kind, 1] != code:
                kind += 1
            if kind == many:
                met[kind, 0], met[kind, 1] = metric, code
                many += 1
            met[kind, 2 + int(candidate[unit])] += 1.0
            kinds[unit, metric] = kind
    return many if any_known else 0


@kernel(filled(3), read(2), read(2, INT), INT)
def _tilts(past: Floats, kinds: NDArray[np.intp], bets: int) -> Floats:
    """Return ln of each unit's weight: of all time, lately, and of all time with half trust.

    Args:
        past: Units of baseline and candidate of all time and lately, then those of the metric,
            [category, 8].
        kinds: Which category each unit is of, [unit, metric].
        bets: How many these are: 3.
    """
    odds = np.zeros((len(past), bets))
    for kind in range(len(past)):
        for lately in range(2):
            base, cand = past[kind, 2 * lately], past[kind, 2 * lately + 1]
            bases, cands = past[kind, 2 * lately + 4], past[kind, 2 * lately + 5]
            share = (base + cand) / max(bases + cands, 1e-9)
            if share > 0.0:
                own = (cand + _PRIOR * share) / (cands + _PRIOR)
                other = (base + _PRIOR * share) / (bases + _PRIOR)
                odds[kind, lately] = log(max(own, 1e-6) / max(other, 1e-6))
        odds[kind, 2] = _TEMPER * odds[kind, 0]
    tilts = np.empty((*kinds.shape, bets))
    for unit in range(kinds.shape[0]):
        for metric in range(kinds.shape[1]):
            for bet in range(bets):
                tilts[unit, metric, bet] = odds[kinds[unit, metric], bet]
    return tilts
