"""The metrics that moved, over all tenants of a rollout or watch: evidence, effect, interval."""

from dataclasses import dataclass, field
from math import exp, log
from typing import Final

from detectors.metrics import CATALOGUE, INDEX
from schemas import MonitorReading
from streams.backtest.judging import Subject

__all__ = ["Moved", "moved"]

Z95: Final = 1.96
TOLD: Final = 1.0
"""log10 evidence from which on a metric is told of."""


@dataclass(slots=True)
class Moved:
    """One metric.

    Args:
        evidence: log10 of W against "no change": of the tenant, or T of the fleet.
        action: The same against "worse by no more than the margin".
        effect: Ratio of means or of odds, tenants weighted by their precision.
        low: Of its 95 % interval.
        high: Of it.
        tenants: That it has moved for by themselves.
        strata: That moved most.
    """

    metric: str
    title: str
    unit: str
    harmful: str | None
    evidence: float
    action: float
    baseline: float | None
    candidate: float | None
    effect: float | None
    low: float | None
    high: float | None
    tenants: int
    strata: list[str] = field(default_factory=list)


def moved(subject: Subject, most: int = 8) -> list[Moved]:
    """Return the metrics that moved, the loudest first.

    The effect over tenants is the fixed-effect mean of their logarithms, each weighted by the
    inverse of its variance. Source: Cochran (1954), Biometrics 10:101-129.
    """
    readings: dict[str, list[MonitorReading]] = {}
    for course in subject.tenants.values():
        if course.signal is not None:
            for reading in course.signal.readings:
                readings.setdefault(reading.metric, []).append(reading)
    fleet = subject.fleet.last.moved if subject.fleet.last is not None else []
    together = {reading.metric: reading for reading in fleet}
    found = [_one(name, mine, together.get(name)) for name, mine in readings.items()]
    told = [one for one in found if max(one.evidence, one.action) >= TOLD]
    return sorted(told, key=lambda one: -max(one.evidence, one.action))[:most]


def _one(name: str, readings: list[MonitorReading], fleet: MonitorReading | None) -> Moved:
    loudest = max(readings, key=lambda one: one.display)
    whole = loudest if len(readings) == 1 or fleet is None else fleet
    effect, low, high = _effect(readings)
    place = INDEX.get(name)
    strata: dict[str, int] = {}
    for reading in readings:
        for stratum in reading.strata:
            strata[stratum] = strata.get(stratum, 0) + 1
    return Moved(
        metric=name, title=CATALOGUE[place].title if place is not None else name,
        unit=CATALOGUE[place].unit if place is not None else "", harmful=loudest.harmful,
        evidence=max(whole.display, whole.pause), action=whole.action,
        baseline=_value(readings, candidate=False), candidate=_value(readings, candidate=True),
        effect=effect, low=low, high=high,
        tenants=sum(one.display >= 4.0 for one in readings),
        strata=sorted(strata, key=lambda one: -strata[one])[:3],
    )  # fmt: skip


def _effect(readings: list[MonitorReading]) -> tuple[float | None, float | None, float | None]:
    total = weights = 0.0
    for one in readings:
        if one.effect is None or not one.effect_low or not one.effect_high or one.effect <= 0.0:
            continue
        error = max(log(one.effect_high / one.effect_low) / (2 * Z95), 1e-6)
        total += log(one.effect) / error**2
        weights += 1 / error**2
    if not weights:
        return None, None, None
    centre, half = total / weights, Z95 / weights**0.5
    low, effect, high = (
        exp(max(min(x, 50.0), -50.0)) for x in (centre - half, centre, centre + half)
    )
    return effect, low, high


def _value(readings: list[MonitorReading], *, candidate: bool) -> float | None:
    """Return the mean value over tenants, weighted by their units."""
    total = units = 0.0
    for one in readings:
        value = one.candidate_value if candidate else one.baseline_value
        number = one.units.candidate if candidate else one.units.baseline
        if value is not None and number:
            total += value * number
            units += number
    return total / units if units else None
