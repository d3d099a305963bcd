"""Watches of tenants whose model does not change, whatever else does; and of some where it does."""

from collections import Counter

import numpy as np

from benchmarks.science.histories import CALM, CHANGES, DAY_MS, SAME, START, Change, History, events
from benchmarks.science.rows import Row
from detectors.compare.baseline import Watch
from detectors.metrics import CATALOGUE
from detectors.monitor import fold, fresh
from detectors.scoring import score
from detectors.tenants import LN10, blend, by_component

__all__ = ["calm", "loudest", "units_until"]

SHOWN = 50.0
_EVERY = 40
"""Units from one look to the next."""
_FEW = 300
"""Units a day, with fewer of which a tenant is watched for longer."""
_SINCE = 2.0
_AFTER = 3
"""Days before a change, and those that it is waited for."""


def told(watch: Watch) -> tuple[float, str]:
    """Return a tenant's score, all components weighing alike, and its loudest metric."""
    evidence = watch.evidence()
    log_w = np.repeat((evidence * LN10)[:, None], 3, axis=1)
    found = score(blend(by_component(log_w, watch.count > 0), np.ones(4)))
    return float(found[0]), CATALOGUE[int(evidence.argmax())].name


def loudest(history: History, seed: int, days: int) -> tuple[float, str]:
    """Return the highest score that a calm tenant ever has, and the metric behind it."""
    return max((said for _, said in _course(history, seed, days, SAME, 1e9)), default=(0.0, ""))


def units_until(history: History, seed: int, change: Change) -> int | None:
    """Return the units of a changed model until 1,000 to 1 is shown; None: not within days."""
    begun, days = START + _SINCE * DAY_MS, int(_SINCE) + _AFTER
    after = 0
    for at, said in _course(history, seed, days, change, _SINCE):
        after += _EVERY * (at >= begun)
        if after and said[0] >= SHOWN:
            return after
    return None


def _course(
    history: History, seed: int, days: int, change: Change, since: float
) -> list[tuple[int, tuple[float, str]]]:
    state, found = fresh(), []
    for number, seen in enumerate(events(history, seed, days, change, since), 1):
        fold(state, seen, {})
        watched = state.watches[seen.bundle_id]
        watched.said.at = seen.at  # what only time would send costs much and says nothing
        if number % _EVERY == 0:
            found.append((seen.at, told(watched.watch)))
    return found


def calm(quick: bool) -> list[Row]:
    """Return how many calm tenants are ever told, and how soon changed ones are.

    Args:
        quick: One tenant a history for three days, and three a change; not ten for two weeks.
    """
    tenants, days = (1, 3) if quick else (10, 14)
    rows = []
    for name, history in CALM.items():
        long = days * max(_FEW // history.a_day, 1)
        said = [loudest(history, seed, long) for seed in range(tenants)]
        loud = Counter(metric for high, metric in said if high >= SHOWN)
        note = ", ".join(f"{metric} {n}" for metric, n in loud.most_common(3))
        rows.append(Row("way", f"watch, {name}: calm tenants ever told", loud.total(),
                        unit=f"of {tenants}", note=note))  # fmt: skip
    for name, change in CHANGES.items():
        found = [
            units_until(CALM["all by day"], seed, change) for seed in range(3 if quick else 10)
        ]
        missed = found.count(None)
        units = sorted(1e9 if one is None else one for one in found)[len(found) // 2]
        rows.append(Row("way", f"watch, days that go by: {name}", None if units == 1e9 else units,
                        unit="units", note=f"not within {_AFTER} days: {missed} of {len(found)}"))  # fmt: skip
    return rows
