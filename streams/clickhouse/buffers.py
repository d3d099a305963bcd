"""What has been read of each partition and not yet been recorded, and when it is due."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from streams.clickhouse.sink import Position, Span
from streams.kafka.records import Record

__all__ = ["MAX_BYTES", "MAX_ROWS", "Buffer", "Buffers"]

MAX_ROWS = 10_000
"""Messages of one batch: 10,000 insert best (findings: 50 CPU-ms per 1,000 rows; more costs
memory)."""
MAX_BYTES = 16 << 20
"""Bytes of one batch, as they came."""
ALL_BYTES = 128 << 20
"""Bytes of all buffers together."""


@dataclass(slots=True)
class Buffer:
    """One partition.

    Args:
        incarnation: Of the topic, see `Position`.
        redo: Last offset of a batch that must be cut as it was before; None: cut freely.
        records: Read and not recorded, in the order of offsets.
        bytes: Of their values.
        since: When the oldest came, by the loop's clock.
        first: First offset of the batch that is cut as it was.
    """

    incarnation: int = 0
    redo: int | None = None
    first: int = 0
    records: deque[Record] = field(default_factory=deque)
    bytes: int = 0
    since: float = 0.0

    @classmethod
    def at(cls, position: Position) -> "Buffer":
        """Return an empty buffer that goes on at `position`."""
        if position.state == "begin":
            return cls(position.incarnation, redo=position.last, first=position.first)
        return cls(position.incarnation)

    @property
    def full(self) -> bool:
        """It holds a whole batch."""
        return len(self.records) >= MAX_ROWS or self.bytes >= MAX_BYTES

    def add(self, records: Sequence[Record], now: float) -> None:
        """Append what was read."""
        if not self.records:
            self.since = now
        self.records.extend(records)
        self.bytes += sum(len(record.value or b"") for record in records)

    def due(self, now: float, linger: float, position: int) -> bool:
        """Return whether a batch is to be cut.

        Args:
            now: By the loop's clock.
            linger: Longest wait in seconds.
            position: Next offset that the consumer will hand over.
        """
        if self.redo is not None:
            return position > self.redo
        return self.full or (bool(self.records) and now - self.since >= linger)

    def cut(self, part: TopicPartition, now: float) -> tuple[Span, list[Record]]:
        """Take the next batch out; of a batch that is repeated, exactly the offsets it had."""
        if self.redo is not None:
            span = Span(part, self.first, self.redo, self.incarnation)
            taken = [record for record in self._take() if record.offset <= span.last]
            self.redo = None
            return span, taken
        taken = list(self._take(MAX_ROWS, MAX_BYTES))
        self.since = now
        return Span(part, taken[0].offset, taken[-1].offset, self.incarnation), taken

    def _take(self, rows: int | None = None, size: int | None = None) -> Iterator[Record]:
        count = taken = 0
        while self.records and (rows is None or count < rows) and (size is None or taken < size):
            if self.redo is not None and self.records[0].offset > self.redo:
                return
            record = self.records.popleft()
            length = len(record.value or b"")
            self.bytes -= length
            count, taken = count + 1, taken + length
            yield record


class Buffers:
    """All partitions that this process reads."""

    def __init__(self) -> None:
        self._of: dict[TopicPartition, Buffer] = {}
        self.unclaimed: set[TopicPartition] = set()

    def assign(self, parts: Iterable[TopicPartition]) -> None:
        """Note partitions that are to be claimed before they are read."""
        self.unclaimed.update(parts)

    def revoke(self, parts: Collection[TopicPartition]) -> None:
        """Forget partitions, and what was read of them."""
        for part in parts:
            self._of.pop(part, None)
            self.unclaimed.discard(part)

    def claimed(self, part: TopicPartition, position: Position) -> None:
        """Begin to read a partition."""
        self.unclaimed.discard(part)
        self._of[part] = Buffer.at(position)

    def holds(self, part: TopicPartition) -> bool:
        """Return whether the partition is being read."""
        return part in self._of

    def add(self, part: TopicPartition, records: Sequence[Record], now: float) -> None:
        """Append what was read of a partition, unless it was given back meanwhile."""
        if (buffer := self._of.get(part)) is not None:
            buffer.add(records, now)

    def room(self) -> list[TopicPartition]:
        """Return the partitions that may be read on."""
        if sum(buffer.bytes for buffer in self._of.values()) >= ALL_BYTES:
            return [part for part, buffer in self._of.items() if not buffer.records]
        return [part for part, buffer in self._of.items() if not buffer.full]

    def items(self) -> list[tuple[TopicPartition, Buffer]]:
        """Return partitions with their buffers."""
        return [*self._of.items()]
