"""The bytes of a watch: of its arrays only what was written to, typed, versioned, no pickle."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.compare.baseline import Watch
from detectors.compare.cells import Past
from detectors.compare.drifts import Drifts
from detectors.compare.hours import ARRAYS, Hours
from detectors.compare.labels import Labels
from detectors.compare.levels import Levels
from detectors.errors import RewarmError, StateError
from detectors.metrics import SIZE
from detectors.packing import Sparse
from detectors.river import Drift
from detectors.river import dumps as river_dumps
from detectors.river import loads as river_loads

__all__ = ["dumps", "loads"]

_VERSION = 6
_LABEL = np.dtype([("code", "<u4"), ("times", "<i4"), ("lately", "<f4")])


class _Stratum(msgspec.Struct, array_like=True):
    name: str
    arrays: bytes
    warming: dict[int, bytes]
    labels: dict[int, tuple[int, bytes]]
    """Of each categorical metric: units that settled its labels; code, times met (-1: not kept)
    and share lately of each label."""


class _Saved(msgspec.Struct, array_like=True):
    version: int
    seed: bytes
    units: int
    bets: bytes
    levels: bytes
    strata: list[_Stratum]
    drifting: list[int]
    drifts: bytes
    lag: dict[int, tuple[float, float, int]]
    waiting: dict[str, list[bytes]]
    """Metrics that a unit has, each a byte, and then their values."""
    began: tuple[int, int]
    gone: float
    hours: bytes


def dumps(watch: Watch) -> bytes:
    """Return the watch as bytes: about 1 KB, and 1 KB a stratum, and 1.3 KB a drift detector."""
    drifts = watch.drifts
    drifting = sorted(drifts.detectors)
    return msgspec.msgpack.encode(
        _Saved(
            _VERSION, watch.seed, watch.units,
            _BETS.pack(_bets(watch)), _LEVELS.pack(_levels(watch.levels)),
            [_keep_past(name, past) for name, past in watch.pasts.items()],
            drifting, river_dumps([drifts.detectors[row] for row in drifting]), drifts.lag,
            {name: [_keep_unit(unit) for unit in units] for name, units in watch.waiting.items()},
            watch.hours.began, watch.hours.gone, _HOURS.pack(_hours(watch.hours)),
        )
    )  # fmt: skip


def loads(raw: bytes) -> Watch:
    """Return the watch that `dumps` was given.

    Of another version of River, its detectors begin afresh; all else goes on.

    Raises:
        StateError: The bytes are not a watch, or of another version.
    """
    what = "a watch"
    try:
        saved = msgspec.msgpack.decode(raw, type=_Saved)
        if saved.version != _VERSION:
            raise StateError(what, f"version {saved.version}, this is {_VERSION}")
        watch = Watch()
        watch.seed, watch.units = saved.seed, saved.units
        (
            watch.log_e, watch.log_r, watch.best, watch.count, watch.low, watch.low_at,
            watch.onset,
        ) = _BETS.unpack(saved.bets)  # fmt: skip
        watch.levels = Levels(*_LEVELS.unpack(saved.levels))
        watch.hours = Hours(saved.began, saved.gone, *_HOURS.unpack(saved.hours))
        watch.waiting = {n: [_put_unit(raw) for raw in kept] for n, kept in saved.waiting.items()}
        watch.pasts = {kept.name: _put_past(kept) for kept in saved.strata}
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise StateError(what, str(error)) from error
    watch.drifts = Drifts(_drifts(saved), saved.lag)
    return watch


def _drifts(saved: _Saved) -> dict[int, Drift]:
    try:
        held = river_loads(saved.drifts)
    except RewarmError:
        return {}
    pairs = zip(saved.drifting, held, strict=True)
    return {row: drift for row, drift in pairs if isinstance(drift, Drift)}


def _bets(watch: Watch) -> tuple[NDArray[Any], ...]:
    return (
        watch.log_e, watch.log_r, watch.best, watch.count, watch.low, watch.low_at, watch.onset,
    )  # fmt: skip


def _levels(levels: Levels) -> tuple[NDArray[Any], ...]:
    return (
        levels.absorbed, levels.mean, levels.square, levels.met, levels.recent, levels.spread,
    )  # fmt: skip


def _hours(hours: Hours) -> tuple[NDArray[Any], ...]:
    return tuple(getattr(hours, name) for name in ARRAYS)


def _past(past: Past) -> tuple[NDArray[Any], ...]:
    return past.seen, past.edges, past.counts, past.ones, past.drawn


def _keep_past(name: str, past: Past) -> _Stratum:
    return _Stratum(
        name, _PAST.pack(_past(past)),
        {row: np.array(kept, np.float32).tobytes() for row, kept in past.warming.items()},
        {row: _keep_labels(labels) for row, labels in past.labels.items()},
    )  # fmt: skip


def _put_past(kept: _Stratum) -> Past:
    seen, edges, counts, ones, drawn = _PAST.unpack(kept.arrays)
    past = Past(seen, edges, counts, ones, drawn)
    past.warming = {
        row: np.frombuffer(raw, np.float32).astype(float).tolist()
        for row, raw in kept.warming.items()
    }
    past.labels = {row: _put_labels(*parts) for row, parts in kept.labels.items()}
    return past


def _keep_labels(labels: Labels) -> tuple[int, bytes]:
    codes = dict.fromkeys([*labels.times, *labels.lately])
    rows = [(c, labels.times.get(c, -1), labels.lately.get(c, 0.0)) for c in codes]
    return labels.met, np.array(rows, _LABEL).tobytes()


def _put_labels(met: int, raw: bytes) -> Labels:
    rows = np.frombuffer(raw, _LABEL).tolist()
    times = {c: n for c, n, _ in rows if n >= 0}
    return Labels(met, times, {c: share for c, _, share in rows if share})


def _keep_unit(unit: NDArray[np.float32]) -> bytes:
    rows = np.flatnonzero(unit == unit)
    return rows.astype(np.uint8).tobytes() + unit[rows].tobytes()


def _put_unit(raw: bytes) -> NDArray[np.float32]:
    unit, number = np.full(SIZE, np.nan, np.float32), len(raw) // 5
    rows = np.frombuffer(raw[:number], np.uint8).astype(np.intp)
    unit[rows] = np.frombuffer(raw[number:], np.float32)
    return unit


_BETS = Sparse(*_bets(Watch()))
_LEVELS = Sparse(*_levels(Levels()))
_HOURS = Sparse(*_hours(Hours()))
_PAST = Sparse(*_past(Past()))
