"""What measure saw in each event, gathered into records of `features`."""

import asyncio

from streams.features import FeaturesSeen, encode
from streams.kafka.outbox import Outbox

__all__ = ["TOGETHER", "Gather"]

TOGETHER = 500
"""Rows of a record: an Arrow table of few rows is mostly its columns' heads (some 1 ms of a core
whatever its length), and a record of many is folded by record in one go."""


class Gather:
    """Rows by partition, sent when there are enough, when time has passed, and before a commit.

    Args:
        outbox: Of the app; drains what is gathered first.
        topic: Full name of `features`.
    """

    def __init__(self, outbox: Outbox, topic: str) -> None:
        self._outbox, self._topic = outbox, topic
        self._rows: dict[int, list[FeaturesSeen]] = {}
        outbox.before_drain.append(self.send)

    def add(self, partition: int, row: FeaturesSeen) -> None:
        """Keep a row of an event of `partition`."""
        self._rows.setdefault(partition, []).append(row)

    async def send(self, least: int = 1) -> None:
        """Send what there is, a record at a time: each is a turn of its own.

        Args:
            least: Rows of a partition from which on they are sent.
        """
        for partition in [place for place, rows in self._rows.items() if len(rows) >= least]:
            await asyncio.sleep(0)
            rows = self._rows.pop(partition, None)  # another may have sent them meanwhile
            if rows is not None:
                key = f"events/{partition}/{rows[0].offset}".encode()
                self._outbox.send(self._topic, key, encode(partition, rows), partition=partition)
