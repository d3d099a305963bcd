"""Twenty kinds of regression, a thousand tenants each: what is shown, what goes back, and why.

Every tenant goes through the real fold (`detectors.monitor.fold`), its signals through the real
score, its alerts through the policy's thresholds. A tenant is alone in its rollout, so nothing of
what others suffer helps to find what it suffers; e-BH, which needs a fleet, is left out there.
Shown: its own display score reached 67, 10,000 to 1, or it went back. Reverted: its own action
score reached the threshold of a gold tenant, 67. The sizes of the kinds are ours: smaller ones
take longer (of tool calls that move by a total variation of .08, none was shown within 2,000).
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.science.kinds import KINDS, Kind
from benchmarks.science.lanes import Judge, phase
from benchmarks.science.rows import Row
from benchmarks.science.tenant import Served

__all__ = ["Fate", "fate", "rows"]

WEIGHT, CONTROLS = 0.25, 3
SHOWN, REVERTED = 2000, 3000
"""Candidate units within which a kind is to be shown, and a harmful one reverted."""
ROUND = 40
DAY = 2_000
"""Units that make a tenant-day."""
FLEET = 50
CALM = Kind("no change", harmful=False)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one tenant, in candidate units; inf: it never did.

    Args:
        shown: Until it was shown.
        reverted: Until it went back.
        cause: That the alert named; None: it names none.
        wronged: Neighbours that went back.
    """

    shown: float
    reverted: float
    cause: str | None
    wronged: int


def fate(kind: Kind, number: int, seed: int) -> Fate:
    """Return what becomes of one tenant.

    Args:
        kind: Of regression.
        number: Of the kind.
        seed: Of the tenant.
    """
    names = [f"tenant-{i}" for i in range(1 + kind.neighbours)]
    phases = {"phase": phase(dict.fromkeys(names, 2), WEIGHT, CONTROLS)}
    judged = 0.3 if "judge_score" in kind.shift.factor else 0.05
    served = [
        Served(name, phases, [seed, number, i], kind if i == 0 else None, kind, judged)
        for i, name in enumerate(names)
    ]
    judge, first = Judge(dict.fromkeys(names, "gold")), served[0]
    shown = reverted = np.inf
    while first.candidates < (REVERTED if kind.harmful else SHOWN):
        for one in served:
            for signal in one.take(ROUND):
                judge.hear(signal)
        if names[0] in judge.shown:
            shown = min(shown, first.candidates)
        if names[0] in judge.convicted:
            reverted = min(reverted, first.candidates)
        if np.isfinite(reverted) or (np.isfinite(shown) and not kind.harmful):
            break
    shown = min(shown, reverted)  # what goes back has been shown
    wronged = len(judge.reverted - {names[0]})
    return Fate(shown, reverted, judge.causes.get(names[0]), wronged)


def rows(quick: bool) -> list[Row]:
    """Return the figures of every kind, and how often somebody went back for nothing.

    Args:
        quick: Ten tenants of each kind in place of a thousand, in about two minutes of a core;
            the thousand take three hours of one, and use as many as there are.
    """
    tenants, days = (10, 100) if quick else (1000, 1000)
    found: list[Row] = []
    every: list[Fate] = []
    harmful: list[Fate] = []
    for number, kind in enumerate(KINDS):
        begun = time.monotonic()
        fates = _fates(number, tenants)
        every += fates
        harmful += fates if kind.harmful else []
        found += _of_kind(kind, fates)
        said = f"{kind.name}: shown {found[-1].ours if not kind.harmful else found[-2].ours}"
        print(f"regressions: {said}, {time.monotonic() - begun:.0f} s", flush=True)
    return [*_over_all(every, harmful), *false_reverts(days), *found]


def _fates(number: int, tenants: int) -> list[Fate]:
    one = partial(_fate_of, number)
    if tenants < 100:
        return [one(seed) for seed in range(tenants)]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        return list(workers.map(one, range(tenants), chunksize=8))


def _fate_of(number: int, seed: int) -> Fate:
    return fate(KINDS[number], number, seed)


def _of_kind(kind: Kind, fates: list[Fate]) -> list[Row]:
    shown, back = np.array([f.shown for f in fates]), np.array([f.reverted for f in fates])
    share = float((shown <= SHOWN).mean())
    note = f"half of {len(fates)} tenants within {_median(shown)} candidate units"
    if not kind.harmful:
        hasty = float(np.isfinite(back).mean())
        note += f"; no harm, so it may not go back: {hasty:.1%} did"
    found = [Row("regressions", kind.name + ": shown", share, ">= .95", share >= 0.95,
                 f"within {SHOWN:,}", note=note)]  # fmt: skip
    if kind.harmful:
        share = float((back <= REVERTED).mean())
        found.append(Row("regressions", kind.name + ": reverted", share, ">= .95", share >= 0.95,
                         f"within {REVERTED:,}", note=f"half within {_median(back)}"))  # fmt: skip
    return found


def _median(units: np.ndarray) -> str:
    middle = float(np.quantile(units, 0.5, method="higher"))
    return f"{middle:.0f}" if np.isfinite(middle) else "more than those looked at"


def _over_all(every: list[Fate], harmful: list[Fate]) -> list[Row]:
    shown = float(np.mean([f.shown <= SHOWN for f in every]))
    back = float(np.mean([f.reverted <= REVERTED for f in harmful]))
    named = [f.cause for f in every if f.cause is not None]
    found = [
        Row("regressions", "all kinds: shown", shown, ">= .95", shown >= 0.95,
            f"within {SHOWN:,} candidate units", note=f"{len(every):,} tenants, each alone; canary "
            f"{WEIGHT:.0%}; display score of the tenant >= 67"),
        Row("regressions", "harmful beyond twice a margin: reverted", back, ">= .95", back >= 0.95,
            f"within {REVERTED:,} candidate units", note=f"{len(harmful):,} tenants; action score "
            "of the tenant >= 67, as gold"),
    ]  # fmt: skip
    if named:
        right = float(np.mean([cause == "candidate" for cause in named]))
        found.append(Row("regressions", "right cause", right, ">= .9", right >= 0.9,
                         "share of alerts", note="in a rollout it is the candidate; nothing else changes around these events"))  # fmt: skip
    return found


def false_reverts(days: int) -> list[Row]:
    """Return reversions of fleets in which no version differs.

    Args:
        days: Tenant-days, of 2,000 units each.
    """
    wronged = 0
    for fleet in range(-(-days // FLEET)):
        names = [f"tenant-{i}" for i in range(FLEET)]
        phases = {"phase": phase(dict.fromkeys(names, 2), WEIGHT, CONTROLS)}
        served = [Served(n, phases, [fleet, 99, i], None, CALM) for i, n in enumerate(names)]
        judge = Judge(dict.fromkeys(names, "gold"))
        for _ in range(DAY // 200):
            for one in served:
                for signal in one.take(200):
                    judge.hear(signal)
        wronged += len(judge.reverted)
        print(f"regressions: {FLEET} tenant-days without change: {len(judge.reverted)}", flush=True)
    rate = 1000.0 * wronged / days
    return [Row("regressions", "false automatic reversions", rate, "<= 1", rate <= 1.0,
                "per 1,000 tenant-days", note=f"{days:,} tenant-days of {DAY:,} units, fleets of "
                f"{FLEET}, e-BH included")]  # fmt: skip
