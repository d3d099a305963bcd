"""River's detectors, all defaults, on the streams of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from river.drift import ADWIN, KSWIN, PageHinkley
from river.drift.binary import HDDMA, HDDMW

from benchmarks.science.case import Case

__all__ = ["Found", "defaults", "quickest"]

BEFORE = 10_000
"""Events without a change that each detector has learned from."""
CALM = 1.0
"""False alarms per 10,000 events up to which a detector counts as a gate at all."""
LOST = 0.05
"""Share of the changes that it may miss."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one detector did.

    Args:
        name: Of the detector.
        delay: Mean events from the change to the first alarm after it; a stream that is given up
            counts as long as it was.
        missed: Share of the streams given up.
        false_alarms: Per 10,000 events without a change.
    """

    name: str
    delay: float
    missed: float
    false_alarms: float

    def __str__(self) -> str:
        missed = f", misses {self.missed:.0%}" if self.missed else ""
        return f"{self.name} {self.delay:.0f} ({self.false_alarms:.1f} false{missed})"


def defaults(case: Case, streams: int, patience: int, slow: int = 0) -> list[Found]:
    """Return what each detector that fits the case does with its defaults.

    Args:
        case: What changes.
        streams: On so many streams, the same for all detectors.
        patience: Events after the change at which a stream is given up.
        slow: On so few of them KSWIN too, at a millisecond an event.
    """
    kinds: dict[str, Callable[[], Any]] = {"ADWIN": ADWIN, "PageHinkley": PageHinkley}
    if case.binary:
        kinds |= {"HDDM_A": HDDMA, "HDDM_W": HDDMW}
    elif slow:
        kinds["KSWIN"] = lambda: KSWIN(seed=1)
    runs: dict[str, list[tuple[int, int]]] = {name: [] for name in kinds}
    for stream in range(streams):
        rng = np.random.default_rng([11, stream])
        quiet = case.scalar(case.baseline(rng, BEFORE)).tolist()
        after = case.scalar(case.changes(rng)(rng, patience)).tolist()
        if case.binary:
            quiet, after = [x > 0.5 for x in quiet], [x > 0.5 for x in after]
        for name, make in kinds.items():
            if name != "KSWIN" or stream < slow:
                runs[name].append(_alarms(make(), quiet, after))
    return [_found(name, done, patience) for name, done in runs.items()]


def _alarms(detector: Any, quiet: list[Any], after: list[Any]) -> tuple[int, int]:
    """Return alarms before the change, and events from it to the next; 0: none."""
    false = 0
    for x in quiet:
        detector.update(x)
        false += detector.drift_detected
    for t, x in enumerate(after, 1):
        detector.update(x)
        if detector.drift_detected:
            return false, t
    return false, 0


def _found(name: str, runs: list[tuple[int, int]], patience: int) -> Found:
    false, delay = np.array(runs).T
    return Found(
        name,
        float(np.where(delay, delay, patience).mean()),
        float((delay == 0).mean()),
        float(false.mean() / BEFORE * 10_000),
    )


def quickest(found: list[Found]) -> Found | None:
    """Return the quickest that is a gate: few false alarms, few changes missed."""
    gates = [each for each in found if each.false_alarms <= CALM and each.missed <= LOST]
    return min(gates, key=lambda each: each.delay, default=None)
