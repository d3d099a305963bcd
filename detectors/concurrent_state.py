"""The monitors of a rollout as plain values: of their arrays only what was written to."""

from math import isnan
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors import river
from detectors.compare.blocks import Block
from detectors.compare.paired import Pairs
from detectors.compare.shares import Shares
from detectors.compare.units import Units
from detectors.compiled import BYTE, INT, SINGLE, filled, kernel
from detectors.concurrent import Concurrent
from detectors.errors import RewarmError
from detectors.evidence.ratio import SampleRatio
from detectors.metrics import SIZE
from detectors.packing import Sparse
from detectors.river import Drift
from detectors.strata import Stratum

__all__ = ["Saved", "restore", "save"]


class _Block(msgspec.Struct, array_like=True):
    """An open block: bits say which metrics any of its units has, and which are alike in all."""

    opened_at: int
    candidate: list[bool]
    varied: bytes
    alike: bytes
    values: bytes
    """Of the varied metrics, [unit, metric], then those that all share, [metric]."""


class _Stratum(msgspec.Struct, array_like=True):
    name: str
    closed: int
    block: _Block | None
    outcomes: dict[int, _Block]
    metrics: bytes
    log_cuts: bytes
    learnt: list[int]


class Saved(msgspec.Struct, array_like=True):
    """All that `Concurrent` holds."""

    seed: str
    rollout_id: str
    phase_id: str
    order: tuple[int, int]
    weight: float
    controls: int
    margins: dict[str, float]
    metrics: bytes
    strata: list[_Stratum]
    drifting: list[int]
    drifts: bytes
    seen: Units
    judged: Units
    ratio: SampleRatio
    shares: Shares
    pairs: Pairs
    units: list[int]
    due: int


def save(state: Concurrent) -> Saved:
    """Return the monitors as plain values; changing them later changes these too."""
    drifting = sorted(state.drifts)
    return Saved(
        state.seed, state.rollout_id, state.phase_id, state.order, state.weight, state.controls,
        state.margins, _MONITORS.pack(_arrays(state)), [_save(one) for one in state.strata],
        drifting, river.dumps([state.drifts[row] for row in drifting]) if drifting else b"",
        state.seen, state.judged, state.ratio, state.shares, state.pairs, state.units, state.due,
    )  # fmt: skip


def restore(saved: Saved) -> Concurrent:
    """Return the monitors that `save` was given.

    Of another version of River, their detectors begin afresh; all else goes on.

    Raises:
        ValueError: Arrays are of another shape.
    """
    log_e, log_r, count, low, low_at, sums = _MONITORS.unpack(saved.metrics)
    return Concurrent(
        saved.seed, saved.rollout_id, saved.phase_id, saved.order, saved.weight, saved.controls,
        saved.margins, log_e, log_r, count, low, low_at, sums,
        [_restore(one) for one in saved.strata], _drifts(saved), saved.seen, saved.judged,
        saved.ratio, saved.shares, saved.pairs, saved.units, saved.due,
    )  # fmt: skip


def _drifts(saved: Saved) -> dict[int, Drift]:
    try:
        held = river.loads(saved.drifts) if saved.drifting else []
    except RewarmError:
        return {row: Drift() for row in saved.drifting}
    pairs = zip(saved.drifting, held, strict=True)
    return {row: drift for row, drift in pairs if isinstance(drift, Drift)}


def _save(stratum: Stratum) -> _Stratum:
    return _Stratum(
        stratum.name, stratum.closed,
        None if stratum.block is None else _freeze(stratum.block),
        {metric: _freeze(block) for metric, block in stratum.outcomes.items()},
        _STRATA.pack((stratum.moved, stratum.lean, stratum.compared, stratum.acting)),
        stratum.log_cuts.tobytes(), stratum.learnt,
    )  # fmt: skip


def _restore(saved: _Stratum) -> Stratum:
    moved, lean, compared, acting = _STRATA.unpack(saved.metrics)
    return Stratum(
        saved.name, saved.closed,
        None if saved.block is None else _thaw(saved.block),
        {metric: _thaw(block) for metric, block in saved.outcomes.items()},
        moved, lean, compared, acting,
        np.frombuffer(saved.log_cuts), saved.learnt,
    )  # fmt: skip


def _freeze(block: Block) -> _Block:
    units = len(block.values)
    values, bits = np.concatenate(block.values), np.zeros((2, -(-SIZE // 8)), np.uint8)
    content = np.empty(len(values), np.float32)
    written = _split(values.reshape(units, SIZE), bits, content)
    varied, alike = bits
    return _Block(
        opened_at=block.opened_at,
        candidate=block.candidate,
        varied=varied.tobytes(),
        alike=alike.tobytes(),
        values=content[:written].tobytes(),
    )


@kernel(INT, filled(2, SINGLE), filled(2, BYTE), filled(1, SINGLE))
def _split(
    values: NDArray[np.float32], bits: NDArray[np.uint8], content: NDArray[np.float32]
) -> int:
    """Write which metrics vary and which are alike in all units, and their values.

    Args:
        values: [unit, metric], NaN where absent.
        bits: Written: of those that vary, of those that are alike.
        content: Written: of the varied [unit, metric], then of the alike.

    Returns:
        Values written.
    """
    units, metrics = values.shape
    varied = 0
    for metric in range(metrics):
        same, known = 0, 0
        for unit in range(units):
            same += 1 if values[unit, metric] == values[0, metric] else 0
            known += 0 if isnan(values[unit, metric]) else 1
        if known:
            bits[1 if same == units else 0, metric >> 3] |= 128 >> (metric & 7)
            varied += 1 if same < units else 0
    place, last = 0, int(units * varied)
    for metric in range(metrics):
        bit = 128 >> (metric & 7)
        if bits[0, metric >> 3] & bit:
            for unit in range(units):
                content[unit * varied + place] = values[unit, metric]
            place += 1
        elif bits[1, metric >> 3] & bit:
            content[last] = values[0, metric]
            last += 1
    return last


def _thaw(saved: _Block) -> Block:
    block = Block(saved.opened_at)
    varied, alike = (
        np.unpackbits(np.frombuffer(bits, np.uint8), count=SIZE).astype(bool)
        for bits in (saved.varied, saved.alike)
    )
    units = len(saved.candidate)
    values = np.full((units, SIZE), np.nan, np.float32)
    content = np.frombuffer(saved.values, np.float32)
    split = units * int(varied.sum())
    values[:, varied] = content[:split].reshape(units, -1)
    values[:, alike] = content[split:]
    block.values, block.candidate = list(values), saved.candidate
    return block


def _arrays(state: Concurrent) -> tuple[NDArray[Any], ...]:
    return state.log_e, state.log_r, state.count, state.low, state.low_at, state.sums


_BARE, _EMPTY = Concurrent("", "", "", (0, 0), 0.0, 0, {}), Stratum("")
_MONITORS = Sparse(*_arrays(_BARE))
_STRATA = Sparse(_EMPTY.moved, _EMPTY.lean, _EMPTY.compared, _EMPTY.acting)
