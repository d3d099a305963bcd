"""Kafka as a person's command needs it: send a few records, read a topic to its end, follow it."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError

from streams.desk.errors import NothingRunningError
from streams.errors import StreamsError
from streams.kafka.records import Record
from streams.settings import Settings

__all__ = ["Record", "consuming", "follow", "producing", "read", "send", "unwrapped"]

ANSWER = 15.0
"""Seconds after which brokers are said not to answer: a person waits for it."""
PATIENCE = 30.0
"""Seconds without a record after which a topic that has more cannot be read."""

# What aiokafka says goes where logs go, if anywhere: a person at a terminal gets our own words.
logging.getLogger("aiokafka").addHandler(logging.NullHandler())


@asynccontextmanager
async def producing(settings: Settings, **options: Any) -> AsyncIterator[aiokafka.AIOKafkaProducer]:
    """Give a started producer that waits for every replica in sync.

    Raises:
        NothingRunningError: No broker answers.
    """
    producer = aiokafka.AIOKafkaProducer(
        **_options(settings), acks="all", enable_idempotence=True, **options
    )
    try:
        await _start(producer, settings)
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def consuming(settings: Settings, *names: str) -> AsyncIterator[aiokafka.AIOKafkaConsumer]:
    """Give a consumer of every partition of the topics `names`, in no group.

    Raises:
        NothingRunningError: No broker answers.
        StreamsError: A topic does not exist.
    """
    consumer = aiokafka.AIOKafkaConsumer(
        **_options(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    try:
        await _start(consumer, settings)
        partitions = []
        for name in names:
            topic = settings.topic(name)
            found = await _partitions(consumer, topic)
            partitions += [aiokafka.TopicPartition(topic, number) for number in found]
        consumer.assign(partitions)
        yield consumer
    finally:
        await consumer.stop()


async def read(settings: Settings, *names: str, last: int | None = None) -> list[Record]:
    """Return what the topics `names` hold now, each partition in order.

    Args:
        settings: Where.
        names: Topics without prefix.
        last: Only so many offsets before the end of each partition; None: all.

    Raises:
        StreamsError: The brokers stop giving in the middle of it.
    """
    records: list[Record] = []
    async with consuming(settings, *names) as consumer:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        starts = await consumer.beginning_offsets(list(consumer.assignment()))
        open_ = {tp for tp, end in ends.items() if end > starts[tp]}
        if last is not None:
            for tp in open_:
                consumer.seek(tp, max(starts[tp], ends[tp] - last))
        loop = asyncio.get_running_loop()
        moved = loop.time()
        while open_:
            chunks = await consumer.getmany(*open_, timeout_ms=500, max_records=5000)
            for tp, chunk in chunks.items():
                records += [record for record in chunk if record.offset < ends[tp]]
                moved = loop.time()
            for tp in list(open_):
                if await consumer.position(tp) >= ends[tp]:
                    open_.discard(tp)
            if open_ and loop.time() - moved > PATIENCE:
                topics = ", ".join(sorted({tp.topic for tp in open_}))
                message = f"Kafka gives nothing more of {topics}; see whether all brokers are up."
                raise StreamsError(message)
    return records


async def follow(
    settings: Settings, *names: str, from_start: bool = False
) -> AsyncIterator[Record]:
    """Give every record of the topics `names` as it comes, until the caller stops."""
    async with consuming(settings, *names) as consumer:
        if not from_start:
            await consumer.seek_to_end()
        async for record in consumer:
            yield record


async def send(settings: Settings, records: Iterable[tuple[str, str, bytes | None]]) -> None:
    """Send (topic without prefix, key, value) records in order; return when all are safe.

    Raises:
        NothingRunningError: No broker answers.
        StreamsError: A broker refused a record.
    """
    async with producing(settings) as producer:
        try:
            for topic, key, value in records:
                await producer.send_and_wait(settings.topic(topic), key=key.encode(), value=value)
        except KafkaError as error:
            message = (
                f"Kafka refused the record: {error}; look at the topic with `holdfast topics`."
            )
            raise StreamsError(message) from error


def _options(settings: Settings) -> dict[str, Any]:
    from streams.kafka.security import client_options

    return client_options(settings)


def unwrapped(value: bytes) -> dict[str, Any]:
    """Return the payload of a DSSE envelope, for show: its signature is the routers' to check."""
    payload: dict[str, Any] = json.loads(base64.b64decode(json.loads(value)["payload"]))
    return payload


async def _start(client: Any, settings: Settings) -> None:
    try:
        async with asyncio.timeout(ANSWER):
            await client.start()
    except (KafkaError, OSError) as error:  # a timeout too
        message = (
            f"No Kafka answers at {settings.kafka}; start one with `holdfast up`, "
            "or say where it is with HOLDFAST_KAFKA."
        )
        raise NothingRunningError(message) from error


async def _partitions(consumer: aiokafka.AIOKafkaConsumer, topic: str) -> list[int]:
    """Return a topic's partitions.

    Raises:
        StreamsError: It does not exist.
    """
    consumer._client.add_topic(topic)
    await consumer._client.force_metadata_update()
    found = consumer.partitions_for_topic(topic)
    if not found:
        message = f"There is no topic {topic}; make what is missing with `holdfast topics --apply`."
        raise StreamsError(message)
    return sorted(found)
