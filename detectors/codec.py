"""The state of one (tenant, agent) as bytes: typed, versioned, no pickle.

What is read is checked against the types of the dataclasses themselves. River's objects are
behind their own checksum and version: from another version of River they start afresh.
"""

import zlib
from typing import Any

import msgspec
import numpy as np

from detectors import context_state, river
from detectors.arms import Arms
from detectors.compare import watch_state
from detectors.compare.baseline import Watch
from detectors.compare.blocks import Block
from detectors.context import Context
from detectors.errors import RewarmError, StateError
from detectors.packing import Packed, pack, unpack
from detectors.river import Drift, Rolling
from detectors.state import TenantAgent

__all__ = ["dumps", "loads"]

VERSION, COMPRESSED = 2, 3
LARGE = 48_000
"""Bytes from which on compressing, some .8 ms, is worth it: tenants with many strata."""


class _BlockParts(msgspec.Struct, array_like=True):
    """An open block: bits say which metrics any of its units has, and which are alike in all."""

    opened_at: int
    candidate: list[bool]
    size: int
    varied: bytes
    alike: bytes
    values: bytes
    """Of the varied metrics, [unit, metric], then those that all share, [metric]."""


def dumps(state: TenantAgent) -> bytes:
    """Return the state as bytes; equal states give equal bytes."""
    raw = _ENCODER.encode(state)
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
        return _DECODER.decode(body)
    except (msgspec.DecodeError, zlib.error, ValueError, TypeError) as error:
        raise StateError(what, "not written by dumps") from error


def _encode(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return pack(value)
    if isinstance(value, Rolling | Drift):
        return river.dumps([value])
    if isinstance(value, Block):
        return _freeze_block(value)
    if isinstance(value, Watch):
        return watch_state.dumps(value)
    if isinstance(value, Context):
        return context_state.dumps(value)
    if isinstance(value, Arms):
        return context_state.dump_arms(value)
    raise TypeError(type(value).__name__)


def _decode(kind: Any, value: Any) -> Any:
    if kind is Rolling or kind is Drift:
        return _thaw_river(kind, value)
    if kind is Block:
        return _thaw_block(msgspec.convert(value, _BlockParts))
    if kind is Watch:
        return watch_state.loads(value)
    if kind is Context:
        return context_state.loads(value)
    if kind is Arms:
        return context_state.load_arms(value)
    return unpack(msgspec.convert(value, Packed))


def _thaw_river(kind: type[Rolling] | type[Drift], value: bytes) -> Rolling | Drift:
    try:
        (thawed,) = river.loads(value)
    except RewarmError:
        return kind()
    return thawed


def _freeze_block(block: Block) -> _BlockParts:
    values = np.array(block.values, dtype=np.float32)
    alike = np.atleast_1d((values == values[:1]).all(axis=0))
    varied = np.atleast_1d(~np.isnan(values).all(axis=0)) & ~alike
    return _BlockParts(
        opened_at=block.opened_at,
        candidate=block.candidate,
        size=len(varied),
        varied=np.packbits(varied).tobytes(),
        alike=np.packbits(alike).tobytes(),
        values=values[:, varied].tobytes() + values[0, alike].tobytes(),
    )


def _thaw_block(parts: _BlockParts) -> Block:
    block = Block(parts.opened_at)
    varied, alike = (
        np.unpackbits(np.frombuffer(bits, np.uint8), count=parts.size).astype(bool)
        for bits in (parts.varied, parts.alike)
    )
    units = len(parts.candidate)
    values = np.full((units, parts.size), np.nan, np.float32)
    content = np.frombuffer(parts.values, np.float32)
    split = units * int(varied.sum())
    values[:, varied] = content[:split].reshape(units, -1)
    values[:, alike] = content[split:]
    block.values, block.candidate = list(values), parts.candidate
    return block


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encode)
_DECODER = msgspec.msgpack.Decoder(TenantAgent, dec_hook=_decode)
