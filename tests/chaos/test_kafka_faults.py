"""Long runs of faults; the last state equals that of a run without any. Seeds are printed."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.embedded.kafka import Kafka
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from tests.broker.toys import Expected, Toys, feed, replay, signals, states
from tests.servers import kafka_cluster

__all__ = ["kafka_cluster"]

pytestmark = [pytest.mark.chaos, pytest.mark.broker, pytest.mark.timeout(600)]


def settings_of(broker: Kafka, folder: Path, copies: int) -> Settings:
    return Settings(
        kafka=broker.bootstrap,
        namespace=f"c{uuid.uuid4().hex[:8]}.",
        data_dir=folder,
        replication=copies,
        min_insync_replicas=max(1, copies - 1),
        flush_seconds=0.5,
        session_timeout_seconds=3.0,
    )


async def agree(toys: Toys, expected: Expected, seconds: float) -> None:
    end = time.monotonic() + seconds
    while await states(toys.settings) != expected.states:
        assert time.monotonic() < end, toys.log.read_text()[-4000:]
        await asyncio.sleep(0.5)
    assert set(await signals(toys.settings)) == set(expected.said)


def seeded() -> int:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    return seed


async def test_workers_and_brokers_die_in_turn(
    kafka_cluster: Callable[..., Kafka], tmp_path: Path
) -> None:
    cluster, seed = kafka_cluster(), seeded()
    settings, rng, expected = settings_of(cluster, tmp_path, 3), random.Random(seed), Expected(100)
    await ensure_topics(settings)
    toys = Toys(settings)
    feeding = asyncio.create_task(feed(settings, expected, 60_000, random.Random(seed + 1), 1_500))
    try:
        nodes = [node.id for node in cluster.nodes]
        for turn in range(3):
            toy = toys.start()
            await asyncio.sleep(rng.uniform(3.0, 6.0))
            await asyncio.to_thread(cluster.kill, nodes[turn])
            await asyncio.sleep(rng.uniform(1.0, 3.0))
            toys.kill(toy)
            await asyncio.to_thread(cluster.restart, nodes[turn])
        toys.start()
        await feeding
        written = await replay(settings, expected)
        for key, (count, _) in expected.states.items():
            assert written.states[key][0] >= count
        await agree(toys, written, 60.0)
    finally:
        feeding.cancel()
        toys.kill_all()


async def test_a_lost_broker_is_waited_for_without_a_storm_of_lines(
    kafka_cluster: Callable[..., Kafka], tmp_path: Path
) -> None:
    broker, seed = kafka_cluster(1), seeded()
    settings, expected = settings_of(broker, tmp_path, 1), Expected(50)
    await ensure_topics(settings)
    toys = Toys(settings)
    try:
        toy = toys.start()
        await feed(settings, expected, 5_000, random.Random(seed))
        await agree(toys, expected, 30.0)
        (node,) = broker.nodes
        await asyncio.to_thread(broker.kill, node.id)
        await asyncio.sleep(15.0)
        assert toy.poll() is None
        await asyncio.to_thread(broker.restart, node.id)
        await feed(settings, expected, 5_000, random.Random(seed + 1))
        await agree(toys, expected, 60.0)
        lines = toys.log.read_text().splitlines()
        assert len(lines) < 150, len(lines)
        await asyncio.to_thread(broker.kill, node.id)
        await asyncio.sleep(3.0)
        begun = time.monotonic()
        status = await asyncio.to_thread(toys.end, toy, 10.0)
        assert status in (0, 75)
        assert time.monotonic() - begun < 6.0
    finally:
        toys.kill_all()
