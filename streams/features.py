"""The features record: one Arrow IPC stream per chunk of events, one row an event.

Columns are `schemas.FeaturesRow`'s, with one column per catalogue metric (null: the event has
none). Rows of a record are of one partition of `events`, in the order of offsets; what measure
folds again after a crash comes again with the same offsets and content.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

# Arrow's own allocator hands memory back in the middle of a record, 4-12 ms at a time.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
import pyarrow as pa

from detectors.features import Features
from detectors.metrics import CATALOGUE

__all__ = ["METRICS", "SCHEMA", "FeaturesSeen", "columns", "decode", "load", "pack"]

METRICS = tuple(metric.name for metric in CATALOGUE)
FLOATS = pa.list_(pa.float32())
SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string()),
        pa.field("tenant_id", pa.string()),
        pa.field("agent_id", pa.string()),
        pa.field("bundle_id", pa.string()),
        pa.field("partition", pa.int32()),
        pa.field("offset", pa.int64()),
        pa.field("at", pa.timestamp("ms", tz="UTC")),
        pa.field("stratum", pa.string()),
        pa.field("counted", pa.string()),
        *(pa.field(name, pa.float64()) for name in METRICS),
        pa.field("style", FLOATS),
        pa.field("format", pa.string()),
        pa.field("refusal", pa.string()),
        pa.field("static_embedding", FLOATS),
        pa.field("transformer_embedding", FLOATS),
    ]
)


PACKED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
"""Arrow's own, for Kafka's in Python is slow: 4 us an event less (aiokafka packs at level 9). No
threads: to hand so many small columns to them costs twice what packing them does."""


@dataclass(slots=True)
class FeaturesSeen:
    """What measure saw in one event.

    Args:
        names: event_id, tenant_id, agent_id, bundle_id.
        offset: Of the event in its partition.
        at: Broker time, ms.
        stratum: Task and turn class.
        counted: `evidence`, `watch`, or why the event gave none.
        values: [SIZE], NaN where absent.
        features: Of the text.
        static: Static embedding, normalised, or None.
        transformer: Transformer embedding, or None.
    """

    names: tuple[str, str, str, str]
    offset: int
    at: int
    stratum: str
    counted: str
    values: np.ndarray
    features: Features
    static: np.ndarray | None = None
    transformer: np.ndarray | None = None


def columns(partition: int, rows: Sequence[FeaturesSeen]) -> Iterator[pa.Array]:
    """Yield the columns of `rows`, all of one partition of `events`, in the schema's order.

    Who has others to give way to can do so between any two: 500 rows take 4-10 ms in all.
    """
    for place in range(4):
        yield pa.array([row.names[place] for row in rows], pa.string())
    yield pa.array(np.full(len(rows), partition, np.int32))
    yield pa.array([row.offset for row in rows], pa.int64())
    yield pa.array([row.at for row in rows], SCHEMA.field("at").type)
    yield pa.array([row.stratum for row in rows], pa.string())
    yield pa.array([row.counted for row in rows], pa.string())
    values = np.array([row.values for row in rows]).reshape(len(rows), len(METRICS))
    for column in np.ascontiguousarray(values.T):
        yield pa.array(column, from_pandas=True)
    yield pa.array([row.features.style for row in rows], FLOATS)
    yield pa.array([row.features.format for row in rows], pa.string())
    yield pa.array([row.features.refusal for row in rows], pa.string())
    yield _vectors([row.static for row in rows])
    yield _vectors([row.transformer for row in rows])


def load() -> None:
    """Have Arrow load now what it loads for its first array: with pandas at hand that takes a second."""
    pack(list(columns(0, ())))


def pack(columns: Sequence[pa.Array]) -> bytes:
    """Return the Arrow IPC stream of all columns, as `columns` yields them."""
    batch = pa.record_batch(columns, schema=SCHEMA)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA, options=PACKED) as writer:
        writer.write_batch(batch)
    return cast(bytes, sink.getvalue().to_pybytes())


def _vectors(vectors: Sequence[np.ndarray | None]) -> pa.Array:
    """Return a list column without making a Python float of every number."""
    present = [vector for vector in vectors if vector is not None]
    if not present:
        return pa.nulls(len(vectors), FLOATS)
    sizes = [0 if vector is None else len(vector) for vector in vectors]
    flat = np.concatenate(present, dtype=np.float32)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    absent = pa.array([vector is None for vector in vectors], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat), mask=absent)


def decode(raw: bytes) -> pa.Table:
    """Return the table of one features record.

    Raises:
        pyarrow.ArrowInvalid: `raw` is no Arrow IPC stream.
    """
    with pa.ipc.open_stream(raw) as reader:
        return reader.read_all()
