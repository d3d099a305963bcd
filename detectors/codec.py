"""The state of one (tenant, agent) as bytes: typed, versioned, no pickle.

What is read is checked against the types of the dataclasses themselves. River's objects are
behind their own checksum and version: from another version of River they start afresh.
"""

import zlib
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors import concurrent_state, context_state, river
from detectors.arms import Arms
from detectors.bands import Said
from detectors.budget import Bucket
from detectors.cached import Cached
from detectors.compare import watch_state
from detectors.compare.baseline import Watch
from detectors.compare.units import Slices
from detectors.context import Context
from detectors.errors import RewarmError, StateError
from detectors.packing import Packed, pack, unpack
from detectors.recent import Recent
from detectors.references import Reference
from detectors.river import Rolling
from detectors.sightings import Routers
from detectors.state import TenantAgent, Watched
from detectors.untouched import is_shared

__all__ = ["dumps", "loads"]

VERSION, COMPRESSED = 4, 5
LARGE = 48_000
"""Bytes from which on compressing, some .8 ms, is worth it: tenants with many strata."""


class _Saved(msgspec.Struct, array_like=True):
    """All that `TenantAgent` holds."""

    sequence: int
    bucket: Bucket
    routers: Routers
    concurrent: concurrent_state.Saved | None
    said: Said | None
    watches: dict[str, Watched]
    rolled: dict[str, list[int]]
    rolling: bytes
    """Of each bundle the statistics of these metrics, one behind the other."""
    reference: Reference
    recent: Recent
    absent: int
    arms: Arms | None
    cached: Cached
    labels: dict[int, str]


def dumps(state: TenantAgent) -> bytes:
    """Return the state as bytes; equal states give equal bytes."""
    raw = _ENCODER.encode(_save(state))
    if len(raw) > LARGE:
        return bytes([COMPRESSED]) + zlib.compress(raw, 1)
    return bytes([VERSION]) + raw


def loads(raw: bytes) -> TenantAgent:
    """Return the state that `dumps` was given; a fold goes on as if nothing had happened.

    Raises:
        StateError: The bytes are damaged or of another version.
    """
    what = "a tenant's monitors"
    if raw[:1] not in (bytes([VERSION]), bytes([COMPRESSED])):
        raise StateError(what, f"version {raw[:1].hex() or 'missing'}, this is {VERSION:02x}")
    try:
        body = raw[1:] if raw[0] == VERSION else zlib.decompress(raw[1:])
        return _restore(_DECODER.decode(body))
    except (msgspec.DecodeError, zlib.error, ValueError, TypeError) as error:
        raise StateError(what, "not written by dumps") from error


def _encode(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return _SHARED.get(id(value)) or _packed(value)
    if isinstance(value, Watch):
        return watch_state.dumps(value)
    if isinstance(value, Context):
        return context_state.dumps(value)
    if isinstance(value, Arms):
        return context_state.dump_arms(value)
    if isinstance(value, Slices):
        return list(value)
    raise TypeError(type(value).__name__)


def _packed(array: NDArray[Any]) -> Packed:
    packed = pack(array)
    if is_shared(array):
        _SHARED[id(array)] = msgspec.Raw(msgspec.msgpack.encode(packed))
    return packed


def _decode(kind: Any, value: Any) -> Any:
    if kind is Watch:
        return watch_state.loads(value)
    if kind is Context:
        return context_state.loads(value)
    if kind is Arms:
        return context_state.load_arms(value)
    if kind is Slices:
        return Slices(msgspec.convert(value, list[bytes]))
    return unpack(msgspec.convert(value, Packed))


def _save(state: TenantAgent) -> _Saved:
    monitors, rolling = state.concurrent, state.rolling
    statistics = [each for by_metric in rolling.values() for each in by_metric.values()]
    return _Saved(
        state.sequence, state.bucket, state.routers,
        None if monitors is None else concurrent_state.save(monitors),
        state.said, state.watches, {bundle: list(each) for bundle, each in rolling.items()},
        river.dumps(statistics), state.reference, state.recent, state.absent, state.arms,
        state.cached, state.labels,
    )  # fmt: skip


def _restore(saved: _Saved) -> TenantAgent:
    monitors = saved.concurrent
    return TenantAgent(
        saved.sequence, saved.bucket, saved.routers,
        None if monitors is None else concurrent_state.restore(monitors),
        saved.said, saved.watches, _rolling(saved), saved.reference, saved.recent, saved.absent,
        saved.arms, saved.cached, saved.labels,
    )  # fmt: skip


def _rolling(saved: _Saved) -> dict[str, dict[int, Rolling]]:
    try:
        held = iter(river.loads(saved.rolling))
    except RewarmError:
        held = iter(())
    found: dict[str, dict[int, Rolling]] = {}
    for bundle, metrics in saved.rolled.items():
        each = ((metric, next(held, None)) for metric in metrics)
        found[bundle] = {m: one if isinstance(one, Rolling) else Rolling() for m, one in each}
    return found


_SHARED: dict[int, msgspec.Raw] = {}
"""Zeros that are shared, which stay, as they are written: most of a tenant's arrays are."""
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encode)
_DECODER = msgspec.msgpack.Decoder(_Saved, dec_hook=_decode)
