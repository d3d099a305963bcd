"""State, signals and offsets agree whatever happens to the workers."""

import asyncio
import contextlib
import random
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from streams.errors import PartitionsChangedError, TopicsMissingError
from streams.kafka.admin import ensure_topics
from streams.kafka.broadcast import Broadcast
from streams.kafka.entries import entry_key
from streams.kafka.records import EXIT_BROKEN
from streams.kafka.required import app_id, changelog_topic
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.broker.toy import EVERY
from tests.broker.toys import Expected, Toys, feed, signals, states

pytestmark = pytest.mark.broker


@pytest.fixture
def mine(kafka: str, tmp_path: Path) -> Settings:
    return Settings(
        kafka=kafka,
        namespace=f"k{uuid.uuid4().hex[:8]}.",
        data_dir=tmp_path,
        flush_seconds=0.5,
        session_timeout_seconds=1.5,
    )


@pytest.fixture
async def toys(mine: Settings) -> AsyncIterator[Toys]:
    await ensure_topics(mine)
    started = Toys(mine)
    yield started
    started.kill_all()


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited too long"
        await asyncio.sleep(0.05)


async def agree(toys: Toys, expected: Expected, seconds: float = 20.0) -> None:
    """Wait until what is durable is what a run without faults ends with."""
    end = time.monotonic() + seconds
    while (found := await states(toys.settings)) != expected.states:
        if time.monotonic() > end:
            wrong = sum(found.get(key) != value for key, value in expected.states.items())
            pytest.fail(f"{wrong} of {len(expected.states)} keys differ\n{toys.log.read_text()}")
        await asyncio.sleep(0.3)
    said = await signals(toys.settings)
    assert set(said) == set(expected.said)


async def rough_life(toys: Toys, rng: random.Random, rounds: int) -> int:
    """Kill -9 at random moments, sometimes with a second worker; return how many were killed."""
    killed = 0
    for _ in range(rounds):
        toy = toys.running[0] if toys.running else toys.start()
        if rng.random() < 0.5:
            toys.start()
        await asyncio.sleep(rng.uniform(0.7, 2.2))
        toys.kill(toy)
        killed += 1
    return killed


async def test_what_is_stopped_cleanly_is_durable_and_quick(toys: Toys) -> None:
    expected = Expected(40)
    toy = toys.start()
    await feed(toys.settings, expected, 4000, random.Random(1))
    await until(lambda: b"ready" in toys.log.read_bytes())
    await asyncio.sleep(0.5)
    begun = time.monotonic()
    assert toys.end(toy) == 0
    assert time.monotonic() - begun < 5.0
    toys.start()
    await agree(toys, expected)


async def test_kill_9_and_rebalance_change_nothing(toys: Toys) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    rng, expected = random.Random(seed), Expected(60)
    feeding = asyncio.create_task(
        feed(toys.settings, expected, 12_000, random.Random(seed + 1), pace=2_000)
    )
    assert await rough_life(toys, rng, 4) == 4
    await feeding
    if not toys.running:
        toys.start()
    await agree(toys, expected)


async def test_no_partition_waits_for_the_backlog_of_another(toys: Toys) -> None:
    """What is fetched ahead is some chunks; all else of a backlog comes after what is new."""
    topic, many, value = toys.settings.topic("events"), 30_000, random.Random(2).randbytes(200)

    async def folded(key: bytes) -> int:
        """Wait until some records of a key are folded; return how many."""
        end = time.monotonic() + 30.0
        while not (said := {said for met, said in await signals(toys.settings) if met == key}):
            assert time.monotonic() < end, toys.log.read_text()
            await asyncio.sleep(0.1)
        return EVERY * len(said)

    async with AIOKafkaProducer(linger_ms=5, **client_options(toys.settings)) as producer:
        for _ in range(many):
            await producer.send(topic, value, key=b"late", partition=0)
        await producer.flush()
        toys.start(TOY_SECONDS="0.0003")
        before = await folded(b"late")
        for _ in range(EVERY):
            await producer.send(topic, value, key=b"new", partition=1)
        await producer.flush()
    await folded(b"new")
    after = await folded(b"late")
    assert after < many  # else nothing was told
    assert after - before < many // 2


async def test_a_failing_agent_ends_the_process_and_commits_nothing_past_it(toys: Toys) -> None:
    toy = toys.start()
    async with AIOKafkaProducer(**client_options(toys.settings)) as producer:
        await producer.send_and_wait(
            toys.settings.topic("events"), b"poison", key=b"t000/a", partition=0
        )
    await until(lambda: toy.poll() is not None)
    assert toy.returncode == EXIT_BROKEN
    admin = AIOKafkaAdminClient(**client_options(toys.settings))
    await admin.start()
    committed = await admin.list_consumer_group_offsets(app_id(toys.settings, "measure"))
    await admin.close()
    assert not any(meta.offset > 0 for meta in committed.values())


async def test_a_process_that_slept_does_not_overwrite_its_successor(toys: Toys) -> None:
    expected = Expected(30)
    sleeper = toys.start(HOLDFAST_FLUSH_SECONDS="4")
    await feed(toys.settings, expected, 1_000, random.Random(3))
    await agree(toys, expected)
    await feed(toys.settings, expected, 500, random.Random(4))
    await asyncio.sleep(1.0)  # folded, and not yet flushed
    assert await states(toys.settings) != expected.states
    sleeper.send_signal(signal.SIGSTOP)
    toys.start()
    await feed(toys.settings, expected, 3_000, random.Random(5))
    await agree(toys, expected)
    sleeper.send_signal(signal.SIGCONT)
    await asyncio.sleep(5.0)
    await agree(toys, expected, 1.0)
    assert sleeper.poll() is None


async def test_a_changelog_that_ends_in_what_nobody_can_read_is_recovered(toys: Toys) -> None:
    expected = Expected(20)
    toy = toys.start()
    await feed(toys.settings, expected, 1_000, random.Random(7))
    await agree(toys, expected)
    assert toys.end(toy) == 0
    options = client_options(toys.settings) | {"transactional_id": toys.settings.namespace}
    changelog = changelog_topic(toys.settings, "measure", "tenants")
    async with AIOKafkaProducer(**options) as producer:
        for partition in range(toys.settings.partitions):
            with contextlib.suppress(InterruptedError):
                async with producer.transaction():
                    await producer.send_and_wait(
                        changelog,
                        b"\x01",
                        key=entry_key(partition, b"aborted"),
                        partition=partition,
                    )
                    raise InterruptedError
    toys.start()
    await feed(toys.settings, expected, 1_000, random.Random(8))
    await agree(toys, expected)


async def test_topics_are_as_the_table_says_and_stay_so(mine: Settings) -> None:
    with pytest.raises(TopicsMissingError, match=r"registry"):
        await ensure_topics(mine, create=False)
    made = await ensure_topics(mine)
    assert mine.topic("events") in made
    assert mine.topic("decide-decisions-changelog") in made
    assert await ensure_topics(mine, create=False) == ()
    with pytest.raises(PartitionsChangedError, match=r"HOLDFAST_PARTITIONS=4"):
        await ensure_topics(mine.model_copy(update={"partitions": 3}))


async def test_a_broadcast_topic_is_read_whole_before_and_followed_after(mine: Settings) -> None:
    await ensure_topics(mine)
    seen: dict[bytes, bytes | None] = {}

    def apply(key: bytes, value: bytes | None) -> None:
        if value == b"bad":
            raise ValueError(value)
        seen[key] = value

    topic = mine.topic("registry")
    async with AIOKafkaProducer(**client_options(mine)) as producer:
        for number in range(300):
            await producer.send(topic, b"%d" % number, key=b"bundle/%d" % (number % 100))
        await producer.send_and_wait(topic, b"bad", key=b"bundle/7")
        broadcast = Broadcast(mine, "registry", apply)
        await broadcast.start()
        assert len(seen) == 100
        assert seen[b"bundle/7"] == b"207"
        await producer.send_and_wait(topic, b"x", key=b"phase/1")
        assert await broadcast.catch_up()
        assert seen[b"phase/1"] == b"x"
        await broadcast.stop()


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_many_faults(toys: Toys) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    rng, expected = random.Random(seed), Expected(300)
    feeding = asyncio.create_task(
        feed(toys.settings, expected, 120_000, random.Random(seed + 1), pace=2_500)
    )
    while not feeding.done():
        await rough_life(toys, rng, 2)
    await feeding
    if not toys.running:
        toys.start()
    await agree(toys, expected, 60.0)
