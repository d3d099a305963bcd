"""The control plane of one agent: alerts, requests and ticks in, commands out.

A pure state machine: the same records over the same registry give the same outputs, and a
record that comes again changes nothing. Everything it returns is kept in the state until
`published` confirms it, so after a crash `pending` says it again, unchanged; leases alone are
not, for the next one is as good. Epochs only grow.

A command carries its bundles whole. Where the registry lacks one, a request is refused; what an
alert or the time has decided stands, and its command waits until the registry has the bundle.

A paused rollout stays paused until a person resumes it, even when the evidence that paused it
has gone: whoever paused on noise should look. Reverting and halting go on meanwhile. After a
resume the same evidence does not pause again before it has cleared and crossed anew.

Times are the broker's, in milliseconds; they come with the records. What is stamped never goes back,
and durations do not trust one clock alone: see `control.elapsed`.
"""

from control.alerts import act
from control.elapsed import elapse, note
from control.errors import RequestRefusedError
from control.outputs import Publish
from control.registry import Registry
from control.requests import answer
from control.state import AgentState, dumps, loads, remember
from control.ticks import advance, watch_clock
from control.waiting import held_up, pending, published
from schemas import Alert, Request, Tick

__all__ = [
    "AgentState",
    "Publish",
    "Registry",
    "RequestRefusedError",
    "dumps",
    "fold_alert",
    "fold_request",
    "fold_tick",
    "held_up",
    "loads",
    "pending",
    "published",
]


def fold_alert(state: AgentState, alert: Alert, registry: Registry, now_ms: int) -> list[Publish]:
    """Fold an alert in; return what to send, in order.

    Args:
        state: The agent's state; changed in place.
        alert: Of this agent; others, repeats and those of another rollout change nothing.
        registry: Bundles, tenants and policies as they stand.
        now_ms: Broker time of the alert.
    """
    note(state, now_ms)
    if alert.agent_id != state.agent_id or not remember(state.seen, alert.alert_id):
        return []
    outputs = act(state, alert, registry)
    return outputs + (advance(state, registry) if alert.scope == "fleet" else [])


def fold_request(
    state: AgentState, request: Request, registry: Registry, now_ms: int
) -> list[Publish]:
    """Fold a request in whose signature was verified; return what to send, in order.

    A repeat changes nothing and is not refused again.

    Args:
        state: The agent's state; changed in place.
        request: Of this agent.
        registry: Bundles, tenants and policies as they stand.
        now_ms: Broker time of the request.

    Raises:
        RequestRefusedError: Nothing changed, but that the request's id is remembered.
    """
    note(state, now_ms)
    if not remember(state.asked, request.request_id):
        return []
    return answer(state, request, registry, now_ms)


def fold_tick(state: AgentState, tick: Tick, registry: Registry, now_ms: int) -> list[Publish]:
    """Fold the time in: waves that may join, silence, leases.

    Args:
        state: The agent's state; changed in place.
        tick: Says only that time has passed.
        registry: Bundles, tenants and policies as they stand.
        now_ms: Broker time of the tick.
    """
    elapse(state, tick, now_ms)
    outputs = watch_clock(state, registry)
    return outputs + advance(state, registry)
