"""Writes batches exactly once: claim -> begin -> insert with a token -> done.

A token makes ClickHouse drop a block that it has; but after a crash batches would be cut anew, and
new cuts have new tokens (measured: 5,008-6,769 rows for 4,000 events). So the cut is written down
first: `begin` with first and last offset. Whoever owns the partition next inserts exactly these
offsets again under the same token, and goes on behind them.

Kafka alone does not keep a stalled process from writing after another has taken over. So an owner
first writes a claim with a higher number, then reads how far its predecessor came; and a writer,
after `begin` and before inserting, looks whether a higher claim is there. One of the two always
sees the other: either the old owner stops, or the new one finds its `begin` and repeats it.

Positions here win over offsets committed to Kafka: an empty database is filled from the start of
the topics.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
from aiokafka import TopicPartition
from clickhouse_connect.driver.asyncclient import AsyncClient

from streams.clickhouse.client import INSERT
from streams.clickhouse.errors import FencedError

__all__ = ["Position", "Sink", "Span", "sound"]

log = logging.getLogger(__name__)

COLUMNS = (
    "topic", "partition", "slot", "claim", "owner", "state", "first", "last", "incarnation",
    "version",
)  # fmt: skip
HERE = ""
"""Slot of the position; a claim's slot is its owner."""


class Position(NamedTuple):
    """How far a partition has been recorded.

    Args:
        state: `begin`: the batch may be in part or whole in ClickHouse; `done`: it is whole;
            empty: nothing has been recorded.
        first: First offset of the last batch.
        last: Last offset of the last batch.
        incarnation: Grows when the topic is found to have been created anew.
    """

    state: str = ""
    first: int = 0
    last: int = -1
    incarnation: int = 0

    @property
    def start(self) -> int:
        """First offset to read."""
        return self.first if self.state == "begin" else self.last + 1


class Span(NamedTuple):
    """The offsets of one batch of one partition."""

    part: TopicPartition
    first: int
    last: int
    incarnation: int = 0

    @property
    def token(self) -> str:
        """Under which ClickHouse knows the batch again."""
        topic, partition = self.part
        return f"{topic}:{partition}:{self.incarnation}:{self.first}-{self.last}"


@dataclass(slots=True)
class _Claim:
    number: int
    sequence: int = 0

    @property
    def version(self) -> int:
        """Of the next row: later claims win, then later rows of a claim."""
        self.sequence += 1
        return self.number << 32 | self.sequence


class Sink:
    """Inserts batches of the partitions it has claimed.

    Args:
        client: Of the database.
        owner: Name of this process that no other has, nor it in another life.
        ordered: More settings for reads and writes of positions, where there are replicas.
    """

    def __init__(
        self, client: AsyncClient, owner: str, ordered: dict[str, Any] | None = None
    ) -> None:
        self._client, self._owner = client, owner
        self._ordered = ordered or {}
        self._claims: dict[TopicPartition, _Claim] = {}

    async def claim(self, parts: Collection[TopicPartition]) -> dict[TopicPartition, Position]:
        """Take partitions over and return where to go on.

        A partition that another process claims at the same moment is left out: ask again.
        """
        rows = await self._rows()
        for part in parts:
            top = max((row["claim"] for row in rows if _part(row) == part), default=0)
            self._claims[part] = _Claim(top + 1)
        await self._write((part, self._owner, "claim", Position()) for part in parts)
        rows = await self._rows()
        lost = self._lost(rows, parts)
        found = {part: Position() for part in parts if part not in lost}
        for row in rows:
            if row["slot"] == HERE and (part := _part(row)) in found:
                found[part] = Position(row["state"], row["first"], row["last"], row["incarnation"])
        return found

    async def begin(self, spans: Collection[Span]) -> None:
        """Write down what is about to be inserted.

        Raises:
            FencedError: Another process has claimed some of these partitions; insert nothing.
        """
        await self._mark("begin", spans)
        if lost := self._lost(await self._rows(), [span.part for span in spans]):
            raise FencedError(lost)

    async def insert(self, span: Span, table: str, rows: pa.Table) -> None:
        """Insert the rows of one table; again under the same span changes nothing."""
        settings = {**INSERT, "insert_deduplication_token": span.token}
        await self._client.insert_arrow(table, rows, settings=settings)

    async def done(self, spans: Collection[Span]) -> None:
        """Write down that everything of these spans is in ClickHouse."""
        await self._mark("done", spans)

    async def _mark(self, state: str, spans: Iterable[Span]) -> None:
        await self._write(
            (span.part, HERE, state, Position(state, span.first, span.last, span.incarnation))
            for span in spans
        )

    async def _write(self, marks: Iterable[tuple[TopicPartition, str, str, Position]]) -> None:
        rows = []
        for part, slot, state, position in marks:
            claim = self._claims[part]
            rows.append([
                part.topic, part.partition, slot, claim.number, self._owner, state,
                position.first, max(position.last, 0), position.incarnation, claim.version,
            ])  # fmt: skip
        settings = {"async_insert": 0, **self._ordered}
        await self._client.insert("sink_state", rows, column_names=COLUMNS, settings=settings)

    async def _rows(self) -> list[dict[str, Any]]:
        answer = await self._client.query(
            f"SELECT {', '.join(f'`{name}`' for name in COLUMNS)} FROM sink_state FINAL",
            settings=self._ordered,
        )
        return list(answer.named_results())

    def _lost(
        self, rows: Iterable[dict[str, Any]], parts: Collection[TopicPartition]
    ) -> set[TopicPartition]:
        wanted = set(parts)
        return {
            part
            for row in rows
            if (part := _part(row)) in wanted
            and row["owner"] != self._owner
            and row["claim"] >= self._claims[part].number
        }


def _part(row: dict[str, Any]) -> TopicPartition:
    return TopicPartition(row["topic"], row["partition"])


def sound(part: TopicPartition, stored: Position, first: int, end: int) -> Position:
    """Return where to go on, given what the topic still holds."""
    if stored.state and stored.last >= end:
        log.warning(
            "%s[%d] ends at %d, but ClickHouse has up to %d: the topic was created anew and is "
            "recorded from its start.", part.topic, part.partition, end, stored.last,
        )  # fmt: skip
        return Position("done", 0, first - 1, stored.incarnation + 1)
    if stored.start < first:
        if stored.state:
            log.warning(
                "%s[%d] begins at %d, recorded is up to %d: what was between has left the topic.",
                part.topic, part.partition, first, stored.start,
            )  # fmt: skip
        if stored.state != "begin" or stored.last < first:
            return Position("done", 0, first - 1, stored.incarnation)
    return stored
