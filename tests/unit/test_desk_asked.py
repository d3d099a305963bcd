"""What people ask for at the desk, without servers: whom it reaches, and what they are told."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import typer
from aiokafka.errors import TopicAuthorizationFailedError

from control.signing import sign
from schemas import Contract, DeadLetter, Request, Tenant
from streams.agents.park import letter
from streams.cli import people
from streams.desk import letters, registry, requests, wire
from streams.desk.errors import DeskError, RefusedError
from streams.desk.registry import Entries
from streams.settings import Settings
from tests.agents import PERSON
from tests.stream.kafka_fakes import FakeRecord


class Said(Contract):
    cause: dict[str, str]


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
    monkeypatch.setattr(wire, "producing", producing)
    assert await letters.resend(Settings(), [], None) == letters.Resent(
        1, ["events/0/1", "events/0/2"]
    )
    assert sent == [b"whole"]
    assert len(base64.b64decode(found[1].value)) == 1_000_000


async def test_who_may_not_write_the_topic_of_a_letter_is_told_who_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Producer:
        async def send_and_wait(self, topic: str, key: bytes, value: bytes) -> None:
            if value == b"2":
                raise TopicAuthorizationFailedError(topic)

    async def pending(settings: Settings) -> list[DeadLetter]:
        return [parked(0, b"1"), parked(1, b"2")]

    @asynccontextmanager
    async def producing(settings: Settings) -> AsyncIterator[Any]:
        yield Producer()

    monkeypatch.setattr(letters, "pending", pending)
    monkeypatch.setattr(wire, "producing", producing)
    with pytest.raises(DeskError, match=r"Sent 1 again; holdfast\.events is written by service"):
        await letters.resend(Settings(), [], None)


def test_what_is_approved_is_answered_by_the_command_that_the_alert_had_asked_for() -> None:
    settings = Settings()
    request = requests.build("approve", "care", "ann", alert_id="a1")

    def answered(cause: str) -> bool:
        raw = sign(Said(cause={"id": cause}), PERSON).model_dump_json().encode()
        record = FakeRecord(0, b"t/care", raw, settings.topic("control"))
        return requests._answers(settings, request, b"", record)

    assert answered("a1")
    assert not answered("a2")


def test_an_agent_on_which_a_revert_is_refused_keeps_no_other_from_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    async def ask(settings: Settings, request: Request) -> bool:
        asked.append(request.agent_id)
        if request.agent_id == "first":
            message = "decide refuses it (nothing-to-revert): x."
            raise RefusedError(message)
        return True

    async def read(settings: Settings) -> Entries:
        pins = {"first": "v1", "second": "v1"}
        return Entries(tenants={"acme": Tenant(tenant_id="acme", pins=pins)})

    monkeypatch.setattr(requests, "ask", ask)
    monkeypatch.setattr(registry, "read", read)
    with pytest.raises(typer.Exit) as ended:
        people.revert("acme", "they called", person="ann")
    assert (asked, ended.value.exit_code) == (["first", "second"], 1)
    said = capsys.readouterr()
    assert "first: decide refuses it" in said.err
    assert "Done as ann: acme goes back on second." in said.out
