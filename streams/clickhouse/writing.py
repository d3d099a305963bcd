"""From buffers into ClickHouse: claims, batches, retries, and what could not be read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from prometheus_client import Counter, Gauge

from streams.clickhouse.buffers import Buffers
from streams.clickhouse.client import connect_async
from streams.clickhouse.errors import FencedError
from streams.clickhouse.migrate import migrate
from streams.clickhouse.rows import Batch, read
from streams.clickhouse.sink import Sink, Span, sound
from streams.kafka.metrics import Metrics
from streams.kafka.pace import Pace
from streams.kafka.records import Record
from streams.settings import Settings

__all__ = ["Writer"]

AT_ONCE = 4
"""Inserts under way."""
INSERTING = 0.05
"""Of the time that inserts may take, or batches grow instead: most of what a batch costs ClickHouse, it
costs whatever its rows."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
TROUBLE = (ClickHouseError, aiohttp.ClientError, OSError, TimeoutError)
"""ClickHouse is gone, busy, or refuses: waited for, since dropping would lose."""

Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class Job(NamedTuple):
    """One batch, read and ready to be inserted."""

    span: Span
    batch: Batch


class Writer:
    """Keeps to the protocol of the sink, and waits where ClickHouse does not answer.

    Args:
        settings: Where ClickHouse is; topics.
        metrics: Where messages are counted.
        owner: Name of this process for its claims.
    """

    def __init__(self, settings: Settings, metrics: Metrics, owner: str) -> None:
        self._settings, self._metrics, self._owner = settings, metrics, owner
        self._client: AsyncClient | None = None
        self._sink: Sink
        self._recorded: dict[TopicPartition, int] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._pace, self._linger = Pace(INSERTING), settings.record_seconds
        self.waiting = False
        self._rows = Counter("holdfast_rows", "Rows inserted", ["table"], registry=metrics.registry)
        self._waits = Gauge(
            "holdfast_record_waiting", "1 while ClickHouse is waited for",
            registry=metrics.registry,
        )  # fmt: skip

    async def open(self, stop: asyncio.Event) -> bool:
        """Bring the schema up to date and connect; False where `stop` came first."""

        async def attempt() -> bool:
            for name in await asyncio.to_thread(migrate, self._settings):
                log.info("Applied migration %s.", name)
            self._client = await connect_async(self._settings)
            replicas = self._settings.clickhouse_cluster is not None
            ordered = {"insert_quorum": "auto", "select_sequential_consistency": 1}
            self._sink = Sink(self._client, self._owner, ordered if replicas else None)
            return True

        return bool(await self._patiently("connect", attempt, stop))

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def recorded(self, part: TopicPartition) -> int:
        """Return the offset behind the last one that is in ClickHouse."""
        return self._recorded.get(part, 0)

    async def claim(
        self, consumer: AIOKafkaConsumer, buffers: Buffers, stop: asyncio.Event
    ) -> None:
        """Take over the partitions that were assigned and set the consumer where each goes on."""
        parts = sorted(buffers.unclaimed)
        found = await self._patiently("claim", lambda: self._sink.claim(parts), stop)
        if not found:
            return
        first = await consumer.beginning_offsets(parts)
        last = await consumer.end_offsets(parts)
        for part, stored in found.items():
            if part not in buffers.unclaimed:  # given back meanwhile
                continue
            position = sound(part, stored, first[part], last[part])
            with suppress(KafkaError):
                consumer.seek(part, position.start)
                buffers.claimed(part, position)
                self._recorded[part] = position.start

    async def flush(
        self,
        consumer: AIOKafkaConsumer,
        producer: AIOKafkaProducer,
        buffers: Buffers,
        stop: asyncio.Event,
    ) -> bool:
        """Record every batch that is due; False if none was."""
        cuts = await self._cut(consumer, buffers)
        if not cuts:
            return False
        prefix = len(self._settings.namespace)
        jobs = [
            Job(span, await asyncio.to_thread(read, span.part.topic[prefix:], records))
            for span, records in cuts
        ]
        await self._park(producer, jobs)
        try:
            stored = await self._patiently("insert", lambda: self._store(jobs), stop)
        except FencedError as error:
            log.warning("%s.", error)
            buffers.revoke([job.span.part for job in jobs])
            assigned = consumer.assignment()
            buffers.assign(job.span.part for job in jobs if job.span.part in assigned)
            await asyncio.sleep(0.5)
            return True
        self._linger = self._pace.pause(self._settings.record_seconds)
        if stored:
            self._count(jobs)
            await _commit(consumer, {job.span.part: job.span.last + 1 for job in jobs})
        return True

    async def _cut(
        self, consumer: AIOKafkaConsumer, buffers: Buffers
    ) -> list[tuple[Span, list[Record]]]:
        now, linger = asyncio.get_running_loop().time(), self._linger
        ready, nearly = [], []
        for part, buffer in buffers.items():
            try:
                position = await consumer.position(part)
            except KafkaError:
                continue
            if buffer.due(now, linger, position):
                ready.append((part, buffer))
            elif buffer.due(now, linger / 2, position):
                nearly.append((part, buffer))
        if not ready:
            return []
        # One intent record serves all, so what is nearly due goes along.
        return [buffer.cut(part, now) for part, buffer in ready + nearly if buffers.holds(part)]

    async def _store(self, jobs: Sequence[Job]) -> bool:
        spans = [job.span for job in jobs]
        tables = [(job.span, table) for job in jobs for table in job.batch.tables.items()]
        with self._pace:
            await self._sink.begin(spans)
            await asyncio.gather(*(self._insert(span, table) for span, table in tables))
            await self._sink.done(spans)
        return True

    async def _insert(self, span: Span, table: tuple[str, object]) -> None:
        async with self._gate:
            await self._sink.insert(span, *table)

    async def _park(self, producer: AIOKafkaProducer, jobs: Sequence[Job]) -> None:
        topic = self._settings.topic("dead-letters")
        for job in jobs:
            for key, letter in job.batch.letters:
                await producer.send(topic, letter.model_dump_json().encode(), key=key)
        await producer.flush()

    def _count(self, jobs: Sequence[Job]) -> None:
        for span, batch in jobs:
            topic = span.part.topic[len(self._settings.namespace) :]
            self._metrics.processed(topic, batch.stored)
            self._metrics.skipped(topic, batch.skipped)
            self._metrics.parked(topic, len(batch.letters))
            self._recorded[span.part] = span.last + 1
            for table, rows in batch.tables.items():
                self._rows.labels(table).inc(len(rows))

    async def _patiently(
        self, what: str, attempt: Callable[[], Awaitable[Answer]], stop: asyncio.Event
    ) -> Answer | None:
        """Try until it works; None where `stop` came first."""
        tries = 0
        while True:
            try:
                answer = await attempt()
            except TROUBLE as error:
                self._wait(True)
                pause = PAUSES[min(tries, len(PAUSES) - 1)]
                log.warning(
                    "ClickHouse at %s does not %s (%s); trying again in %.1f s, nothing is lost.",
                    self._settings.clickhouse, what, _brief(error), pause,
                )  # fmt: skip
                tries += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                if stop.is_set():
                    return None
            else:
                self._wait(False)
                return answer

    def _wait(self, waiting: bool) -> None:
        self.waiting = waiting
        self._waits.set(waiting)


def _brief(error: BaseException) -> str:
    """Return the first line of an error, without the statement or the values it shows."""
    text = str(error).split("\n", 1)[0].split("DB::Exception:", 1)[-1]
    return f"{type(error).__name__}: {text[:200].strip()}"


async def _commit(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Tell Kafka how far we are, for those who watch the group; the sink's positions count."""
    mine: Collection[TopicPartition] = consumer.assignment()
    with suppress(KafkaError):
        await consumer.commit({part: at for part, at in offsets.items() if part in mine})
