"""What people ask for at the desk, without servers: whom it reaches, and what they are told."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from schemas import DeadLetter
from streams.agents.park import letter
from streams.desk import letters
from streams.settings import Settings
from tests.stream.kafka_fakes import FakeRecord


def parked(offset: int, value: bytes, key: bytes = b"acme/care") -> DeadLetter:
    return letter(FakeRecord(offset, key, value), "events", "not-an-event")


async def test_a_letter_that_was_cut_is_not_sent_as_if_it_were_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [parked(0, b"whole"), parked(1, b"x" * 1_000_001), parked(2, b"y", b"k" * 5_000)]
    sent: list[bytes] = []

    class Producer:
        async def send_and_wait(self, topic: str, key: bytes, value: bytes) -> None:
            sent.append(value)

    async def pending(settings: Settings) -> list[DeadLetter]:
        return found

    @asynccontextmanager
    async def producing(settings: Settings) -> AsyncIterator[Any]:
        yield Producer()

    monkeypatch.setattr(letters, "pending", pending)
    monkeypatch.setattr(letters.wire, "producing", producing)
    assert await letters.resend(Settings(), [], None) == letters.Resent(
        1, ["events/0/1", "events/0/2"]
    )
    assert sent == [b"whole"]
    assert len(base64.b64decode(found[1].value)) == 1_000_000
