"""What is kept of an agent's signals, and its bytes: typed, versioned, no pickle."""

import zlib
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectors.errors import StateError
from detectors.metrics import SIZE
from detectors.scoring import Crier
from detectors.tenants import ACTED, KINDS, LN10, Tenants
from schemas import AlertCause, Units

__all__ = ["AgentScores", "Subject", "Voice", "dumps", "loads"]

_VERSION, _BY_ROWS = 3, 2
_TOGETHER = 256
"""Tenants whose evidence is put back at once."""


class Voice(msgspec.Struct, array_like=True):
    """What a tenant's last signal was understood to mean.

    Args:
        moved_at: Broker time at which a metric was first notable; 0: none is.
        model: That serves it, as a watch says.
        cause: Of the movement; empty: there is none.
        contested: Whether something other than the candidate explains it as well.
        told: Cause of the last alert, with a mark where it was contested.
    """

    moved_at: int = 0
    model: str = ""
    cause: AlertCause | Literal[""] = ""
    contested: bool = False
    told: str = ""


@dataclass(slots=True)
class Subject:
    """One rollout or watch: its tenants' evidence, and what has been told."""

    tenants: Tenants = field(default_factory=Tenants)
    criers: list[Crier] = field(default_factory=list)
    """Of each tenant, in the order of `tenants`."""
    voices: list[Voice] = field(default_factory=list)
    """Likewise."""
    fleet: Crier = field(default_factory=Crier)
    at: int = 0
    """Broker time of the latest signal, in ms."""
    told_at: int = 0
    """Broker time of the fleet's last alert."""


@dataclass(slots=True)
class AgentScores:
    """State of one agent: its subjects by (kind, subject), the earliest first."""

    subjects: dict[tuple[str, str], Subject] = field(default_factory=dict)


class _Version(msgspec.Struct, array_like=True):
    version: int


class _Row(msgspec.Struct, array_like=True):
    """One tenant, its evidence aside."""

    tenant_id: str
    sequence: int
    units: tuple[int, int]
    cached: tuple[int, int]
    crier: Crier
    voice: Voice


class _Saved(msgspec.Struct, array_like=True):
    """One subject; evidence as bytes, half precision, of all its tenants together."""

    kind: str
    subject: str
    at: int
    told_at: int
    fleet: Crier
    rows: list[_Row]
    ratios: bytes
    """log10, [tenant]."""
    present: bytes
    """Bits, [tenant, metric]."""
    log10_w: bytes
    """Of the present, [metric, kind]."""
    log10_bets: bytes
    """Of those that act, [bet]."""


class _Whole(msgspec.Struct, array_like=True):
    version: int
    subjects: list[_Saved]


class _FullRow(msgspec.Struct, array_like=True):
    """One tenant with its evidence, of version 2."""

    tenant_id: str
    sequence: int
    units: tuple[int, int]
    ratio: float
    crier: Crier
    metrics: bytes
    """Which metrics it has, as bytes of indices."""
    log10_w: bytes
    voice: Voice
    log10_bets: bytes
    cached: tuple[int, int]


class _ByRows(msgspec.Struct, array_like=True):
    """One subject, of version 2."""

    kind: str
    subject: str
    at: int
    told_at: int
    fleet: Crier
    rows: list[_FullRow]


class _WholeByRows(msgspec.Struct, array_like=True):
    version: int
    subjects: list[_ByRows]


def dumps(state: AgentScores) -> bytes:
    """Return the state as bytes: 250 a tenant or so, compressed."""
    saved = [_save(*key, subject) for key, subject in state.subjects.items()]
    return zlib.compress(msgspec.msgpack.encode(_Whole(_VERSION, saved)), 1)


def loads(raw: bytes) -> AgentScores:
    """Return the state that `dumps` was given.

    Raises:
        StateError: The bytes are not such a state, or of another version.
    """
    what = "an agent's scores"
    try:
        body = zlib.decompress(raw)
        version = msgspec.msgpack.decode(body, type=_Version).version
        if version == _BY_ROWS:
            subjects = msgspec.msgpack.decode(body, type=_WholeByRows).subjects
            found = [_columns(subject) for subject in subjects]
        elif version == _VERSION:
            found = msgspec.msgpack.decode(body, type=_Whole).subjects
        else:
            raise StateError(what, f"version {version}, this is {_VERSION}")
    except (zlib.error, msgspec.DecodeError) as error:
        raise StateError(what, str(error)) from error
    try:
        restored = {(saved.kind, saved.subject): _restore(saved) for saved in found}
    except (ValueError, IndexError) as error:
        raise StateError(what, "of another catalogue of metrics") from error
    return AgentScores(restored)


def _save(kind: str, name: str, subject: Subject) -> _Saved:
    tenants = subject.tenants
    n = len(tenants.index)
    rows = [
        _Row(name, sequence, (units.baseline, units.candidate), (cached.baseline, cached.candidate), crier, voice)
        for name, sequence, units, cached, crier, voice in zip(
            tenants.index, tenants.sequence, tenants.units, tenants.cached, subject.criers,
            subject.voices, strict=True,
        )
    ]  # fmt: skip
    present = tenants.present[:n]
    return _Saved(
        kind, name, subject.at, subject.told_at, subject.fleet, rows, _half(tenants.ratio[:n]),
        np.packbits(present).tobytes(), _half(tenants.log_w[:n][present]),
        _half(tenants.bets[:n][present[..., None] & ACTED]),
    )  # fmt: skip


def _restore(saved: _Saved) -> Subject:
    subject = Subject(fleet=saved.fleet, at=saved.at, told_at=saved.told_at)
    tenants, n = subject.tenants, len(saved.rows)
    for kept in saved.rows:
        row = tenants.add(kept.tenant_id)
        tenants.sequence[row] = kept.sequence
        tenants.units[row] = Units(baseline=kept.units[0], candidate=kept.units[1])
        tenants.cached[row] = Units(baseline=kept.cached[0], candidate=kept.cached[1])
        subject.criers.append(kept.crier)
        subject.voices.append(kept.voice)
    bits = np.unpackbits(np.frombuffer(saved.present, np.uint8), count=n * SIZE)
    present = bits.reshape(n, SIZE).astype(bool)
    log_w, bets = np.zeros((n, SIZE, len(KINDS))), np.zeros((n, *ACTED.shape))
    log_w[present] = _whole(saved.log10_w).reshape(-1, len(KINDS))
    bets[present[..., None] & ACTED] = _whole(saved.log10_bets)
    tenants.ratio[:n] = _whole(saved.ratios)
    for first in range(0, n, _TOGETHER):
        some = slice(first, first + _TOGETHER)
        tenants.put(first, log_w[some], bets[some], present[some])
    return subject


def _columns(old: _ByRows) -> _Saved:
    """Return a subject of version 2 as it is saved now."""
    present = np.zeros((len(old.rows), SIZE), bool)
    for place, row in enumerate(old.rows):
        present[place, list(row.metrics)] = True
    rows = [
        _Row(row.tenant_id, row.sequence, row.units, row.cached, row.crier, row.voice)
        for row in old.rows
    ]
    return _Saved(
        old.kind, old.subject, old.at, old.told_at, old.fleet, rows,
        np.array([row.ratio for row in old.rows], "<f2").tobytes(), np.packbits(present).tobytes(),
        b"".join(row.log10_w for row in old.rows), b"".join(row.log10_bets for row in old.rows),
    )  # fmt: skip


def _half(log_w: NDArray[np.float64]) -> bytes:
    return (log_w / LN10).astype("<f2").tobytes()


def _whole(raw: bytes) -> NDArray[np.float64]:
    log_w: NDArray[np.float64] = np.frombuffer(raw, "<f2").astype(np.float64) * LN10
    return log_w
