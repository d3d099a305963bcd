"""The Faust table under a kind of state: entries as bytes, sent only on purpose.

Faust writes one changelog message for each `table[key] = value`; here a flush writes entries
itself and tells Faust's recovery that they need not be read back.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from faust.types import TP

from streams.errors import StaleStateError
from streams.kafka.batches import App
from streams.kafka.entries import entry_key, split_key
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import MAX_MESSAGE, Ack
from streams.kafka.turns import Turn

__all__ = ["CHANGELOG", "LARGE", "Changelog", "Row"]

CHANGELOG: Mapping[str, str] = {  # the defaults keep every version for 7 days; recovery reads all
    "cleanup.policy": "compact",
    "segment.ms": str(10 * 60_000),
    "segment.bytes": str(64 << 20),
    "min.cleanable.dirty.ratio": "0.1",
    "max.compaction.lag.ms": str(20 * 60_000),
    "max.message.bytes": str(4 << 20),
}
"""Configuration of a changelog topic."""

LARGE = 900 * 1024
"""Bytes of a stored entry from which it is reported; the brokers' default limit is 1 MB."""

Row = tuple[int, bytes, bytes]
"""Partition, key, encoded entry."""

log = logging.getLogger(__name__)


class Changelog:
    """The stored entries of one kind of state.

    Args:
        app: Its app.
        name: Of the table; the topic is `<app id>-<name>-changelog`.
        partitions: Of the topic.
        on_recover: Runs when the table is read back after a rebalance.
        metrics: Where sizes go.
    """

    def __init__(
        self,
        app: App,
        name: str,
        partitions: int,
        on_recover: Callable[[], Awaitable[None]],
        metrics: Metrics,
    ) -> None:
        self._app, self._name, self._metrics = app, name, metrics
        self._table: Any = app.Table(
            name,
            key_type=bytes,
            value_type=bytes,
            partitions=partitions,
            extra_topic_configs=dict(CHANGELOG),
            on_recover=on_recover,
        )

    @property
    def topic(self) -> str:
        """Full name of the changelog topic."""
        return str(self._table.changelog_topic.get_topic_name())

    def get(self, partition: int, key: bytes) -> bytes | None:
        """Return the stored entry."""
        raw: bytes | None = self._table.data.data.get(entry_key(partition, key))
        return raw

    def keys(self) -> Iterable[tuple[int, bytes]]:
        """Return (partition, key) of all that is stored here."""
        return [split_key(stored) for stored in self._table.data.data]

    def owned(self) -> frozenset[int]:
        """Return the partitions whose entries this process may write."""
        active: set[TP] = self._recovery.active_tps
        return frozenset(tp.partition for tp in active if tp.topic == self.topic)

    def fits(self, raw: bytes, pair: tuple[int, bytes]) -> bool:
        """Report a large entry; one that no broker takes is not sent, or every start would fail.

        Args:
            raw: The encoded entry.
            pair: Its partition and key.
        """
        self._metrics.entry_bytes.labels(self._name).observe(len(raw))
        if len(raw) < LARGE:
            return True
        self._metrics.oversized.labels(self._name).inc()
        fits = len(raw) <= MAX_MESSAGE
        outcome = "written" if fits else "NOT written: a restart resumes the version before"
        log.error(
            "Entry %s of %s on partition %d has %d bytes (%s); bound what this state remembers.",
            pair[1].decode(errors="replace"),
            self._name,
            pair[0],
            len(raw),
            outcome,
        )
        return fits

    async def write(self, rows: Iterable[Row], still: Callable[[], None]) -> None:
        """Send entries and return when the brokers have acked them all.

        Args:
            rows: What is to be stored.
            still: Raises StaleStateError if they may not be sent any more; asked at first and
                after each turn of others: a partition may be with one by then who has newer ones.

        Raises:
            StaleStateError: A partition is no longer served here, or what `still` raised.
            Exception: What the producer said; the commit does not happen then.
        """
        still()
        rows, acks, topic, producer = list(rows), list[Any](), self.topic, self._app.producer
        if foreign := {row[0] for row in rows} - self.owned():
            message = f"partitions {sorted(foreign)} of {self._name} belong to another process now"
            raise StaleStateError(message)
        turn = Turn()
        for partition, key, raw in rows:
            if turn.over:
                await turn.next()
                still()
            # Without Faust's topic between: it makes a message of its own for each.
            stored = entry_key(partition, key)
            acks.append(await producer.send(topic, stored, raw, partition, None, None))
        for (partition, key, raw), ack in zip(rows, acks, strict=True):
            if turn.over:
                await turn.next()
            self._written(partition, key, raw, await ack)

    def _written(self, partition: int, key: bytes, raw: bytes, ack: Ack) -> None:
        offsets: dict[TP, int | None] = self._recovery.active_offsets
        tp = TP(ack.topic, ack.partition)
        if tp in offsets:  # what is ours need not be read back
            known = offsets[tp]
            offsets[tp] = ack.offset if known is None else max(known, ack.offset)
        stored = entry_key(partition, key)
        self._table.data.data[stored] = raw
        self._table.data._key_partition[stored] = partition

    @property
    def _recovery(self) -> Any:
        tables: Any = self._app.tables
        return tables.recovery
