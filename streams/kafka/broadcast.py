"""A small compacted topic, whole, in every process: read to its end before the app starts."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from streams.errors import TopicsMissingError
from streams.kafka.metrics import Metrics
from streams.kafka.records import give_up
from streams.kafka.security import client_options
from streams.settings import Settings

__all__ = ["Apply", "Broadcast"]

Apply = Callable[[bytes, bytes | None], None]
"""Called with key and value of each record in order; None is a tombstone."""

IDLE_SECONDS = 5.0
"""A partition that gives nothing for so long, though its broker answers, is read to its end,
whatever its last offset says."""

log = logging.getLogger(__name__)


class Broadcast(Service):
    """Reads a topic from its beginning, then follows it.

    Handed to the worker beside the app: its start returns when the end as of then is reached.

    Args:
        settings: Where the brokers are.
        topic: Name without namespace.
        apply: Takes each record; an error in it is logged and counted, for one bad record must
            not stop every process.
        metrics: Where records not applied are counted.
    """

    def __init__(
        self,
        settings: Settings,
        topic: str,
        apply: Apply,
        *,
        metrics: Metrics | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._settings, self.topic = settings, settings.topic(topic)
        self._apply = apply
        self._metrics = metrics if metrics is not None else Metrics()
        self._applied: dict[Any, int] = {}
        self._consumer: Any = None

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Apply one record."""
        if key is None:
            return
        try:
            self._apply(key, value)
        except Exception:
            self._metrics.unapplied.labels(self.topic).inc()
            log.exception("A record of %s with key %r is left out.", self.topic, key)

    async def catch_up(self, timeout: float = 5.0) -> bool:  # noqa: ASYNC109
        """Wait until all that the topic holds now has been applied.

        Args:
            timeout: Seconds.

        Returns:
            Whether it has; False too if no broker says what it holds.
        """
        try:
            ends = await self._consumer.end_offsets(list(self._consumer.assignment()))
        except KafkaError as error:
            log.warning("%s cannot be read on (%s).", self.topic, type(error).__name__)
            return False
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while any(self._applied.get(tp, 0) < end for tp, end in ends.items()):
            if loop.time() > until:
                return False
            await asyncio.sleep(0.005)
        return True

    async def on_start(self) -> None:
        """Read to the end.

        Raises:
            TopicsMissingError: There is no such topic.
        """
        self._consumer = AIOKafkaConsumer(
            **client_options(self._settings),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await self._consumer.start()
        partitions = await self._partitions()
        self._consumer.assign(partitions)
        ends = await self._consumer.end_offsets(partitions)
        await self._catch_up({tp: end for tp, end in ends.items() if end > 0})
        log.info("%s is read.", self.topic)

    async def _catch_up(self, ends: dict[Any, int]) -> None:
        loop = asyncio.get_running_loop()
        moved = loop.time()
        while not self.should_stop:
            missing = [tp for tp, end in ends.items() if await self._consumer.position(tp) < end]
            if not missing:
                break
            if await self._step(200):
                moved = loop.time()
            elif loop.time() - moved > IDLE_SECONDS:
                # Brokers that are away give nothing either: then this raises.
                await self._consumer.end_offsets(missing)
                if not await self._step(round(IDLE_SECONDS * 1000)):
                    log.warning("%s gives no more records; taken as read.", missing)
                    break
                moved = loop.time()
        for tp, end in ends.items():
            self._applied[tp] = max(self._applied.get(tp, 0), end)

    async def _partitions(self) -> list[TopicPartition]:
        await self._consumer._client.set_topics([self.topic])
        found: set[int] | None = self._consumer.partitions_for_topic(self.topic)
        if not found:
            message = f"topic {self.topic} does not exist: run `holdfast topics --apply`"
            raise TopicsMissingError(message)
        return [TopicPartition(self.topic, number) for number in sorted(found)]

    async def _step(self, timeout_ms: int) -> int:
        count = 0
        for tp, records in (await self._consumer.getmany(timeout_ms=timeout_ms)).items():
            for record in records:
                self.take(record.key, record.value)
                self._applied[tp] = record.offset + 1
            count += len(records)
        return count

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            try:
                await self._step(500)
            except Exception as error:  # noqa: BLE001  a process that no longer hears must not go on
                if not self.should_stop:
                    give_up(f"{self.topic} can no longer be followed", error)

    async def on_stop(self) -> None:
        """Leave the brokers."""
        if self._consumer is not None:
            await self._consumer.stop()
