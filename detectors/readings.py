"""Readings: what a tenant's rollout monitors say, in numbers for people and for the score."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.concurrent import Concurrent
from detectors.evidence.wealth import bets
from detectors.features.categories import category
from detectors.layout import ACTION, ACTS, CATEGORICAL, DISPLAY, WEIGHTS
from detectors.metrics import CATALOGUE
from detectors.strata import Stratum
from schemas import CategoryShare, MonitorReading, Units

__all__ = ["log10", "overall", "readings"]

Floats = NDArray[np.float64]

_LIMIT = 400.0
_STRATA = 3
_LOUD = 2.0
"""Standardised movement from which on a stratum counts as moved."""
_Z95 = 1.96
_CONTINUOUS = np.array([metric.kind == "continuous" for metric in CATALOGUE])
_FLAG = np.array([metric.kind in ("binary", "tail") for metric in CATALOGUE])
_WHICH = {row: k for k, row in enumerate(CATEGORICAL.tolist())}
_BETS = [np.flatnonzero(use).tolist() for use in ACTS]
_ON = WEIGHTS[0, :, DISPLAY] > 0


class _Effect(NamedTuple):
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


_NO_EFFECT = _Effect()


def overall(now: Floats, active: NDArray[np.bool_]) -> Floats:
    """Return the mean W over the metrics compared so far, of each kind of evidence.

    Args:
        now: W, [display, pause, action] x metric.
        active: Metrics compared, [metric].
    """
    number = int(active.sum())
    if number == 0:
        return np.ones(len(now))
    mean: Floats = now @ (active / number)
    return mean


def log10(now: Floats) -> Floats:
    """Return log10 of W, that of ruin being -300."""
    logs: Floats = np.log10(np.maximum(now, 1e-300))
    return logs


def readings(
    monitors: Concurrent, log10_w: Floats, labels: Mapping[int, str]
) -> list[MonitorReading]:
    """Return what each metric says now; those never compared are left out.

    Args:
        monitors: Of the rollout.
        log10_w: Of its wealth, [display, pause, action] x metric.
        labels: Of categorical codes.
    """
    bounded = np.clip(log10_w, -_LIMIT, _LIMIT).T.tolist()
    away = [(_away(stratum), stratum.name) for stratum in monitors.strata]
    acting = bets(monitors.log_e[:, ACTION], monitors.log_r[:, ACTION], monitors.count)
    by_bet = np.clip(log10(acting), -_LIMIT, _LIMIT).round(4).tolist()
    effects, told = _effects(monitors), []
    for row in np.flatnonzero(monitors.active()).tolist():
        sizes = [(size[row], name) for size, name in away if size[row] >= _LOUD]
        moved = [name for _, name in sorted(sizes, reverse=True)][:_STRATA]
        effect = effects.get(row, _NO_EFFECT)
        each = [by_bet[row][bet] for bet in _BETS[row]]
        told.append(_reading(monitors, row, bounded[row], each, effect, moved, labels))
    return told


def _away(stratum: Stratum) -> list[float]:
    """Return how far each metric of a stratum has moved, standardised; 0 if never compared."""
    root = np.sqrt(np.maximum(stratum.compared, np.float32(1.0))).astype(np.float64)
    sizes: list[float] = (np.abs(stratum.moved) / root * (stratum.compared > 0)).tolist()
    return sizes


def _reading(
    monitors: Concurrent, row: int, evidence: list[float], each: list[float], effect: _Effect,
    moved: list[str], labels: Mapping[int, str],
) -> MonitorReading:  # fmt: skip
    metric = CATALOGUE[row]
    units, sums = monitors.sums[:2, :, row].tolist()
    named = metric.kind == "categorical"
    values = [None if named or not n else total / n for total, n in zip(sums, units, strict=True)]
    drift = monitors.drifts.get(row)
    return MonitorReading(
        metric=metric.name,
        component=metric.component,
        harmful=metric.harmful,
        display=evidence[0],
        pause=evidence[1],
        action=evidence[2],
        bets=each,
        units=Units(baseline=int(units[0]), candidate=int(units[1])),
        baseline_value=values[0],
        candidate_value=values[1],
        effect=effect.ratio,
        effect_low=effect.low,
        effect_high=effect.high,
        changed_at_unit=_changed_at(monitors, row) if evidence[0] >= 1.0 else None,
        strata=moved,
        shares=_shares(monitors, row, labels) if named else [],
        margin=monitors.margins.get(metric.name, metric.margin) if metric.harmful else None,
        river={"adwin": drift.adwin, "page_hinkley": drift.page_hinkley} if drift else {},
    )


def _effects(monitors: Concurrent) -> dict[int, _Effect]:
    """Return the effect of each metric that has one: on odds, or on the mean of positive values."""
    units, sums, squares = monitors.sums
    flags = np.flatnonzero(_FLAG & (monitors.count > 0))
    positive = (sums > 0.0).all(axis=0) & (units >= 2.0).all(axis=0)
    sizes = np.flatnonzero(_CONTINUOUS & positive & (monitors.count > 0))
    odds = _odds(units[:, flags], sums[:, flags])
    means = _means(units[:, sizes], sums[:, sizes], squares[:, sizes])
    centre, variance = (np.concatenate(both) for both in zip(odds, means, strict=True))
    half = _Z95 * np.sqrt(variance)
    ends = np.exp(np.clip([centre, centre - half, centre + half], -50.0, 50.0))
    rows = [*flags.tolist(), *sizes.tolist()]
    return {row: _Effect(*one) for row, one in zip(rows, ends.T.tolist(), strict=True)}


def _odds(units: Floats, hits: Floats) -> tuple[Floats, Floats]:
    """Return ln of the odds ratios with Haldane's correction, and its variance."""
    (a, c), (b, d) = hits + 0.5, units - hits + 0.5
    return np.log(c * b / (d * a)), 1 / a + 1 / b + 1 / c + 1 / d


def _means(units: Floats, sums: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """Return ln of the ratios of means, and its variance by the delta method."""
    mean = sums / units
    apart = np.maximum(squares / units - mean * mean, 0.0) / ((units - 1.0) * mean * mean)
    logs = np.log(mean)
    return logs[1] - logs[0], apart[0] + apart[1]


def _changed_at(monitors: Concurrent, row: int) -> int:
    """Return the candidate units before the change: where the best bet's fortune turned."""
    risen = np.where(_ON[row], monitors.log_e[row, DISPLAY] - monitors.low[row], -np.inf)
    return int(monitors.low_at[row, int(np.argmax(risen))])


def _shares(monitors: Concurrent, row: int, labels: Mapping[int, str]) -> list[CategoryShare]:
    """Return the categories that moved most, with their shares in both arms."""
    found = monitors.shares.moved(_WHICH[row], _STRATA)
    return [category(code, labels, base, cand) for code, base, cand in found]
