"""Between router and Kafka: the control topic read whole, acks and heartbeats sent."""

import asyncio
from statistics import median_low
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from holdfast_client.book import Received
from holdfast_client.parting import know_again, part, rest

__all__ = ["KafkaTransport", "Transport"]

SOON = 1.0
"""Seconds after which a partition is slow to take a heartbeat."""
LOG_APPEND = 1
"""Kafka's timestamp type for stamps of the broker's own."""


class Transport(Protocol):
    """What a router needs of the outside; a connection is started and stopped any number of times.

    Every method may raise `KafkaError` or `OSError`: the router then starts over.
    """

    async def start(self) -> None:
        """Connect, and stand at the beginning of what can be read of the control topic."""

    def whole(self) -> bool:
        """Whether that is all of it."""
        ...

    async def read(self, seconds: float) -> list[Received]:
        """Return the next records, or none after so many seconds."""
        ...

    def caught_up(self) -> bool:
        """Whether everything that was there to be read at the start has been."""
        ...

    async def fresh(self) -> bool:
        """Ask the brokers whether everything that is there now has been read."""
        ...

    async def ack(self, key: str, value: bytes) -> None:
        """Send an ack; return when the brokers have it."""

    async def heartbeat(self, key: str, value: bytes) -> int | None:
        """Send a heartbeat to every partition; return the brokers' stamp if it is their own.

        Those that are slow to take it are not waited for.
        """
        ...

    async def stop(self) -> None:
        """Disconnect."""


class KafkaTransport:
    """The transport over Kafka.

    Args:
        bootstrap: Servers, comma-separated.
        namespace: Prefix of the topics.
        options: Of aiokafka's clients: security.
    """

    def __init__(self, bootstrap: str, namespace: str, options: dict[str, Any]) -> None:
        self._options = {"bootstrap_servers": bootstrap, **options}
        self._control, self._acks = namespace + "control", namespace + "acks"
        self._consumer: AIOKafkaConsumer | None = None
        self._producer: AIOKafkaProducer | None = None
        self._ends: dict[TopicPartition, int] = {}
        self._behind: set[TopicPartition] = set()
        self._whole = self._other = False
        self._beats: set[asyncio.Task[Any]] = set()
        """Heartbeats on their way."""

    async def start(self) -> None:
        """Connect, and stand at the beginning of the partitions that have a leader.

        The others would hold all of it up; who starts anew looks for them again.
        """
        self._consumer = AIOKafkaConsumer(
            group_id=None, enable_auto_commit=False, auto_offset_reset="earliest",
            fetch_max_wait_ms=100, **self._options,
        )  # fmt: skip
        self._producer = AIOKafkaProducer(
            acks="all", linger_ms=0, request_timeout_ms=10_000, **self._options
        )
        self._other = False
        know_again(self._consumer, self._another)
        rest(self._consumer)
        rest(self._producer)
        await self._producer.start()
        await self._consumer.start()
        numbers = await self._producer.partitions_for(self._control)
        led = self._producer.client.cluster.available_partitions_for_topic(self._control)
        if not led:
            reason = "no partition of the control topic has a leader"
            raise ConnectionError(reason)
        self._whole = numbers <= led
        partitions = [TopicPartition(self._control, number) for number in sorted(led)]
        self._consumer.assign(partitions)
        await self._consumer.seek_to_beginning(*partitions)
        self._ends = dict(await self._consumer.end_offsets(partitions))
        self._behind = set(partitions)
        await self._look()

    def whole(self) -> bool:
        """Whether every partition has a leader to be read from."""
        return self._whole

    async def read(self, seconds: float) -> list[Received]:
        """Return the next records, or none after so many seconds."""
        assert self._consumer is not None
        chunks = await self._consumer.getmany(timeout_ms=round(seconds * 1000))
        if self._other:
            reason = "another cluster answers at this address"
            raise ConnectionError(reason)
        records = [
            Received(
                key=(record.key or b"").decode("utf-8", "replace"),
                value=record.value,
                at=record.timestamp,
                history=record.offset < self._ends[partition],
            )
            for partition, chunk in chunks.items()
            for record in chunk
        ]
        if self._behind:
            await self._look()
        return records

    def _another(self) -> None:
        self._other = True

    async def _look(self) -> None:
        assert self._consumer is not None
        for partition in list(self._behind):
            if await self._consumer.position(partition) >= self._ends[partition]:
                self._behind.discard(partition)

    def caught_up(self) -> bool:
        """Whether everything that was there at the start has been read."""
        return not self._behind

    async def fresh(self) -> bool:
        """Ask the brokers whether everything that is there now has been read."""
        assert self._consumer is not None
        if not self._whole:
            return False
        async with asyncio.timeout(10):
            ends = await self._consumer.end_offsets(list(self._ends))
        for partition, end in ends.items():
            if await self._consumer.position(partition) < end:
                return False
        return True

    async def ack(self, key: str, value: bytes) -> None:
        """Send an ack; return when the brokers have it."""
        assert self._producer is not None
        await self._producer.send_and_wait(self._acks, value, key.encode())

    async def heartbeat(self, key: str, value: bytes) -> int | None:
        """Send a heartbeat to every partition; return the brokers' stamp if it is their own.

        The median, so that one broker whose clock is wrong does not count.
        """
        assert self._producer is not None
        numbers = await self._producer.partitions_for(self._acks)
        sent = {
            asyncio.create_task(
                self._producer.send_and_wait(self._acks, value, key.encode(), partition=number)
            )
            for number in sorted(numbers)
        }
        self._beats |= sent
        for task in sent:
            task.add_done_callback(self._over)
        done, _ = await asyncio.wait(sent, timeout=SOON)
        if not done:
            done, _ = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        taken = [task.result() for task in done if task.exception() is None]
        if not taken:
            raise next(iter(done)).exception() or ConnectionError()
        stamps = [one.timestamp for one in taken if one.timestamp_type == LOG_APPEND]
        return median_low(stamps) if stamps else None

    def _over(self, beat: "asyncio.Task[Any]") -> None:
        self._beats.discard(beat)
        if not beat.cancelled():
            beat.exception()  # looked at: a late one is nobody's concern

    async def stop(self) -> None:
        """Disconnect; what cannot be closed is left to the garbage."""
        consumer, self._consumer = self._consumer, None
        producer, self._producer = self._producer, None
        for beat in self._beats:
            beat.cancel()
        for client in (consumer, producer):
            if client is not None:
                await part(client)
