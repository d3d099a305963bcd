"""What an event costs measure, beside raw aiokafka and a stock Faust agent on the same topic."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.load import PHASE, Load
from benchmarks.peers import peer_us
from benchmarks.report import Row, row
from benchmarks.stage import Record, Role, Sample, Stage, committed, fill, say
from streams.settings import Settings

__all__ = ["UNIT", "Cost", "cost", "publish_phase", "quantile", "rows"]

WARM = 2_000
"""Events before the measured ones: tables are filled, code is loaded."""
STOCK = 8_000
"""Events for stock Faust, which takes its time."""
PARTS = 3
"""Of the events; raw aiokafka is read between them, for the machine's speed changes by the minute."""
FLUSH = 2.0
"""Seconds between flushes, a tenth of the usual: after each part measure idles until the next one,
which costs a hundredth of a core. Flushes ten times as often are counted."""
UNIT = "us CPU/event"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one load costs.

    Args:
        measure: CPU us of an event in measure, flushes and commits included.
        raw: CPU us of an event in raw aiokafka, read between the parts of measure's.
        lag_p99_ms: 99th percentile of how late measure's event loop was.
    """

    measure: float
    raw: float
    lag_p99_ms: float | None


def cost(settings: Settings, load: Load, count: int) -> Cost:
    """Fold a topic with the real role, by turns with its peer; the topic stays, for the others."""
    events = list(load.events(WARM + count))
    publish_phase(settings, load)
    spent, raw, told = 0.0, list[float](), Counter[Sample]()
    with Role(settings) as role:
        asyncio.run(_folded(settings, events[:WARM]))
        for part in range(PARTS):
            start, end = (WARM + count * place // PARTS for place in (part, part + 1))
            with role.standing_still():
                asyncio.run(fill(settings, "events", events[start:end]))
                raw.append(peer_us("raw", settings, "events", end))
                before = role.cpu
            told.subtract(role.numbers())  # after it has stood still: that is no lag of its own
            asyncio.run(committed(settings, settings.topic("events")))
            spent += role.cpu - before
            told.update(role.numbers())
    lag = quantile(told, "holdfast_loop_lag_seconds", 0.99)
    return Cost(spent * 1e6 / count, fmean(raw), None if lag is None else lag * 1e3)


def publish_phase(settings: Settings, load: Load) -> None:
    """Issue the phase that a load's events name."""
    registry = [(f"phase/{PHASE}".encode(), load.phase().model_dump_json().encode())]
    asyncio.run(fill(settings, "registry", registry))


async def _folded(settings: Settings, events: Sequence[Record]) -> None:
    await fill(settings, "events", events)
    await committed(settings, settings.topic("events"))


def quantile(numbers: Mapping[Sample, float], name: str, share: float) -> float | None:
    """Return the upper bound of the bucket of a histogram that holds a quantile."""
    found = sorted(
        (float(labels[-1]), value)
        for (sample, labels), value in numbers.items()
        if sample == f"{name}_bucket"
    )
    if not found or not found[-1][1]:
        return None
    return next(bound for bound, value in found if value >= share * found[-1][1])


def rows(stage: Stage, *, quick: bool) -> list[Row]:
    """Measure events without text, with text, and with its static embedding; and their peers."""
    count = 30_000 if quick else 100_000
    found = _kind(stage, count, "no text, all monitors", text=False, target=15)
    found += _kind(stage, count, "1 KB of text, style, refusal, all monitors", text=True, target=40)
    say(f"{count:,} events with 1 KB of text and its static embedding")
    whole = cost(stage.settings(flush_seconds=FLUSH), Load(tenants=40, text=True), count)
    found.append(row("measure, 1 KB of text, and its static embedding", whole.measure, UNIT))
    return found


def _kind(stage: Stage, count: int, kind: str, *, text: bool, target: int) -> list[Row]:
    say(f"{count:,} events with {kind}")
    settings = stage.settings(static=False, flush_seconds=FLUSH)
    load = Load(tenants=40, text=text)
    mine = cost(settings, load, count)
    few = stage.settings()
    asyncio.run(fill(few, "events", list(load.events(STOCK))))
    stock = peer_us("faust", few, "events", STOCK)
    name = f"measure, {kind}"
    found = [
        row(name, mine.measure, UNIT, peer="raw aiokafka", peer_value=mine.raw, most=target),
        row(name, mine.measure, UNIT, peer="stock Faust, reading only", peer_value=stock),
        row("stock Faust, reading only", stock, UNIT, peer="raw aiokafka", peer_value=mine.raw),
    ]
    if mine.lag_p99_ms is not None:
        lag = f"lag of measure's loop at full load, {kind}, p99 at most"
        found.append(row(lag, mine.lag_p99_ms, "ms", most=10))
    return found
