"""Waves: the phases they open, who joins, and when the next may."""

import hashlib
from contextlib import suppress

from control.assignments import join, still_in
from control.errors import BundleError
from control.outputs import Publish, candidate, identity, queue_record
from control.registry import Registry
from control.state import AgentState, Held, Reason, RolloutState, Standing
from schemas import Bundle, Cohort, Phase, Policy, Tenant

__all__ = ["controls", "latecomers", "margins", "open_wave", "ready", "restart_clocks"]

MOST = 19
MEMBERS = 4_000
"""Tenants of one phase: a message has an end, and each may have bundles of its own."""


def controls(weight: float) -> int:
    """Return m, the controls per unit of the rarer arm: 19 at 5 %, 3 at 25 %, 1 at 50 %."""
    rarer = min(weight, 1 - weight)
    return max(1, min(MOST, round((1 - rarer) / rarer)))


def margins(policy: Policy, tenant: Tenant) -> dict[str, float]:
    """Return the margins that hold for a tenant: the policy's, and over them its own."""
    return {**policy.margins, **tenant.margins}


def open_wave(state: AgentState, registry: Registry) -> list[Publish]:
    """Have the next wave's tenants join: bundles and phases first, then a command each.

    Tenants whose margins differ get phases of their own, for a phase has one set of them; so do
    those who are too many for one.
    """
    rollout = state.rollout
    assert rollout is not None
    rollout.opened += 1
    rollout.opened_at = state.clock
    return _admit(state, registry, rollout, _able(state, registry, rollout.opened - 1))


def latecomers(state: AgentState, registry: Registry) -> list[Publish]:
    """Have those join who could not when their wave opened, for the registry lacked their pin."""
    rollout = state.rollout
    if rollout is None or rollout.state != "running" or not still_in(state):
        return []
    able = [t for wave in range(rollout.opened) for t in _able(state, registry, wave)]
    return _admit(state, registry, rollout, able) if able else []


def _able(state: AgentState, registry: Registry, wave: int) -> list[str]:
    """Return who of a wave waits and has a candidate to be given."""
    assert state.rollout is not None
    found: list[str] = []
    for tenant_id in state.rollout.waves[wave].tenants:
        held = state.tenants[tenant_id]
        if held.standing == Standing.WAITING:
            with suppress(BundleError):
                candidate(state, registry, held)
                found.append(tenant_id)
    return found


def _admit(
    state: AgentState, registry: Registry, rollout: RolloutState, tenants: list[str]
) -> list[Publish]:
    restart_clocks(state)
    groups: dict[tuple[tuple[str, float], ...], list[str]] = {}
    policy = registry.policy(rollout.policy_id)
    for tenant_id in tenants:
        own = margins(policy, registry.tenant(tenant_id))
        groups.setdefault(tuple(sorted(own.items())), []).append(tenant_id)
    records: list[Publish] = []
    joins: list[Publish] = []
    for own_margins, members in sorted(groups.items()):
        for first in range(0, len(members), MEMBERS):
            some = members[first : first + MEMBERS]
            opened, joined = _open(state, registry, rollout, policy, dict(own_margins), some)
            records += opened
            joins += joined
    return [*records, *joins]


def restart_clocks(state: AgentState) -> None:
    """Wait for data from now on."""
    rollout = state.rollout
    assert rollout is not None
    rollout.data_at = rollout.candidate_at = state.clock
    rollout.baseline_since = 0


def _open(
    state: AgentState,
    registry: Registry,
    rollout: RolloutState,
    policy: Policy,
    own: dict[str, float],
    members: list[str],
) -> tuple[list[Publish], list[Publish]]:
    """Make one phase and have its members join it."""
    parts = (state.agent_id, rollout.rollout_id, str(rollout.started_at), str(len(rollout.phases)))
    phase_id = "phase-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    made: dict[bytes, Bundle] = {}
    cohorts: dict[bytes, dict[str, int]] = {}
    for tenant_id in members:
        held = state.tenants[tenant_id]
        made.setdefault(held.pin, candidate(state, registry, held))
        held.epoch += 1
        cohorts.setdefault(held.pin, {})[tenant_id] = held.epoch
    phase = Phase(
        phase_id=phase_id,
        rollout_id=rollout.rollout_id,
        agent_id=state.agent_id,
        wave=rollout.opened,
        weight=rollout.weight,
        controls=controls(rollout.weight),
        retry=rollout.retry,
        policy_id=rollout.policy_id,
        policy_revision=policy.revision,
        margins=own,
        cohorts=[
            Cohort(baseline=identity(pin), candidate=made[pin].bundle_id, tenants=tenants)
            for pin, tenants in cohorts.items()
        ],
        opened_at=state.now,
    )
    rollout.phases.append(phase_id)
    records = [queue_record(state, "bundle", bundle) for bundle in made.values()]
    records.append(queue_record(state, "phase", phase))
    text = f"wave {rollout.opened} of {len(rollout.waves)}"
    reason = Reason("wave", phase_id, text=text, person=rollout.person)
    index = len(rollout.phases) - 1
    joins = [one for name in members for one in join(state, registry, name, index, reason)]
    return records, joins


def ready(state: AgentState) -> bool:
    """Whether the next wave may join: running, long enough, and everyone still in has shown enough.

    A rollout that nobody is in any more is not ready: its next wave would fare no better.
    """
    rollout = state.rollout
    if rollout is None or rollout.state != "running" or rollout.opened >= len(rollout.waves):
        return False
    wave = rollout.waves[rollout.opened - 1]
    if state.clock - rollout.opened_at < wave.min_seconds * 1000:
        return False
    held: list[Held] = [state.tenants[name] for name in still_in(state)]
    return bool(held) and all(one.candidate_units >= wave.min_units for one in held)
