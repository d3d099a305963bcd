"""What happens to a rollout as a whole: pause, resume, halt, abort, finish."""

from typing import Literal

from control.assignments import finish, still_in, take_back
from control.outputs import Publish, candidate, hold
from control.phases import restart_clocks
from control.registry import Registry
from control.state import AgentState, Flag, Reason, Standing

__all__ = ["complete", "end", "pause", "resume"]


def pause(state: AgentState, reason: Reason, *, again: bool = False) -> list[Publish]:
    """Let nobody join and no weight rise until a person resumes.

    Args:
        state: The agent.
        reason: Why.
        again: Say so even if it is paused already, for the reason is news to people.
    """
    rollout = state.rollout
    if rollout is None or not rollout.active or (rollout.state == "paused" and not again):
        return []
    return [hold(state, "paused", reason)]


def resume(state: AgentState, reason: Reason) -> list[Publish]:
    """Go on. The breaker closes and silence is counted from now; what is latched stays so."""
    rollout = state.rollout
    if rollout is None or rollout.state != "paused":
        return []
    rollout.breaker = False
    state.reverts.clear()
    restart_clocks(state)
    return [hold(state, "running", reason)]


def end(
    state: AgentState, registry: Registry, action: Literal["halt", "abort"], reason: Reason
) -> list[Publish]:
    """Halt or abort: every joined tenant goes back to its pin.

    The hold comes first: of a hold and a tenant's record the more conservative holds, so it
    takes the candidate away everywhere at once.
    """
    outputs = [hold(state, "halted" if action == "halt" else "aborted", reason)]
    for name in still_in(state):
        outputs += take_back(state, registry, name, action, reason)
    _settle(state)
    return outputs


def complete(state: AgentState, registry: Registry, reason: Reason) -> list[Publish]:
    """Finish: the candidate of everyone still in becomes the pin; the others keep theirs.

    Raises:
        BundleError: The registry lacks the pin of somebody still in; nothing changed.
    """
    made = {t: candidate(state, registry, state.tenants[t]).bundle_id for t in still_in(state)}
    outputs: list[Publish] = []
    for tenant_id, pin in made.items():
        outputs += finish(state, registry, tenant_id, pin, reason)
    outputs.append(hold(state, "finished", reason))
    _settle(state)
    return outputs


def _settle(state: AgentState) -> None:
    """Forget what only a running rollout needs; what a watch asked, or was denied, stays."""
    state.approvals = {name: one for name, one in state.approvals.items() if one.fallback}
    for held in state.tenants.values():
        held.standing = Standing.APART
        held.flags &= Flag.KEPT
