"""Rows in ClickHouse as record would write them, a second of broker time between messages."""

from collections import defaultdict
from datetime import UTC, datetime

from streams.clickhouse.client import connect_async
from streams.clickhouse.migrate import migrate
from streams.clickhouse.rows import read
from streams.settings import Settings
from tests.recorded import AT, Sent, Stored

__all__ = ["fill", "logged"]


async def fill(settings: Settings, messages: list[Sent]) -> None:
    """Store messages; all stand on one partition of their topic."""
    migrate(settings)
    client = await connect_async(settings)
    by_topic = defaultdict[str, list[Stored]](list)
    for offset, sent in enumerate(messages):
        record = Stored(f"x.{sent.topic}", 0, offset, AT + offset * 1000, sent.key, sent.value)
        by_topic[sent.topic].append(record)
    try:
        for topic, records in by_topic.items():
            for table, rows in read(topic, records).tables.items():
                await client.insert_arrow(table, rows)
    finally:
        await client.close()


def logged(messages: list[Sent], wanted: Sent) -> datetime:
    """Return the broker time that `fill` gave to a message."""
    return datetime.fromtimestamp((AT + messages.index(wanted) * 1000) / 1000, UTC)
