import asyncio
from pathlib import Path

import pytest

from streams.errors import MessageTooLargeError
from streams.kafka.outbox import MAX_MESSAGE, Outbox
from tests.stream.kafka_fakes import FakeProducer


class OnlyProducer:
    def __init__(self, producer: FakeProducer) -> None:
        self.producer = producer


async def test_it_sends_in_the_order_of_saying() -> None:
    producer = FakeProducer()
    outbox = Outbox(OnlyProducer(producer))
    for number in range(200):
        outbox.send("t", b"k", b"%d" % number)
    assert producer.sent == []
    await outbox.drain()
    assert [value for _, _, value, _ in producer.sent] == [b"%d" % n for n in range(200)]
    assert len(outbox) == 0


async def test_drain_waits_for_acks_and_not_for_what_is_said_later() -> None:
    producer = FakeProducer(at_once=False)
    outbox = Outbox(OnlyProducer(producer))
    outbox.send("t", b"k", b"1")
    drained = asyncio.create_task(outbox.drain())
    await asyncio.sleep(0.01)
    assert not drained.done()
    producer.ack_all()
    outbox.send("t", b"k", b"2")
    await drained
    assert len(outbox) == 1
    await asyncio.sleep(0.01)
    producer.ack_all()
    await outbox.drain()


async def test_a_failure_stays_so_that_no_commit_passes_it() -> None:
    producer = FakeProducer()
    outbox = Outbox(OnlyProducer(producer))
    producer.error = ConnectionError("gone")
    sent = outbox.send("t", b"k", b"1")
    with pytest.raises(ConnectionError):
        await outbox.drain()
    producer.error = None
    outbox.send("t", b"k", b"2")
    with pytest.raises(ConnectionError):
        await outbox.drain()
    assert isinstance(sent.exception(), ConnectionError)


async def test_a_drain_that_is_cancelled_does_not_cancel_the_sending() -> None:
    producer = FakeProducer(at_once=False)
    outbox = Outbox(OnlyProducer(producer))
    sent = outbox.send("t", b"k", b"1")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(outbox.drain(), 0.01)
    producer.ack_all()
    assert (await sent).offset == 0
    await outbox.drain()


async def test_an_ack_says_where_the_message_is() -> None:
    outbox = Outbox(OnlyProducer(FakeProducer()))
    await outbox.send("t", b"k", b"1", partition=3)
    ack = await outbox.send("t", b"k", b"2", partition=3, headers={"a": b"b"})
    assert (ack.topic, ack.partition, ack.offset) == ("t", 3, 1)


async def test_a_message_no_broker_takes_is_refused_at_once() -> None:
    outbox = Outbox(OnlyProducer(FakeProducer()))
    with pytest.raises(MessageTooLargeError, match="split it"):
        outbox.send("t", b"k", bytes(MAX_MESSAGE))
    assert len(outbox) == 0


async def test_room_holds_back_those_who_say_more_than_is_acked(tmp_path: Path) -> None:
    producer = FakeProducer(at_once=False)
    outbox = Outbox(OnlyProducer(producer))
    for _ in range(11):
        outbox.send("t", b"k", b"v")
    waiting = asyncio.create_task(outbox.room(10))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    producer.ack_all()
    await waiting
