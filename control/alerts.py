"""What an alert sets off: pause, revert, halt, ask, fall back, or nothing."""

from control.outputs import Publish
from control.policy import clears, forgets, halts, lossy, pauses, reverts
from control.registry import Registry
from control.reversions import because, revert_some
from control.rollouts import end, pause
from control.state import AgentState, Flag, Held, RolloutState, Standing
from control.watches import watch
from schemas import Alert, Policy, Units

__all__ = ["act"]

_LOST = "sample ratio: their events do not come, or a cache answers and says nothing"


def act(state: AgentState, alert: Alert, registry: Registry) -> list[Publish]:
    """Do what the policy says about an alert of this agent."""
    if alert.kind == "watch":
        return watch(state, alert, registry)
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
            rollout.data_at = state.clock
        if held.standing == Standing.JOINED:
            rollout.baseline_since += more_baseline
            if more_candidate:
                rollout.candidate_at, rollout.baseline_since = state.clock, 0
    if alert.scope == "fleet":
        _cached(state, rollout, alert.cached)


def _cached(state: AgentState, rollout: RolloutState, told: Units) -> None:
    """Note when a cache last answered a unit of either arm: whoever does that is not silent."""
    baseline, candidate = rollout.cached
    rollout.cached = max(baseline, told.baseline), max(candidate, told.candidate)
    if rollout.cached == (baseline, candidate):
        return
    rollout.data_at = state.clock
    rollout.baseline_since += rollout.cached[0] - baseline
    if rollout.cached[1] > candidate:
        rollout.candidate_at, rollout.baseline_since = state.clock, 0


def _fleet(
    state: AgentState, rollout: RolloutState, alert: Alert, registry: Registry, policy: Policy
) -> list[Publish]:
    """The fleet's evidence: halt, revert whom e-BH selects, pause."""
    if lossy(alert):
        said = rollout.fleet_lossy
        rollout.fleet_lossy = True
        text = f"units are lost on one side ({_LOST})"
        return [] if said else pause(state, because(alert, text, alert.sample_ratio))
    rollout.fleet_lossy = False
    outputs: list[Publish] = []
    if halts(alert, policy):
        reason = because(alert, "fleet action score", alert.scores.action)
        if not alert.contested:
            return end(state, registry, "halt", reason)
        if not rollout.fleet_contested:
            outputs += pause(state, reason, again=True)
    rollout.fleet_contested = alert.contested and halts(alert, policy)
    crossed = pauses(alert, policy) and not rollout.fleet_latched
    rollout.fleet_latched = (rollout.fleet_latched or crossed) and not clears(alert, policy)
    if crossed:
        outputs += pause(state, because(alert, "fleet pause score", alert.scores.pause))
    reason = because(alert, "selected by e-BH among the tenants", alert.scores.action)
    return outputs + revert_some(
        state, alert.breadth.selected, reason, registry, policy, contested=alert.contested
    )


def _tenant(
    state: AgentState, held: Held, alert: Alert, registry: Registry, policy: Policy
) -> list[Publish]:
    """One tenant's evidence: pause, revert."""
    tenant_id = alert.tenant_id or ""
    if lossy(alert):
        said = held.flags & Flag.LOSSY
        held.flags |= Flag.LOSSY
        text = f"units of {tenant_id} are lost on one side ({_LOST})"
        return [] if said else pause(state, because(alert, text, alert.sample_ratio))
    held.flags &= ~(Flag.LOSSY | Flag.CONTESTED)
    if alert.contested:
        held.flags |= Flag.CONTESTED
    outputs: list[Publish] = []
    if clears(alert, policy):
        held.flags &= ~Flag.PAUSED
    tenant = registry.tenant(tenant_id)
    if forgets(alert, tenant, policy):
        held.flags &= ~Flag.DENIED
    if pauses(alert, policy) and not held.flags & Flag.PAUSED:
        held.flags |= Flag.PAUSED
        text = f"pause score of {tenant_id}"
        outputs += pause(state, because(alert, text, alert.scores.pause))
    if not reverts(alert, tenant, policy):
        return outputs
    reason = because(alert, f"action score of {tenant_id}", alert.scores.action)
    return outputs + revert_some(state, [tenant_id], reason, registry, policy)
