"""One record of a topic, read again."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.security import client_options
from streams.settings import Settings

__all__ = ["reread"]

SECONDS = 10.0


async def reread(
    settings: Settings, topic: str, partition: int, offset: int, key: bytes
) -> bytes | None:
    """Return the value of the record under an offset; None: it is compacted away.

    Args:
        settings: Where the brokers are.
        topic: Full name.
        partition: Of the topic.
        offset: Where the record lay; another one lies after it.
        key: Of the record.

    Raises:
        KafkaError: The brokers do not give it.
        TimeoutError: Nor anything else.
    """
    place = TopicPartition(topic, partition)
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        async with asyncio.timeout(SECONDS):
            await consumer.start()
            consumer.assign([place])
            consumer.seek(place, offset)
            record = await consumer.getone(place)
    finally:
        await consumer.stop()
    there = record.offset == offset and record.key == key
    return record.value if there else None
