"""What people and the command line ask of ClickHouse, as typed answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.clickhouse.client import connect
from streams.settings import Settings

__all__ = [
    "TABLES",
    "Cause",
    "Drift",
    "Reversion",
    "Served",
    "Watch",
    "causes",
    "counts",
    "reversions",
    "served",
    "tenants_by_drift",
    "watches",
]  # fmt: skip

TABLES = (
    "events", "payloads", "outcomes", "features", "signals", "signal_readings", "alerts",
    "requests", "accepts", "commands", "holds", "leases", "acks", "heartbeats", "sightings", "proofs",
    "bundles", "tenants", "policies", "phases", "phase_tenants", "dead_letters",
)  # fmt: skip
"""Tables of rows; repeats are merged when they are counted."""
PLAIN = ("events", "payloads", "outcomes")
"""Tables without repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What served a tenant at a moment, and who ordered it.

    Args:
        answer: In words: the pin alone, and why, or the candidate too.
        ordered_by: The person; `holdfast` where no person was asked.
        epoch: Of the command in force.
        bundle: The pin.
        candidate: Bundle that served a share, or empty.
        weight: That share.
        commanded_at: When the command stood on the topic.
        superseded_at: When the next one did, if so.
        routers: (router, epoch, status, bundle, broker time) of each router's last ack by then.
        proofs: (state, broker time).
        seen: (bundle, arm, epoch, events, first, last) of live events within five minutes.
    """

    tenant_id: str
    agent_id: str
    answer: str
    ordered_by: str
    epoch: int
    command_id: str
    action: str
    mode: str
    bundle: str
    model: str
    prompt_version: str
    candidate: str
    weight: float
    commanded_at: datetime
    superseded_at: datetime | None
    routers: Sequence[tuple[Any, ...]]
    proofs: Sequence[tuple[Any, ...]]
    seen: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The last word on a (tenant, agent) in one watch or rollout; scores 0-100."""

    tenant_id: str
    agent_id: str
    kind: str
    subject: str
    drift: float
    harm: float
    top_metric: str
    units_baseline: int
    units_candidate: int
    sample_ratio: float
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversion:
    """A command that took a tenant back, and how fast it was obeyed and proven."""

    command_id: str
    tenant_id: str
    agent_id: str
    epoch: int
    action: str
    rollout_id: str
    cause_kind: str
    cause_id: str
    cause_score: float | None
    commanded_at: datetime
    acked_ms: int | None
    proven_ms: int | None
    state: str
    late_routers: Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An alert with the metrics that moved, in words, and the commands that it led to."""

    alert_id: str
    at: datetime
    scope: str
    agent_id: str
    subject: str
    tenant_id: str
    score_action: float
    score_display: float
    cause: str
    reasons: Sequence[str]
    contested: bool
    causes: Sequence[str]
    command_ids: Sequence[str]


Watch = Drift
"""A watch is the drift of a pin against its own past."""


@contextmanager
def _asked(settings: Settings) -> Iterator[Client]:
    client = connect(settings)
    try:
        yield client
    finally:
        client.close()


def counts(settings: Settings) -> dict[str, int]:
    """Return the rows of every table, repeats merged; 0 where a table is not yet created."""
    with _asked(settings) as client:
        there = {
            row[0]
            for row in client.query(
                "SELECT name FROM system.tables WHERE database = {db:String}",
                parameters={"db": settings.clickhouse_database},
            ).result_rows
        }
        parts = [
            f"SELECT '{table}', count() FROM {table}{'' if table in PLAIN else ' FINAL'}"
            for table in TABLES
            if table in there
        ]
        rows = client.query(" UNION ALL ".join(parts)).result_rows if parts else ()
    found = {str(name): int(n) for name, n in rows}
    return {table: found.get(table, 0) for table in TABLES}


def served(settings: Settings, tenant: str, agent: str, at: datetime) -> Served | None:
    """Return what served a tenant at a moment; None if nothing was commanded by then.

    Args:
        settings: Where ClickHouse is.
        tenant: Its id.
        agent: Whose assignment.
        at: The moment, with zone.
    """
    moment = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    sql = (
        "SELECT tenant_id, agent_id, answer, ordered_by, epoch, command_id, action, mode, "
        "baseline_bundle AS bundle, baseline_model AS model, baseline_prompt_version AS prompt_version, "
        "candidate_bundle AS candidate, weight, commanded_at, superseded_at, routers, proofs, seen "
        "FROM v_served(tenant = {t:String}, agent = {a:String}, moment = {m:String}) WHERE epoch > 0"
    )
    found = _rows(settings, Served, sql, {"t": tenant, "a": agent, "m": moment})
    return found[0] if found else None


def tenants_by_drift(settings: Settings, limit: int = 50) -> list[Drift]:
    """Return who drifts, first the most: every watch and rollout's last word."""
    return _drift(settings, "", limit)


def watches(settings: Settings, limit: int = 1000) -> list[Watch]:
    """Return the standing watches, first those that drift most."""
    return _drift(settings, "WHERE kind = 'watch'", limit)


def reversions(settings: Settings, limit: int = 1000) -> list[Reversion]:
    """Return commands that took tenants back, the latest first."""
    names = ", ".join(Reversion.__dataclass_fields__)
    sql = f"SELECT {names} FROM v_reversions ORDER BY commanded_at DESC, epoch DESC LIMIT {{n:UInt32}}"
    return _rows(settings, Reversion, sql, {"n": limit})


def causes(settings: Settings, limit: int = 100) -> list[Cause]:
    """Return alerts with their causes, the latest first; of the fleet's only what led to something.

    While a rollout runs, the fleet's score is told every second.
    """
    names, told = ", ".join(Cause.__dataclass_fields__), "scope = 'tenant' OR notEmpty(led_to)"
    sql = f"SELECT {names} FROM v_alert_causes WHERE {told} ORDER BY at DESC LIMIT {{n:UInt32}}"
    return _rows(settings, Cause, sql, {"n": limit})


def _drift(settings: Settings, where: str, limit: int) -> list[Drift]:
    names = ", ".join(Drift.__dataclass_fields__)
    sql = f"SELECT {names} FROM v_tenant_drift {where} LIMIT {{n:UInt32}}"
    return _rows(settings, Drift, sql, {"n": limit})


def _rows(settings: Settings, kind: type[Any], sql: str, given: dict[str, Any]) -> list[Any]:
    with _asked(settings) as client:
        answer = client.query(sql, parameters=given)
    return [kind(**row) for row in answer.named_results()]
