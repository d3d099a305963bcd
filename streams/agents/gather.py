"""What measure saw in each event, gathered into records of `features`."""

from streams.features import FeaturesSeen, encode
from streams.kafka.outbox import Outbox

__all__ = ["Gather"]

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
        rows = self._rows.setdefault(partition, [])
        rows.append(row)
        if len(rows) >= TOGETHER:
            self._send(partition, self._rows.pop(partition))

    def send(self) -> None:
        """Send what there is."""
        gathered, self._rows = self._rows, {}
        for partition, rows in gathered.items():
            self._send(partition, rows)

    def _send(self, partition: int, rows: list[FeaturesSeen]) -> None:
        key = f"events/{partition}/{rows[0].offset}".encode()
        self._outbox.send(self._topic, key, encode(partition, rows), partition=partition)
