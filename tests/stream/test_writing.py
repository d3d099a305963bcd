"""Where an insert is dear, batches grow; nothing waits for ever."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition

from streams.clickhouse import writing
from streams.clickhouse.buffers import Buffers
from streams.clickhouse.sink import Position
from streams.clickhouse.writing import Writer
from streams.kafka.metrics import Metrics
from streams.settings import Settings
from tests.recorded import AT, Stored, event

PART = TopicPartition("holdfast.events", 0)
LINGER = 10.0


class _Sink:
    """Takes everything, each insert after so many seconds, the first ones not at all."""

    def __init__(self, seconds: float, gone: int = 0) -> None:
        self.seconds, self.gone = seconds, gone

    async def begin(self, spans: object) -> None: ...

    async def insert(self, *what: object) -> None:
        self.gone -= 1
        if self.gone >= 0:
            raise ConnectionError
        await asyncio.sleep(self.seconds)

    async def done(self, spans: object) -> None: ...


class _Kafka:
    """As a consumer and a producer: nobody commits, nothing is parked."""

    async def position(self, part: TopicPartition) -> int:
        return 99

    def assignment(self) -> set[TopicPartition]:
        return set()

    async def commit(self, offsets: object) -> None: ...

    async def flush(self) -> None: ...


async def _goes_out(writer: Writer, waited: float) -> bool:
    """Return whether an event that has waited for so many seconds is recorded now."""
    buffers, kafka, sent = Buffers(), _Kafka(), event(1)
    buffers.claimed(PART, Position())
    record: Any = Stored(PART.topic, 0, 0, AT, sent.key, sent.value)
    buffers.add(PART, [record], asyncio.get_running_loop().time() - waited)
    anything: Any = kafka
    return await writer.flush(anything, anything, buffers, asyncio.Event())


async def test_batches_grow_where_inserts_are_dear_but_none_waits_for_ever() -> None:
    writer: Any = Writer(Settings(record_seconds=LINGER), Metrics(), "me")
    writer._sink = _Sink(seconds=0.9)
    assert await _goes_out(writer, LINGER)
    assert not await _goes_out(writer, 1.5 * LINGER), "after .9 s the next is 18 s later"
    writer._sink.seconds = 0.0
    assert await _goes_out(writer, 3 * LINGER)
    assert await _goes_out(writer, LINGER), "inserts are cheap again"


async def test_waiting_for_clickhouse_makes_no_insert_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PAUSES", (0.9,))
    writer: Any = Writer(Settings(record_seconds=LINGER), Metrics(), "me")
    writer._sink = _Sink(seconds=0.0, gone=1)
    assert await _goes_out(writer, LINGER)
    assert await _goes_out(writer, LINGER)
