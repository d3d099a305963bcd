"""Moves of single tenants; each is a new epoch and a command."""

from control.outputs import Publish, digest, first_epoch, queue_command
from control.registry import Registry
from control.state import Action, AgentState, Flag, Held, Reason, Standing

__all__ = ["assign", "finish", "join", "move", "still_in", "take_back"]


def assign(
    state: AgentState, registry: Registry, tenant_id: str, bundle_id: str, reason: Reason
) -> list[Publish]:
    """Pin a tenant for the first time."""
    state.tenants[tenant_id] = Held(epoch=first_epoch(state), pin=digest(bundle_id))
    return queue_command(state, registry, tenant_id, "assign", reason)


def join(
    state: AgentState, registry: Registry, tenant_id: str, phase: int, reason: Reason
) -> list[Publish]:
    """Have the candidate serve a share of a tenant's units.

    The epoch was raised when the phase was made, for the phase names it.
    """
    held = state.tenants[tenant_id]
    held.standing, held.phase = Standing.JOINED, phase
    return queue_command(state, registry, tenant_id, "join", reason)


def take_back(
    state: AgentState, registry: Registry, tenant_id: str, action: Action, reason: Reason
) -> list[Publish]:
    """Put a joined tenant back on its pin."""
    held = state.tenants[tenant_id]
    held.epoch += 1
    held.standing = Standing.REVERTED
    _forget_questions(state, tenant_id)
    return queue_command(state, registry, tenant_id, action, reason)


def move(
    state: AgentState, registry: Registry, tenant_id: str, pin: bytes, reason: Reason
) -> list[Publish]:
    """Pin a tenant to another bundle that it has validated, and leave it out of the rollout.

    What it came from is no pin to go back to: of two who ask for the same reversion, or of a
    person and a watch, the second would undo the first.
    """
    held = state.tenants[tenant_id]
    held.epoch += 1
    held.pin, held.previous = pin, b""
    joined = held.standing == Standing.JOINED
    held.standing = Standing.REVERTED if joined else Standing.APART
    _forget_questions(state, tenant_id)
    return queue_command(state, registry, tenant_id, "revert", reason)


def finish(
    state: AgentState, registry: Registry, tenant_id: str, bundle_id: str, reason: Reason
) -> list[Publish]:
    """Make a joined tenant's candidate its pin."""
    held = state.tenants[tenant_id]
    held.epoch += 1
    held.pin, held.previous = digest(bundle_id), held.pin
    held.standing = Standing.APART
    _forget_questions(state, tenant_id)
    return queue_command(state, registry, tenant_id, "finish", reason)


def still_in(state: AgentState) -> list[str]:
    """Return the tenants that a candidate serves, in order of name."""
    return sorted(name for name, held in state.tenants.items() if held.standing == Standing.JOINED)


def _forget_questions(state: AgentState, tenant_id: str) -> None:
    """Whatever waited for a person has been settled by the move."""
    state.tenants[tenant_id].flags &= ~(Flag.DENIED | Flag.KEPT)
    for alert_id in [k for k, one in state.approvals.items() if one.tenant == tenant_id]:
        del state.approvals[alert_id]
