"""The desk against a real broker: emit, registry, letters, state."""

import asyncio
import base64
import gzip
import json
from pathlib import Path

import pytest
from aiokafka.partitioner import murmur2

from control.signing import read_request
from schemas import DeadLetter, Envelope
from simulation import Fleet, World, make_tenants
from streams.desk import emit, keys, letters, registry, requests, state, wire
from streams.errors import StreamsError
from streams.kafka.admin import ensure_topics
from streams.settings import Settings

pytestmark = pytest.mark.broker
AT = "2026-01-01T00:00:00Z"


@pytest.fixture
async def ready(settings: Settings) -> Settings:
    await ensure_topics(settings)
    keys.ensure(settings.data_dir)
    return settings


def events(count: int) -> list[bytes]:
    fleet = Fleet(make_tenants(5, 1), World(), 1)
    bundle = {"bundle_id": "v1", "model": "m"}
    return [json.dumps(fleet.event(fleet.call(), bundle, AT)).encode() for _ in range(count)]


async def test_emit_sends_what_is_readable_and_names_the_lines_that_are_not(
    ready: Settings, tmp_path: Path
) -> None:
    good = events(400)
    path, packed = tmp_path / "one.jsonl", tmp_path / "two.jsonl.gz"
    path.write_bytes(b"\n".join([*good[:100], b"{rubbish", b"", *good[100:200], b'{"a": 1}']))
    packed.write_bytes(gzip.compress(b"\n".join(good[200:]) + b"\n"))
    tally, read = emit.Tally(), list[int]()
    await emit.emit(ready, [path, packed], tally, progress=read.append)
    assert (tally.lines, tally.sent, tally.bad, tally.failed) == (402, 400, 2, 0)
    assert [(bad.file, bad.number) for bad in tally.shown] == [
        ("one.jsonl", 101),
        ("one.jsonl", 203),
    ]
    assert read[-1] == path.stat().st_size + packed.stat().st_size
    records = await wire.read(ready, "events")
    assert sorted(record.value or b"" for record in records) == sorted(good)
    for record in records:
        content = json.loads(record.value or b"")
        key = f"{content['tenant_id']}/{content['agent_id']}".encode()
        assert record.key == key
        assert record.partition == (murmur2(key) & 0x7FFFFFFF) % ready.partitions


async def test_emit_holds_a_rate(ready: Settings, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(b"\n".join(events(100)))
    loop = asyncio.get_running_loop()
    start = loop.time()
    await emit.emit(ready, [path], emit.Tally(), rate=100.0)
    assert 0.9 < loop.time() - start < 3.0


async def test_emit_that_is_stopped_has_sent_what_it_counts(
    ready: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(b"\n".join(events(500)))
    tally = emit.Tally()
    task = asyncio.create_task(emit.emit(ready, [path], tally, rate=200.0))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert 0 < tally.sent < 500
    assert len(await wire.read(ready, "events")) == tally.sent


async def test_a_topic_that_is_missing_says_how_to_make_it(settings: Settings) -> None:
    with pytest.raises(StreamsError, match="holdfast topics --apply"):
        await wire.read(settings, "events")


async def test_a_registry_file_is_written_and_its_pins_are_asked_for(ready: Settings) -> None:
    content = {
        "bundles": {"main": {"provider": "p", "model": "m", "prompt_version": "v1"}},
        "tenants": [{"tenant_id": name, "pins": {"care": "main"}} for name in ("a", "b")],
        "policies": [{"policy_id": "default", "halt_fleet": 90}],
    }
    entries = registry.parse(content, "file")
    assert await registry.apply(ready, entries, keys.me()) == {"care": ["a", "b"]}
    found = await registry.read(ready)
    assert (found.bundles, found.tenants, found.policies) == (
        entries.bundles, entries.tenants, entries.policies,
    )  # fmt: skip
    (record,) = await wire.read(ready, "requests")
    envelope = Envelope.model_validate_json(record.value or b"")
    request = read_request(envelope, keys.ring(ready.data_dir, "person"))
    assert (request.kind, request.agent_id, request.tenants) == ("assign", "care", ["a", "b"])
    assert record.key == b"care"


async def test_a_pin_that_names_no_bundle_writes_nothing(ready: Settings) -> None:
    entries = registry.parse({"tenants": [{"tenant_id": "a", "pins": {"care": "x"}}]}, "file")
    with pytest.raises(StreamsError, match="names the bundle 'x'"):
        await registry.apply(ready, entries, keys.me())
    assert await wire.read(ready, "registry") == []


def letter(settings: Settings, number: int, reason: str, topic: str = "events") -> DeadLetter:
    return DeadLetter(
        letter_id=f"letter-{number}", topic=settings.topic(topic), partition=0, offset=number,
        at=number, reason=reason, key="acme/care",
        value=base64.b64encode(b"raw %d" % number).decode(),
    )  # fmt: skip


async def test_letters_are_listed_once_and_sent_again_byte_for_byte(ready: Settings) -> None:
    parked = [letter(ready, n, "not-json" if n < 2 else "unknown-phase") for n in range(4)]
    parked.append(letter(ready, 9, "not-json", "elsewhere"))
    records = [
        ("dead-letters", "acme/care", one.model_dump_json().encode())
        for one in [*parked, parked[0]]
    ]
    await wire.send(ready, records)
    assert [one.letter_id for one in await letters.pending(ready)] == [
        f"letter-{n}" for n in (0, 1, 2, 3, 9)
    ]
    assert await letters.resend(ready, [], "unknown-phase") == letters.Resent(2, [])
    assert await letters.resend(ready, ["letter-0", "letter-9"], None) == letters.Resent(
        1, ["letter-9"]
    )
    sent = await wire.read(ready, "events")
    assert {(record.key, record.value) for record in sent} == {
        (b"acme/care", b"raw 2"), (b"acme/care", b"raw 3"), (b"acme/care", b"raw 0"),
    }  # fmt: skip
    with pytest.raises(StreamsError, match="no letter nobody"):
        await letters.resend(ready, ["nobody"], None)


async def test_a_request_needs_the_key_of_its_person(ready: Settings) -> None:
    request = requests.build("hold", "care", "stranger")
    with pytest.raises(StreamsError, match="holdfast keys create stranger"):
        await requests.submit(ready, request)
    assert await wire.read(ready, "requests") == []


async def test_state_of_empty_topics_is_empty(ready: Settings) -> None:
    found = await state.load(ready)
    assert (found.signals, found.commands, found.routers) == ({}, {}, {})
    assert not found.deciding(state.now_ms())
