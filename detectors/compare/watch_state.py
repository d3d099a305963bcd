"""The bytes of a watch: only the metrics it has met, typed, versioned, no pickle."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.compare.baseline import Watch
from detectors.compare.cells import Past
from detectors.compare.drifts import Drifts
from detectors.compare.labels import Labels
from detectors.compare.levels import Levels
from detectors.errors import RewarmError, StateError
from detectors.metrics import SIZE
from detectors.river import Drift
from detectors.river import dumps as river_dumps
from detectors.river import loads as river_loads

__all__ = ["dumps", "loads"]

_VERSION = 3
_BETS = ("log_e", "log_r", "best", "count", "low", "low_at", "onset")
_LEVELS = ("absorbed", "mean", "square", "met", "recent", "spread")
_SEEN = ("seen", "ones", "drawn")
_CUT = ("edges", "counts")
_LABEL = np.dtype([("code", "<u4"), ("times", "<u4"), ("lately", "<f4")])


class _Kept(msgspec.Struct, array_like=True):
    """Rows of some arrays of [metric, ...]: which metrics, and each array's bytes."""

    metrics: bytes
    arrays: list[bytes]


class _Stratum(msgspec.Struct, array_like=True):
    name: str
    seen: _Kept
    cut: _Kept
    """Metrics whose cells are cut."""
    warming: dict[int, bytes]
    labels: dict[int, bytes]
    """Of each categorical metric: code, times met and share lately of each label."""


class _Saved(msgspec.Struct, array_like=True):
    version: int
    seed: bytes
    units: int
    bets: _Kept
    levels: _Kept
    strata: list[_Stratum]
    drifting: list[int]
    drifts: bytes
    lag: dict[int, tuple[float, float, int]]
    waiting: dict[str, list[bytes]]
    """Metrics that a unit has, each a byte, and then their values."""


def dumps(watch: Watch) -> bytes:
    """Return the watch as bytes: about 1 KB, and 1 KB a stratum, and 1.3 KB a drift detector."""
    drifts = watch.drifts
    drifting = sorted(drifts.detectors)
    return msgspec.msgpack.encode(
        _Saved(
            _VERSION, watch.seed, watch.units,
            _keep(watch, _BETS, np.nonzero(watch.count)[0]),
            _keep(watch.levels, _LEVELS, np.nonzero(watch.levels.met + watch.levels.absorbed)[0]),
            [_keep_past(name, past) for name, past in watch.pasts.items()],
            drifting, river_dumps([drifts.detectors[row] for row in drifting]), drifts.lag,
            {name: [_keep_unit(unit) for unit in units] for name, units in watch.waiting.items()},
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
        _put(watch, _BETS, saved.bets)
        watch.levels = Levels()
        _put(watch.levels, _LEVELS, saved.levels)
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


def _keep(source: Any, names: tuple[str, ...], rows: NDArray[np.intp]) -> _Kept:
    return _Kept(
        rows.astype(np.uint8).tobytes(), [getattr(source, n)[rows].tobytes() for n in names]
    )


def _put(target: Any, names: tuple[str, ...], kept: _Kept) -> None:
    rows = np.frombuffer(kept.metrics, np.uint8).astype(np.intp)
    for name, raw in zip(names, kept.arrays, strict=True):
        array = getattr(target, name)
        array[rows] = np.frombuffer(raw, array.dtype).reshape(len(rows), *array.shape[1:])


def _keep_past(name: str, past: Past) -> _Stratum:
    cut = np.nonzero(np.isfinite(past.edges[:, 0]))[0]
    return _Stratum(
        name, _keep(past, _SEEN, np.nonzero((past.seen > 0) | (past.drawn != 0.0))[0]), _keep(past, _CUT, cut),
        {row: np.array(kept, np.float32).tobytes() for row, kept in past.warming.items()},
        {row: _keep_labels(labels) for row, labels in past.labels.items()},
    )  # fmt: skip


def _put_past(kept: _Stratum) -> Past:
    past = Past()
    _put(past, _SEEN, kept.seen)
    _put(past, _CUT, kept.cut)
    past.warming = {
        row: np.frombuffer(raw, np.float32).astype(float).tolist()
        for row, raw in kept.warming.items()
    }
    past.labels = {row: _put_labels(raw) for row, raw in kept.labels.items()}
    return past


def _keep_labels(labels: Labels) -> bytes:
    codes = dict.fromkeys([*labels.times, *labels.lately])
    rows = [(c, labels.times.get(c, 0), labels.lately.get(c, 0.0)) for c in codes]
    return np.array(rows, _LABEL).tobytes()


def _put_labels(raw: bytes) -> Labels:
    rows = np.frombuffer(raw, _LABEL).tolist()
    return Labels({c: n for c, n, _ in rows if n}, {c: share for c, _, share in rows if share})


def _keep_unit(unit: NDArray[np.float32]) -> bytes:
    rows = np.nonzero(~np.isnan(unit))[0]
    return rows.astype(np.uint8).tobytes() + unit[rows].tobytes()


def _put_unit(raw: bytes) -> NDArray[np.float32]:
    unit, number = np.full(SIZE, np.nan, np.float32), len(raw) // 5
    rows = np.frombuffer(raw[:number], np.uint8).astype(np.intp)
    unit[rows] = np.frombuffer(raw[number:], np.float32)
    return unit
