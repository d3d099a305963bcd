"""Where each metric's bets stand in the evidence arrays, and the margins they are made against.

Evidence is [metric, 12 bets]: 0-5 against "no change" (display; the harmful ones are the pause
bets), 6-11 against "worse by no more than the margin" (action). A binary metric uses 0-3 and 6-9;
a continuous one 0-5, 6-8 for higher is worse and 9-11 for lower is worse; a categorical one 0-2.
Unused bets weigh 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.bets import (
    ACTION_ODDS,
    DISPLAY_ODDS,
    FRACTIONS,
    SHIFTS,
    TAIL_ODDS,
)
from detectors.metrics import CATALOGUE, INDEX, Metric

__all__ = [
    "ACTION",
    "ACTS",
    "AIMS",
    "BETS",
    "BINARY",
    "CATEGORICAL",
    "CONTINUOUS",
    "DISPLAY",
    "DOWN",
    "LEARNED",
    "OUTCOMES",
    "TAILS",
    "TAIL_SOURCES",
    "UP",
    "WEIGHTS",
    "Plan",
    "plan",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BETS = 12
DISPLAY = slice(0, 6)
ACTION = slice(6, 12)


def _columns(*kinds: str, worse: tuple[str | None, ...] | None = None) -> Ints:
    return np.array(
        [
            i
            for i, metric in enumerate(CATALOGUE)
            if metric.kind in kinds and (worse is None or metric.harmful in worse)
        ],
        dtype=np.intp,
    )


BINARY: Ints = _columns("binary", "tail")
"""Metrics bet on as successes; the tails are the last."""
CATEGORICAL: Ints = _columns("categorical")
LEARNED = 3
"""Bets of a categorical metric."""
CONTINUOUS: Ints = _columns("continuous")
UP: Ints = _columns("continuous", worse=("up", "either"))
DOWN: Ints = _columns("continuous", worse=("down", "either"))
OUTCOMES: Ints = np.array([i for i, metric in enumerate(CATALOGUE) if metric.outcome])
TAILS: Ints = _columns("tail")
TAIL_SOURCES: Ints = np.array([INDEX[CATALOGUE[i].source or ""] for i in TAILS])


def _weights(metric: Metric) -> Floats:
    """Return [display, pause, action] x bets; all zero where there is no such evidence."""
    up, down = metric.harmful in ("up", "either"), metric.harmful in ("down", "either")
    use = np.zeros((3, BETS))
    if metric.kind == "continuous":
        use[0, :6] = [shift > 0 or not metric.learned for shift in SHIFTS]
        use[1, :6] = [down if shift < 0 else up for shift in SHIFTS]
        use[2, 6:] = [up] * len(FRACTIONS) + [down] * len(FRACTIONS)
    elif metric.kind == "categorical":
        use[0, :LEARNED] = 1
    else:
        use[0, :4] = 1
        use[1, :4] = [down if odds < 1 else up for odds in DISPLAY_ODDS]
        use[2, 6 : 6 + len(_action_odds(metric))] = up or down
    weights: Floats = use / np.maximum(use.sum(axis=1, keepdims=True), 1)
    return weights


def _action_odds(metric: Metric) -> tuple[float, ...]:
    odds = TAIL_ODDS if metric.kind == "tail" else ACTION_ODDS
    return tuple(1 / ratio for ratio in odds) if metric.harmful == "down" else odds


_ODDS: Floats = np.array(
    [[*DISPLAY_ODDS, *(*_action_odds(CATALOGUE[i]), 1.0)[:4]] for i in BINARY.tolist()]
)
"""Bet on, [binary metric, bet]; where there are but three action bets the last is none."""
WEIGHTS: Floats = np.stack([_weights(metric) for metric in CATALOGUE], axis=1)
"""[display, pause, action] x metric x bet."""
ACTS: Floats = WEIGHTS[2][:, ACTION]
"""Of the action bets alone, metric x bet."""


def _aims(metric: Metric) -> Floats:
    """Return which way each bet says that the metric moves: 1 up, -1 down."""
    aims = np.ones(BETS)
    if metric.kind == "continuous":
        aims[DISPLAY] = np.sign(SHIFTS)
        aims[9:] = -1
    elif metric.kind != "categorical":
        aims[: len(DISPLAY_ODDS)] = np.sign(np.log(DISPLAY_ODDS))
        aims[ACTION] = -1 if metric.harmful == "down" else 1
    return aims


AIMS: Floats = np.stack([_aims(metric) for metric in CATALOGUE])
"""Metric x bet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a phase compares.

    Args:
        controls: m, at most.
        odds: Odds ratios bet on, [binary metric, bet]: four display bets, then action bets.
        against: Those that they are compared with, [binary metric, display and action].
        slopes: ln of the one over the other; 0: no bet.
        own: Factor of the candidate's value in each action column, `UP` then `DOWN`.
        other: Factor of the control's; where own x > other c, x is worse.
        tails: Factor by which a candidate's tail may lie beyond the cut, [tail].
    """

    controls: int
    odds: Floats
    against: Floats
    slopes: Floats
    own: Floats
    other: Floats
    tails: Floats


def plan(margins: Mapping[str, float], controls: int) -> Plan:
    """Return the plan for a phase; equal margins share one plan."""
    return _plan(tuple(margins.items()), controls)


@lru_cache(maxsize=1024)
def _plan(margins: tuple[tuple[str, float], ...], controls: int) -> Plan:
    factor = np.array([metric.margin for metric in CATALOGUE])
    for name, value in margins:
        if name in INDEX:
            factor[INDEX[name]] = value
    against = np.array([(1.0, _against(int(i), factor)) for i in BINARY])
    beside = np.repeat(against, 4, axis=1)
    # A bet on odds within the margin would be evidence for what is no harm: it is left out.
    staked = (beside < _ODDS) == (_ODDS > 1.0)
    return Plan(
        controls=controls,
        odds=_ODDS,
        against=against,
        slopes=np.where(staked, np.log(_ODDS / beside), 0.0),
        own=np.concatenate([np.ones(len(UP)), -factor[DOWN]]),
        other=np.concatenate([factor[UP], -np.ones(len(DOWN))]),
        tails=factor[TAILS],
    )


def _against(row: int, factor: Floats) -> float:
    """Return the odds that a binary metric's action bets are made against."""
    metric = CATALOGUE[row]
    # A tail's margin moves its cut; its odds are compared with 1.
    against = 1.0 if metric.kind == "tail" else float(factor[row])
    return 1 / against if metric.harmful == "down" else against
