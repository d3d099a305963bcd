"""A backtest beside live measure, on the same events: from ClickHouse, and from a file of them."""

import asyncio
import gc
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.cpu import UNIT, WARM, publish_phase
from benchmarks.load import Load
from benchmarks.report import Row, row
from benchmarks.stage import Record, committed, cpu_seconds, fill, say
from streams.backtest.known import Known
from streams.backtest.run import Request, run
from streams.backtest.sources import Source, source
from streams.backtest.stored import stored
from streams.clickhouse.client import connect
from streams.embedded.up import Up
from streams.settings import Settings

__all__ = ["rows"]

SHARE = 0.2
"""A fifth of live measure's CPU at most: five times as fast on a core."""
TENANTS = 10
STORED_SECONDS = 300.0


def rows(*, quick: bool) -> list[Row]:
    """Have measure and record take events with text in; then backtest them."""
    count = 10_000 if quick else 40_000
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    settings = Settings(data_dir=folder, log_level="WARNING", transformer=False)
    load = Load(tenants=TENANTS, text=True)
    events = list(load.events(WARM + count))
    say(f"{count:,} events with 1 KB of text and its static embedding; starting")
    try:
        with Up(settings, run=("measure", "record"), say=say) as up:
            publish_phase(up.settings, load)
            live = _live(up, events)
            begun, ended = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC)
            there = Source(
                lambda reading: stored(up.settings, begun, ended, None, None, reading),
                again=True, share=lambda _: None,
            )  # fmt: skip
            found = [_backtest("ClickHouse", there, load, len(events), live)]
        file = folder / "events.jsonl"
        file.write_bytes(b"\n".join(value for _, value in events))
        here = source([file], None, None, None, None)
        return [*found, _backtest("a file", here, load, len(events), live)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _live(up: Up, events: Sequence[Record]) -> float:
    """Return the CPU us of an event in measure, once record has stored them all."""
    settings, pid = up.settings, up.processes["measure"].child.pid
    topic = settings.topic("events")
    asyncio.run(fill(settings, "events", events[:WARM]))
    asyncio.run(committed(settings, topic))
    before = cpu_seconds(pid)
    asyncio.run(fill(settings, "events", events[WARM:]))
    asyncio.run(committed(settings, topic))
    spent = cpu_seconds(pid) - before
    _until_stored(settings, len(events))
    return spent * 1e6 / (len(events) - WARM)


def _until_stored(settings: Settings, count: int) -> None:
    """Wait until ClickHouse holds all events and what measure saw in them.

    Raises:
        TimeoutError: It does not in time.
    """
    client, end = connect(settings), time.monotonic() + STORED_SECONDS
    try:
        while time.monotonic() < end:
            tables = ("events", "features")
            held = [
                client.query(f"SELECT count() FROM {name}").result_rows[0][0] for name in tables
            ]
            if min(held) >= count:
                return
            time.sleep(0.5)
    finally:
        client.close()
    message = f"ClickHouse does not hold {count} events after {STORED_SECONDS:g} s"
    raise TimeoutError(message)


def _backtest(name: str, place: Source, load: Load, count: int, live: float) -> Row:
    say(f"backtest from {name}")
    phase = load.phase()
    known = Known(phases={phase.phase_id: phase})
    gc.collect()
    gc.freeze()  # as `holdfast backtest` does
    result = run(Request(source=place.lines, known=known))
    if result.events != count:
        message = f"the backtest read {result.events} of {count} events from {name}"
        raise RuntimeError(message)
    spent = (result.cpu_seconds - result.judging_seconds) * 1e6 / count
    return row(
        f"backtest from {name}, 1 KB of text and its static embedding", spent, UNIT,
        peer="live measure", peer_value=live, most=SHARE,
    )  # fmt: skip
