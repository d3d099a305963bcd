"""The bytes of contexts: of arrays only what was written to, typed, versioned, no pickle."""

from typing import Any

import msgspec
from numpy.typing import NDArray

from detectors.arms import Arms
from detectors.context import Context, Movement
from detectors.errors import StateError
from detectors.mixes import Tables
from detectors.packing import Sparse
from detectors.surroundings import VARIABLES

__all__ = ["dump_arms", "dumps", "load_arms", "loads"]

_VERSION = 2
_WHAT = "a context"
_SIZE = len(VARIABLES)


class _Saved(msgspec.Struct, array_like=True):
    version: int
    units: int
    labels: list[tuple[str, ...]]
    arrays: bytes
    waiting: bytes
    done: dict[int, Movement]


class _Arms(msgspec.Struct, array_like=True):
    version: int
    rollout_id: str
    labels: list[tuple[str, ...]]
    counts: bytes
    sides: bytes
    waiting: bytes


def dumps(context: Context) -> bytes:
    """Return a context as bytes: 1 KB or so."""
    context.settle()
    return msgspec.msgpack.encode(
        _Saved(
            _VERSION, context.units, context.tables.labels, _CONTEXT.pack(_arrays(context)),
            context.waiting, context.done,
        )
    )  # fmt: skip


def loads(raw: bytes) -> Context:
    """Return the context that `dumps` was given.

    Raises:
        StateError: The bytes are not a context, or of another version.
    """
    context = Context()
    try:
        saved = msgspec.msgpack.decode(raw, type=_Saved)
        _check(saved.version)
        context.units, context.waiting = saved.units, saved.waiting
        context.tables = _tables(saved.labels)
        (
            context.base, context.recent, context.risen, context.onset, context.last_quiet,
            context.farthest, context.farther,
        ) = _CONTEXT.unpack(saved.arrays)  # fmt: skip
        context.done = saved.done
    except (msgspec.DecodeError, ValueError) as error:
        raise StateError(_WHAT, str(error)) from error
    return context


def dump_arms(arms: Arms) -> bytes:
    """Return the counts of a rollout's arms as bytes."""
    arms.settle()
    counts = _ARMS.pack((arms.counts,))
    return msgspec.msgpack.encode(
        _Arms(
            _VERSION, arms.rollout_id, arms.tables.labels, counts, arms.sides, arms.waiting
        )
    )  # fmt: skip


def load_arms(raw: bytes) -> Arms:
    """Return the counts that `dump_arms` was given.

    Raises:
        StateError: The bytes are not such counts, or of another version.
    """
    try:
        saved = msgspec.msgpack.decode(raw, type=_Arms)
        _check(saved.version)
        arms = Arms(saved.rollout_id)
        arms.tables = _tables(saved.labels)
        arms.sides, arms.waiting = saved.sides, saved.waiting
        (arms.counts,) = _ARMS.unpack(saved.counts)
    except (msgspec.DecodeError, ValueError) as error:
        raise StateError(_WHAT, str(error)) from error
    return arms


def _check(version: int) -> None:
    if version != _VERSION:
        raise StateError(_WHAT, f"version {version}, this is {_VERSION}")


def _tables(labels: list[tuple[str, ...]]) -> Tables:
    if len(labels) != _SIZE:
        message = f"{len(labels)} variables, this version has {_SIZE}"
        raise ValueError(message)
    return Tables(labels)


def _arrays(context: Context) -> tuple[NDArray[Any], ...]:
    return (
        context.base, context.recent, context.risen, context.onset, context.last_quiet,
        context.farthest, context.farther,
    )  # fmt: skip


_CONTEXT, _ARMS = Sparse(*_arrays(Context())), Sparse(Arms().counts)
