"""Record as a process against real servers: rows exact whatever is killed."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from aiokafka import AIOKafkaProducer

from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.clickhouse.migrate import migrate
from streams.kafka.admin import ensure_topics
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.recorded import Sent, every, expected

pytestmark = pytest.mark.broker

CODE = """
import sys
from streams.clickhouse.record import run_record
from streams.settings import Settings
sys.exit(run_record(Settings.model_validate_json(sys.stdin.read())))
"""


@contextmanager
def recording(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    process = start(settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def start(settings: Settings) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", CODE], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(settings.model_dump_json().encode())
    process.stdin.close()
    return process


async def send(settings: Settings, messages: Iterable[Sent]) -> None:
    producer = AIOKafkaProducer(**client_options(settings), acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(settings.topic(message.topic), message.value, key=message.key)
            for message in messages
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def until(settings: Settings, wanted: Counter[str], seconds: float = 60.0) -> None:
    """Wait until the tables hold the rows that are wanted; more is found by the caller."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = await asyncio.to_thread(queries.counts, settings)
        if all(found.get(table, 0) >= count for table, count in wanted.items()):
            return
        await asyncio.sleep(0.3)
    missing = {t: (found.get(t, 0), n) for t, n in wanted.items() if found.get(t, 0) != n}
    pytest.fail(f"rows are missing (found, wanted): {missing}")


async def test_every_contract_lands_in_its_table(settings: Settings) -> None:
    await ensure_topics(settings)
    messages = every()
    await send(settings, messages)
    with recording(settings) as process:
        await until(settings, expected(messages))
        await asyncio.sleep(2.0)  # what is there too often would come now
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(5.0) == 0
        assert time.monotonic() - begun < 5.0
    found = queries.counts(settings)
    wanted = expected(messages)
    assert {table: found[table] for table in wanted} == dict(wanted)
