"""An event as ClickHouse holds it, as the fold takes it: what measure saw, and what was asked."""

from functools import partial
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.features.categories import categories, code
from detectors.features.circumstances import Asked, circumstances
from detectors.metrics import CATALOGUE, INDEX, SIZE
from detectors.seen import Seen
from schemas import Event, Retrieval, Stamp, ToolCall
from schemas.event import CallError
from streams.agents.prepare import cached_share

__all__ = ["COLUMNS", "Row", "restored"]

_RELATIVE: Final = ("embedding_", "transformer_")
"""Metrics that depend on what live had seen before: made anew from the vectors."""
_ADJUSTED: Final = ("latency_ms", "time_to_first_token_ms", "cost_usd")
"""Metrics that live brought to the cached share that was usual then: made anew likewise."""
_NAMED: Final = [i for i, metric in enumerate(CATALOGUE) if metric.kind == "categorical"]


class Row(NamedTuple):
    """One event with its features; empty text stands for what it had not."""

    event_id: str
    tenant_id: str
    agent_id: str
    bundle_id: str
    phase_id: str
    arm: str
    traffic: str
    epoch: int
    router_id: str
    unit_id: str
    pair_id: str
    parent_event_id: str
    task: str
    provider: str
    deployment: str
    input_tokens: int | None
    cached_input_tokens: int | None
    prompt_hash: str
    prompt_form: str
    prompt_script: str
    prompt_chars: int | None
    modalities: list[str]
    retrieval_index: str
    retrieval_embedding_model: str
    retrieval_chunks: int | None
    retrieval_top_score: float | None
    model_served: str
    system_fingerprint: str
    output_chars: int | None
    output_tokens: int | None
    finish_reason: str
    schema_valid: bool | None
    embedding_model: str
    cancelled: bool
    tools: list[str]
    latency_ms: float | None
    time_to_first_token_ms: float | None
    cost_usd: float | None
    attempts: int
    fallback_from: str
    cache: bool
    error_kind: str
    at: int
    part: int
    off: int
    measured: bool
    stratum: str
    metrics: dict[str, float]
    format: str
    vector: list[float]
    slow: list[float]
    own: list[float]


COLUMNS: Final = Row._fields[: Row._fields.index("at")]
"""Of the table of events."""


def restored(row: Row) -> Seen:
    """Return the event as it was measured; what rests on others is for the fold to find anew."""
    event = _event(row)
    seen = Seen(
        tenant_id=row.tenant_id, agent_id=row.agent_id, bundle_id=row.bundle_id,
        stamp=_stamp(row), unit_id=row.unit_id, event_id=row.event_id, stratum=row.stratum,
        values=_values(row), at=row.at, partition=row.part, offset=row.off,
        evidence=not row.cache, bounded=True, cached=cached_share(event),
    )  # fmt: skip
    if not row.cache:
        asked = Asked(row.prompt_form or None, row.prompt_script or None, row.prompt_chars)
        seen.context = partial(circumstances, event, asked)
    seen.labels = _labels(event, row, seen.values)
    if seen.cached is not None:
        for name in _ADJUSTED:
            value = getattr(event, name)
            seen.values[INDEX[name]] = np.nan if value is None else value
    if len(row.own):
        seen.static = np.asarray(row.own, np.float32)
        seen.embedder = row.embedding_model or "service"
    elif len(row.vector):
        seen.static, seen.embedder = np.asarray(row.vector, np.float32), "stored"
    if len(row.slow):
        seen.transformer = np.asarray(row.slow, np.float32)
    return seen


def _stamp(row: Row) -> Stamp | None:
    if not row.phase_id:
        return None
    fields: dict[str, Any] = {
        "phase_id": row.phase_id, "arm": row.arm, "traffic": row.traffic, "epoch": row.epoch,
        "router_id": row.router_id, "unit_id": row.unit_id, "pair_id": row.pair_id or None,
    }  # fmt: skip
    return Stamp(**fields)


def _values(row: Row) -> NDArray[np.float64]:
    values = np.full(SIZE, np.nan)
    for name, value in row.metrics.items():
        place = INDEX.get(name)
        if place is not None and not name.startswith(_RELATIVE):
            values[place] = value
    return values


def _event(row: Row) -> Event:
    """Return what is asked of an event besides its text; it was valid when it came."""
    retrieval = None
    said = row.retrieval_index, row.retrieval_embedding_model
    if any(said) or row.retrieval_chunks is not None or row.retrieval_top_score is not None:
        retrieval = Retrieval.model_construct(
            index_version=said[0] or None, embedding_model=said[1] or None,
            chunks=row.retrieval_chunks, top_score=row.retrieval_top_score,
        )  # fmt: skip
    plain = (
        "task", "parent_event_id", "provider", "deployment", "model_served", "system_fingerprint",
        "finish_reason", "fallback_from", "input_tokens", "cached_input_tokens", "output_chars",
        "output_tokens", "schema_valid", "latency_ms", "time_to_first_token_ms", "cost_usd",
    )  # fmt: skip
    fields: dict[str, Any] = {name: getattr(row, name) for name in plain}
    fields = {name: None if value == "" else value for name, value in fields.items()}
    return Event.model_construct(
        **fields, retrieval=retrieval, modalities=row.modalities, attempts=row.attempts,
        cancelled=row.cancelled, embedding=list(row.own) or None,
        tool_calls=[ToolCall.model_construct(name=name) for name in row.tools] or None,
        error=CallError.model_construct(kind=row.error_kind) if row.error_kind else None,
    )  # fmt: skip


def _labels(event: Event, row: Row, values: NDArray[np.float64]) -> list[tuple[int, str]]:
    """Return the names of the codes that were measured, for people.

    No tools and none reported look alike in ClickHouse, and so does an embedding that has gone;
    the code tells which it was.
    """
    wanted = {row: values[row] for row in _NAMED if values[row] == values[row]}
    found: dict[int, str] = {}
    for tools, embedding in product((event.tool_calls, []), (event.embedding, None, [0.0])):
        if len(found) == len(wanted):
            break
        guess = event.model_copy(update={"tool_calls": tools, "embedding": embedding})
        for metric, label in categories(guess, row.format or None):
            if wanted.get(metric) == code(label):
                found[metric] = label
    return list(found.items())
