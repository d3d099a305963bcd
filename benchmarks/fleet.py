"""Ten tenants and ten thousand: cost of an event, memory, state, changelog, recovery."""

import asyncio
from dataclasses import dataclass
from statistics import median

from benchmarks.cpu import UNIT, publish_phase
from benchmarks.load import Load
from benchmarks.report import Row, row
from benchmarks.stage import Role, Stage, committed, fill, memory_bytes, say
from streams.desk import wire
from streams.settings import Settings

__all__ = ["rows"]

FEW, MANY = 10, 10_000
MB = 1e6
CHANGELOG = "measure-tenants-changelog"


@dataclass(frozen=True, slots=True)
class Found:
    """What a fleet costs measure.

    Args:
        us: CPU us of an event, flushes and commits included.
        memory: Resident bytes at the end.
        entries: Bytes of each tenant's entry in the changelog, compressed.
        changelog: Bytes written to the changelog an event.
        recovery: Seconds from its start until it is ready again.
    """

    us: float
    memory: int
    entries: list[int]
    changelog: float
    recovery: float


def rows(stage: Stage, *, quick: bool) -> list[Row]:
    """Measure both fleets, the same number of events each."""
    count = 60_000 if quick else 200_000
    few = _run(stage.settings(), FEW, count)
    many = _run(stage.settings(), MANY, count)
    return [
        row(f"measure, {MANY:,} tenants", many.us, UNIT,
            peer=f"{FEW} tenants", peer_value=few.us, most=1.5),
        row(f"memory of measure, {MANY:,} tenants", many.memory / MB, "MB",
            peer=f"{FEW} tenants", peer_value=few.memory / MB),
        *_entries(f"{FEW} tenants, {count // FEW:,} events each", few),
        *_entries(f"{MANY:,} tenants, {count // MANY:,} events each", many),
        row(f"start with {FEW} tenants", few.recovery, "s"),
        row(f"recovery of {MANY:,} tenants", many.recovery, "s"),
    ]  # fmt: skip


def _entries(name: str, found: Found) -> list[Row]:
    return [
        row(f"entry of a tenant, median; {name}", median(found.entries), "bytes"),
        row(f"entry of a tenant, largest; {name}", max(found.entries), "bytes"),
        row(f"changelog an event; {name}", found.changelog, "bytes"),
    ]


def _run(settings: Settings, tenants: int, count: int) -> Found:
    warm = max(2_000, tenants * 3)
    say(f"{count:,} events of {tenants:,} tenants")
    load = Load(tenants=tenants, text=False)
    events = list(load.events(warm + count))
    publish_phase(settings, load)
    topic = settings.topic("events")
    with Role(settings) as role:
        asyncio.run(fill(settings, "events", events[:warm]))
        asyncio.run(committed(settings, topic))
        written = asyncio.run(_sizes(settings))[1]
        with role.standing_still():
            asyncio.run(fill(settings, "events", events[warm:]))
            before = role.cpu
        asyncio.run(committed(settings, topic))
        spent = role.cpu - before
        memory = memory_bytes(role.child.pid)
    entries, total = asyncio.run(_sizes(settings))
    with Role(settings) as role:
        recovery = role.ready_after
    return Found(spent * 1e6 / count, memory, entries, (total - written) / count, recovery)


async def _sizes(settings: Settings) -> tuple[list[int], int]:
    """Return the size of each tenant's last entry, and of all that was ever written."""
    last: dict[object, int] = {}
    total = 0
    for record in await wire.read(settings, CHANGELOG):
        size = len(record.value or b"")
        total += size + len(record.key or b"")
        last[record.key] = size
    return list(last.values()), total
