"""What people ask for, and when it is refused."""

from collections.abc import Callable

from msgspec.structs import replace

from control.accepting import accept
from control.assignments import assign, move, still_in, take_back
from control.bundles import verify
from control.errors import BundleError, Refusal, RequestRefusedError
from control.outputs import Publish, content
from control.registry import Registry
from control.rollouts import complete, end, pause, resume
from control.starts import start_rollout
from control.state import AgentState, Approval, Flag, Held, Reason, RolloutState, Standing
from schemas import Request

__all__ = ["answer"]

LIFE = 3_600_000
"""Milliseconds a request may wait, or be dated ahead. Ids are remembered longer, so an old one
sent again by somebody who once saw it is refused."""

WAITING = 5
"""Reversions that a refusal names."""

Handler = Callable[[AgentState, Request, Registry, Reason], list[Publish]]


def answer(state: AgentState, request: Request, registry: Registry, now_ms: int) -> list[Publish]:
    """Grant a request, or refuse it and leave the state as it was.

    Args:
        state: The agent's state; changed in place.
        request: Of this agent.
        registry: Bundles, tenants and policies as they stand.
        now_ms: Broker time of the request itself: the state's own never goes back, and where a
            broker's clock was once ahead every request would look old.

    Raises:
        RequestRefusedError: It cannot be granted; the error says why and what to do.
    """
    if request.agent_id != state.agent_id:
        raise RequestRefusedError(Refusal.WRONG_AGENT, f"send it with the key {request.agent_id}")
    age = now_ms - request.at.timestamp() * 1000
    if age > LIFE:
        raise RequestRefusedError(Refusal.TOO_OLD, "it waited for over an hour; sign it anew")
    if age < -LIFE:
        detail = "it is dated over an hour ahead of the brokers; set the clock and sign it anew"
        raise RequestRefusedError(Refusal.TOO_EARLY, detail)
    rollout = state.rollout
    active = rollout.rollout_id if rollout is not None and rollout.active else None
    if request.rollout_id is not None and request.rollout_id != active:
        if active is None:
            raise RequestRefusedError(Refusal.NO_ROLLOUT, _no_rollout(state))
        detail = f"the active rollout is {active}; name that one, or none"
        raise RequestRefusedError(Refusal.WRONG_ROLLOUT, detail)
    reason = Reason("request", request.request_id, text=request.reason, person=request.person)
    return HANDLERS[request.kind](state, request, registry, reason)


def _assign(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Pin tenants for the first time, as the registry says; those that are pinned stay."""
    agent = state.agent_id
    named = request.tenants or sorted(
        name for name, tenant in registry.tenants.items() if agent in tenant.pins
    )
    pins: dict[str, str] = {}
    sound: dict[str, str] = {}
    for tenant_id in named:
        pin = registry.tenant(tenant_id).pins.get(agent)
        if tenant_id not in state.tenants:
            if pin is None:
                detail = f"give tenant {tenant_id} a pin for {agent} in the registry first"
                raise RequestRefusedError(Refusal.NO_PIN, detail)
            if pin not in sound:
                sound[pin] = _usable(registry, pin)
            pins[tenant_id] = sound[pin]
    return [one for name in pins for one in assign(state, registry, name, pins[name], reason)]


def _usable(registry: Registry, bundle_id: str) -> str:
    try:
        return verify(registry.bundle(bundle_id)).bundle_id
    except BundleError as error:
        raise RequestRefusedError(Refusal.BAD_BUNDLE, str(error)) from error


def _running(state: AgentState) -> RolloutState:
    if state.rollout is None or not state.rollout.active:
        raise RequestRefusedError(Refusal.NO_ROLLOUT, _no_rollout(state))
    return state.rollout


def _no_rollout(state: AgentState) -> str:
    last = state.rollout
    ended = "" if last is None else f"; {last.rollout_id} is {last.state}"
    return f"{state.agent_id} has no active rollout{ended}"


def _finish(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Pin everyone still in to the candidate; not while paused, for then no weight rises."""
    if _running(state).state == "paused":
        raise RequestRefusedError(Refusal.PAUSED, "look at why it paused; then resume or abort")
    try:
        return complete(state, registry, reason)
    except BundleError as error:
        raise RequestRefusedError(Refusal.BAD_BUNDLE, str(error)) from error


def _abort(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """End it, whatever the registry lacks: the hold alone takes the candidate away everywhere."""
    _running(state)
    return end(state, registry, "abort", reason)


def _revert(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Take joined tenants back, keep waiting ones out, return others to the pin before."""
    if not request.tenants:
        _running(state)
    named = list(dict.fromkeys(request.tenants)) or still_in(state)
    for tenant_id in named:
        held = state.tenants.get(tenant_id)
        if held is None:
            raise RequestRefusedError(
                Refusal.NOT_ASSIGNED, f"{tenant_id} has no assignment to revert"
            )
        if held.standing in {Standing.APART, Standing.REVERTED} and not held.previous:
            detail = (
                f"{tenant_id} is on its pin, and none before it is known since the last start or "
                "reversion; a rollout moves it on"
            )
            raise RequestRefusedError(Refusal.NOTHING_TO_REVERT, detail)
        if held.standing != Standing.WAITING:
            back = b"" if held.standing == Standing.JOINED else held.previous
            _servable(state, registry, held, back)
    outputs: list[Publish] = []
    for tenant_id in named:
        held = state.tenants[tenant_id]
        if held.standing == Standing.JOINED:
            outputs += take_back(state, registry, tenant_id, "revert", reason)
        elif held.standing == Standing.WAITING:
            held.standing = Standing.APART
        else:
            outputs += move(state, registry, tenant_id, held.previous, reason)
    return outputs


def _servable(state: AgentState, registry: Registry, held: Held, target: bytes) -> None:
    """Refuse to put a tenant on a bundle that the registry lacks; none: on its pin."""
    there = replace(held, pin=target, previous=held.pin) if target else held
    try:
        content(state, registry, there)
    except BundleError as error:
        raise RequestRefusedError(Refusal.BAD_BUNDLE, str(error)) from error


def _hold(state: AgentState, request: Request, registry: Registry, reason: Reason) -> list[Publish]:
    _running(state)
    return pause(state, reason)


def _resume(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    _running(state)
    return resume(state, reason)


def _asked(state: AgentState, request: Request) -> Approval:
    approval = state.approvals.get(request.alert_id or "")
    if approval is None:
        waiting = [f"{name} ({one.tenant})" for name, one in state.approvals.items()]
        what = f"there wait {', '.join(waiting[:WAITING])}" if waiting else "none waits"
        raise RequestRefusedError(Refusal.NOT_ASKED, f"no reversion waits under that id; {what}")
    return approval


def _approve(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Make the reversion that waited; its cause stays the alert that asked."""
    approval = _asked(state, request)
    _servable(state, registry, state.tenants[approval.tenant], approval.fallback)
    del state.approvals[request.alert_id or ""]
    cause = Reason(
        "alert", request.alert_id or "", approval.score, approval.evidence, person=request.person
    )
    if approval.fallback:
        return move(state, registry, approval.tenant, approval.fallback, cause)
    return take_back(state, registry, approval.tenant, "revert", cause)


def _deny(state: AgentState, request: Request, registry: Registry, reason: Reason) -> list[Publish]:
    """Leave it; the same evidence does not ask again."""
    approval = _asked(state, request)
    del state.approvals[request.alert_id or ""]
    state.tenants[approval.tenant].flags |= Flag.KEPT if approval.fallback else Flag.DENIED
    return []


HANDLERS: dict[str, Handler] = {
    "assign": _assign,
    "start": start_rollout,
    "finish": _finish,
    "abort": _abort,
    "revert": _revert,
    "hold": _hold,
    "resume": _resume,
    "approve": _approve,
    "deny": _deny,
    "accept": accept,
}
