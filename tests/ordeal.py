"""Record and ClickHouse are killed while messages come; afterwards every row is there once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random

import pytest
from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client

from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.embedded.clickhouse import ClickHouse
from streams.kafka.admin import ensure_topics
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.recorded import Sent, event, every, expected, features, outcome
from tests.recorded import signal as said

__all__ = ["exact", "load", "ordeal", "recording", "send", "until"]

CODE = """
import faulthandler, signal, sys
faulthandler.register(signal.SIGUSR1)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # while it loads; then record has its own
from streams.clickhouse.record import run_record
from streams.settings import Settings
sys.exit(run_record(Settings.model_validate_json(sys.stdin.read())))
"""


class Recorder:
    """The record role as a process."""

    def __init__(self, settings: Settings) -> None:
        given = settings.model_dump_json().encode()
        self.process = subprocess.Popen([sys.executable, "-c", CODE], stdin=subprocess.PIPE)
        assert self.process.stdin is not None
        self.process.stdin.write(given)
        self.process.stdin.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self, frozen: bool) -> None:
        os.kill(self.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def stop(self) -> float:
        """Ask it to end; return the seconds it took, after which it must have ended well."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(3.5)
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGUSR1)  # where is it?
        assert self.process.wait(10.0) == 0, f"status {self.process.returncode}"
        return time.monotonic() - begun


@contextmanager
def recording(settings: Settings) -> Iterator[Recorder]:
    recorder = Recorder(settings)
    try:
        yield recorder
    finally:
        recorder.kill()


async def send(settings: Settings, messages: Iterable[Sent]) -> None:
    producer = AIOKafkaProducer(
        **client_options(settings),
        acks="all",
        enable_idempotence=True,  # no doubles of our own
    )
    await producer.start()
    try:
        sent = [
            await producer.send(settings.topic(message.topic), message.value, key=message.key)
            for message in messages
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def load(events: int) -> list[Sent]:
    """Return one message of every contract among many events, outcomes, features, signals."""
    many: list[Sent] = []
    for number in range(1, events + 1):
        many.append(event(number))
        if number % 5 == 0:
            many.append(outcome(number))
        if number % 20 == 0:
            many += [features(number // 20), said(number // 20)]
    return every() + many


async def until(settings: Settings, wanted: Counter[str], seconds: float) -> None:
    """Wait until the tables hold the rows that are wanted; too many are found by `exact`."""
    end, found = time.monotonic() + seconds, dict[str, int]()
    while time.monotonic() < end:
        with suppress(Exception):  # ClickHouse may be down
            found = await asyncio.to_thread(queries.counts, settings)
        if all(found.get(table, 0) >= count for table, count in wanted.items()):
            return
        await asyncio.sleep(0.3)
    missing = {t: (found.get(t, 0), n) for t, n in wanted.items() if found.get(t, 0) != n}
    pytest.fail(f"rows are missing (found, wanted): {missing}")


def exact(settings: Settings, messages: Sequence[Sent]) -> None:
    """Check every table and rollup; repeats are not merged away by the counting."""
    wanted = dict(expected(list(messages)))
    client = connect(settings)
    try:
        found = {t: _count(client, t) for t in wanted}
        differ = {t: (found[t], count) for t, count in wanted.items() if found[t] != count}
        assert not differ, f"rows (found, wanted): {differ}"
        sums = next(iter(client.query(SUMS).named_results()))
    finally:
        client.close()
    events = wanted["events"]
    assert sums == {
        "rollup": events, "tokens": sums["tokens_of_events"], "tokens_of_events": sums["tokens"],
        "errors": sums["errors_of_events"], "errors_of_events": sums["errors"],
        "tools": events, "centroids": events, "messages": events,
    }  # fmt: skip


def _count(client: Client, table: str) -> int:
    # A letter is parked before its batch is done, so after a crash it is sent again.
    merged = " FINAL" if table == "dead_letters" else ""
    return int(client.query(f"SELECT count() FROM {table}{merged}").result_rows[0][0])


SUMS = """
SELECT (SELECT sum(n) FROM signals_1m) AS rollup,
       (SELECT sum(output_tokens) FROM signals_1m) AS tokens,
       (SELECT sum(output_tokens) FROM events) AS tokens_of_events,
       (SELECT sum(n_error) FROM signals_1m) AS errors,
       (SELECT countIf(error_kind != '') FROM events) AS errors_of_events,
       (SELECT sumMap(tool_calls)['search'] FROM signals_1m) AS tools,
       (SELECT sum(n) FROM embedding_centroid_1h) AS centroids,
       (SELECT uniqExact(kafka_partition, kafka_offset) FROM events) AS messages
"""


async def ordeal(
    settings: Settings,
    server: ClickHouse,
    *,
    seed: int,
    events: int,
    turns: int,
    recorders: int = 1,
    patience: float = 60.0,
) -> list[str]:
    """Send `events` and more while processes die; then see that every row is there once.

    Args:
        settings: With the address of `server`.
        server: May be killed.
        seed: Of when dies what.
        events: To send.
        turns: Deaths.
        recorders: Processes that share the work; with two, one may also be frozen until its
            partitions have gone to the other.
        patience: Seconds that the rest may take.

    Returns:
        What happened.
    """
    random, messages, story = Random(seed), load(events), list[str]()
    await ensure_topics(settings)
    running = [Recorder(settings) for _ in range(recorders)]
    sending = asyncio.create_task(_dribble(settings, messages, turns))
    try:
        for turn in range(turns):
            await asyncio.sleep(random.uniform(0.5, 3.0) + (2.0 if turn == 0 else 0.0))
            story.append(await _strike(settings, server, running, random, turn))
        await sending
        await until(settings, expected(messages), patience)
        await asyncio.sleep(4 * settings.record_seconds)
        exact(settings, messages)
        for recorder in running:
            took = recorder.stop()
            story.append(f"stopped in {took:.1f} s")
            assert took < 5.0, story
    finally:
        sending.cancel()
        for recorder in running:
            recorder.kill()
    return story


async def _dribble(settings: Settings, messages: Sequence[Sent], turns: int) -> None:
    parts = 4 * turns
    for part in range(parts):
        await send(settings, messages[part::parts])
        await asyncio.sleep(0.4)


async def _strike(
    settings: Settings, server: ClickHouse, running: list[Recorder], random: Random, turn: int
) -> str:
    kinds = ["record", "clickhouse", "record", "both"]
    if len(running) > 1:
        kinds.append("freeze")
    kind = kinds[turn % len(kinds)]
    victim = random.randrange(len(running))
    if kind in ("clickhouse", "both"):
        server.kill()
    if kind in ("record", "both"):
        running[victim].kill()
        running[victim] = Recorder(settings)
    if kind == "freeze":
        running[victim].freeze(True)
        await asyncio.sleep(settings.session_timeout_seconds + 3.0)
        running[victim].freeze(False)
    if kind in ("clickhouse", "both"):
        await asyncio.sleep(random.uniform(0.0, 2.0))
        await asyncio.to_thread(server.start)
    return kind
