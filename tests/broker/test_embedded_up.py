"""`holdfast up` with real servers: state stays, and a killed server comes back."""

import asyncio
import time
from pathlib import Path

import clickhouse_connect
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams.embedded.ports import free
from streams.embedded.supervise import Notice
from streams.embedded.up import Up
from streams.settings import Settings

pytestmark = pytest.mark.broker


async def write(settings: Settings) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka) as producer:
        await producer.send_and_wait(settings.topic("events"), b"kept", key=b"t/a")


async def read(settings: Settings) -> object:
    consumer = AIOKafkaConsumer(
        settings.topic("events"), bootstrap_servers=settings.kafka, auto_offset_reset="earliest"
    )
    async with consumer:
        return (await consumer.getone()).value


def tables(settings: Settings) -> int:
    client = clickhouse_connect.get_client(dsn=settings.clickhouse)
    found = client.query(
        "SELECT count() FROM system.tables WHERE database = {d:String}",
        parameters={"d": settings.clickhouse_database},
    ).result_rows
    client.close()
    return int(found[0][0])


def test_state_stays_over_a_restart_and_a_killed_server_comes_back(tmp_path: Path) -> None:
    kafka_port, clickhouse_port = free(2)
    settings = Settings(
        data_dir=tmp_path,
        kafka=f"127.0.0.1:{kafka_port}",
        clickhouse=f"http://127.0.0.1:{clickhouse_port}",
        partitions=1,
    )
    notices: list[Notice] = []
    with Up(settings, run=[], tell=notices.append) as up:
        assert (up.settings.kafka, up.settings.clickhouse) == (settings.kafka, settings.clickhouse)
        asyncio.run(write(up.settings))
        made = tables(up.settings)
        assert made > 10
        up.kill("kafka")
        up.kill("clickhouse")
        end = time.monotonic() + 60
        while sum(notice.what == "ready" for notice in notices) < 4:
            assert time.monotonic() < end
            time.sleep(0.05)
    with Up(settings.model_copy(update={"clickhouse": "http://127.0.0.1:8123"}), run=[]) as up:
        assert (up.settings.kafka, up.settings.clickhouse) == (settings.kafka, settings.clickhouse)
        assert asyncio.run(read(up.settings)) == b"kept"
        assert tables(up.settings) == made
    assert not any(process.child.running for process in up.processes.values())
