"""The command line without servers: what it says and how it ends."""

import asyncio
import gzip
import io
import json
import os
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from pydantic import ValidationError
from rich.console import Console
from typer.testing import CliRunner

from control.bundles import identified
from control.errors import WrongSignerError
from control.signing import read_request
from schemas import Envelope
from streams.cli import app as cli
from streams.cli import say
from streams.cli.emit import parse_rate
from streams.desk import emit, keys, registry, requests, wire
from streams.desk.errors import DeskError, KeyMissingError, UnreadableFileError
from streams.errors import StreamsError
from streams.settings import Settings

runner = CliRunner()
GOOD = {
    "event_id": "e1",
    "occurred_at": "2026-01-01T00:00:00Z",
    "tenant_id": "acme",
    "agent_id": "care",
    "bundle_id": "v1",
    "output_tokens": 12,
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOLDFAST_KAFKA", "127.0.0.1:1")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run as the installed command does; return the exit code."""
    monkeypatch.setattr("sys.argv", ["holdfast", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "command",
    ["up", "measure", "decide", "record", "emit", "status", "revert", "hold", "resume", "approve",
     "deny", "accept", "topics", "demo", "version", "backtest", "rollout start",
     "rollout status", "rollout finish",
     "rollout abort", "keys create", "keys list", "keys show", "registry apply", "registry show",
     "letters list", "letters resend"],
)  # fmt: skip
def test_every_command_says_what_it_does(command: str) -> None:
    result = runner.invoke(cli.app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_no_broker_is_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "status") == 1
    said = capsys.readouterr()
    assert "holdfast up" in said.err
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "setting", "hint"),
    [
        (["topics", "--apply"], {}, "HOLDFAST_KAFKA"),
        (["status"], {"KAFKA_SECURITY": "SSL", "KAFKA_CA": "/nowhere"}, "HOLDFAST_KAFKA_CA"),
        (["measure"], {"KAFKA_SECURITY": "SSL", "KAFKA_CA": "/nowhere"}, "HOLDFAST_KAFKA_CA"),
        (["keys", "list"], {"DATA_DIR": "{file}"}, "keys/ring.json"),
    ],
)
def test_what_the_system_or_kafka_says_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    setting: dict[str, str],
    hint: str,
) -> None:
    (tmp_path / "file").touch()
    for name, value in setting.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value.format(file=tmp_path / "file"))
    assert run(monkeypatch, *words) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert hint in said[0]


def test_no_error_of_the_settings_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_KAFKA_SECURITY", "SASL_SSL")
    monkeypatch.setenv("HOLDFAST_KAFKA_PASSWORD", "open sesame")
    with pytest.raises(ValidationError, match="HOLDFAST_KAFKA_USER") as refused:
        Settings()
    assert "sesame" not in str(refused.value)


def test_what_looks_like_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(say, "out", Console(file=shown, force_terminal=True, width=80))
    say.table("Labels", ("label",), [("v1[/b]",), ("gpt[v2]",)])
    assert "v1[/b]" in shown.getvalue()
    assert "gpt[v2]" in shown.getvalue()


def test_a_wrong_setting_is_one_line_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOLDFAST_PARTITIONS", "many")
    assert run(monkeypatch, "status") == 2
    assert "partitions" in capsys.readouterr().err


@pytest.mark.parametrize(
    "servers", ["host:port:x", "host:99999", "a:1,b c", "http://a:1", " , ", ""]
)
def test_servers_that_are_no_list_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], servers: str
) -> None:
    monkeypatch.setenv("HOLDFAST_KAFKA", servers)
    assert run(monkeypatch, "decide") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "HOLDFAST_KAFKA is a list like" in line


@pytest.mark.parametrize("servers", ["kafka", "a.b-c:9092, 10.0.0.1:9093,", "[::1]:9092"])
def test_servers_may_be_names_and_addresses(servers: str) -> None:
    assert Settings(kafka=servers).kafka == servers


def test_debug_lets_the_traceback_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_DEBUG", "1")
    monkeypatch.setattr("sys.argv", ["holdfast", "registry", "apply", "nowhere.json"])
    with pytest.raises(UnreadableFileError):
        cli.main()


def test_topics_prints_topics_changelogs_and_rights() -> None:
    result = runner.invoke(cli.app, ["topics"])
    assert "holdfast.events" in result.stdout
    assert "changelog" in result.stdout
    assert "measure\tRead\tgroup" in result.stdout
    found = json.loads(runner.invoke(cli.app, ["topics", "--json"]).stdout)
    assert {"holdfast.control", "holdfast.registry"} <= {t["name"] for t in found["topics"]}
    commands = runner.invoke(cli.app, ["topics", "--commands"]).stdout
    assert "kafka-acls.sh" in commands
    assert "--topic holdfast.events" in commands


def test_keys_are_made_once_and_private_to_their_owner(tmp_path: Path) -> None:
    first = runner.invoke(cli.app, ["keys", "create"])
    assert "Made the key" in first.stdout
    assert "Nothing is missing" in runner.invoke(cli.app, ["keys", "create"]).stdout
    files = list((tmp_path / "data" / "keys").glob("*.pem"))
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    shown = json.loads(runner.invoke(cli.app, ["keys", "show"]).stdout)
    assert sorted(row["kind"] for row in shown["keys"].values()) == ["control", "person"]
    assert "PRIVATE" not in runner.invoke(cli.app, ["keys", "list"]).stdout


def test_a_new_key_counts_from_now_on() -> None:
    assert "from now on" in runner.invoke(cli.app, ["keys", "create", "ann"]).stdout


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    keys.create(tmp_path, "ann")
    with pytest.raises(DeskError, match="exists already"):
        keys.create(tmp_path, "ann")


@pytest.mark.parametrize("name", ["../ann", "", "a b", "x" * 65])
def test_a_key_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeskError, match="no name for a key"):
        keys.create(tmp_path, name)


def test_a_request_is_signed_by_its_person_and_read_with_the_ring(tmp_path: Path) -> None:
    keys.create(tmp_path, "ann")
    keys.create(tmp_path, keys.CONTROL)
    request = requests.build("revert", "care", "ann", tenants=["acme"], reason="they called")
    raw = requests.envelope(request, keys.signer(tmp_path, "ann"))
    envelope = Envelope.model_validate_json(raw)
    assert read_request(envelope, keys.ring(tmp_path, "person")) == request
    with pytest.raises(Exception, match="key"):
        read_request(envelope, keys.ring(tmp_path, "control"))


def test_nobody_signs_in_the_name_of_somebody_else(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        keys.create(tmp_path, name)
    request = requests.build("revert", "care", "ann", tenants=["acme"], reason="they called")
    raw = requests.envelope(request, keys.signer(tmp_path, "bob"))
    with pytest.raises(WrongSignerError, match="speaks for ann"):
        read_request(Envelope.model_validate_json(raw), keys.ring(tmp_path, "person"))


def test_what_changes_nothing_is_not_said_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unanswered(*_: object) -> bool:
        return False

    monkeypatch.setattr(requests, "ask", unanswered)
    result = runner.invoke(cli.app, ["hold", "care"])
    assert result.exit_code == 0
    assert "is held. Nothing has changed yet: it was so already" in result.stdout


def test_a_missing_key_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="holdfast keys create bob"):
        keys.signer(tmp_path, "bob")


@pytest.mark.parametrize(
    ("text", "rate"), [("500", 500), ("500/s", 500), ("600/min", 10), (None, None)]
)
def test_a_rate_is_per_second_or_minute(text: str | None, rate: float | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["fast", "0", "-1/s", "5/fortnight", "inf"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(DeskError, match="is no rate"):
        parse_rate(text)


def test_emit_of_a_file_that_is_not_there_sends_nothing() -> None:
    result = runner.invoke(cli.app, ["emit", "nowhere.jsonl"])
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"output_tokens": None}, "one metric"),
        ({"tenant_id": "a b"}, "tenant_id"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"latency_ms": "quick"}, "latency_ms"),
    ],
)
def test_an_unreadable_line_says_where_without_its_values(
    change: dict[str, Any], word: str
) -> None:
    found = emit.check(json.dumps({**GOOD, **change}).encode())
    assert isinstance(found, str)
    assert word in found
    assert "quick" not in found
    assert "yesterday" not in found


def test_a_readable_line_is_sent_as_it_came_under_tenant_and_agent() -> None:
    raw = json.dumps({**GOOD, "own_field": 1}).encode()
    assert emit.check(raw) == emit.Line(b"acme/care", raw)
    outcome = {
        "outcome_id": "o", "event_id": "e1", "tenant_id": "acme", "agent_id": "care",
        "name": "feedback", "value": 1, "occurred_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert isinstance(emit.check(json.dumps(outcome).encode()), emit.Line)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"outcome_id"'])
def test_rubbish_is_a_bad_line(raw: bytes) -> None:
    assert isinstance(emit.check(raw), str)


def test_an_event_with_a_label_called_like_an_outcomes_id_is_an_event() -> None:
    labelled = {**GOOD, "labels": {"outcome_id": "o1"}}
    assert isinstance(emit.check(json.dumps(labelled).encode()), emit.Line)


def test_a_file_that_cannot_be_unpacked_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "events.gz"
    path.write_bytes(gzip.compress(b"")[:10] + b"\xff" * 20)
    with pytest.raises(UnreadableFileError, match="cannot be read to its end"):  # noqa: SIM117
        with emit.lines(path) as (file, _):
            list(emit.numbered(file, path))


def test_only_so_many_bad_lines_are_kept() -> None:
    tally = emit.Tally()
    for number in range(1000):
        tally.reject("f", number, "no")
    assert (tally.bad, len(tally.shown)) == (1000, emit.SHOWN)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_packed_or_not_whatever_its_name(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "events"
    path.write_bytes(gzip.compress(b"one\ntwo\n") if packed else b"one\ntwo\n")
    with emit.lines(path) as (file, position):
        assert list(file) == [b"one\n", b"two\n"]
        assert position() == path.stat().st_size


def test_a_byte_order_mark_belongs_to_no_line(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(b"\xef\xbb\xbf{}\r\n\r\n[]\r\n")
    with emit.lines(path) as (file, _):
        assert list(emit.numbered(file, path)) == [(1, b"{}"), (3, b"[]")]


@pytest.mark.parametrize("rest", [b"", b"\xff" * 50], ids=["cut", "damaged"])
def test_what_cannot_be_unpacked_is_one_line(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "events.gz"
    path.write_bytes(gzip.compress(b"{}")[:10] + rest)
    with (
        emit.lines(path) as (file, _),
        pytest.raises(UnreadableFileError, match=r"events\.gz cannot be read to its end"),
    ):
        list(emit.numbered(file, path))


def test_a_folder_is_not_said_to_be_missing(tmp_path: Path) -> None:
    result = runner.invoke(cli.app, ["emit", str(tmp_path)])
    assert result.exit_code == 2
    assert "is a folder; name its files; nothing was sent." in result.stderr


def registry_content(**tenant: Any) -> dict[str, Any]:
    bundle = {"provider": "p", "model": "m", "prompt_version": "v1"}
    return {
        "bundles": {"main": bundle},
        "tenants": [{"tenant_id": "acme", "pins": {"care": "main"}, **tenant}],
    }


def test_a_registry_file_has_bundles_by_name() -> None:
    entries = registry.parse(registry_content(), "file")
    expected = identified({"provider": "p", "model": "m", "prompt_version": "v1"}).bundle_id
    assert entries.tenants["acme"].pins == {"care": expected}
    assert list(entries.bundles) == [expected]
    assert [key for _, key, _ in entries.records()] == [f"bundle/{expected}", "tenant/acme"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (registry_content(tier="iron"), "tenant number 1: tier"),
        (registry_content(pins=["main"]), "tenant number 1"),
        ({"bundles": {"main": {"model": "m"}}}, "bundle 'main'"),
        ({"bundles": {"main": {"colour": "red"}}}, "bundle 'main'"),
        ({"policies": [{"pause_fleet": 101}]}, "policy number 1: pause_fleet"),
        (
            registry_content(stake="alert-and-continue"),
            "tenant number 1: there is no field 'stake'",
        ),
        ({"policies": [{"drain_seconds": 2**70}]}, "policy number 1: .* beyond 2147483647"),
        ({"policies": [{"halt_flet": 50}]}, "no field 'halt_flet'; there are .*halt_fleet"),
        (registry_content(pin={"care": "main"}), "tenant number 1: there is no field 'pin'"),
        ({"tenants": ["acme"]}, "tenant number 1: it must be an object"),
        ({"bundles": [{"model": "m"}]}, "bundles must be an object"),
        ({"tenants": {"acme": {}}}, "tenants must be a list"),
        ({"bundle": {}}, "there is no 'bundle'"),
    ],
)
def test_a_wrong_registry_file_says_where(content: dict[str, Any], word: str) -> None:
    with pytest.raises(UnreadableFileError, match=word):
        registry.parse(content, "file")


async def test_without_a_key_of_the_person_the_registry_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []

    async def send(settings: Settings, records: object) -> None:
        written.append(records)

    async def read(settings: Settings) -> registry.Entries:
        return registry.Entries()

    monkeypatch.setattr(wire, "send", send)
    monkeypatch.setattr(registry, "read", read)
    entries = registry.parse(registry_content(), "file")
    with pytest.raises(KeyMissingError):
        await registry.apply(Settings(data_dir=tmp_path), entries, "stranger")
    assert written == []


def test_letters_are_not_resent_unless_said_which() -> None:
    assert runner.invoke(cli.app, ["letters", "resend"]).exit_code == 2


@pytest.mark.parametrize(
    "ring", [{"a": {}}, ["a"], {"a": {"name": "ann", "kind": "person", "public": "%%"}}]
)
def test_a_damaged_ring_says_what_to_do(tmp_path: Path, ring: object) -> None:
    keys.folder(tmp_path).mkdir()
    (keys.folder(tmp_path) / "ring.json").write_text(json.dumps({"keys": ring}))
    with pytest.raises(KeyMissingError, match="is damaged; restore it"):
        keys.listed(tmp_path)


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(gzip.compress(b"one\ntwo\n")))
    writer.start()
    with emit.lines(pipe) as (file, position):
        assert (list(file), position()) == ([b"one\n", b"two\n"], 0)
    writer.join()


async def test_lines_of_a_slow_pipe_are_sent_before_the_next_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    sent, in_time = threading.Event(), list[bool]()

    class Producer:
        async def send(self, topic: str, key: bytes, value: bytes) -> asyncio.Future[None]:
            loop = asyncio.get_running_loop()
            loop.call_later(0.01, sent.set)
            done: asyncio.Future[None] = loop.create_future()
            done.set_result(None)
            return done

        async def flush(self) -> None:
            return None

    @asynccontextmanager
    async def producing(settings: Settings, **_: object) -> AsyncIterator[Any]:
        yield Producer()

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(GOOD).encode() + b"\n")
            pipe.flush()
            in_time.append(sent.wait(2))

    monkeypatch.setattr(wire, "producing", producing)
    with os.fdopen(reading, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        writer = threading.Thread(target=write)
        writer.start()
        await emit.emit(Settings(), [Path("-")], tally := emit.Tally())
        writer.join()
    assert (in_time, tally.sent) == ([True], 1)


async def test_a_topic_that_brokers_give_no_more_of_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Consumer:
        async def end_offsets(self, _: object) -> dict[TopicPartition, int]:
            return {TopicPartition("holdfast.alerts", 0): 5}

        async def beginning_offsets(self, _: object) -> dict[TopicPartition, int]:
            return {TopicPartition("holdfast.alerts", 0): 0}

        def assignment(self) -> set[TopicPartition]:
            return set()

        async def getmany(self, *_: object, **__: object) -> dict[TopicPartition, list[Any]]:
            await asyncio.sleep(0.01)
            return {}

        async def position(self, _: object) -> int:
            return 2

    @asynccontextmanager
    async def consuming(settings: Settings, *_: str) -> AsyncIterator[Any]:
        yield Consumer()

    monkeypatch.setattr(wire, "consuming", consuming)
    monkeypatch.setattr(wire, "PATIENCE", 0.02)
    with pytest.raises(StreamsError, match=r"nothing more of holdfast\.alerts"):
        await asyncio.wait_for(wire.read(Settings(), "alerts"), 5)
