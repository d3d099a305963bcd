"""What commands say where there is nothing, one, many, or another name."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas import Heartbeat, Request, Tenant
from streams.cli import app as cli
from streams.desk import letters, registry, requests, wire
from streams.desk import state as desk
from streams.desk.errors import NothingRunningError, RefusedError
from streams.desk.letters import Resent
from streams.desk.near import near
from streams.desk.registry import Entries
from streams.desk.state import State
from streams.settings import Settings
from tests.unit.test_desk_state import add, command, signal

Show = Callable[..., str]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Run a command over a state of the topics; return what it prints."""

    def run(state: State, *words: str, status: int = 0) -> str:
        async def load(_: Settings) -> State:
            return state

        monkeypatch.setattr(desk, "load", load)
        result = CliRunner().invoke(cli.app, list(words))
        assert result.exit_code == status, result.output
        return result.output

    return run


def routers(*names: str) -> State:
    state = State()
    for name in names:
        add(state, "acks", Heartbeat(router_id=name, at=desk.now_ms()))
    return state


@pytest.mark.parametrize(
    ("names", "said"),
    [((), "0 live routers."), (("a",), "1 live router: a."), (("a", "b"), "2 live routers: a, b.")],
)
def test_routers_are_counted(show: Show, names: tuple[str, ...], said: str) -> None:
    assert said in show(routers(*names), "status")


@pytest.mark.parametrize("command_", ["status", "rollout status"])
def test_an_agent_that_nobody_has_is_not_said_to_be_quiet(show: Show, command_: str) -> None:
    state = State()
    add(state, "signals", signal(1, 10))
    said = show(state, *command_.split(), "car", status=1)
    assert "Nothing is known of an agent car. Did you mean care?" in said
    assert "No rollout" not in said
    assert "of an agent zebra." in show(state, *command_.split(), "zebra", status=1)


def test_an_agent_without_a_rollout_is_named(show: Show) -> None:
    state = State()
    add(state, "signals", signal(1, 10))
    assert "No rollout of care yet" in show(state, "rollout", "status", "care")
    assert "No rollout yet" in show(State(), "rollout", "status")


def test_quiet_ones_are_more_only_beside_others(show: Show) -> None:
    state = State()
    for number in range(8):
        one = signal(1, 10).model_copy(update={"tenant_id": f"t{number}"})
        add(state, "signals", one)
    said = show(state, "status")
    assert "8 are watched and quiet; `holdfast status --all` shows them." in said


def test_a_name_that_nobody_has_brings_those_like_it() -> None:
    assert near("tenant-02", ["tenant-002", "acme"]) == " Did you mean tenant-002?"
    assert near("zeta", ["tenant-002"]) == ""


@pytest.mark.parametrize("words", [["tenant-02"], ["tenant-02", "care"], ["tenant-002", "car"]])
def test_a_revert_of_a_wrong_name_brings_those_like_it(
    show: Show, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    async def read(_: Settings) -> Entries:
        tenant = Tenant(tenant_id="tenant-002", pins={"care": "v1"})
        return Entries(tenants={"tenant-002": tenant})

    async def ask(*_: object) -> bool:
        message = "decide refuses it (not-assigned): it has no assignment to revert."
        raise RefusedError(message)

    monkeypatch.setattr(registry, "read", read)
    monkeypatch.setattr(requests, "ask", ask)
    said = show(State(), "revert", *words, "--reason", "x", status=1)
    meant = "tenant-002" if words[0] == "tenant-02" else "care"
    assert f"Did you mean {meant}?" in said


@pytest.mark.parametrize(
    ("words", "ticked", "said"),
    [
        (["hold", "care"], True, "Nothing has changed: it was so already"),
        (["hold", "care"], False, "decide is silent: it is done when decide is back"),
        (["deny", "care", "a1"], True, "Done as ann: what a1 proposes does not happen."),
        (["deny", "care", "a1"], False, "decide is silent"),
    ],
)
def test_what_has_no_answer_says_why(
    show: Show, monkeypatch: pytest.MonkeyPatch, words: list[str], ticked: bool, said: str
) -> None:
    async def unanswered(*_: object) -> bool:
        return False

    monkeypatch.setattr(requests, "ask", unanswered)
    state = State(ticked_at=desk.now_ms() if ticked else 0)
    assert said in show(state, *words, "--person", "ann")


def test_a_refusal_is_said_with_its_code_and_no_other() -> None:
    request: Request = requests.build("hold", "care", "ann")
    assert refused(request, "refused", "no-rollout: care has no active rollout") == (
        "decide refuses it (no-rollout): care has no active rollout."
    )
    assert refused(request, "bad-signature", "sign as yourself") == (
        "decide refuses it (bad-signature): sign as yourself."
    )
    assert refused(request, "refused", "") == "decide refuses it (refused): see its log."


def refused(request: Request, reason: str, detail: str) -> str:
    from streams.agents.park import letter
    from tests.stream.kafka_fakes import FakeRecord

    settings = Settings()
    one = letter(FakeRecord(0, b"care", b"raw"), "requests", reason, detail)
    record: Any = FakeRecord(
        0, b"care", one.model_dump_json().encode(), settings.topic("dead-letters")
    )
    with pytest.raises(RefusedError) as error:
        requests._answers(settings, request, b"raw", record)
    return str(error.value)


@pytest.mark.parametrize(
    ("sent", "words", "said"),
    [
        (0, ["--reason", "nope"], "No message is parked for nope."),
        (0, ["--all"], "No message is parked at all."),
        (1, ["--all"], "Sent 1 message again."),
        (2, ["--all"], "Sent 2 messages again."),
    ],
)
def test_letters_are_counted(
    show: Show, monkeypatch: pytest.MonkeyPatch, sent: int, words: list[str], said: str
) -> None:
    async def resend(*_: object) -> Resent:
        return Resent(sent, [])

    monkeypatch.setattr(letters, "resend", resend)
    assert said in show(State(), "letters", "resend", *words)


def test_an_empty_registry_says_how_to_fill_it(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_: Settings) -> Entries:
        return Entries()

    monkeypatch.setattr(registry, "read", read)
    assert "Nothing is registered yet" in show(State(), "registry", "show")


def test_names_of_a_refusal_are_a_help_and_no_condition(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(_: Settings) -> Entries:
        message = "no Kafka"
        raise NothingRunningError(message)

    async def ask(*_: object) -> bool:
        message = "decide refuses it (no-rollout): care has no active rollout."
        raise RefusedError(message)

    monkeypatch.setattr(registry, "read", read)
    monkeypatch.setattr(requests, "ask", ask)
    state = State()
    add(state, "control", command("join", 1))
    result = CliRunner().invoke(cli.app, ["hold", "care"])
    assert isinstance(result.exception, RefusedError)
    assert str(result.exception).endswith("no active rollout.")


async def test_a_kafka_that_answers_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(writer)

    monkeypatch.setattr(wire, "ANSWER", 0.3)
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(NothingRunningError, match=f"No Kafka answers at 127.0.0.1:{port}"):
        await wire.read(Settings(kafka=f"127.0.0.1:{port}"), "control")
    assert time.monotonic() - begun < 5
    server.close()
    for writer in heard:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    assert heard
