"""What the alert of a watch sets off: a pinned bundle has left its own past."""

from control.assignments import move
from control.bundles import verify
from control.errors import BundleError
from control.outputs import Publish, digest, identity
from control.policy import falls_back, handling
from control.registry import Registry
from control.reversions import ask, because, hour_is_spent, trip
from control.rollouts import pause
from control.state import AgentState, Flag, Held, remember
from schemas import Alert

__all__ = ["watch"]


def watch(state: AgentState, alert: Alert, registry: Registry) -> list[Publish]:
    """A pinned bundle has drifted: by stakes move to the validated fallback, or hold."""
    tenant_id = alert.tenant_id or ""
    if alert.scope == "tenant":
        remember(state.drifted, tenant_id)
    held = state.tenants.get(tenant_id)
    if alert.scope != "tenant" or held is None or alert.subject != identity(held.pin):
        return []
    policy = registry.policy("default")
    tenant = registry.tenant(tenant_id)
    if not falls_back(alert, policy):
        if alert.scores.display < policy.fallback_watch - policy.clear_below:
            held.flags &= ~(Flag.KEPT | Flag.DRIFTED)
        return []
    reason = because(alert, f"the pin of {tenant_id} has drifted", alert.scores.display)
    if tenant.stakes == "shadow-and-hold":
        outputs = [] if held.flags & Flag.DRIFTED else pause(state, reason)
        held.flags |= Flag.DRIFTED if outputs else 0
        return outputs
    target = _fallback(registry, tenant.fallbacks.get(state.agent_id), held)
    if tenant.stakes != "hard-pin-and-escalate" or target is None:
        return []
    if handling(tenant, policy) == "ask":
        return ask(state, tenant_id, reason, target)
    if hour_is_spent(state, policy):
        return [*ask(state, tenant_id, reason, target), *trip(state, reason)]
    state.reverts.append(state.clock)
    return move(state, registry, tenant_id, target, reason)


def _fallback(registry: Registry, bundle_id: str | None, held: Held) -> bytes | None:
    """Return the digest of a fallback that is known, sound and not the pin itself."""
    try:
        sound = verify(registry.bundle(bundle_id or ""))
    except BundleError:
        return None
    raw = digest(sound.bundle_id)
    return None if raw == held.pin else raw
