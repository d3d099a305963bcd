"""Feeding toys, ending them roughly, and reading what they made durable."""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.kafka.entries import decode, split_key
from streams.kafka.required import changelog_topic
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.broker.toy import Chain

__all__ = ["Expected", "Toys", "feed", "replay", "signals", "states"]

ROOT = Path(__file__).parents[2]


class Expected:
    """What a run without faults ends with."""

    def __init__(self, keys: int) -> None:
        self.chains = {b"t%03d/a" % number: Chain() for number in range(keys)}
        self.said: dict[tuple[bytes, bytes], None] = {}

    def step(self, key: bytes, value: bytes) -> None:
        """Fold as the toy does."""
        for said in self.chains[key].step(value):
            self.said[key, said] = None

    @property
    def states(self) -> dict[bytes, tuple[int, bytes]]:
        """Count and digest of each key that has seen something."""
        return {k: (c.count, c.digest) for k, c in self.chains.items() if c.count}


async def feed(
    settings: Settings, expected: Expected, count: int, rng: random.Random, pace: float = 0.0
) -> None:
    """Write `count` records; `pace` is a second's worth of them, 0 for at once."""
    producer = AIOKafkaProducer(acks="all", linger_ms=5, **client_options(settings))
    keys = list(expected.chains)
    async with producer:
        begun = time.monotonic()
        for number in range(count):
            key, value = rng.choice(keys), rng.randbytes(200)
            expected.step(key, value)
            await producer.send(settings.topic("events"), value, key=key)
            if pace and not number % 50:
                await asyncio.sleep(max(0.0, begun + number / pace - time.monotonic()))


async def _whole(settings: Settings, topic: str) -> list[Any]:
    consumer = AIOKafkaConsumer(
        group_id=None, enable_auto_commit=False, auto_offset_reset="earliest",
        **client_options(settings),
    )  # fmt: skip
    records: list[Any] = []
    async with consumer:
        tps = [TopicPartition(topic, number) for number in range(settings.partitions)]
        consumer.assign(tps)
        for tp, end in (await consumer.end_offsets(tps)).items():
            while await consumer.position(tp) < end:
                for found in (await consumer.getmany(timeout_ms=200)).values():
                    records += found
    return records


async def replay(settings: Settings, expected: Expected) -> Expected:
    """Return what a run without faults makes of the topic as it is.

    A producer that lost a broker may have written a record twice; that is for whoever reads to
    see, not for this test.
    """
    fresh = Expected(len(expected.chains))
    for record in await _whole(settings, settings.topic("events")):
        fresh.step(record.key, record.value)
    return fresh


async def states(settings: Settings) -> dict[bytes, tuple[int, bytes]]:
    """Return the last durable state of each key."""
    last: dict[bytes, Any] = {}
    for record in await _whole(settings, changelog_topic(settings, "measure", "tenants")):
        partition, key = split_key(record.key)
        assert partition == record.partition
        if key != b"aborted":
            last[key] = record.value
    chains = {key: Chain.loads(decode(value).blob) for key, value in last.items()}
    return {key: (chain.count, chain.digest) for key, chain in chains.items()}


async def signals(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Return what was said, with repeats."""
    return [(r.key, r.value) for r in await _whole(settings, settings.topic("signals"))]


class Toys:
    """Processes of the toy."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = settings.data_dir / "toy.log"

    def start(self, **extra: str) -> subprocess.Popen[bytes]:
        """Start one more."""
        given = self.settings
        environment = os.environ | {
            "HOLDFAST_NAMESPACE": given.namespace,
            "HOLDFAST_DATA_DIR": str(given.data_dir),
            "HOLDFAST_KAFKA": given.kafka,
            "HOLDFAST_FLUSH_SECONDS": str(given.flush_seconds),
            "HOLDFAST_SESSION_TIMEOUT_SECONDS": str(given.session_timeout_seconds),
            "HOLDFAST_PARTITIONS": str(given.partitions),
            **extra,
        }
        with self.log.open("ab") as log:
            toy = subprocess.Popen(
                [sys.executable, "-m", "tests.broker.toy"], cwd=ROOT, env=environment,
                stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(toy)
        return toy

    def kill(self, toy: subprocess.Popen[bytes]) -> None:
        """kill -9."""
        toy.kill()
        toy.wait()
        self.running.remove(toy)

    def end(self, toy: subprocess.Popen[bytes], seconds: float = 5.0) -> int:
        """SIGTERM; return the exit status."""
        toy.terminate()
        self.running.remove(toy)
        return toy.wait(seconds)

    def kill_all(self) -> None:
        """End what is left."""
        for toy in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                self.kill(toy)
