"""The record role: every topic into ClickHouse, each message exactly once.

A plain consumer with a group. It keeps reading while a batch is inserted; where ClickHouse is slow
or gone, buffers fill, reading stops, readiness says so, and nothing is lost.
"""

import asyncio
import gc
import logging
import os
import signal
import uuid
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from streams.clickhouse.buffers import Buffers
from streams.clickhouse.writing import Writer
from streams.errors import BrokerUnreachableError, StreamsError
from streams.kafka.identity import hold_to_cluster
from streams.kafka.logs import setup
from streams.kafka.metrics import Metrics, MetricsServer
from streams.kafka.records import EXIT_BROKEN
from streams.kafka.required import app_id
from streams.kafka.seats import Seat, follow
from streams.kafka.security import client_options
from streams.kafka.worker import EXIT_SETTINGS, EXIT_UNREACHABLE, prepare
from streams.settings import Settings
from streams.topics import TABLE

__all__ = ["Recorder", "run_record"]

POLL_MS = 200
STOP_SECONDS = 3.0
LAG_SECONDS = 5.0
IDLE_MS = 3_600_000
"""A member that waits for ClickHouse is no dead member; a dead one misses its heartbeats."""

COLLECT = (200_000, 20, 20)
"""A batch is 10,000 messages at once, none in a cycle: with Python's thresholds looking through them
again and again took half of the time."""
NOISY = ("urllib3", "clickhouse_connect")
"""Libraries that tell of each failed try what we say once, statements included."""

log = logging.getLogger(__name__)


def run_record(settings: Settings) -> int:
    """Run the role until it is told to stop.

    Returns:
        Exit status: 0 told to stop, 69 no broker, 75 start again, 78 settings.
    """
    setup(settings)
    gc.freeze()
    gc.set_threshold(*COLLECT)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        return asyncio.run(_main(settings))
    except BrokerUnreachableError as error:
        log.critical("%s.", error)
        return EXIT_UNREACHABLE
    except StreamsError as error:
        log.critical("%s.", error)
        return EXIT_SETTINGS
    except KeyboardInterrupt:
        return 0
    except Exception:
        log.critical("Record failed; start it again, nothing is lost.", exc_info=True)
        return EXIT_BROKEN


async def _main(settings: Settings) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    metrics = Metrics()
    recorder = Recorder(settings, metrics)
    server = None
    if settings.metrics_port:
        server = MetricsServer(
            metrics, settings.listen, settings.metrics_port, lambda: recorder.ready
        ).start()
    running = asyncio.create_task(recorder.run(stop))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            log.info("Told to stop: finishing the batch.")
            loop.call_later(STOP_SECONDS + 1.5, os._exit, 0)
            await asyncio.wait({running}, timeout=STOP_SECONDS)
            running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    finally:
        stopped.cancel()
        if server is not None:
            server.stop()
    return 0


class Recorder(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Reads all topics and hands batches to the writer.

    Args:
        settings: Of the process.
        metrics: Where messages are counted.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._buffers = Buffers()
        self._writer = Writer(settings, metrics, f"{os.getpid()}-{uuid.uuid4().hex}")
        self._assigned = False
        self._seat = Seat()
        self._consumer: Any = None

    @property
    def ready(self) -> bool:
        """Partitions are claimed and ClickHouse takes what it is given."""
        return self._assigned and not self._buffers.unclaimed and not self._writer.waiting

    async def run(self, stop: asyncio.Event) -> None:
        """Record until `stop` is set."""
        await prepare(self._settings, "record")
        self._seat = await follow(self._settings, app_id(self._settings, "record"))
        if not await self._writer.open(stop):
            return
        options = client_options(self._settings)
        consumer = AIOKafkaConsumer(
            **options,
            group_id=app_id(self._settings, "record"),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=round(self._settings.session_timeout_seconds * 1000),
            heartbeat_interval_ms=round(self._settings.session_timeout_seconds * 100),
            max_poll_interval_ms=IDLE_MS,
            fetch_max_wait_ms=POLL_MS,
        )
        hold_to_cluster(consumer._client)
        self._consumer = consumer
        producer = AIOKafkaProducer(**options, acks="all", max_request_size=4 << 20)
        consumer.subscribe([self._settings.topic(row.name) for row in TABLE], listener=self)
        await producer.start()
        try:
            await consumer.start()
            await self._both(consumer, producer, stop)
        finally:
            await consumer.stop()
            await producer.stop()
            await self._writer.close()

    async def _both(
        self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, stop: asyncio.Event
    ) -> None:
        writing = asyncio.create_task(self._write(consumer, producer, stop))
        reading = asyncio.create_task(self._read(consumer, stop))
        lagging = asyncio.create_task(self._lag(consumer))
        try:
            done, _ = await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await writing
        finally:
            tasks = (writing, reading, lagging)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def on_partitions_revoked(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, revoked: Collection[TopicPartition]
    ) -> None:
        """Forget what was read; a batch under way is the same for its next owner."""
        self._assigned = False
        self._buffers.revoke(revoked)

    async def on_partitions_assigned(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, assigned: Collection[TopicPartition]
    ) -> None:
        """Note what is to be claimed; nothing of it is read before."""
        self._buffers.assign(assigned)
        self._assigned = True
        self._seat.note(self._consumer._coordinator.member_id)
        log.info("%s reads %d partitions.", app_id(self._settings, "record"), len(assigned))

    async def _read(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            if not (parts := self._buffers.room()):
                await asyncio.sleep(0.05)
                continue
            try:
                found = await consumer.getmany(*parts, timeout_ms=POLL_MS)
            except IllegalStateError:  # given back while it was asked for
                await asyncio.sleep(0.05)
            except KafkaError as error:
                log.warning("Reading failed (%s); trying again.", error)
                await asyncio.sleep(1.0)
            else:
                for part, records in found.items():
                    self._buffers.add(part, records, loop.time())

    async def _write(
        self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, stop: asyncio.Event
    ) -> None:
        while not stop.is_set():
            if self._buffers.unclaimed:
                await self._writer.claim(consumer, self._buffers, stop)
            if not await self._writer.flush(consumer, producer, self._buffers, stop):
                await asyncio.sleep(0.05)

    async def _lag(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(LAG_SECONDS)
            for part in consumer.assignment():
                end = consumer.highwater(part)
                with suppress(KafkaError):
                    if end is not None and self._buffers.holds(part):
                        lag = max(0, end - self._writer.recorded(part))
                        self._metrics.lag.labels(part.topic, str(part.partition)).set(lag)
