"""What an event costs measure, beside raw aiokafka and a stock Faust agent on the same topic."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import PHASE, Load
from benchmarks.peers import peer_us
from benchmarks.report import Row, row
from benchmarks.stage import Record, Role, Stage, committed, fill, say
from streams.settings import Settings

__all__ = ["UNIT", "Cost", "cost", "publish_phase", "quantile", "rows"]

WARM = 2_000
"""Events before the measured ones: tables are filled, code is loaded."""
UNIT = "us CPU/event"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one load costs.

    Args:
        measure: CPU us of an event in measure, flushes and commits included.
        lag_p99_ms: 99th percentile of how late measure's event loop was.
    """

    measure: float
    lag_p99_ms: float | None


def cost(settings: Settings, load: Load, count: int) -> Cost:
    """Fold a filled topic with the real role; the topic stays, for the peers."""
    events = list(load.events(WARM + count))
    publish_phase(settings, load)
    with Role(settings) as role:
        asyncio.run(_folded(settings, events[:WARM]))
        with role.standing_still():
            asyncio.run(fill(settings, "events", events[WARM:]))
            before = role.cpu
        asyncio.run(committed(settings, settings.topic("events")))
        spent = role.cpu - before
        lag = quantile(role.numbers(), "holdfast_loop_lag_seconds", 0.99)
    return Cost(spent * 1e6 / count, None if lag is None else lag * 1e3)


def publish_phase(settings: Settings, load: Load) -> None:
    """Issue the phase that a load's events name."""
    registry = [(f"phase/{PHASE}".encode(), load.phase().model_dump_json().encode())]
    asyncio.run(fill(settings, "registry", registry))


async def _folded(settings: Settings, events: Sequence[Record]) -> None:
    await fill(settings, "events", events)
    await committed(settings, settings.topic("events"))


def quantile(
    numbers: dict[tuple[str, tuple[str, ...]], float], name: str, share: float
) -> float | None:
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
    """Measure both kinds of event and their peers."""
    found: list[Row] = []
    count = 30_000 if quick else 100_000
    for text, target in ((False, 15), (True, 40)):
        kind = "1 KB of text, all monitors" if text else "no text, all monitors"
        say(f"{count:,} events with {kind}")
        settings = stage.settings()
        mine = cost(settings, Load(tenants=40, text=text), count)
        raw = peer_us("raw", settings, "events", WARM + count)
        few = stage.settings()
        small = 8_000
        asyncio.run(fill(few, "events", list(Load(tenants=40, text=text).events(small))))
        stock = peer_us("faust", few, "events", small)
        found.append(
            row(
                f"measure, {kind}",
                mine.measure,
                UNIT,
                peer=f"raw aiokafka (target {target} x)",
                peer_value=raw,
            )
        )
        found.append(
            row(
                f"measure, {kind}",
                mine.measure,
                UNIT,
                peer="stock Faust, reading only",
                peer_value=stock,
            )
        )
        found.append(row(f"stock Faust, {kind}", stock, UNIT, peer="raw aiokafka", peer_value=raw))
        if mine.lag_p99_ms is not None:
            found.append(
                row(
                    f"lag of measure's loop at full load, {kind}, p99 at most",
                    mine.lag_p99_ms,
                    "ms",
                )
            )
    return found
