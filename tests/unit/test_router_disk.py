import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from holdfast_client import transport
from holdfast_client.disk import Disk
from tests.unit.router_world import BASE, CAND, Wire, World, command, hold, lease


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def commanded(world: World) -> None:
    for number in range(5):
        world.say(command(1, tenant=f"t{number}"))
    world.say(command(3, canary=True, weight=1))
    world.say(lease())
    world.router().close()
    world.up = False


def test_without_kafka_the_pins_on_disk_are_served_but_no_candidate(world: World) -> None:
    commanded(world)
    router = world.router()
    serving = router.assign("acme", "desk")
    assert (serving.bundle_id, serving.arm, serving.stale) == (BASE.bundle_id, "baseline", True)
    assert serving.stamp["phase_id"] == "pin"
    assert router.assign("t4", "desk").bundle_id == BASE.bundle_id
    world.seconds = 10**9
    assert router.assign("t4", "desk").bundle_id == BASE.bundle_id, "a pin never expires"


def test_when_kafka_comes_back_it_follows_and_answers_for_what_it_holds(world: World) -> None:
    commanded(world)
    world.acks.clear()
    world.heartbeats.clear()
    router = world.router()
    world.up = True
    assert router.wait(5)
    world.until(lambda: len(world.acks) == 6)
    assert world.statuses() == [("flipped", 3)]
    assert world.heartbeats[0].assignments == 6, "it brought state with it, and says so"
    assert not router.assign("acme", "desk").stale


def test_a_connection_made_anew_is_no_news_of_what_was_answered(world: World) -> None:
    router = world.router()
    world.say(command(1))
    world.until(lambda: len(world.acks) == 1)
    world.up = False
    world.until(lambda: router.statistics().get("disconnected"))
    world.say(command(1, tenant="other"))
    world.up = True
    world.until(lambda: len(world.acks) >= 2)
    world.settle()
    assert [ack.tenant_id for ack in world.acks] == ["acme", "other"]


def test_a_replay_of_what_came_before_the_restart_is_refused(world: World) -> None:
    world.say(command(1, baseline=CAND))
    old = world.log[0]
    world.say(command(2))
    world.router().close()
    world.log.clear()
    router = world.router()
    world.say_raw(old[0], old[1])
    world.until(lambda: ("stale", 1) in world.statuses())
    assert router.assign("acme", "desk").bundle_id == BASE.bundle_id


def test_a_hold_survives_a_restart(world: World) -> None:
    world.say(command(3, canary=True, weight=1))
    world.say(hold("halted", epoch=2))
    world.router().close()
    world.log.clear()
    world.say(hold("running", epoch=1))
    world.say(lease())
    assert world.router().assign("acme", "desk").arm == "baseline"


def test_what_was_changed_on_disk_is_not_believed(world: World) -> None:
    commanded(world)
    for path in (world.folder / "ra").glob("*.jsonl"):
        path.write_text(path.read_text().replace('"at"', '"at "').replace("t4/desk", "t3/desk"))
    with pytest.raises(LookupError):
        world.router().assign("t4", "desk")


@pytest.mark.parametrize(
    "damage",
    [b"", b"\xff\x00nonsense\n", b'{"key": 1}\n', b'{"key": "a/b", "value": "", "at": 1e999}\n'],
)
def test_a_damaged_line_costs_only_itself(world: World, damage: bytes) -> None:
    commanded(world)
    for path in (world.folder / "ra").glob("*.jsonl"):
        path.write_bytes(damage + path.read_bytes())
    assert world.router().assign("acme", "desk").bundle_id == BASE.bundle_id


def test_half_a_file_loses_half_the_file(world: World) -> None:
    commanded(world)
    for path in (world.folder / "ra").glob("*.jsonl"):
        path.write_bytes(path.read_bytes()[:-40])
    router = world.router()
    with pytest.raises(LookupError):
        router.assign("acme", "desk")
    world.up = True
    world.until(lambda: router.wait(0.1))
    assert router.assign("acme", "desk").stamp["epoch"] == 3


def test_a_full_disk_is_said_and_holds_up_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = world.router()
    world.say(command(1))
    world.until(lambda: len(world.acks) == 1)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        world.say(command(2, baseline=CAND))
        world.until(lambda: len(world.acks) == 2)
    assert router.assign("acme", "desk").bundle_id == CAND.bundle_id
    assert world.acks[1].reason == "served, but not kept on disk: No space left on device"
    kept = [record for record in Disk(world.folder / "ra").load() if record.key == "acme/desk"]
    assert len(kept) == 1, "the old file is whole, or by now the new one"
    world.seconds += 1
    world.until(lambda: router._follower._unkept == set())
    router.close()
    world.up = False
    assert world.router().assign("acme", "desk").bundle_id == CAND.bundle_id


def test_without_a_thread_to_write_with_it_serves_and_answers_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = world.router()

    def no_thread(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Disk, "save", no_thread)
        world.say(command(1))
        world.until(lambda: len(world.acks) == 1)
    assert world.acks[0].reason == "served, but not kept on disk: RuntimeError"
    world.say(command(2))
    world.until(lambda: len(world.acks) == 2)
    assert (world.acks[1].reason, router.statistics()["not-kept"]) == ("", 1)


def test_a_connection_that_cannot_even_be_closed_is_left_and_begun_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(_: Wire) -> None:
        raise RuntimeError

    monkeypatch.setattr(Wire, "stop", stuck)
    router = world.router()
    world.up = False
    world.until(lambda: router.statistics().get("disconnected"))
    world.up = True
    world.say(command(1))
    world.until(lambda: len(world.acks) == 1)


def test_a_control_topic_that_cannot_all_be_read_is_followed_as_far_as_it_can(
    world: World,
) -> None:
    router = world.router()
    world.whole = False
    world.seconds += 100
    world.until(lambda: router.statistics().get("disconnected"))
    world.say(command(1))
    world.until(lambda: world.statuses() == [("flipped", 1)])
    assert router.statistics()["disconnected"] == 1, "what can be read is followed, not begun anew"
    assert router.assign("acme", "desk").stale
    world.seconds += 100
    world.until(lambda: router.statistics()["disconnected"] == 2)
    world.whole = True
    world.seconds += 100
    world.until(lambda: not router.assign("acme", "desk").stale)


async def test_partitions_without_a_leader_hold_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Client:
        """aiokafka's, of a topic with two partitions, whose first has no leader."""

        def __init__(self, **options: Any) -> None:
            self.client = self.cluster = self
            self.asked: list[TopicPartition] = []

        async def start(self) -> None: ...
        async def stop(self) -> None: ...

        async def partitions_for(self, topic: str) -> set[int]:
            return {0, 1}

        def available_partitions_for_topic(self, topic: str) -> set[int]:
            return {1}

        def assign(self, partitions: list[TopicPartition]) -> None:
            self.asked = partitions

        async def seek_to_beginning(self, *partitions: TopicPartition) -> None: ...

        async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            assert [one.partition for one in partitions] == [1], "this would wait for a leader"
            return dict.fromkeys(partitions, 0)

        async def position(self, partition: TopicPartition) -> int:
            return 0

    monkeypatch.setattr(transport, "AIOKafkaConsumer", Client)
    monkeypatch.setattr(transport, "AIOKafkaProducer", Client)
    monkeypatch.setattr(transport, "rest", lambda _: None)
    monkeypatch.setattr(transport, "know_again", lambda *_: None)
    wire = transport.KafkaTransport("nowhere:1", "x.", {})
    await wire.start()
    assert (wire.caught_up(), wire.whole(), await wire.fresh()) == (True, False, False)


def test_nothing_is_left_beside_the_files(world: World) -> None:
    commanded(world)
    names = [path.name for path in (world.folder / "ra").iterdir()]
    assert names
    assert all(name.startswith("assignments-") for name in names)
