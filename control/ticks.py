"""What time alone sets off: the next wave, silence, the lease."""

from control.assignments import still_in
from control.outputs import Publish, lease
from control.phases import latecomers, open_wave, ready
from control.registry import Registry
from control.rollouts import pause
from control.state import AgentState, Reason, RolloutState

__all__ = ["advance", "watch_clock"]

LEASES = 5
"""Renewals within the life of a lease."""
EXPECTED = 7.0
"""Candidate units that should have come by now and did not: by chance once in 1,000."""


def advance(state: AgentState, registry: Registry) -> list[Publish]:
    """Have the next wave join if it may, or who could not join with an earlier one."""
    return open_wave(state, registry) if ready(state) else latecomers(state, registry)


def watch_clock(state: AgentState, registry: Registry) -> list[Publish]:
    """Pause on silence; renew the lease while there is none and someone is served a candidate."""
    rollout = state.rollout
    if rollout is None or not rollout.active or not still_in(state):
        return []
    policy = registry.policy(rollout.policy_id)
    silent = _silence(state, rollout, policy.silence_seconds * 1000)
    if silent:
        return pause(state, Reason("lease", rollout.phases[-1], text=silent))
    if state.clock - rollout.leased_at >= policy.lease_seconds * 1000 // LEASES:
        return [lease(state, policy.lease_seconds)]
    return []


def _silence(state: AgentState, rollout: RolloutState, limit_ms: int) -> str:
    """Say who is silent, or nothing.

    A candidate at 5 % of a quiet fleet may well be silent by chance; it is so in earnest
    when the baseline's units say that it should have been heard.
    """
    if state.clock - rollout.data_at >= limit_ms:
        return "no data of any arm"
    expected = rollout.baseline_since * rollout.weight / (1 - rollout.weight)
    if state.clock - rollout.candidate_at >= limit_ms and expected >= EXPECTED:
        return "no data of the candidate"
    return ""
