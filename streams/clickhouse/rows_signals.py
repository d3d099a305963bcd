"""Signals, their readings and alerts as rows."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from schemas import Alert, MonitorReading, Signal
from streams.clickhouse.columns import (
    BOOL,
    DOUBLE,
    DOUBLES,
    INT,
    INTS,
    TEXT,
    TEXTS,
    TIME,
    Column,
    Table,
    fields,
    millis,
)

__all__ = ["ALERTS", "READINGS", "SIGNALS", "Said"]


class Said(NamedTuple):
    """One reading with the signal it is part of."""

    signal: Signal
    reading: MonitorReading


def _top(signal: Signal) -> MonitorReading | None:
    return max(signal.readings, key=lambda reading: reading.display, default=None)


def _top_metric(signal: Signal) -> str:
    top = _top(signal)
    return "" if top is None or top.display <= 0 else top.metric


def _top_display(signal: Signal) -> float:
    top = _top(signal)
    return 0.0 if top is None else top.display


UNITS = (
    Column("units_baseline", INT, attrgetter("units.baseline")),
    Column("units_candidate", INT, attrgetter("units.candidate")),
)

BASELINE = (
    ("version", INT),
    ("fingerprint", TEXT),
    ("since", TIME),
    ("units", INT),
    ("accepted", TEXT),
    ("previous", TEXT),
)


def _context(name: str, kind: Any) -> Column:
    get = attrgetter(name)
    return Column(f"context.{name}", kind, lambda signal: [get(r) for r in signal.context])


def _baseline(name: str, kind: Any) -> Column:
    get = attrgetter(name)

    def value(signal: Signal) -> Any:
        found = None if signal.baseline is None else get(signal.baseline)
        return millis(found) if name == "since" else found

    return Column(f"baseline_{name}", kind, value)


SIGNALS = Table(
    "signals",
    fields(TEXT, "signal_id", "kind", "tenant_id", "agent_id", "subject", "phase_id", "reason"),
    fields(INT, "sequence"),
    Column("at", TIME, lambda signal: millis(signal.at)),
    Column("event_partition", INT, attrgetter("partition")),
    Column("event_offset", INT, attrgetter("offset")),
    UNITS,
    Column("cached_baseline", INT, attrgetter("cached.baseline")),
    Column("cached_candidate", INT, attrgetter("cached.candidate")),
    fields(DOUBLE, "sample_ratio"),
    Column("metrics", INT, lambda signal: len(signal.readings)),
    Column("top_metric", TEXT, _top_metric),
    Column("top_display", DOUBLE, _top_display),
    Column("top_action", DOUBLE, lambda s: max((r.action for r in s.readings), default=0.0)),
    fields(TEXT, "embedder", "model"),
    fields(DOUBLE, "embeddings_left_out"),
    [_context(name, TEXTS) for name in ("variable", "baseline", "recent")],
    _context("score", DOUBLES),
    _context("changed_at_unit", INTS),
    _context("changed_by_unit", INTS),
    [_baseline(name, kind) for name, kind in BASELINE],
)

EFFECTS = ("baseline_value", "candidate_value", "effect", "effect_low", "effect_high")
OWN = ("own_past", "own_effect")

SHARES = (("label", TEXTS), ("baseline", DOUBLES), ("candidate", DOUBLES))


def _share(name: str, kind: Any) -> Column:
    get = attrgetter(name)
    return Column(f"shares.{name}", kind, lambda said: [get(s) for s in said.reading.shares])


READINGS = Table(
    "signal_readings",
    fields(TEXT, "signal_id", "kind", "tenant_id", "agent_id", "subject", "phase_id", of="signal."),
    fields(INT, "sequence", of="signal."),
    Column("at", TIME, lambda said: millis(said.signal.at)),
    fields(TEXT, "metric", "component", "harmful", of="reading."),
    fields(DOUBLE, "margin", "display", "pause", "action", of="reading."),
    Column("units_baseline", INT, attrgetter("reading.units.baseline")),
    Column("units_candidate", INT, attrgetter("reading.units.candidate")),
    fields(DOUBLE, *EFFECTS, *OWN, of="reading."),
    fields(INT, "changed_at_unit", "changed_by_unit", of="reading."),
    fields(TEXTS, "strata", of="reading."),
    [_share(name, kind) for name, kind in SHARES],
    Column("river", pa.map_(TEXT, DOUBLE), lambda said: [*said.reading.river.items()]),
)


def _moved(name: str, kind: Any, get: Callable[[MonitorReading], Any] | None = None) -> Column:
    take = get or attrgetter(name)
    return Column(f"moved.{name}", kind, lambda alert: [take(reading) for reading in alert.moved])


def _component(name: str) -> Column:
    get = attrgetter(name)
    return Column(
        f"components.{name}", DOUBLES, lambda alert: [get(s) for s in alert.components.values()]
    )


def _progress(name: str, arm: str) -> Column:
    get = attrgetter(arm)
    return Column(
        f"progress.{name}", INTS, lambda alert: [get(u) for u in alert.units_by_tenant.values()]
    )


def _tenants(alert: Alert) -> list[str]:
    return [*alert.units_by_tenant]


ALERTS = Table(
    "alerts",
    fields(TEXT, "alert_id", "kind", "scope", "agent_id", "subject", "tenant_id", "phase_id"),
    fields(TEXT, "signal_id"),
    fields(INT, "sequence"),
    Column("at", TIME, lambda alert: millis(alert.at)),
    Column("signal_at", TIME, lambda alert: millis(alert.signal_at)),
    [
        Column(f"score_{n}", DOUBLE, attrgetter(f"scores.{n}"))
        for n in ("display", "pause", "action")
    ],
    Column("components.component", TEXTS, lambda alert: [*alert.components]),
    [_component(name) for name in ("display", "pause", "action")],
    UNITS,
    fields(DOUBLE, "sample_ratio"),
    Column("breadth_tenants", INT, attrgetter("breadth.tenants")),
    Column("breadth_selected", TEXTS, attrgetter("breadth.selected")),
    Column("progress.tenant_id", TEXTS, _tenants),
    _progress("units_baseline", "baseline"),
    _progress("units_candidate", "candidate"),
    [_moved(name, TEXTS) for name in ("metric", "component", "harmful")],
    [_moved(name, DOUBLES) for name in ("display", "pause", "action", *EFFECTS)],
    _moved("units_baseline", INTS, attrgetter("units.baseline")),
    _moved("units_candidate", INTS, attrgetter("units.candidate")),
    _moved("changed_at_unit", INTS),
    _moved("strata", pa.list_(TEXTS)),
    fields(TEXT, "cause"),
    fields(TEXTS, "reasons"),
    fields(BOOL, "contested"),
)
