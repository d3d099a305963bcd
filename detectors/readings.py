"""Readings: what a tenant's rollout monitors say, in numbers for people and for the score."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from detectors.concurrent import Concurrent
from detectors.evidence.wealth import bets
from detectors.features.categories import category
from detectors.layout import ACTION, ACTS, CATEGORICAL, DISPLAY, WEIGHTS
from detectors.metrics import CATALOGUE
from detectors.strata import Stratum
from schemas import CategoryShare, MonitorReading

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
_checked = TypeAdapter(list[MonitorReading]).validate_python
"""All at once: to call each contract by its name takes three times as long."""


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
    number = np.count_nonzero(active)
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
    compared = np.flatnonzero(monitors.active()).tolist()
    if not compared:
        return []
    bounded = log10_w.clip(-_LIMIT, _LIMIT).T.tolist()
    acting = bets(monitors.log_e[:, ACTION], monitors.log_r[:, ACTION], monitors.count)
    by_bet = log10(acting).clip(-_LIMIT, _LIMIT).round(4).tolist()
    units, sums = monitors.sums[:2].transpose(0, 2, 1).tolist()
    effects, moved, told = _effects(monitors), _moved(monitors.strata), []
    for row in compared:
        reading = _reading(monitors, row, units[row], sums[row], labels)
        reading["display"], reading["pause"], reading["action"] = evidence = bounded[row]
        reading["bets"] = [by_bet[row][bet] for bet in _BETS[row]]
        effect = effects.get(row, _NO_EFFECT)
        reading["effect"], reading["effect_low"], reading["effect_high"] = effect
        reading["changed_at_unit"] = _changed_at(monitors, row) if evidence[0] >= 1.0 else None
        reading["strata"] = moved.get(row, [])
        told.append(reading)
    return _checked(told)


def _moved(strata: list[Stratum]) -> dict[int, list[str]]:
    """Return the strata in which a metric has moved most, by metric; those of most have not."""
    if not strata:
        return {}
    moved = np.array([stratum.moved for stratum in strata])
    compared = np.array([stratum.compared for stratum in strata])
    root = np.sqrt(np.maximum(compared, np.float32(1.0))).astype(np.float64)
    sizes = np.abs(moved) / root * (compared > 0)
    found: dict[int, list[tuple[float, str]]] = {}
    for which, row in np.argwhere(sizes >= _LOUD).tolist():
        found.setdefault(row, []).append((float(sizes[which, row]), strata[which].name))
    return {
        row: [name for _, name in sorted(some, reverse=True)[:_STRATA]]
        for row, some in found.items()
    }


def _reading(
    monitors: Concurrent, row: int, units: list[float], sums: list[float], labels: Mapping[int, str]
) -> dict[str, Any]:
    """Return the fields of a reading that are no evidence."""
    metric = CATALOGUE[row]
    named = metric.kind == "categorical"
    values = [None if named or not n else total / n for total, n in zip(sums, units, strict=True)]
    drift = monitors.drifts.get(row)
    return {
        "metric": metric.name,
        "component": metric.component,
        "harmful": metric.harmful,
        "units": {"baseline": int(units[0]), "candidate": int(units[1])},
        "baseline_value": values[0],
        "candidate_value": values[1],
        "shares": _shares(monitors, row, labels) if named else [],
        "margin": monitors.margins.get(metric.name, metric.margin) if metric.harmful else None,
        "river": {"adwin": drift.adwin, "page_hinkley": drift.page_hinkley} if drift else {},
    }


def _effects(monitors: Concurrent) -> dict[int, _Effect]:
    """Return the effect of each metric that has one: on odds, or on the mean of positive values."""
    units, sums, _ = monitors.sums
    known = monitors.count > 0
    flags = np.flatnonzero(_FLAG & known)
    many = (sums[0] > 0.0) & (sums[1] > 0.0) & (units[0] >= 2.0) & (units[1] >= 2.0)
    sizes = np.flatnonzero(_CONTINUOUS & known & many)
    odds, means = _odds(monitors.sums[:2, :, flags]), _means(monitors.sums[:, :, sizes])
    centre, variance = (np.concatenate(both) for both in zip(odds, means, strict=True))
    half = _Z95 * np.sqrt(variance)
    ends = np.exp(np.array([centre, centre - half, centre + half]).clip(-50.0, 50.0))
    rows = [*flags.tolist(), *sizes.tolist()]
    return {row: _Effect(*one) for row, one in zip(rows, ends.T.tolist(), strict=True)}


def _odds(totals: Floats) -> tuple[Floats, Floats]:
    """Return ln of the odds ratios with Haldane's correction, and its variance.

    Args:
        totals: [units and hits, arm, metric].
    """
    units, hits = totals
    (a, c), (b, d) = hits + 0.5, units - hits + 0.5
    return np.log(c * b / (d * a)), 1 / a + 1 / b + 1 / c + 1 / d


def _means(totals: Floats) -> tuple[Floats, Floats]:
    """Return ln of the ratios of means, and its variance by the delta method.

    Args:
        totals: [units, sums and squares, arm, metric].
    """
    units, sums, squares = totals
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
