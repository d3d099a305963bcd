"""Detectors alone: a known baseline, events from the change to the alarm.

All stand at the same mean run between false alarms. The change comes after a long stretch
without one (the table's convention); the note says what a change at the first event takes, and
what ours takes at the threshold that its mean run is *proven* for, which needs no calibration.
"""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.science.case import Case
from benchmarks.science.cases import cases
from benchmarks.science.oracle import Oracle, known_change
from benchmarks.science.rivers import Found, defaults, quickest
from benchmarks.science.rows import Row
from benchmarks.science.runs import Delay, delays, overshoot

__all__ = ["rows"]


@dataclass(frozen=True, slots=True)
class _Effort:
    streams: int
    cycles: int
    rivers: int
    patience: int
    slow: int


QUICK = _Effort(2_400, 20_000, 16, 4_000, slow=0)
FULL = _Effort(16_000, 100_000, 60, 10_000, slow=4)
LOW, LOW_COSTLY = 1_000.0, 100.0
"""Thresholds at which the mean run is measured."""


def rows(quick: bool) -> list[Row]:
    """Measure every case; about a minute and a half, or a quarter of an hour."""
    effort = QUICK if quick else FULL
    measured = []
    for case in cases():
        found = _rows(case, effort)
        for row in found:
            print(f"  {row.case}: {row.ours:.4g}, held to {row.target}", flush=True)
        measured += found
    return measured


def _rows(case: Case, effort: _Effort) -> list[Row]:
    streams = max(effort.streams // case.costly, 100)
    low = LOW_COSTLY if case.costly > 10 else LOW
    factor = overshoot(case, low, max(streams // 2, 60))
    runs = list(case.optima)
    levels = [run / factor for run in runs]
    late = delays(case, sorted([*levels, *runs]), streams)
    at_once = delays(case, levels, streams // 2, before=0, batches=2)
    found = defaults(case, effort.rivers, effort.patience, effort.slow)
    bound = _blind(case, max(runs), streams)
    return [
        _row(
            case, run, (calibrated, proven), at_once[i],
            known_change(*case.ratios, run, effort.cycles), found, i == 0, bound,
        )
        for i, (run, calibrated, proven) in enumerate(
            zip(runs, late[::2], late[1::2], strict=True)
        )
    ]  # fmt: skip


def _blind(case: Case, run: float, streams: int) -> Delay | None:
    """Return what the best detector takes that must find the direction, as ours must."""
    if case.blind is None:
        return None
    only = replace(case, detector=case.blind)
    factor = overshoot(only, LOW_COSTLY, max(streams // 2, 60))
    return delays(only, [run / factor], streams)[0]


def _row(
    case: Case, run: float, ours: tuple[Delay, Delay], at_once: Delay, oracle: Oracle,
    found: list[Found], first: bool, bound: Delay | None,
) -> Row:  # fmt: skip
    calibrated, proven = ours
    best = quickest(found)
    note = (
        f"{calibrated.mean / oracle.late:.2f} x ± {calibrated.error / oracle.late:.2f}; "
        f"table's optimum {case.optima[run]:g}; proven threshold {proven.mean:.4g}; "
        f"change at once {at_once.mean:.4g}, oracle {oracle.at_once:.4g}"
    )
    if bound:
        note += f"; knowing all but the direction {bound.mean:.3g}"
    if first:
        note += "; River: " + ", ".join(str(each) for each in found)
    return Row(
        part="alone",
        case=f"{case.name}, ARL 1e{np.log10(run):.0f}",
        ours=calibrated.mean,
        target=f"<= {case.times:g} x {oracle.late:.3g}",
        met=calibrated.mean <= case.times * oracle.late,
        unit="events",
        oracle=oracle.late,
        river=best.delay if best else None,
        note=note,
    )
