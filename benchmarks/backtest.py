"""A backtest beside live measure, on the same events: from ClickHouse, and from a file of them."""

import asyncio
import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.cpu import UNIT, WARM, publish_phase
from benchmarks.load import Load
from benchmarks.report import Row, row
from benchmarks.stage import Record, committed, cpu_seconds, fill, say
from streams.backtest.known import Known
from streams.backtest.lines import Line, Reading
from streams.backtest.run import Request, run
from streams.backtest.sources import source
from streams.backtest.stored import stored
from streams.cli.backtest import YOUNG
from streams.clickhouse.client import connect
from streams.embedded.up import Up
from streams.settings import Settings

__all__ = ["rows"]

SHARE = 0.2
"""A fifth of live measure's CPU at most: five times as fast on a core."""
TENANTS = 10
TURNS = 3
STORED_SECONDS = 300.0


def rows(*, quick: bool) -> list[Row]:
    """Have measure and record take events with text in; backtest what there is, by turns.

    By turns, for a shared machine is not as fast now as a minute later.
    """
    count = 12_000 if quick else 45_000
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    settings = Settings(data_dir=folder, log_level="WARNING", transformer=False)
    load = Load(tenants=TENANTS, text=True)
    events = list(load.events(WARM + count))
    say(f"{count:,} events with 1 KB of text and its static embedding; starting")
    try:
        with Up(settings, run=("measure", "record"), say=say) as up:
            publish_phase(up.settings, load)
            gc.set_threshold(YOUNG, 20, 50)  # as `holdfast backtest` does
            return _by_turns(up, load, events)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _by_turns(up: Up, load: Load, events: Sequence[Record]) -> list[Row]:
    live, spent = 0.0, {"ClickHouse": 0.0, "a file": 0.0}
    _fold(up, events[:WARM], 0)
    _both(up, load, events[:WARM])  # as live: code is loaded before the time counts
    taken, read = WARM, 0
    for turn in range(1, TURNS + 1):
        end = WARM + (len(events) - WARM) * turn // TURNS
        say(f"turn {turn} of {TURNS}: live measure, then backtests of {end:,} events")
        live += _fold(up, events[taken:end], taken)
        taken, read = end, read + end
        for name, seconds in _both(up, load, events[:end]).items():
            spent[name] += seconds
    return [
        row(f"backtest from {name}, 1 KB of text and its static embedding", seconds * 1e6 / read,
            UNIT, peer="live measure", peer_value=live * 1e6 / (taken - WARM), most=SHARE)
        for name, seconds in spent.items()
    ]  # fmt: skip


def _both(up: Up, load: Load, events: Sequence[Record]) -> dict[str, float]:
    """Return the CPU seconds of a backtest of all events so far, by where they are from."""
    file, until = up.settings.data_dir / "events.jsonl", datetime.now(UTC)
    file.write_bytes(b"\n".join(value for _, value in events))
    there = partial(stored, up.settings, until - timedelta(days=1), until, None, None)
    here = source([file], None, None, None, None).lines
    return {
        "ClickHouse": _backtest(there, load, len(events)),
        "a file": _backtest(here, load, len(events)),
    }


def _fold(up: Up, events: Sequence[Record], before: int) -> float:
    """Return the CPU seconds of measure for some events, once record has stored them too."""
    settings, pid = up.settings, up.processes["measure"].child.pid
    begun = cpu_seconds(pid)
    asyncio.run(fill(settings, "events", events))
    asyncio.run(committed(settings, settings.topic("events")))
    spent = cpu_seconds(pid) - begun
    _until_stored(settings, before + len(events))
    return spent


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


def _backtest(lines: Callable[[Reading], Iterator[Line]], load: Load, count: int) -> float:
    """Return the CPU seconds of one backtest, without scores and decisions: live others make them.

    Raises:
        RuntimeError: It did not read all events.
    """
    phase = load.phase()
    known = Known(phases={phase.phase_id: phase})
    gc.collect()
    gc.freeze()
    result = run(Request(source=lines, known=known))
    gc.unfreeze()
    if result.events != count:
        message = f"the backtest read {result.events} of {count} events"
        raise RuntimeError(message)
    return result.cpu_seconds - result.judging_seconds
