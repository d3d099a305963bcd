"""What goes on, folded from the topics as they are now: no store needed, and never behind."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from control.errors import SignatureError
from control.routers import LIVE_MS
from control.signing import KeyRing, read_control
from schemas import (
    Ack,
    Alert,
    Command,
    Contract,
    Envelope,
    Heartbeat,
    Hold,
    Lease,
    Phase,
    Proof,
    Signal,
)
from streams.desk import keys, wire
from streams.kafka.records import Record
from streams.settings import Settings

__all__ = ["TOPICS", "State", "load", "now_ms"]

TOPICS = ("registry", "signals", "alerts", "control", "proofs", "acks")
LAST = 20_000
"""Offsets before the end that are read of each partition."""
SILENT_MS = 30_000
"""A process not heard of for so long is silent."""


@dataclass(slots=True)
class State:
    """The last word on everything, by key."""

    signals: dict[tuple[str, str, str], Signal] = field(default_factory=dict)
    """(tenant, agent, rollout or bundle)"""
    alerts: dict[tuple[str, str, str | None], Alert] = field(default_factory=dict)
    """(agent, rollout or bundle, tenant or None for the fleet)"""
    phases: dict[str, Phase] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    """tenant/agent"""
    by_rollout: dict[str, list[Command]] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    """agent"""
    leases: dict[str, Lease] = field(default_factory=dict)
    """agent"""
    proofs: dict[str, Proof] = field(default_factory=dict)
    """command_id"""
    acks: dict[str, list[Ack]] = field(default_factory=dict)
    """command_id"""
    routers: dict[str, Heartbeat] = field(default_factory=dict)
    ticked_at: int = 0
    """When decide last wrote the wall clock to its input; ms."""
    ring: KeyRing | None = None
    """Whose control records are believed; None: no keys are at hand, so all are."""
    forged: int = 0
    """Control records that no key of the ring has signed."""

    def add(self, topic: str, record: Record) -> Contract | None:
        """Take in one record of the topic `topic` (no prefix); what cannot be read is left out."""
        if record.value is None:
            return None
        try:
            return _TAKE[topic](self, record.key or b"", record.value)
        except SignatureError:
            self.forged += 1
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def live_routers(self, now_ms: int) -> list[str]:
        """Return the routers that have been heard of lately and have not said good-bye."""
        return sorted(
            name
            for name, beat in self.routers.items()
            if not beat.stopping and now_ms - beat.at < LIVE_MS
        )

    def deciding(self, now_ms: int) -> bool:
        """Return whether decide ticks."""
        return now_ms - self.ticked_at < SILENT_MS

    def agents(self) -> set[str]:
        """Return every agent that anything is known of."""
        return {
            *(agent for _, agent, _ in self.signals),
            *(phase.agent_id for phase in self.phases.values()),
            *(command.agent_id for command in self.commands.values()),
            *self.holds,
        }

    def waves(self, rollout_id: str) -> list[Phase]:
        """Return the phases of a rollout, oldest first."""
        found = [phase for phase in self.phases.values() if phase.rollout_id == rollout_id]
        return sorted(found, key=lambda phase: (phase.opened_at, phase.wave))


async def load(settings: Settings) -> State:
    """Return what the topics say now."""
    ring = keys.ring(settings.data_dir, "control")
    state = State(ring=ring if len(ring) else None)
    whole = await wire.read(settings, "registry", "control")
    recent = await wire.read(settings, "signals", "alerts", "proofs", "acks", last=LAST)
    for record in whole + recent:
        state.add(record.topic.removeprefix(settings.namespace), record)
    return state


def now_ms() -> int:
    """Return the time of now in milliseconds since 1970."""
    return int(datetime.now(UTC).timestamp() * 1000)


def _signal(state: State, _key: bytes, value: bytes) -> Signal:
    signal = Signal.model_validate_json(value)
    key = (signal.tenant_id, signal.agent_id, signal.subject)
    known = state.signals.get(key)
    if known is None or known.sequence <= signal.sequence:
        state.signals[key] = signal
    return signal


def _alert(state: State, key: bytes, value: bytes) -> Alert | None:
    if key == b"tick" and (tick := json.loads(value))["kind"] == "tick":
        state.ticked_at = max(state.ticked_at, int(tick["at"]))
        return None
    alert = Alert.model_validate_json(value)
    place = (alert.agent_id, alert.subject, alert.tenant_id)
    known = state.alerts.get(place)
    if known is None or known.sequence <= alert.sequence:
        state.alerts[place] = alert
    return alert


def _registry(state: State, key: bytes, value: bytes) -> Phase | None:
    if not key.startswith(b"phase/"):
        return None
    phase = Phase.model_validate_json(value)
    state.phases[phase.phase_id] = phase
    return phase


def _control(state: State, _key: bytes, value: bytes) -> Contract:
    record = _believed(state, value)
    if isinstance(record, Lease):
        lease = state.leases.get(record.agent_id)
        if lease is None or lease.issued_at <= record.issued_at:
            state.leases[record.agent_id] = record
    elif isinstance(record, Hold):
        hold = state.holds.get(record.agent_id)
        if hold is None or hold.epoch <= record.epoch:
            state.holds[record.agent_id] = record
    else:
        place = f"{record.tenant_id}/{record.agent_id}"
        known = state.commands.get(place)
        if known is None or known.epoch < record.epoch:
            state.commands[place] = record
            if record.rollout_id:
                state.by_rollout.setdefault(record.rollout_id, []).append(record)
    return record


def _believed(state: State, value: bytes) -> Command | Hold | Lease:
    """Return the record of an envelope.

    Raises:
        SignatureError: No key of the ring has signed it.
    """
    if state.ring is not None:
        return read_control(Envelope.model_validate_json(value), state.ring)
    payload = wire.unwrapped(value)
    kinds: dict[str, type[Command] | type[Hold] | type[Lease]] = {"hold": Hold, "lease": Lease}
    return kinds.get(payload["kind"], Command).model_validate(payload)


def _proof(state: State, _key: bytes, value: bytes) -> Proof:
    proof = Proof.model_validate_json(value)
    state.proofs[proof.command_id] = proof
    return proof


def _ack(state: State, _key: bytes, value: bytes) -> Contract | None:
    kind = json.loads(value).get("kind")
    if kind == "heartbeat":
        beat = Heartbeat.model_validate_json(value)
        known = state.routers.get(beat.router_id)
        if known is None or known.at <= beat.at:
            state.routers[beat.router_id] = beat
        return beat
    if kind == "ack":
        ack = Ack.model_validate_json(value)
        state.acks.setdefault(ack.command_id, []).append(ack)
        return ack
    return None


_TAKE: dict[str, Callable[[State, bytes, bytes], Contract | None]] = {
    "signals": _signal,
    "alerts": _alert,
    "registry": _registry,
    "control": _control,
    "proofs": _proof,
    "acks": _ack,
}
