"""Reversions that alerts ask for: made, put to a person, or stopped by the breaker."""

from control.assignments import take_back
from control.outputs import Publish
from control.policy import handling, recent, too_many
from control.registry import Registry
from control.rollouts import end, pause
from control.state import AgentState, Approval, Flag, Reason, Standing
from schemas import Alert, Policy

__all__ = ["ask", "because", "hour_is_spent", "revert_some", "trip"]

REASONS = 3
"""Of an alert, that a command or hold repeats."""
OTHERS = 5
"""Reversions that wait too, named beside the newest: its hold is all that the topic keeps."""


def because(alert: Alert, text: str, score: float) -> Reason:
    """Return an alert as the reason of what is done about it, its cause in words."""
    evidence = tuple(reading.metric for reading in alert.moved)
    if alert.cause is not None:
        text += f"; cause: {alert.cause}" + "".join(f"; {why}" for why in alert.reasons[:REASONS])
    return Reason("alert", alert.alert_id, score, evidence, text)


def revert_some(
    state: AgentState,
    named: list[str],
    reason: Reason,
    registry: Registry,
    policy: Policy,
    *,
    contested: bool = False,
) -> list[Publish]:
    """Take back those named whose stakes, tier and cause allow it; the breaker bounds how many."""
    rollout = state.rollout
    assert rollout is not None
    joined = [
        tenant_id
        for tenant_id in named
        if tenant_id in state.tenants
        and state.tenants[tenant_id].standing == Standing.JOINED
        and not state.tenants[tenant_id].flags & Flag.LOSSY
    ]
    ways = {
        name: handling(
            registry.tenant(name),
            policy,
            contested=contested or bool(state.tenants[name].flags & Flag.CONTESTED),
        )
        for name in joined
    }
    outputs: list[Publish] = []
    for name in [name for name, way in ways.items() if way == "ask"]:
        outputs += ask(state, name, reason)
    going = [name for name, way in ways.items() if way in {"revert", "revert-and-pause"}]
    if not going or rollout.breaker:
        return outputs
    if _share_is_spent(state, len(going), policy):
        text = "more tenants went back one by one than the policy allows"
        cause = Reason("breaker", reason.id, reason.score, reason.evidence, text)
        return outputs + end(state, registry, "halt", cause)
    for name in going:
        if hour_is_spent(state, policy):
            return outputs + trip(state, reason)
        state.reverts.append(state.clock)
        outputs += take_back(state, registry, name, "revert", reason)
        state.tenants[name].flags |= Flag.AUTOMATIC
    if "revert-and-pause" in {ways[name] for name in going}:
        outputs += pause(state, reason)
    return outputs


def _share_is_spent(state: AgentState, more: int, policy: Policy) -> bool:
    automatic = sum(1 for held in state.tenants.values() if held.flags & Flag.AUTOMATIC)
    ever = sum(
        1
        for held in state.tenants.values()
        if held.standing in {Standing.JOINED, Standing.REVERTED}
    )
    return too_many(automatic + more, ever, policy)


def hour_is_spent(state: AgentState, policy: Policy) -> bool:
    """Whether the policy allows no more automatic moves in this hour."""
    state.reverts = recent(state.reverts, state.clock)
    return len(state.reverts) >= policy.reverts_per_hour


def trip(state: AgentState, reason: Reason) -> list[Publish]:
    """Open the breaker: pause, and leave the rest to a person."""
    rollout = state.rollout
    if rollout is None or rollout.breaker:
        return []
    rollout.breaker = True
    text = "reversions of this hour are spent; a person has to look, then resume"
    return pause(
        state, Reason("breaker", reason.id, reason.score, reason.evidence, text), again=True
    )


def ask(state: AgentState, tenant_id: str, reason: Reason, fallback: bytes = b"") -> list[Publish]:
    """Have a reversion wait for a person, and let nobody join until then."""
    waits = any(
        one.tenant == tenant_id and bool(one.fallback) == bool(fallback)
        for one in state.approvals.values()
    )
    denied = Flag.KEPT if fallback else Flag.DENIED
    if waits or state.tenants[tenant_id].flags & denied:
        return []
    name = reason.id
    while name in state.approvals:
        name += f"/{tenant_id}"
    state.approvals[name] = Approval(
        tenant_id, reason.score or 0.0, reason.evidence, state.now, fallback
    )
    others = [f"{one.tenant} ({other})" for other, one in state.approvals.items() if other != name]
    text = (
        f"reversion of {tenant_id} waits for a person: holdfast approve (or deny) "
        f"{state.agent_id} {name}; {reason.text}"
    )
    if others:
        text += f"; so do {', '.join(others[:OTHERS])}" + (", …" if len(others) > OTHERS else "")
    asked = Reason("alert", reason.id, reason.score, reason.evidence, text)
    return pause(state, asked, again=True)
