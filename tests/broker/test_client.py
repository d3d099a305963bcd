"""Emitter and router on a real Kafka."""

import asyncio
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from control.signing import sign
from holdfast_client import Emitter, Router
from schemas import Ack, Contract, Event, Heartbeat
from streams.embedded.kafka import Kafka
from streams.kafka.admin import ensure_topics
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.unit.router_world import BASE, KEYS, SIGNER, command, hold, key_of, lease

pytestmark = pytest.mark.broker

EVENT = {"tenant_id": "acme", "agent_id": "desk", "bundle_id": "v1", "latency_ms": 5}


@pytest.fixture
async def mine(kafka: str, tmp_path: Path) -> Settings:
    settings = Settings(kafka=kafka, namespace=f"c{uuid.uuid4().hex[:8]}.", data_dir=tmp_path)
    await ensure_topics(settings)
    return settings


async def until(check: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


async def everything(settings: Settings, topic: str) -> list[tuple[int, bytes, bytes]]:
    """Return partition, key and value of every record that is there."""
    consumer = AIOKafkaConsumer(**client_options(settings), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [
            TopicPartition(settings.topic(topic), number) for number in range(settings.partitions)
        ]
        consumer.assign(partitions)
        records = []
        for partition, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(partition) < end:
                for chunk in (await consumer.getmany(timeout_ms=100)).values():
                    records += [(one.partition, one.key, one.value) for one in chunk]
        return records
    finally:
        await consumer.stop()


async def say(settings: Settings, *records: Contract) -> None:
    producer = AIOKafkaProducer(**client_options(settings))
    await producer.start()
    for record in records:
        raw = sign(record, SIGNER).model_dump_json(exclude_none=True).encode()
        await producer.send_and_wait(settings.topic("control"), raw, key_of(record).encode())
    await producer.stop()


def router(settings: Settings, name: str = "ra") -> Router:
    return Router(
        settings.kafka, KEYS, settings.data_dir / name, router_id=name,
        namespace=settings.namespace, heartbeat_seconds=0.3,
    )  # fmt: skip


async def test_events_arrive_once_on_the_partition_of_their_key(mine: Settings) -> None:
    with Emitter(mine.kafka, namespace=mine.namespace) as emitter:
        for number in range(3_000):
            assert emitter.emit(EVENT, event_id=f"e{number}", tenant_id=f"t{number % 7}")
    assert emitter.statistics() == {"emitted": 3_000, "sent": 3_000, "waiting": 0, "dropped": {}}
    records = await everything(mine, "events")
    events = [Event.model_validate_json(value) for _, _, value in records]
    assert sorted(event.event_id for event in events) == sorted(f"e{n}" for n in range(3_000))
    places = {(key, partition) for partition, key, _ in records}
    assert len(places) == 7, "a key is on one partition"
    for tenant in range(7):
        numbers = [int(e.event_id[1:]) for e in events if e.tenant_id == f"t{tenant}"]
        assert numbers == sorted(numbers), "in order"


async def test_events_wait_for_a_kafka_that_comes_later(
    tmp_path: Path, kafka_cluster: Callable[..., Kafka]
) -> None:
    server = kafka_cluster(1)
    settings = Settings(kafka=server.bootstrap, data_dir=tmp_path)
    await ensure_topics(settings)
    await asyncio.to_thread(server.stop)
    with Emitter(settings.kafka, queue=500) as emitter:
        assert sum(emitter.emit(EVENT, event_id=f"e{number}") for number in range(600)) == 500
        await asyncio.sleep(1)
        assert emitter.statistics()["sent"] == 0
        await asyncio.to_thread(server.start)
        await until(lambda: emitter.statistics()["sent"] == 500, 40)
    assert emitter.statistics()["dropped"] == {"queue full": 100}
    found = {
        Event.model_validate_json(v).event_id for _, _, v in await everything(settings, "events")
    }
    assert found == {f"e{number}" for number in range(500)}


async def test_a_router_obeys_within_milliseconds_and_answers(mine: Settings) -> None:
    await say(mine, command(1))
    with router(mine) as one:
        assert await asyncio.to_thread(one.wait, 10)
        assert one.assign("acme", "desk").bundle_id == BASE.bundle_id
        assert not one.assign("acme", "desk").stale
        await say(mine, hold("running"), command(2, canary=True, weight=1))
        await until(lambda: one.assign("acme", "desk").stamp["epoch"] == 2)
        assert one.assign("acme", "desk").arm == "baseline", "no lease yet"
        now = round(time.time() * 1000)
        fresh = lease().model_copy(update={"issued_at": now, "expires_at": now + 60_000})
        await say(mine, fresh)
        await until(lambda: one.assign("acme", "desk").arm == "candidate")
        for epoch in range(3, 23):
            await say(mine, command(epoch))
        await until(lambda: one.assign("acme", "desk").stamp["epoch"] == 22)
        await asyncio.sleep(0.5)
    records = await everything(mine, "acks")
    acks = [Ack.model_validate_json(v) for _, key, v in records if key != b"ra"]
    assert {ack.epoch for ack in acks if ack.status == "flipped"} == set(range(1, 23))
    took = [ack.flip_ms for ack in acks if ack.flip_ms is not None]
    print(f"command -> flipped: median {median(took):.1f} ms, most {max(took):.1f} ms")  # noqa: T201
    assert median(took) < 100
    beats = [(p, Heartbeat.model_validate_json(v)) for p, key, v in records if key == b"ra"]
    assert {partition for partition, _ in beats} == set(range(mine.partitions))
    assert sum(beat.stopping for _, beat in beats) == mine.partitions


async def test_a_lease_of_the_past_is_judged_by_the_brokers_clock(
    mine: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = round(time.time() * 1000)
    old = lease().model_copy(update={"issued_at": now - 400_000, "expires_at": now - 100_000})
    await say(mine, hold("running"), command(2, canary=True, weight=1), old)
    behind = time.time() - 390
    monkeypatch.setattr("holdfast_client.clocks.time.time", lambda: behind)
    with router(mine) as one:
        assert await asyncio.to_thread(one.wait, 10)
        assert one.assign("acme", "desk").arm == "baseline"


async def begun(kafka_cluster: Callable[..., Kafka], folder: Path) -> tuple[Kafka, Settings]:
    """Return a broker of one's own that has said a first command, and the settings to reach it."""
    server = kafka_cluster(1)
    settings = Settings(kafka=server.bootstrap, data_dir=folder)
    await ensure_topics(settings)
    await say(settings, command(1))
    return server, settings


async def test_a_router_outlives_kafka(tmp_path: Path, kafka_cluster: Callable[..., Kafka]) -> None:
    server, settings = await begun(kafka_cluster, tmp_path)
    with router(settings, "ra") as one:
        assert await asyncio.to_thread(one.wait, 10)
    await asyncio.to_thread(server.stop)
    with router(settings, "ra") as one:
        serving = one.assign("acme", "desk")
        assert (serving.bundle_id, serving.stale) == (BASE.bundle_id, True)
        await asyncio.to_thread(server.start)
        await say(settings, command(2))
        await until(lambda: one.assign("acme", "desk").stamp["epoch"] == 2, 40)
        await until(lambda: not one.assign("acme", "desk").stale)


async def test_a_router_that_lost_kafka_for_long_obeys_again(
    tmp_path: Path, kafka_cluster: Callable[..., Kafka], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast_client.following.LOST", 2.0)
    server, settings = await begun(kafka_cluster, tmp_path)
    with router(settings, "ra") as one:
        assert await asyncio.to_thread(one.wait, 10)
        await asyncio.to_thread(server.stop)
        await until(lambda: one.statistics().get("disconnected", 0) >= 2, 20)
        await asyncio.to_thread(server.start)
        await say(settings, command(2))
        await until(lambda: one.assign("acme", "desk").stamp["epoch"] == 2, 40)
