"""Ticks: the wall clock, written by a process to its own input, so that a replay sees it too."""

import time
from collections.abc import Sequence

from schemas import Tick
from streams.kafka.batches import App, essential
from streams.kafka.outbox import Outbox
from streams.settings import Settings

__all__ = ["TICK", "attach_ticks", "is_tick"]

TICK = b"tick"
"""Key of a tick; the partition is given, not hashed."""


def is_tick(key: bytes | None) -> bool:
    """Return whether a record's key says that it is a tick."""
    return key == TICK


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
