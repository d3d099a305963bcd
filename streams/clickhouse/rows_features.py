"""Features records: Arrow on the wire, Arrow into ClickHouse."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from streams import features as wire
from streams.clickhouse.columns import broker
from streams.kafka.records import Record

__all__ = ["FEATURES", "Features", "decode"]

PLAIN = (
    "event_id", "tenant_id", "agent_id", "bundle_id", "at", "stratum", "counted", "style",
    "format", "refusal", "static_embedding", "transformer_embedding",
)  # fmt: skip
RENAMED = {"partition": "event_partition", "offset": "event_offset"}
NOT_METRICS = {*PLAIN, *RENAMED}


def decode(raw: bytes) -> pa.Table:
    """Return the rows of one features record.

    A column that `streams.features` does not know is taken for a metric of a later version if it
    holds numbers.

    Raises:
        ValueError: It is no Arrow stream, or lacks a column.
    """
    try:
        table = wire.decode(raw)
    except (pa.ArrowException, OSError) as error:
        message = "not an Arrow IPC stream"
        raise ValueError(message) from error
    found = set(table.column_names)
    if missing := sorted(NOT_METRICS - found):
        message = f"no column {', '.join(missing)}"
        raise ValueError(message)
    for name in NOT_METRICS:
        if table.schema.field(name).type != wire.SCHEMA.field(name).type:
            message = f"column {name} is {table.schema.field(name).type}"
            raise ValueError(message)
    return table


class Features:
    """Rows of whole records, so that numbers never become Python objects."""

    name = "features"

    def arrow(self, items: Sequence[pa.Table], records: Sequence[Record]) -> pa.Table:
        """Return the rows of all records, metrics gathered into one map column."""
        table = pa.concat_tables(items, promote_options="default").combine_chunks()
        owners = np.repeat(np.arange(len(items)), [len(item) for item in items])
        own, names = broker(records)
        columns = {name: table.column(name) for name in PLAIN}
        columns |= {new: table.column(old) for old, new in RENAMED.items()}
        columns["metrics"] = _metrics(table)
        columns |= {
            name: array.take(pa.array(owners)) for name, array in zip(names, own, strict=True)
        }
        return pa.table(columns)


def _metrics(table: pa.Table) -> pa.Array:
    """Return metric -> value of each row; what a row has not is left out."""
    names = [
        field.name
        for field in table.schema
        if field.name not in NOT_METRICS and pa.types.is_floating(field.type)
    ]
    if not names or not len(table):
        return pa.array([[]] * len(table), pa.map_(pa.string(), pa.float64()))
    values = np.stack(
        [table.column(name).cast(pa.float64()).to_numpy() for name in names],
        axis=1,
    )
    there = np.isfinite(values)
    offsets = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int32)
    keys = pa.array(names).take(pa.array(np.nonzero(there)[1]))
    return pa.MapArray.from_arrays(pa.array(offsets), keys, pa.array(values[there]))


FEATURES = Features()
