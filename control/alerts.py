"""What an alert sets off: pause, revert, halt, ask, fall back, or nothing."""

from control.assignments import move, take_back
from control.bundles import verify
from control.errors import BundleError
from control.outputs import Publish, digest, identity
from control.policy import (
    clears,
    falls_back,
    forgets,
    halts,
    handling,
    lossy,
    pauses,
    recent,
    reverts,
    too_many,
)
from control.registry import Registry
from control.rollouts import end, pause
from control.state import AgentState, Approval, Flag, Held, Reason, RolloutState, Standing
from schemas import Alert, Policy

__all__ = ["act"]


def act(state: AgentState, alert: Alert, registry: Registry) -> list[Publish]:
    """Do what the policy says about an alert of this agent."""
    if alert.kind == "watch":
        return _watch(state, alert, registry)
    rollout = state.rollout
    if rollout is None or not rollout.active or alert.subject != rollout.rollout_id:
        return []
    policy = registry.policy(rollout.policy_id)
    _progress(state, rollout, alert)
    if alert.scope == "fleet":
        return _fleet(state, rollout, alert, registry, policy)
    held = state.tenants.get(alert.tenant_id or "")
    if held is None or held.standing != Standing.JOINED:
        return []
    return _tenant(state, held, alert, registry, policy)


def _progress(state: AgentState, rollout: RolloutState, alert: Alert) -> None:
    """Note which tenants have given how many units, and when the last came."""
    given = dict(alert.units_by_tenant)
    if alert.tenant_id is not None:
        given[alert.tenant_id] = alert.units
    for tenant_id, units in given.items():
        held = state.tenants.get(tenant_id)
        if held is None:
            continue
        more_baseline = max(0, units.baseline - held.baseline_units)
        more_candidate = max(0, units.candidate - held.candidate_units)
        held.baseline_units += more_baseline
        held.candidate_units += more_candidate
        if more_baseline or more_candidate:
            rollout.data_at = state.now
        if held.standing == Standing.JOINED:
            rollout.baseline_since += more_baseline
            if more_candidate:
                rollout.candidate_at, rollout.baseline_since = state.now, 0


def _reason(alert: Alert, text: str, score: float) -> Reason:
    evidence = tuple(reading.metric for reading in alert.moved)
    return Reason("alert", alert.alert_id, score, evidence, text)


def _fleet(
    state: AgentState, rollout: RolloutState, alert: Alert, registry: Registry, policy: Policy
) -> list[Publish]:
    """The fleet's evidence: halt, revert whom e-BH selects, pause."""
    if lossy(alert):
        said = rollout.fleet_lossy
        rollout.fleet_lossy = True
        text = "units are lost on one side (sample ratio)"
        return [] if said else pause(state, _reason(alert, text, alert.sample_ratio))
    rollout.fleet_lossy = False
    if halts(alert, policy):
        reason = _reason(alert, "fleet action score", alert.scores.action)
        return end(state, registry, "halt", reason)
    outputs: list[Publish] = []
    crossed = pauses(alert, policy) and not rollout.fleet_latched
    rollout.fleet_latched = (rollout.fleet_latched or crossed) and not clears(alert, policy)
    if crossed:
        outputs += pause(state, _reason(alert, "fleet pause score", alert.scores.pause))
    reason = _reason(alert, "selected by e-BH among the tenants", alert.scores.action)
    return outputs + _revert_some(state, alert.breadth.selected, reason, registry, policy)


def _tenant(
    state: AgentState, held: Held, alert: Alert, registry: Registry, policy: Policy
) -> list[Publish]:
    """One tenant's evidence: pause, revert."""
    tenant_id = alert.tenant_id or ""
    if lossy(alert):
        said = held.flags & Flag.LOSSY
        held.flags |= Flag.LOSSY
        text = f"units of {tenant_id} are lost on one side (sample ratio)"
        return [] if said else pause(state, _reason(alert, text, alert.sample_ratio))
    held.flags &= ~Flag.LOSSY
    outputs: list[Publish] = []
    if clears(alert, policy):
        held.flags &= ~Flag.PAUSED
    tenant = registry.tenant(tenant_id)
    if forgets(alert, tenant, policy):
        held.flags &= ~Flag.DENIED
    if pauses(alert, policy) and not held.flags & Flag.PAUSED:
        held.flags |= Flag.PAUSED
        text = f"pause score of {tenant_id}"
        outputs += pause(state, _reason(alert, text, alert.scores.pause))
    if not reverts(alert, tenant, policy):
        return outputs
    reason = _reason(alert, f"action score of {tenant_id}", alert.scores.action)
    return outputs + _revert_some(state, [tenant_id], reason, registry, policy)


def _revert_some(
    state: AgentState, named: list[str], reason: Reason, registry: Registry, policy: Policy
) -> list[Publish]:
    """Take back those named whose stakes and tier allow it; the breaker bounds how many."""
    rollout = state.rollout
    assert rollout is not None
    joined = [
        tenant_id
        for tenant_id in named
        if tenant_id in state.tenants
        and state.tenants[tenant_id].standing == Standing.JOINED
        and not state.tenants[tenant_id].flags & Flag.LOSSY
    ]
    ways = {name: handling(registry.tenant(name), policy) for name in joined}
    outputs: list[Publish] = []
    for name in [name for name, way in ways.items() if way == "ask"]:
        outputs += _ask(state, name, reason)
    going = [name for name, way in ways.items() if way in {"revert", "revert-and-pause"}]
    if not going or rollout.breaker:
        return outputs
    if _share_is_spent(state, len(going), policy):
        text = "more tenants went back one by one than the policy allows"
        cause = Reason("breaker", reason.id, reason.score, reason.evidence, text)
        return outputs + end(state, registry, "halt", cause)
    for name in going:
        if _hour_is_spent(state, policy):
            return outputs + _trip(state, reason)
        state.reverts.append(state.now)
        outputs.append(take_back(state, registry, name, "revert", reason))
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


def _hour_is_spent(state: AgentState, policy: Policy) -> bool:
    state.reverts = recent(state.reverts, state.now)
    return len(state.reverts) >= policy.reverts_per_hour


def _trip(state: AgentState, reason: Reason) -> list[Publish]:
    """Open the breaker: pause, and leave the rest to a person."""
    rollout = state.rollout
    if rollout is None or rollout.breaker:
        return []
    rollout.breaker = True
    text = "reversions of this hour are spent; a person has to look, then resume"
    return pause(
        state, Reason("breaker", reason.id, reason.score, reason.evidence, text), again=True
    )


def _ask(state: AgentState, tenant_id: str, reason: Reason, fallback: bytes = b"") -> list[Publish]:
    """Have a reversion wait for a person, and let nobody join until then."""
    held = state.tenants[tenant_id]
    if held.flags & (Flag.ASKED | Flag.DENIED):
        return []
    held.flags |= Flag.ASKED
    name = reason.id
    while name in state.approvals:
        name += f"/{tenant_id}"
    state.approvals[name] = Approval(
        tenant_id, reason.score or 0.0, reason.evidence, state.now, fallback
    )
    text = f"reversion of {tenant_id} waits for approval of {name}"
    asked = Reason("alert", reason.id, reason.score, reason.evidence, text)
    return pause(state, asked, again=True)


def _watch(state: AgentState, alert: Alert, registry: Registry) -> list[Publish]:
    """A pinned bundle has drifted: move to the validated fallback if stakes ask for it."""
    tenant_id = alert.tenant_id or ""
    held = state.tenants.get(tenant_id)
    if alert.scope != "tenant" or held is None or alert.subject != identity(held.pin):
        return []
    policy = registry.policy("default")
    tenant = registry.tenant(tenant_id)
    if not falls_back(alert, policy):
        if alert.scores.display < policy.fallback_watch - policy.clear_below:
            held.flags &= ~Flag.DENIED
        return []
    target = _fallback(registry, tenant.fallbacks.get(state.agent_id), held)
    if tenant.stakes != "hard-pin-and-escalate" or target is None:
        return []
    reason = _reason(alert, f"the pin of {tenant_id} has drifted", alert.scores.display)
    if handling(tenant, policy) == "ask":
        return _ask(state, tenant_id, reason, target)
    if _hour_is_spent(state, policy):
        return _trip(state, reason)
    state.reverts.append(state.now)
    return [move(state, registry, tenant_id, target, reason)]


def _fallback(registry: Registry, bundle_id: str | None, held: Held) -> bytes | None:
    """Return the digest of a fallback that is known, sound and not the pin itself."""
    try:
        sound = verify(registry.bundle(bundle_id or ""))
    except BundleError:
        return None
    raw = digest(sound.bundle_id)
    return None if raw == held.pin else raw
