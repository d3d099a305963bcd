"""How records become Arrow tables: each column says its name, its type and where it comes from."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from streams.kafka.records import Record

__all__ = [
    "BOOL", "DOUBLE", "DOUBLES", "INT", "INTS", "TEXT", "TEXTS", "TIME", "TIMES", "Column",
    "Layout", "Table", "broker", "fields", "millis",
]  # fmt: skip

TEXT, BOOL, INT, DOUBLE = pa.string(), pa.bool_(), pa.int64(), pa.float64()
TIME = pa.timestamp("ms", tz="UTC")
TEXTS, INTS, DOUBLES, TIMES = (pa.list_(kind) for kind in (TEXT, INT, DOUBLE, TIME))

TOGETHER = 256
"""Items whose columns are taken in one go: few enough for the processor's cache (10,000 at once
took 1.7 times as long)."""
LATEST = 10_413_791_999_000
"""2299-12-31T23:59:59Z, the end of DateTime64."""


class Column(NamedTuple):
    """One column.

    Args:
        name: As in ClickHouse.
        type: Arrow type; null becomes the column's default where it is not Nullable.
        get: Takes the value from an item.
    """

    name: str
    type: Any
    get: Callable[[Any], Any]


class Layout(Protocol):
    """What a reader hands items to, to be stored as rows of one table."""

    @property
    def name(self) -> str:
        """Table in ClickHouse."""
        ...

    def arrow(self, items: Sequence[Any], records: Sequence[Record]) -> pa.Table:
        """Return the rows of `items`, each with the record it came in."""


class Table:
    """Rows made of one item each, and the three columns that every table has of the broker.

    Args:
        name: Table in ClickHouse.
        columns: In any order.
    """

    def __init__(self, name: str, *columns: Column | Iterable[Column]) -> None:
        self.name = name
        self.columns: tuple[Column, ...] = ()
        for column in columns:
            self.columns += (column,) if isinstance(column, Column) else tuple(column)

    def arrow(self, items: Sequence[Any], records: Sequence[Record]) -> pa.Table:
        """Return the rows of `items`.

        Args:
            items: One a row.
            records: The record that each came in.

        Raises:
            pyarrow.ArrowException: A value does not fit its column.
            OverflowError: An integer does not fit 64 bits.
        """
        values: list[list[Any]] = [[] for _ in self.columns]
        for start in range(0, len(items), TOGETHER):
            part = items[start : start + TOGETHER]
            for column, kept in zip(self.columns, values, strict=True):
                kept.extend(map(column.get, part))
        arrays = [
            pa.array(kept, column.type) for column, kept in zip(self.columns, values, strict=True)
        ]
        names = [column.name for column in self.columns]
        own, broker_names = broker(records)
        return pa.Table.from_arrays([*arrays, *own], [*names, *broker_names])


def broker(records: Sequence[Record]) -> tuple[list[pa.Array], tuple[str, str, str]]:
    """Return broker time, partition and offset of records as columns, with their names."""
    arrays = [
        pa.array([millis(record.timestamp) for record in records], TIME),
        pa.array([record.partition for record in records], INT),
        pa.array([record.offset for record in records], INT),
    ]
    return arrays, ("logged_at", "kafka_partition", "kafka_offset")


def fields(kind: Any, *names: str, of: str = "") -> list[Column]:
    """Return columns that are called what the item's attributes are called.

    Args:
        kind: Arrow type of all.
        names: Attributes.
        of: Path to the object that has them, with a dot at the end; empty: the item.
    """
    return [Column(name, kind, attrgetter(of + name)) for name in names]


def millis(value: int | None) -> int | None:
    """Return a time in ms that DateTime64 can hold."""
    return None if value is None else min(max(value, 0), LATEST)
