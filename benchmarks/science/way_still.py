"""Fleets in which no version differs, whatever moves both arms: nobody may go back."""

import numpy as np
from numpy.typing import NDArray
from river.drift import ADWIN

from benchmarks.science.lanes import Judge, Lane, phase
from benchmarks.science.rows import Row
from schemas import Tier
from simulation.streams import Nuisance, Stream

__all__ = ["EVENT_SECONDS", "stationary"]

Floats = NDArray[np.float64]

TENANTS, MONITORS = 50, 20
WEIGHT, CONTROLS = 0.05, 19
EVENT_SECONDS = 8.64
"""10,000 events a tenant and day."""
TIERS: tuple[Tier, ...] = ("platinum", "gold", "free")


def _fleet_nuisance(seed: int, seconds: float) -> Nuisance:
    """Prompts drift, days go by, and twice a day everyone is slow for half an hour."""
    rng = np.random.default_rng([seed, 9])
    starts = rng.uniform(0.0, seconds, max(int(seconds / 43_200), 1)).tolist()
    return Nuisance(mix=1.0, cycle=1.0, incidents=[(at, at + 1800.0) for at in starts])


def stationary(quick: bool) -> list[Row]:
    """Count reversions, halts and pauses of fleets in which no version differs."""
    fleets, events = (1, 10_000) if quick else (10, 100_000)
    reverted = halted = paused = 0
    loud: set[tuple[int, str, str]] = set()
    for fleet in range(fleets):
        nuisance = _fleet_nuisance(fleet, events * EVENT_SECONDS)
        names = [f"tenant-{i}" for i in range(TENANTS)]
        tiers = {name: TIERS[i % 3] for i, name in enumerate(names)}
        issued, judge = phase(dict.fromkeys(names, 2), WEIGHT, CONTROLS), Judge(tiers)
        lanes = [
            Lane(name, issued, Stream([fleet, i], nuisance), columns=MONITORS,
                 seconds=EVENT_SECONDS)
            for i, name in enumerate(names)
        ]  # fmt: skip
        for _ in range(events // 1000):
            for lane in lanes:
                for signal in lane.take(1000):
                    judge.hear(signal)
                    told = [r.metric for r in signal.readings if r.display >= 4.0]
                    loud.update((fleet, lane.tenant_id, metric) for metric in told)
        reverted += len(judge.reverted)
        halted += judge.halted
        paused += judge.paused
        print(f"way: stationary fleet {fleet + 1} of {fleets}: {len(judge.reverted)}", flush=True)
    count = fleets * TENANTS * MONITORS * events
    what = f"{fleets} x {TENANTS} tenants x {MONITORS} monitors x {events:,} events"
    monitors, tenants = _adwin(_fleet_nuisance(0, events * EVENT_SECONDS), events)
    note = f"{what}; prompt mix, daily cycle, shared incidents; every event its own unit"
    return [
        Row("way", "stationary fleet: false reversions", reverted, "0", reverted == 0,
            f"in {count:.0e} monitor-events", note=note),
        Row("way", "stationary fleet: false halts", halted, "0", halted == 0, "fleets"),
        Row("way", "stationary fleet: false pauses", paused, unit=f"of {fleets} fleets",
            note="a pause may be wrong once in 100 fleets"),
        Row("way", "stationary fleet: monitors that ever show 10,000 to 1", len(loud) / fleets,
            unit="of 1,000", river=monitors,
            note="a fleet; River: monitors of one fleet that ADWIN's default alarms on, raw values"),
        Row("way", "stationary fleet: tenants with such a monitor",
            len({one[:2] for one in loud}) / fleets, unit="of 50", river=tenants,
            note="River: the same"),
    ]  # fmt: skip


def _adwin(nuisance: Nuisance, events: int) -> tuple[int, int]:
    """Return how many monitors and tenants of a fleet ADWIN's default alarms on."""
    monitors = tenants = 0
    for i in range(TENANTS):
        stream, alarms = Stream([0, i], nuisance), np.zeros(MONITORS, bool)
        detectors = [ADWIN() for _ in range(MONITORS)]
        for start in range(0, events, 10_000):
            at = (start + np.arange(10_000)) * EVENT_SECONDS
            values, _ = stream.rows(np.zeros(10_000, bool), at)
            for k in np.flatnonzero(~alarms):
                alarms[k] = _alarms(detectors[k], values[:, k])
        monitors += int(alarms.sum())
        tenants += bool(alarms.any())
    return monitors, tenants


def _alarms(detector: ADWIN, values: Floats) -> bool:
    for value in values.tolist():
        detector.update(value)
        if detector.drift_detected:
            return True
    return False
