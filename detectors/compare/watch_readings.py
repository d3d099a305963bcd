"""Readings of a watch: what each metric says now, in numbers for people and for the score."""

from collections.abc import Iterator, Mapping

import numpy as np

from detectors.compare.baseline import Watch
from detectors.compare.levels import NO_EFFECT
from detectors.features.categories import category
from detectors.metrics import CATALOGUE
from schemas import CategoryShare, MonitorReading, Units

__all__ = ["readings"]

LOUD = 0.5
"""A stratum's recent mean normal score from which on it counts as moved."""
_TOLD = 3
_NAMELESS: Mapping[int, str] = {}


def readings(watch: Watch, labels: Mapping[int, str] = _NAMELESS) -> list[MonitorReading]:
    """Return what each metric says now; those that nothing was bet on are left out.

    Args:
        watch: Of a bundle.
        labels: Of categorical codes.
    """
    evidence = watch.evidence()
    rows = np.nonzero(watch.count)[0]
    return [_reading(watch, int(row), float(evidence[row]), labels) for row in rows]


def _reading(watch: Watch, row: int, log10_w: float, labels: Mapping[int, str]) -> MonitorReading:
    metric, drift = CATALOGUE[row], watch.drifts.detectors.get(row)
    named = metric.kind == "categorical"
    effect = NO_EFFECT if named else watch.levels.effect(row)
    loud = log10_w >= 1.0
    return MonitorReading(
        metric=metric.name,
        component=metric.component,
        harmful=metric.harmful,
        display=min(max(log10_w, -400.0), 400.0),
        units=Units(baseline=int(watch.levels.absorbed[row]), candidate=int(watch.count[row])),
        baseline_value=effect.baseline,
        candidate_value=effect.recent,
        effect=effect.ratio,
        effect_low=effect.low,
        effect_high=effect.high,
        changed_at_unit=watch.changed_at(row) if loud else None,
        changed_by_unit=int(watch.onset[row]) if loud else None,
        strata=[name for _, name in sorted(_moved(watch, row))][:_TOLD] if loud else [],
        shares=_shares(watch, row, labels) if named else [],
        river={"adwin": drift.adwin, "page_hinkley": drift.page_hinkley} if drift else {},
    )


def _shares(watch: Watch, row: int, labels: Mapping[int, str]) -> list[CategoryShare]:
    """Return the labels that moved most in the stratum that moved most."""
    held = [(past.moved(row), name) for name, past in watch.pasts.items() if row in past.labels]
    if not held:
        return []
    found = watch.pasts[max(held)[1]].labels[row].shares(_TOLD)
    return [category(code, labels, base, now) for code, base, now in found]


def _moved(watch: Watch, row: int) -> Iterator[tuple[float, str]]:
    for name, past in watch.pasts.items():
        moved = past.moved(row)
        if moved >= LOUD:
            yield -moved, name
