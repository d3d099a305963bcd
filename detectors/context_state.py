"""The bytes of contexts: only the labels that were met, typed, versioned, no pickle."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.arms import Arms
from detectors.context import Context, Movement
from detectors.errors import StateError
from detectors.mixes import LABELS, Tables
from detectors.surroundings import VARIABLES

__all__ = ["dump_arms", "dumps", "load_arms", "loads"]

_VERSION = 1
_WHAT = "a context"
_SIZE = len(VARIABLES)


class _Saved(msgspec.Struct, array_like=True):
    version: int
    units: int
    labels: list[list[str]]
    base: bytes
    recent: bytes
    """Single precision, of the labels each variable has met and the others."""
    risen: bytes
    onset: bytes
    waiting: bytes
    last_quiet: bytes
    farthest: bytes
    farther: bytes
    done: dict[int, Movement]


class _Arms(msgspec.Struct, array_like=True):
    version: int
    rollout_id: str
    labels: list[list[str]]
    counts: bytes


def dumps(context: Context) -> bytes:
    """Return a context as bytes: 1 KB or so."""
    context.settle()
    kept = _kept(context.tables.labels)
    return msgspec.msgpack.encode(
        _Saved(
            _VERSION, context.units, context.tables.labels,
            context.base[kept].tobytes(), context.recent[kept].tobytes(),
            context.risen.tobytes(), context.onset.tobytes(), context.waiting,
            context.last_quiet.tobytes(), context.farthest.tobytes(), context.farther.tobytes(),
            context.done,
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
        kept = _kept(context.tables.labels)
        context.base[kept] = np.frombuffer(saved.base, np.float32)
        context.recent[kept] = np.frombuffer(saved.recent, np.float32)
        context.risen[:] = np.frombuffer(saved.risen, np.float32)
        context.onset[:] = np.frombuffer(saved.onset, np.uint32)
        context.last_quiet[:] = np.frombuffer(saved.last_quiet, np.uint32)
        context.farthest[:] = np.frombuffer(saved.farthest, np.float32)
        context.farther[:] = np.frombuffer(saved.farther, np.uint32)
        context.done = saved.done
    except (msgspec.DecodeError, ValueError) as error:
        raise StateError(_WHAT, str(error)) from error
    return context


def dump_arms(arms: Arms) -> bytes:
    """Return the counts of a rollout's arms as bytes."""
    arms.settle()
    return msgspec.msgpack.encode(
        _Arms(
            _VERSION, arms.rollout_id, arms.tables.labels,
            arms.counts[:, _kept(arms.tables.labels)].astype(np.uint32).tobytes(),
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
        counts = np.frombuffer(saved.counts, np.uint32).reshape(2, -1)
        arms.counts[:, _kept(arms.tables.labels)] = counts
    except (msgspec.DecodeError, ValueError) as error:
        raise StateError(_WHAT, str(error)) from error
    return arms


def _check(version: int) -> None:
    if version != _VERSION:
        raise StateError(_WHAT, f"version {version}, this is {_VERSION}")


def _kept(labels: list[list[str]]) -> NDArray[np.bool_]:
    """Return which numbers of each variable stand for a label, [variable, label]."""
    met = np.array([len(table) for table in labels])
    kept: NDArray[np.bool_] = np.arange(LABELS) < met[:, None]
    kept[:, -1] = met > 0
    return kept


def _tables(labels: list[list[str]]) -> Tables:
    if len(labels) != _SIZE:
        message = f"{len(labels)} variables, this version has {_SIZE}"
        raise ValueError(message)
    return Tables(labels)
