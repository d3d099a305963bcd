"""What measure saw in each event, gathered into records of `features`."""

import asyncio
from collections.abc import Sequence

from streams.features import FeaturesSeen, columns, pack
from streams.kafka.outbox import Outbox

__all__ = ["TOGETHER", "Gather"]

TOGETHER = 500
"""Rows of a record: an Arrow table of few rows is mostly its columns' heads (some 1 ms of a core
whatever its length), and a record of many is folded by record in one go."""
COLUMNS = 12
"""Made in one turn, a millisecond or two."""


class Gather:
    """Rows by partition, sent when there are enough, when time has passed, and before a commit.

    Args:
        outbox: Of the app; drains what is gathered first.
        topic: Full name of `features`.
    """

    def __init__(self, outbox: Outbox, topic: str) -> None:
        self._outbox, self._topic = outbox, topic
        self._rows: dict[int, list[FeaturesSeen]] = {}
        self._sending = asyncio.Lock()
        outbox.before_drain.append(self.send)

    def add(self, partition: int, row: FeaturesSeen) -> None:
        """Keep a row of an event of `partition`."""
        self._rows.setdefault(partition, []).append(row)

    async def send(self, least: int = 1) -> None:
        """Send what there is, a record at a time, packed by turns: it takes some milliseconds.

        Rows stay until their record is queued: who is cancelled leaves them to the next.

        Args:
            least: Rows of a partition from which on they are sent.
        """
        if not self._full(least):
            return
        async with self._sending:
            for partition in self._full(least):
                rows = tuple(self._rows[partition])
                packed = await _packed(partition, rows)
                del self._rows[partition][: len(rows)]
                key = f"events/{partition}/{rows[0].offset}".encode()
                self._outbox.send(self._topic, key, packed, partition=partition)

    def _full(self, least: int) -> list[int]:
        return [partition for partition, rows in self._rows.items() if len(rows) >= least]


async def _packed(partition: int, rows: Sequence[FeaturesSeen]) -> bytes:
    done = []
    for number, column in enumerate(columns(partition, rows), 1):
        done.append(column)
        if number % COLUMNS == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    return pack(done)
