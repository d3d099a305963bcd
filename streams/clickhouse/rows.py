"""A batch of one topic as Arrow tables: what is stored, what is left out, what is parked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from schemas import DeadLetter
from streams.agents.park import key, letter
from streams.clickhouse.columns import Layout
from streams.clickhouse.reading import READERS, Item, Skip, Unreadable
from streams.kafka.records import Record

__all__ = ["Batch", "read"]

Pair = tuple[Any, Record]


@dataclass(slots=True)
class Batch:
    """Messages of one partition, read.

    Args:
        tables: Table name -> its rows, one chunk each.
        stored: Messages with a row.
        skipped: Messages without: tombstones, ticks, events that measure parks.
        letters: Key and dead letter of what could not be read.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    stored: int = 0
    skipped: int = 0
    letters: list[tuple[bytes | None, DeadLetter]] = field(default_factory=list)


def read(topic: str, records: Sequence[Record]) -> Batch:
    """Return the rows of `records`; the same records give the same rows.

    Args:
        topic: Without the namespace.
        records: Of one partition, in the order of offsets.
    """
    batch, found = Batch(), dict[str, tuple[Layout, list[Pair]]]()
    for record in records:
        items = _items(topic, record, batch)
        for layout, item in items:
            found.setdefault(layout.name, (layout, []))[1].append((item, record))
        batch.stored += bool(items)
    for name, (layout, pairs) in found.items():
        _store(topic, name, layout, pairs, batch)
    return batch


def _items(topic: str, record: Record, batch: Batch) -> Sequence[Item]:
    try:
        if not record.value:
            if record.value is None or topic == "events":
                raise Skip
            raise Unreadable(reason="empty")
        return tuple(READERS[topic](record, record.value))
    except Skip:
        batch.skipped += 1
    except Unreadable as error:
        _park(topic, record, error.reason, error.detail, batch)
    return ()


def _park(topic: str, record: Record, reason: str, detail: str, batch: Batch) -> None:
    batch.letters.append((key(record), letter(record, topic, reason, detail)))


def _store(topic: str, name: str, layout: Layout, pairs: list[Pair], batch: Batch) -> None:
    """Add the rows of `pairs`; one value that fits no column must not hold up all others."""
    try:
        batch.tables[name] = _arrow(layout, pairs)
    except (pa.ArrowException, OverflowError):
        good = [pair for pair in pairs if _fits(layout, pair)]
        kept = {id(record) for _, record in good}
        lost = {id(record): record for _, record in pairs if id(record) not in kept}
        for record in lost.values():
            _park(topic, record, "not-storable", f"a value does not fit table {name}", batch)
        batch.stored -= len(lost)
        if good:
            batch.tables[name] = _arrow(layout, good)


def _fits(layout: Layout, pair: Pair) -> bool:
    try:
        _arrow(layout, [pair])
    except (pa.ArrowException, OverflowError):
        return False
    return True


def _arrow(layout: Layout, pairs: Sequence[Pair]) -> pa.Table:
    items, records = zip(*pairs, strict=True)
    return layout.arrow(items, records).combine_chunks()
