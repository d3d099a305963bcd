"""Events and outcomes as rows."""

import hashlib
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from detectors.features.circumstances import asked
from schemas import Event, Outcome
from streams.clickhouse.columns import (
    BOOL,
    DOUBLE,
    INT,
    TEXT,
    TEXTS,
    TIME,
    Column,
    Table,
    fields,
    millis,
)

__all__ = ["EVENTS", "OUTCOMES"]

NO_STAMP = SimpleNamespace(
    phase_id="", arm="", traffic="live", epoch=0, router_id="", unit_id="", pair_id=""
)


def _stamp(name: str) -> Any:
    get = attrgetter(name)
    return lambda item: get(item.stamp or NO_STAMP)


def _time(at: datetime) -> int | None:
    return millis(int(at.timestamp() * 1000))


def _unit(event: Event) -> str:
    if event.stamp is not None:
        return event.stamp.unit_id
    return event.unit_id or event.session_id or event.event_id


def _chars(event: Event) -> int | None:
    return event.output_chars if event.output is None else len(event.output)


def _prompt_hash(event: Event) -> str | None:
    """Return what tells a prompt, which outlives its text."""
    if event.prompt_hash is None and event.prompt is not None:
        return hashlib.sha256(event.prompt.encode("utf-8", "surrogatepass")).hexdigest()
    return event.prompt_hash


def _inside(name: str, parent: str, kind: Any, column: str) -> Column:
    get = attrgetter(name)

    def value(event: Event) -> Any:
        found = getattr(event, parent)
        return None if found is None else get(found)

    return Column(column, kind, value)


def _tools(name: str, kind: Any) -> Column:
    get = attrgetter(name)
    return Column(
        f"tool_calls.{name}",
        pa.list_(kind),
        lambda event: [get(call) for call in event.tool_calls or ()],
    )


EVENTS = Table(
    "ingest_events",
    fields(TEXT, "event_id", "tenant_id", "agent_id", "bundle_id"),
    Column("occurred_at", TIME, lambda event: _time(event.occurred_at)),
    [Column(name, TEXT, _stamp(name)) for name in ("phase_id", "arm", "traffic", "router_id")],
    Column("epoch", INT, _stamp("epoch")),
    Column("pair_id", TEXT, _stamp("pair_id")),
    Column("unit_id", TEXT, _unit),
    fields(TEXT, "session_id", "trace_id", "parent_event_id", "task"),
    fields(INT, "turn", "step"),
    Column("labels", pa.map_(TEXT, TEXT), lambda event: [*(event.labels or {}).items()]),
    fields(TEXT, "model_asked", "provider", "deployment", "prompt"),
    Column("prompt_hash", TEXT, _prompt_hash),
    Column("prompt_form", TEXT, lambda event: asked(event.prompt).form),
    Column("prompt_script", TEXT, lambda event: asked(event.prompt).script),
    Column("prompt_chars", INT, lambda event: asked(event.prompt).chars),
    fields(INT, "input_tokens", "cached_input_tokens"),
    Column("modalities", TEXTS, lambda event: event.modalities or ()),
    _inside("index_version", "retrieval", TEXT, "retrieval_index"),
    _inside("embedding_model", "retrieval", TEXT, "retrieval_embedding_model"),
    _inside("chunks", "retrieval", INT, "retrieval_chunks"),
    _inside("top_score", "retrieval", DOUBLE, "retrieval_top_score"),
    fields(TEXT, "model_served", "system_fingerprint", "output", "output_hash"),
    Column("output_chars", INT, _chars),
    fields(INT, "output_tokens", "reasoning_tokens"),
    fields(TEXT, "finish_reason", "expected_format", "embedding_model"),
    fields(BOOL, "schema_valid", "refused", "cancelled", "truncated"),
    Column("embedding", pa.list_(pa.float32()), lambda event: event.embedding or ()),
    _tools("name", TEXT),
    _tools("ok", BOOL),
    _tools("arguments_valid", BOOL),
    _tools("error", TEXT),
    _tools("duration_ms", pa.float32()),
    fields(pa.float32(), "latency_ms", "time_to_first_token_ms"),
    fields(DOUBLE, "cost_usd"),
    fields(INT, "attempts"),
    fields(TEXT, "fallback_from"),
    fields(BOOL, "cache"),
    _inside("kind", "error", TEXT, "error_kind"),
    _inside("code", "error", TEXT, "error_code"),
)


def _outcome_unit(outcome: Outcome) -> str | None:
    return outcome.unit_id if outcome.stamp is None else outcome.stamp.unit_id


OUTCOMES = Table(
    "outcomes",
    fields(TEXT, "outcome_id", "tenant_id", "agent_id", "event_id", "name", "label", "source"),
    Column("unit_id", TEXT, _outcome_unit),
    fields(DOUBLE, "value"),
    Column("occurred_at", TIME, lambda outcome: _time(outcome.occurred_at)),
    [Column(name, TEXT, _stamp(name)) for name in ("phase_id", "arm")],
    Column("epoch", INT, _stamp("epoch")),
)
