"""What routers say while some partitions of acks take nothing."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holdfast_client import transport
from holdfast_client.transport import KafkaTransport
from tests.unit.router_world import Wire, World, command


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def stuck(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Have acks of tenants with these words in their names be taken by nobody."""
    tried: list[str] = []
    whole = Wire.ack

    async def ack(wire: Wire, key: str, value: bytes) -> None:
        if any(word in key for word in words):
            tried.append(key)
            await asyncio.sleep(3_600)
        await whole(wire, key, value)

    monkeypatch.setattr(Wire, "ack", ack)
    return tried


def test_a_partition_that_takes_no_acks_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = stuck(monkeypatch, "dead")
    for number in range(700):
        world.say(command(1, tenant=f"dead{number}"))
    world.say(command(1, tenant="first"))
    world.router()
    world.until(lambda: world.statuses("first"))
    began = time.monotonic()
    world.say(command(1, tenant="second"))
    world.until(lambda: world.statuses("second"))
    assert time.monotonic() - began < 2
    assert len(tried) == 700, "each is under way once"


def test_more_than_may_be_under_way_let_the_others_go_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast_client.speaking.MOST", 20)
    monkeypatch.setattr("holdfast_client.speaking.ANSWER", 0.2)
    stuck(monkeypatch, "dead")
    for number in range(50):
        world.say(command(1, tenant=f"dead{number}"))
    for number in range(50):
        world.say(command(1, tenant=f"well{number}"))
    world.router()
    world.until(lambda: len({ack.tenant_id for ack in world.acks}) == 50)


def test_a_router_that_stops_does_not_wait_for_those_that_are_stuck(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast_client.speaking.ANSWER", 0.3)
    stuck(monkeypatch, "dead")
    world.say(command(1, tenant="dead"))
    router = world.router()
    world.settle()
    began = time.monotonic()
    router.close()
    assert time.monotonic() - began < 3
    assert world.heartbeats[-1].stopping


class Producer:
    """Partitions of which some have no leader, and clocks that may differ."""

    def __init__(self, stamps: dict[int, int | Exception | None]) -> None:
        self.stamps, self.sent = stamps, list[int]()

    async def partitions_for(self, topic: str) -> set[int]:
        return set(self.stamps)

    async def send_and_wait(self, topic: str, value: bytes, key: bytes, *, partition: int) -> Any:
        self.sent.append(partition)
        stamp = self.stamps[partition]
        if stamp is None:
            await asyncio.sleep(3_600)
        if isinstance(stamp, Exception):
            raise stamp
        return SimpleNamespace(timestamp=stamp, timestamp_type=1)


def on(producer: Producer) -> KafkaTransport:
    made = KafkaTransport("nowhere:1", "x.", {})
    made._producer = producer
    return made


async def test_a_heartbeat_does_not_wait_for_a_partition_without_a_leader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "SOON", 0.05)
    producer = Producer({0: None, 1: 5, 2: 7, 3: 6, 4: OSError("gone")})
    made = on(producer)
    began = time.monotonic()
    for _ in range(3):
        assert await made.heartbeat("ra", b"beat") == 6
    assert time.monotonic() - began < 1
    assert sorted(producer.sent) == sorted([0, 1, 2, 3, 4] * 3)
    late = list(made._beats)
    assert len(late) == 3
    for beat in late:
        beat.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    assert made._beats == set()


async def test_a_broker_whose_clock_is_wrong_does_not_tell_the_time() -> None:
    producer = Producer({0: 1_000, 1: 1_001, 2: 90_000_000})
    assert await on(producer).heartbeat("ra", b"beat") == 1_001


async def test_a_heartbeat_that_nobody_takes_is_unheard() -> None:
    with pytest.raises(OSError, match="gone"):
        await on(Producer({0: OSError("gone"), 1: OSError("gone")})).heartbeat("ra", b"beat")
