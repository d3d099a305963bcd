"""What the emitter's thread makes of Kafka's answers."""

import asyncio
from collections import deque

import pytest
from aiokafka.errors import TopicAuthorizationFailedError

from holdfast_client.sending import Item, Sender


async def test_refused_events_wait_and_are_complained_of_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("holdfast_client.outage.time.monotonic", lambda: now[0])
    queue: deque[Item] = deque()
    sender = Sender("127.0.0.1:1", "events", {}, queue, 10, 1, lambda _reason, _count: False)

    async def answered(number: int, error: Exception | None) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
        sender._flying[number] = (b"key", b"%d" % number)
        sender._done(done, number)

    for number in range(3):
        await answered(number, TopicAuthorizationFailedError("events"))
    assert [value for _, value in queue] == [b"2", b"1", b"0"]
    await answered(3, None)
    await answered(4, TopicAuthorizationFailedError("events"))
    now[0] += 30
    await answered(5, None)
    now[0] += 30
    await answered(6, None)
    assert [record.getMessage() for record in caplog.records] == [
        "emitter: no way to Kafka (TopicAuthorizationFailedError); up to 10 events wait",
        "emitter: Kafka is back after 30 s",
    ]
    await answered(7, TopicAuthorizationFailedError("events"))
    assert (len(caplog.records), sender.sent) == (3, 3)
