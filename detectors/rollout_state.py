"""What is kept of an agent's signals, and its bytes: typed, versioned, no pickle."""

import zlib
from dataclasses import astuple, dataclass, field
from typing import Literal

import msgspec
import numpy as np

from detectors.errors import StateError
from detectors.metrics import SIZE
from detectors.scoring import Crier
from detectors.tenants import ACTED, LN10, Tenants
from schemas import AlertCause, Units

__all__ = ["AgentScores", "Subject", "Voice", "dumps", "loads"]

_VERSION, _WITHOUT_BETS = 2, 1


@dataclass(slots=True)
class Voice:
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


class _Row(msgspec.Struct, array_like=True):
    """One tenant."""

    tenant_id: str
    sequence: int
    units: tuple[int, int]
    ratio: float
    crier: tuple[int, list[float], list[bool], bool, int]
    metrics: bytes
    """Which metrics it has, as bytes of indices."""
    log10_w: bytes
    """Of those, [metric, kind], half precision."""
    voice: tuple[int, str, AlertCause | Literal[""], bool, str] = (0, "", "", False, "")
    log10_bets: bytes = b""
    """Of each of their action bets, half precision."""
    cached: tuple[int, int] = (0, 0)


class _Saved(msgspec.Struct, array_like=True):
    """One subject."""

    kind: str
    subject: str
    at: int
    told_at: int
    fleet: tuple[int, list[float], list[bool], bool, int]
    rows: list[_Row]


class _Whole(msgspec.Struct, array_like=True):
    version: int
    subjects: list[_Saved]


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
        whole = msgspec.msgpack.decode(zlib.decompress(raw), type=_Whole)
    except (zlib.error, msgspec.DecodeError) as error:
        raise StateError(what, str(error)) from error
    if whole.version not in (_VERSION, _WITHOUT_BETS):
        raise StateError(what, f"version {whole.version}, this is {_VERSION}")
    try:
        restored = {(saved.kind, saved.subject): _restore(saved) for saved in whole.subjects}
    except (ValueError, IndexError) as error:
        raise StateError(what, "of another catalogue of metrics") from error
    return AgentScores(restored)


def _save(kind: str, name: str, subject: Subject) -> _Saved:
    tenants = subject.tenants
    rows = []
    for tenant_id, row in tenants.index.items():
        metrics = np.nonzero(tenants.present[row])[0]
        units = tenants.units[row]
        rows.append(
            _Row(
                tenant_id, tenants.sequence[row], (units.baseline, units.candidate),
                float(tenants.ratio[row] / LN10), _pack(subject.criers[row]),
                metrics.astype(np.uint8).tobytes(),
                (tenants.log_w[row, metrics] / LN10).astype("<f2").tobytes(),
                astuple(subject.voices[row]),
                (tenants.bets[row, metrics][ACTED[metrics]] / LN10).astype("<f2").tobytes(),
                (tenants.cached[row].baseline, tenants.cached[row].candidate),
            )
        )  # fmt: skip
    return _Saved(kind, name, subject.at, subject.told_at, _pack(subject.fleet), rows)


def _restore(saved: _Saved) -> Subject:
    subject = Subject(fleet=Crier(*saved.fleet), at=saved.at, told_at=saved.told_at)
    tenants = subject.tenants
    for kept in saved.rows:
        row = tenants.add(kept.tenant_id)
        tenants.sequence[row] = kept.sequence
        tenants.units[row] = Units(baseline=kept.units[0], candidate=kept.units[1])
        tenants.cached[row] = Units(baseline=kept.cached[0], candidate=kept.cached[1])
        metrics = np.frombuffer(kept.metrics, np.uint8).astype(np.intp)
        log_w, present = np.zeros((SIZE, 3)), np.zeros(SIZE, bool)
        log_w[metrics] = np.frombuffer(kept.log10_w, "<f2").reshape(-1, 3).astype(float) * LN10
        present[metrics] = True
        bets = np.where(ACTED, log_w[:, 2:], 0.0)
        if kept.log10_bets:
            bets[present] = 0.0
            told = np.frombuffer(kept.log10_bets, "<f2").astype(float)
            bets[present[:, None] & ACTED] = told * LN10
        tenants.put(row, log_w, bets, present, float(np.float16(kept.ratio)) * LN10)
        subject.criers.append(Crier(*kept.crier))
        subject.voices.append(Voice(*kept.voice))
    return subject


def _pack(crier: Crier) -> tuple[int, list[float], list[bool], bool, int]:
    return crier.sequence, crier.told, crier.latched, crier.losing, crier.selected
