"""The sink's protocol against a real ClickHouse: crashes and rivals at every step, rows exact."""

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from aiokafka import TopicPartition

from streams.clickhouse.client import connect, connect_async
from streams.clickhouse.errors import FencedError, MigrationError
from streams.clickhouse.migrate import MIGRATIONS, migrate
from streams.clickhouse.rows import read
from streams.clickhouse.sink import Position, Sink, Span
from streams.embedded.clickhouse import ClickHouse
from streams.settings import Settings
from tests.recorded import AT, Stored, event

pytestmark = pytest.mark.broker

PART = TopicPartition("x.events", 0)
DAY = 86_400_000


class CrashError(Exception):
    """The process dies here."""


class Fragile:
    """A client that may die before or after each request."""

    def __init__(self, client: Any, random: Random, rate: float) -> None:
        self._client, self._random, self._rate = client, random, rate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*args: Any, **more: Any) -> Any:
            self._crash()
            answer = await getattr(self._client, name)(*args, **more)
            self._crash()
            return answer

        return call

    def _crash(self) -> None:
        if self._random.random() < self._rate:
            raise CrashError


def stored(offset: int) -> Stored:
    """Return an event whose broker time alternates between two days, so blocks are split."""
    sent = event(offset)
    return Stored("x.events", 0, offset, AT - DAY * (offset % 2), sent.key, sent.value)


async def one_life(client: Any, owner: str, log: list[Stored], random: Random) -> None:
    """Record `log` from where the last life left off; cuts are this life's own."""
    sink = Sink(client, owner)
    position = (await sink.claim([PART]))[PART]
    at = position.start
    if position.state == "begin":
        at = position.last + 1
        await write(sink, Span(PART, position.first, position.last), log)
    while at < len(log):
        last = min(len(log), at + random.randint(20, 60)) - 1
        await write(sink, Span(PART, at, last), log)
        at = last + 1


async def write(sink: Sink, span: Span, log: list[Stored]) -> None:
    await sink.begin([span])
    for table, rows in read("events", log[span.first : span.last + 1]).tables.items():
        await sink.insert(span, table, rows)
    await sink.done([span])


def rows(settings: Settings) -> dict[str, int]:
    client = connect(settings)
    try:
        answer = client.query(
            "SELECT (SELECT count() FROM events) AS events, "
            "(SELECT uniqExact(kafka_offset) FROM events) AS unique, "
            "(SELECT count() FROM payloads) AS payloads, "
            "(SELECT sum(n) FROM signals_1m) AS rollup, "
            "(SELECT sum(output_tokens) FROM signals_1m) AS tokens, "
            "(SELECT sum(output_tokens) FROM events) AS tokens_of_events, "
            "(SELECT sum(n) FROM embedding_centroid_1h) AS centroids"
        )
        return dict(next(iter(answer.named_results())))
    finally:
        client.close()


@pytest.mark.parametrize("seed", range(3))
async def test_rows_and_rollups_are_exact_whatever_step_dies(settings: Settings, seed: int) -> None:
    migrate(settings)
    log, random, deaths = [stored(offset) for offset in range(600)], Random(seed), 0
    client = await connect_async(settings)
    try:
        for life in itertools.count():
            try:
                await one_life(Fragile(client, random, 0.06), f"life-{life}", log, random)
                break
            except CrashError:
                deaths += 1
    finally:
        await client.close()
    found = rows(settings)
    assert deaths >= 3
    tokens = sum(10 + offset % 50 for offset in range(600))
    assert found == {
        "events": 600, "unique": 600, "payloads": 600, "rollup": 600, "centroids": 600,
        "tokens": tokens, "tokens_of_events": tokens,
    }  # fmt: skip


async def test_a_batch_that_is_repeated_after_a_restart_of_clickhouse_is_stored_once(
    tmp_path: Path,
) -> None:
    server = ClickHouse(tmp_path / "mortal")
    log = [stored(offset) for offset in range(60)]
    try:
        for life in range(3):  # the first has the tables as they were created
            server.start()
            settings = Settings(clickhouse=server.url)
            migrate(settings)
            client = await connect_async(settings)
            for first in range(0, 20 * (life + 1), 20):
                span = Span(PART, first, first + 19)
                await Sink(client, "any").insert(
                    span, "ingest_events", arrow(log[first : first + 20])
                )
            await client.close()
            found = rows(settings)
            server.kill()
            counts = {found[name] for name in ("events", "payloads", "rollup", "centroids")}
            assert counts == {20 * (life + 1)}
    finally:
        server.kill()


async def test_a_stalled_owner_is_fenced_and_its_batch_is_repeated_as_it_was(
    settings: Settings,
) -> None:
    migrate(settings)
    log = [stored(offset) for offset in range(30)]
    client = await connect_async(settings)
    try:
        old, new = Sink(client, "old"), Sink(client, "new")
        assert (await old.claim([PART]))[PART] == Position()
        await write(old, Span(PART, 0, 9), log)
        await old.begin([Span(PART, 10, 24)])  # and stalls
        position = (await new.claim([PART]))[PART]
        assert (position.state, position.first, position.last) == ("begin", 10, 24)
        await write(new, Span(PART, 10, 24), log)
        await old.insert(Span(PART, 10, 24), "ingest_events", arrow(log[10:25]))  # wakes up
        await old.done([Span(PART, 10, 24)])
        await write(new, Span(PART, 25, 29), log)
        with pytest.raises(FencedError, match=r"x\.events\[0\]"):
            await old.begin([Span(PART, 25, 29)])
        assert (await Sink(client, "third").claim([PART]))[PART] == Position("done", 25, 29)
    finally:
        await client.close()
    assert (rows(settings)["events"], rows(settings)["rollup"]) == (30, 30)


async def test_of_two_that_claim_at_once_at_most_one_writes(settings: Settings) -> None:
    migrate(settings)
    client = await connect_async(settings)
    try:
        for turn in range(5):
            rivals = [Sink(client, f"{name}-{turn}") for name in "ab"]
            claims = await asyncio.gather(*(rival.claim([PART]) for rival in rivals))
            begun = 0
            for rival, claim in zip(rivals, claims, strict=True):
                if PART in claim:
                    try:
                        await rival.begin([Span(PART, 0, 1)])
                        begun += 1
                    except FencedError:
                        pass
            assert begun <= 1
    finally:
        await client.close()


def arrow(records: list[Stored]) -> pa.Table:
    return read("events", records).tables["ingest_events"]


def test_migrating_again_does_nothing_and_a_changed_file_is_refused(
    settings: Settings, tmp_path: Any
) -> None:
    for path in MIGRATIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text())
    assert migrate(settings, tmp_path) == sorted(path.stem for path in MIGRATIONS.glob("*.sql"))
    assert migrate(settings, tmp_path) == []
    changed = tmp_path / "0003_features.sql"
    changed.write_text(changed.read_text() + "\n")
    with pytest.raises(MigrationError, match=r"0003_features changed.*new migration"):
        migrate(settings, tmp_path)
    for path in sorted(tmp_path.glob("*.sql"))[1:]:
        path.unlink()
    with pytest.raises(MigrationError, match="later one"):
        migrate(settings, tmp_path)


def test_what_another_process_has_applied_meanwhile_is_not_applied_again(
    settings: Settings, tmp_path: Path
) -> None:
    late = "SELECT throwIf(true)"
    (tmp_path / "0002_late.sql").write_text(late)
    (tmp_path / "0001_early.sql").write_text(
        "INSERT INTO {db}.schema_migrations (name, checksum) "
        f"VALUES ('0002_late', '{hashlib.sha256(late.encode()).hexdigest()}')"
    )
    assert migrate(settings, tmp_path) == ["0001_early"]


async def test_two_processes_may_migrate_at_once(settings: Settings) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, settings) for _ in range(2)))
    assert migrate(settings) == []


def test_text_is_kept_as_long_as_the_setting_says_now(settings: Settings) -> None:
    migrate(settings)
    migrate(settings.model_copy(update={"clickhouse_text_days": 3}))
    client = connect(settings)
    try:
        made = str(client.command("SHOW CREATE TABLE payloads"))
        assert "toIntervalDay(3)" in made
        assert "toIntervalDay(90)" in str(client.command("SHOW CREATE TABLE events"))
    finally:
        client.close()
