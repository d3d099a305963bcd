"""What the control plane says: built from the state, kept until confirmed, said again unchanged."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from control.errors import BundleError
from control.registry import Registry
from control.state import Action, AgentState, Held, Reason, RunState, Standing, Unsent
from schemas import Accept, Bundle, Cause, Command, Contract, Hold, InFlight, Lease, Phase

__all__ = [
    "Publish",
    "Whole",
    "candidate",
    "command",
    "content",
    "digest",
    "first_epoch",
    "hold",
    "identity",
    "lease",
    "queue_command",
    "queue_record",
    "sayable",
    "whole",
]

PREFIX = "sha256:"
Whole = Bundle | Phase | Hold | Accept
EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Publish:
    """One record to send.

    Args:
        id: What `published` confirms it by.
        topic: Without prefix; control records still want a signature.
        key: The message key.
        record: What to send.
    """

    id: str
    topic: Literal["registry", "control", "events"]
    key: str
    record: Contract


def digest(bundle_id: str) -> bytes:
    """Return the 32 bytes of a verified bundle's id."""
    return bytes.fromhex(bundle_id.removeprefix(PREFIX))


def identity(raw: bytes) -> str:
    """Return the bundle id of a digest."""
    return PREFIX + raw.hex()


def content(state: AgentState, registry: Registry, held: Held) -> Bundle:
    """Return the bundle that a tenant is pinned to.

    A candidate that a finish has just made a pin may not be in the registry's view yet:
    it then follows from the pin before and the overlay.

    Raises:
        UnknownBundleError: The registry has neither.
    """
    pin = identity(held.pin)
    if pin not in registry.bundles and held.previous and state.rollout is not None:
        made = _overlaid(state, registry, held.previous)
        if made.bundle_id == pin:
            return made
    return registry.bundle(pin)


def candidate(state: AgentState, registry: Registry, held: Held) -> Bundle:
    """Return the tenant's pin with the rollout's overlay.

    Raises:
        BundleError: The overlay fits no bundle, or the registry lacks the pin.
    """
    return _overlaid(state, registry, held.pin)


def _overlaid(state: AgentState, registry: Registry, raw: bytes) -> Bundle:
    assert state.rollout is not None
    return registry.overlaid(identity(raw), state.rollout.overlay)


def command(state: AgentState, registry: Registry, tenant_id: str, unsent: Unsent) -> Publish:
    """Return a tenant's newest command: its whole desired state.

    Raises:
        BundleError: The registry lacks what the command must carry.
    """
    held = state.tenants[tenant_id]
    reason = state.waiting.reasons[unsent.reason]
    rollout = state.rollout
    joined = rollout is not None and held.standing == Standing.JOINED
    parts = (state.agent_id, tenant_id, str(held.epoch), unsent.action, reason.kind, reason.id)
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    record = Command(
        command_id=f"command-{name}",
        tenant_id=tenant_id,
        agent_id=state.agent_id,
        epoch=held.epoch,
        mode=rollout.mode if rollout is not None and joined else "pinned",
        action=unsent.action,
        baseline=content(state, registry, held),
        candidate=candidate(state, registry, held) if joined else None,
        weight=rollout.weight if rollout is not None and joined else 0.0,
        rollout_id=reason.rollout_id,
        phase_id=rollout.phases[held.phase] if rollout is not None and joined else None,
        in_flight=InFlight(policy="drain", drain_seconds=reason.drain_seconds),
        cause=_cause(reason),
        approved_by=reason.person,
        issued_at=unsent.issued_at,
    )
    key = f"{tenant_id}/{state.agent_id}"
    return Publish(f"command/{tenant_id}/{held.epoch}", "control", key, record)


def first_epoch(state: AgentState) -> int:
    """Return the epoch that something begins with: the seconds since 1970.

    Routers on their disks and auditors in their tables know the epochs of before when the control
    plane has lost its own: epochs that began at 1 again would be refused as old.
    """
    return max(1, state.now // 1000)


def queue_command(
    state: AgentState, registry: Registry, tenant_id: str, action: Action, reason: Reason
) -> list[Publish]:
    """Note that the tenant's state, as it is now, is to be commanded; return the command.

    Return none where the registry lacks what it must carry: it then waits, and `pending` says
    it when the registry has that.
    """
    waiting, rollout = state.waiting, state.rollout
    policy = registry.policy(rollout.policy_id if rollout else "default")
    reason = replace(
        reason,
        rollout_id=rollout.rollout_id if rollout and action != "assign" else None,
        drain_seconds=policy.drain_seconds,
    )
    known = waiting.reasons.get(waiting.next_reason - 1)
    if known != reason:
        waiting.reasons[waiting.next_reason] = reason
        waiting.next_reason += 1
    unsent = Unsent(action, waiting.next_reason - 1, state.now)
    waiting.commands.pop(tenant_id, None)
    waiting.commands[tenant_id] = unsent
    return sayable(state, registry, {tenant_id: unsent})


def sayable(state: AgentState, registry: Registry, commands: Mapping[str, Unsent]) -> list[Publish]:
    """Return those of some tenants' newest commands for which the registry lacks nothing."""
    found: list[Publish] = []
    for tenant_id, unsent in commands.items():
        with suppress(BundleError):
            found.append(command(state, registry, tenant_id, unsent))
    return found


def queue_record(state: AgentState, kind: str, record: Whole) -> Publish:
    """Note that a record is to be sent whole; return it. A newer hold replaces an older."""
    publish = whole(state, kind, record)
    state.waiting.records.pop(publish.id, None)
    if kind == "hold":
        stale = [name for name in state.waiting.records if name.startswith("hold/")]
        for name in stale:
            del state.waiting.records[name]
    state.waiting.records[publish.id] = record.model_dump_json().encode()
    return publish


def whole(state: AgentState, kind: str, record: Whole) -> Publish:
    """Return a record of a kind under its topic and key."""
    if isinstance(record, Accept):
        key = f"{record.tenant_id}/{record.agent_id}"
        return Publish(f"accept/{record.accept_id}", "events", key, record)
    if isinstance(record, Hold):
        return Publish(f"hold/{record.epoch}", "control", f"{state.agent_id}/*", record)
    name = record.bundle_id if isinstance(record, Bundle) else record.phase_id
    return Publish(f"{kind}/{name}", "registry", f"{kind}/{name}", record)


def hold(state: AgentState, run_state: RunState, reason: Reason) -> Publish:
    """Set the rollout's state and say so to every router."""
    assert state.rollout is not None
    state.rollout.state = run_state
    state.hold_epoch = state.hold_epoch + 1 if state.hold_epoch else first_epoch(state)
    parts = f"{state.agent_id}\0{state.rollout.rollout_id}\0{state.hold_epoch}"
    name = hashlib.sha256(parts.encode()).hexdigest()[:32]
    record = Hold(
        hold_id=f"hold-{name}",
        agent_id=state.agent_id,
        rollout_id=state.rollout.rollout_id,
        epoch=state.hold_epoch,
        state=run_state,
        cause=_cause(reason),
        issued_at=state.now,
    )
    return queue_record(state, "hold", record)


def lease(state: AgentState, lease_seconds: int) -> Publish:
    """Renew the leave to serve candidates; a lease that gets lost is not sent again."""
    assert state.rollout is not None
    state.rollout.leased_at = state.clock
    record = Lease(
        agent_id=state.agent_id,
        rollout_id=state.rollout.rollout_id,
        issued_at=state.now,
        expires_at=state.now + lease_seconds * 1000,
    )
    return Publish(f"lease/{state.now}", "control", f"{state.agent_id}/lease", record)


def _cause(reason: Reason) -> Cause:
    return Cause(
        kind=reason.kind,
        id=reason.id,
        score=reason.score,
        evidence=list(reason.evidence[:EVIDENCE]),
        reason=reason.text,
    )
