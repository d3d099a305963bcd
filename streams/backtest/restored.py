"""Events as ClickHouse holds them, as the fold takes them: what measure saw, and what was asked.

Most events of a busy agent are repeats, of which a backtest asks little more than whose they are.
So only that is made of each; of those that count, the rest.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detectors.features.categories import categories, code
from detectors.features.circumstances import Around, Asked, circumstances
from detectors.metrics import CATALOGUE, INDEX, SIZE
from detectors.seen import Seen
from schemas import Event, Retrieval, Stamp, ToolCall
from schemas.event import CallError
from schemas.reading import known_stamp
from streams.agents.prepare import cached_share
from streams.backtest.columns import Vectors, matrix, plain
from streams.backtest.lines import UNREAD, Line

__all__ = ["COLUMNS", "Restored"]

_RELATIVE: Final = ("embedding_", "transformer_")
"""Metrics that depend on what live had seen before: made anew from the vectors."""
_PLACES: Final = {name: i for name, i in INDEX.items() if not name.startswith(_RELATIVE)}
_ADJUSTED: Final = [
    (name, INDEX[name]) for name in ("latency_ms", "time_to_first_token_ms", "cost_usd")
]
"""Metrics that live brought to the cached share that was usual then: made anew likewise."""
_NAMED: Final = [i for i, metric in enumerate(CATALOGUE) if metric.kind == "categorical"]


class _Head(NamedTuple):
    """What is asked of every event; empty text stands for what it had not."""

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
    task: str
    prompt_hash: str
    input_tokens: int | None
    cached_input_tokens: int | None
    embedding_model: str
    cache: bool
    at: int
    part: int
    off: int
    measured: int
    stratum: str


class _Rest(NamedTuple):
    """What is asked of an event that counts."""

    parent_event_id: str
    provider: str
    deployment: str
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
    cancelled: bool
    tools: list[str]
    latency_ms: float | None
    time_to_first_token_ms: float | None
    cost_usd: float | None
    attempts: int
    fallback_from: str
    error_kind: str
    format: str


COLUMNS: Final = (*_Head._fields[: _Head._fields.index("at")], *_Rest._fields[:-1])
"""Of the table of events."""


class Restored:
    """Events of one answer of ClickHouse.

    Args:
        table: A row an event, with the columns of both kinds, `metrics` and three vectors.
    """

    def __init__(self, table: pa.Table) -> None:
        self._heads = [plain(table.column(name)) for name in _Head._fields]
        self._rest = [plain(table.column(name)) for name in _Rest._fields]
        self._values = matrix(table.column("metrics"), _PLACES, SIZE)
        self._own, self._static, self._slow = (
            Vectors(table.column(name)) for name in ("own", "vector", "slow")
        )
        self._named: dict[bytes, list[tuple[int, str]]] = {}

    def lines(self) -> Iterator[Line | None]:
        """Give each event, in order; None: measure has stored nothing of it."""
        for number, head in enumerate(map(_Head, *self._heads)):
            yield self._line(number, head) if head.measured else None

    def _line(self, number: int, head: _Head) -> Line:
        seen = Seen(
            tenant_id=head.tenant_id, agent_id=head.agent_id, bundle_id=head.bundle_id,
            stamp=_stamp(head), unit_id=head.unit_id, event_id=head.event_id,
            stratum=head.stratum, values=UNREAD, at=head.at, partition=head.part, offset=head.off,
            evidence=not head.cache, bounded=True,
            cached=cached_share(head.cached_input_tokens, head.input_tokens),
        )  # fmt: skip
        seen.transformer, own = self._slow.of(number), self._own.of(number)
        if own is not None:
            seen.static, seen.embedder = own, head.embedding_model or "service"
        elif (static := self._static.of(number)) is not None:
            seen.static, seen.embedder = static, "stored"
        asked = head.pair_id or head.prompt_hash
        return Line(
            head.at, None, 0, seen, f"{head.task}\0{asked}" if asked else "", head.off, head.part,
            rest=partial(self._complete, number, head, own is not None),
        )  # fmt: skip

    def _complete(self, number: int, head: _Head, own: bool, seen: Seen) -> None:
        """Write the rest into an event; what rests on others is for the fold to find anew."""
        seen.values = values = self._values[number].copy()
        # Copies: what is kept of an event shall not keep the whole answer in memory.
        seen.static = None if seen.static is None else seen.static.copy()
        seen.transformer = None if seen.transformer is None else seen.transformer.copy()
        row = _Rest(*[column[number] for column in self._rest])
        seen.labels = self._labels(row, own, values)
        if seen.evidence:
            seen.context = partial(circumstances, _around(head, row))
        if seen.cached is not None:
            for name, place in _ADJUSTED:
                value = getattr(row, name)
                values[place] = np.nan if value is None else value

    def _labels(self, row: _Rest, own: bool, values: NDArray[np.float64]) -> list[tuple[int, str]]:
        """Return the names of the codes that were measured, for people: the same for the same."""
        codes = values.take(_NAMED).tobytes()
        found = self._named.get(codes)
        if found is None:
            wanted = {i: number for i in _NAMED if (number := values.item(i)) == number}
            found = _labels(_answer(row, own), row.format or None, wanted)
            if len(found) == len(wanted):
                self._named[codes] = found
        return found


def _stamp(head: _Head) -> Stamp | None:
    if not head.phase_id:
        return None
    return known_stamp(
        phase_id=head.phase_id, arm=head.arm, traffic=head.traffic, epoch=head.epoch,
        router_id=head.router_id, unit_id=head.unit_id, pair_id=head.pair_id or None,
    )  # fmt: skip


_SENT: Final = [0.0]
"""Stands for a vector of the service's own where only that there was one is asked."""


def _around(head: _Head, row: _Rest) -> Around:
    retrieval = None
    said = row.retrieval_index, row.retrieval_embedding_model
    if any(said) or row.retrieval_chunks is not None or row.retrieval_top_score is not None:
        retrieval = Retrieval.model_construct(
            index_version=said[0] or None, embedding_model=said[1] or None,
            chunks=row.retrieval_chunks, top_score=row.retrieval_top_score,
        )  # fmt: skip
    asked = Asked(row.prompt_form or None, row.prompt_script or None, row.prompt_chars)
    return Around(
        asked, head.task or None, row.parent_event_id or None, row.provider or None,
        row.deployment or None, row.model_served or None, row.system_fingerprint or None,
        row.fallback_from or None, head.input_tokens, head.cached_input_tokens, row.modalities,
        retrieval, row.attempts,
    )  # fmt: skip


def _answer(row: _Rest, own: bool) -> Event:
    """Return what is asked of an answer besides its text; it was valid when it came."""
    fields: dict[str, Any] = {
        "model_served": row.model_served or None, "finish_reason": row.finish_reason or None,
        "output_chars": row.output_chars, "output_tokens": row.output_tokens,
        "schema_valid": row.schema_valid, "latency_ms": row.latency_ms,
        "time_to_first_token_ms": row.time_to_first_token_ms, "cost_usd": row.cost_usd,
        "cancelled": row.cancelled, "embedding": _SENT if own else None,
        "tool_calls": [ToolCall.model_construct(name=name) for name in row.tools] or None,
        "error": CallError.model_construct(kind=row.error_kind) if row.error_kind else None,
    }  # fmt: skip
    return Event.model_construct(**fields)


def _labels(
    event: Event, output_format: str | None, wanted: Mapping[int, float]
) -> list[tuple[int, str]]:
    """Return the names of codes by metric.

    No tools and none reported look alike in ClickHouse, and so does an embedding that has gone;
    the code tells which it was.
    """
    found: dict[int, str] = {}
    for tools, embedding in product((event.tool_calls, []), (event.embedding, None, _SENT)):
        guess = event.model_copy(update={"tool_calls": tools, "embedding": embedding})
        for metric, label in categories(guess, output_format):
            if wanted.get(metric) == code(label):
                found[metric] = label
        if len(found) == len(wanted):
            break
    return list(found.items())
