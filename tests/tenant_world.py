"""One tenant's traffic for the tests of the fold: events with known values, phases."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import INDEX, SIZE
from detectors.monitor import Folded, Seen, TenantAgent, fold
from schemas import Cohort, Phase, Signal, Stamp

__all__ = ["RATES", "event", "outcome", "phase", "run", "traffic"]

Change = Callable[[NDArray[np.float64]], None]

RATES = {"formatted": 0.3, "refused": 0.02, "error": 0.01, "tool_failed": 0.03, "moralised": 0.01}


def phase(phase_id: str = "p1", **changes: Any) -> Phase:
    fields: dict[str, Any] = {
        "rollout_id": "r1", "agent_id": "agent", "wave": 1, "weight": 0.25, "controls": 3,
        "opened_at": 0,
        "cohorts": [Cohort(baseline="old", candidate="new", tenants={"tenant": 2})],
    }  # fmt: skip
    return Phase(phase_id=phase_id, **(fields | changes))


def event(i: int, rng: np.random.Generator, candidate: bool = False, **changes: Any) -> Seen:
    values = np.full(SIZE, np.nan)
    tokens = round(float(rng.lognormal(5, 0.7)))
    values[INDEX["output_tokens"]], values[INDEX["output_chars"]] = tokens, 4 * tokens
    values[INDEX["latency_ms"]] = rng.lognormal(6, 0.5)
    for name, rate in RATES.items():
        values[INDEX[name]] = rng.random() < rate
    stamp = Stamp(
        phase_id="p1", arm="candidate" if candidate else "baseline", epoch=2,
        router_id="router", unit_id=f"u{i}",
    )  # fmt: skip
    fields: dict[str, Any] = {
        "tenant_id": "tenant", "agent_id": "agent", "bundle_id": "new" if candidate else "old",
        "stamp": stamp, "unit_id": f"u{i}", "event_id": f"e{i}", "stratum": f"task-{i % 2}|1",
        "values": values, "at": 1000 + 100 * i, "partition": 0, "offset": i,
    }  # fmt: skip
    fields |= {k: v for k, v in changes.items() if k not in Stamp.model_fields}
    stamped = {k: v for k, v in changes.items() if k in Stamp.model_fields}
    if stamped and fields["stamp"] is not None:
        fields["stamp"] = stamp.model_copy(update=stamped)
    return Seen(**fields)


def outcome(i: int, name: str, value: float, **changes: Any) -> Seen:
    values = np.full(SIZE, np.nan)
    values[INDEX[name]] = value
    fields: dict[str, Any] = {
        "tenant_id": "tenant", "agent_id": "agent", "bundle_id": "", "stamp": None,
        "unit_id": "", "event_id": f"e{i}", "stratum": "", "values": values,
        "at": 1000 + 100 * i, "partition": 0, "offset": 1_000_000 + i, "outcome": True,
    }  # fmt: skip
    return Seen(**(fields | changes))


def traffic(
    n: int, seed: int = 0, weight: float = 0.25, change: Change | None = None, **changes: Any
) -> list[Seen]:
    rng = np.random.default_rng(seed)
    events = []
    for i in range(n):
        candidate = bool(rng.random() < weight)
        events.append(event(i, rng, candidate, **changes))
        if candidate and change is not None:
            change(events[-1].values)
    return events


def run(
    state: TenantAgent, events: Iterable[Seen], phases: Mapping[str, Phase]
) -> tuple[list[Folded], list[Signal]]:
    folded = [fold(state, seen, phases) for seen in events]
    return folded, [signal for one in folded for signal in one.signals]
