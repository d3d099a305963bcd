"""That ClickHouse holds every message of every topic once, whatever happened on the way."""

import asyncio
import time
from collections import Counter

import aiokafka

from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.desk import wire
from streams.settings import Settings
from streams.topics import TABLE
from tests.faultless import PATIENCE, Made
from tests.pipeline import Roles

__all__ = ["recorded", "records_alike"]


async def _all_recorded(settings: Settings) -> bool:
    names = [row.name for row in TABLE]
    async with wire.consuming(settings, *names) as consumer:
        ends = await consumer.end_offsets(list(consumer.assignment()))
    client = connect(settings)
    try:
        if not client.command("EXISTS TABLE sink_state"):
            return False  # its record has only begun
        found = client.query("SELECT topic, `partition`, last FROM sink_state FINAL "
                             "WHERE slot = '' AND state = 'done'").result_rows  # fmt: skip
    finally:
        client.close()
    done = {aiokafka.TopicPartition(topic, number): last for topic, number, last in found}
    return all(done.get(tp, -1) + 1 >= end for tp, end in ends.items())


async def recorded(settings: Settings, roles: Roles, seconds: float = PATIENCE) -> None:
    """Wait until ClickHouse has every message of every topic."""
    end = time.monotonic() + seconds
    while not await _all_recorded(settings):
        assert time.monotonic() < end, roles.tail("record")
        await asyncio.sleep(0.5)


def _tables(settings: Settings) -> Made:
    """Return the rows of every table, repeats merged, without when and where they were written."""
    client, made = connect(settings), Made()
    try:
        for table in queries.TABLES:
            final = "" if table in queries.PLAIN else "FINAL"
            out = "ingested_at" if table == "events" else "kafka_offset, kafka_partition, logged_at"
            raw = client.raw_query(
                f"SELECT * EXCEPT ({out}) FROM {table} {final}", fmt="JSONEachRow"
            )
            made[table] = dict(Counter(raw.splitlines()))
            made[table]["rows"] = sum(made[table].values())
    finally:
        client.close()
    return made


async def records_alike(settings: Settings, roles: Roles) -> Made:
    """Fill another database from the start of the topics, without faults; compare the rows.

    Nobody may write to the topics meanwhile.
    """
    await recorded(settings, roles)
    roles.stop("record")
    calm = settings.model_copy(
        update={"clickhouse_database": f"{settings.clickhouse_database}_calm",
                "data_dir": settings.data_dir / "calm"}
    )  # fmt: skip
    client = connect(settings)
    client.command(f"CREATE DATABASE {calm.clickhouse_database}")
    client.close()
    alone = Roles(calm)
    try:
        alone.start("record")
        await recorded(calm, alone)
        alone.stop("record")
        found, expected = await asyncio.to_thread(_tables, settings), _tables(calm)
    finally:
        alone.kill_all()
        client = connect(settings)
        client.command(f"DROP DATABASE {calm.clickhouse_database}")
        client.close()
    for table, rows in expected.items():
        assert found[table] == rows, f"{table}: {found[table]['rows']} rows for {rows['rows']}"
    return found
