"""Ticks: the wall clock, written by a process to its own input, so that a replay sees it too."""

import time
from collections.abc import Sequence

from pydantic import ValidationError

from schemas import Tick
from streams.kafka.batches import App, essential
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.settings import Settings

__all__ = ["TICK", "attach_ticks", "is_tick"]

TICK = b"tick"
"""Key of a tick; the partition is given, not hashed."""


def is_tick(record: Record) -> bool:
    """Return whether a record is a tick; an agent or a router may be called so too."""
    if record.key != TICK:
        return False
    try:
        Tick.model_validate_json(record.value or b"")
    except ValidationError:
        return False
    return True


def attach_ticks(app: App, outbox: Outbox, settings: Settings, topics: Sequence[str]) -> None:
    """Write a tick to each partition of `topics` that this process serves.

    Args:
        app: Whose partitions count.
        outbox: Of the app.
        settings: For names and the interval.
        topics: Without namespace.
    """

    @essential
    async def tick() -> None:
        raw = Tick(at=int(time.time() * 1000)).model_dump_json().encode()
        for name in topics:
            full = settings.topic(name)
            for partition in app.owned(full):
                outbox.send(full, TICK, raw, partition=partition)

    app.timer(interval=settings.tick_seconds, name="tick")(tick)
