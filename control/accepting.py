"""What a person takes as the new baseline of a watch, told to measure by way of its own topic."""

import hashlib

from control.errors import Refusal, RequestRefusedError
from control.outputs import Publish, queue_record
from control.registry import Registry
from control.state import AgentState, Reason, known
from schemas import Accept, Request

__all__ = ["accept"]


def accept(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Say that the present of some tenants is their baseline; what their drift asked is settled.

    Raises:
        RequestRefusedError: No reason is given, or nobody knows a tenant.
    """
    if not request.reason.strip():
        raise RequestRefusedError(Refusal.NO_REASON, "say why the present is as it should be")
    if not request.tenants:
        raise RequestRefusedError(Refusal.UNKNOWN_TENANT, "name the tenant whose watch it is")
    for name in request.tenants:
        if not _known(state, name, registry):
            detail = (
                f"{name} is not registered, and no watch of it on {state.agent_id} has alerted; "
                "see `holdfast status`"
            )
            raise RequestRefusedError(Refusal.UNKNOWN_TENANT, detail)
    return [_accept(state, name, request) for name in dict.fromkeys(request.tenants)]


def _known(state: AgentState, tenant_id: str, registry: Registry) -> bool:
    known_here = tenant_id in state.tenants or known(state.drifted, tenant_id)
    return known_here or tenant_id in registry.tenants


def _accept(state: AgentState, tenant_id: str, request: Request) -> Publish:
    for alert_id, asked in list(state.approvals.items()):
        if asked.tenant == tenant_id and asked.fallback:
            del state.approvals[alert_id]
    name = hashlib.sha256(f"{request.request_id}\0{tenant_id}".encode()).hexdigest()[:32]
    record = Accept(
        accept_id=f"accept-{name}",
        request_id=request.request_id,
        tenant_id=tenant_id,
        agent_id=state.agent_id,
        bundle_id=request.bundle_id,
        person=request.person,
        reason=request.reason,
        at=state.now,
    )
    return queue_record(state, "accept", record)
