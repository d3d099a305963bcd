"""The registry where brokers come and go."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from schemas import Policy, Tenant
from streams.agents.directory import Directory
from streams.kafka import broadcast
from streams.kafka.broadcast import Broadcast
from streams.settings import Settings
from tests.stream.kafka_fakes import FakeRecord

TP = TopicPartition("registry", 0)


class Consumer:
    """Holds ten offsets and gives nothing but what is put into `chunks`."""

    def __init__(self, *, up: bool) -> None:
        self.up, self.read = up, 0
        self.chunks: list[list[FakeRecord]] = []

    def assignment(self) -> set[TopicPartition]:
        return {TP}

    async def end_offsets(self, partitions: Any) -> dict[TopicPartition, int]:
        if not self.up:
            raise KafkaTimeoutError
        return {TP: 10}

    async def position(self, partition: TopicPartition) -> int:
        return self.read

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[FakeRecord]]:
        if not self.chunks:
            return {}
        chunk = self.chunks.pop(0)
        self.read = chunk[-1].offset + 1
        return {TP: chunk}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "IDLE_SECONDS", 0.01)


def following(consumer: Consumer, seen: list[bytes]) -> Broadcast:
    made = Broadcast(Settings(), "registry", lambda key, _: seen.append(key))
    made._consumer = consumer
    return made


async def test_what_brokers_that_are_away_do_not_give_is_not_taken_as_read() -> None:
    with pytest.raises(KafkaError):
        await following(Consumer(up=False), [])._catch_up({TP: 10})


async def test_what_no_record_lies_under_any_more_is_taken_as_read() -> None:
    consumer, seen = Consumer(up=True), list[bytes]()
    consumer.chunks = [[FakeRecord(number, b"%d" % number) for number in range(8)]]
    made = following(consumer, seen)
    await made._catch_up({TP: 10})
    assert len(seen) == 8
    assert await made.catch_up(0.1)


async def test_who_asks_on_while_brokers_are_away_goes_on_with_what_is_known() -> None:
    assert not await following(Consumer(up=False), []).catch_up()


def test_a_policy_that_no_command_could_say_is_left_out() -> None:
    directory = Directory()
    for policy in (Policy(proof_seconds=7), Policy(drain_seconds=2**60)):
        raw = policy.model_dump_json().encode()
        Broadcast(Settings(), "registry", directory.apply).take(b"policy/default", raw)
    assert directory.policies["default"].proof_seconds == 7


def test_a_record_of_the_registry_under_the_key_of_another_is_left_out() -> None:
    directory = Directory()
    mine = Tenant(tenant_id="mine", stakes="alert-and-continue")
    for key in (b"tenant/mine", b"tenant/another"):
        Broadcast(Settings(), "registry", directory.apply).take(
            key, mine.model_dump_json().encode()
        )
    assert directory.tenants == {"mine": mine}
