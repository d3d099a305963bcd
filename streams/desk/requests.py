"""Requests to the control plane: built, signed with the person's key, sent."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from control.signing import REQUEST_TYPE, Signer, sign
from schemas import Request, Start
from streams.desk import keys, wire
from streams.settings import Settings

__all__ = ["Kind", "build", "envelope", "submit"]

Kind = Literal["assign", "start", "finish", "abort", "approve", "deny", "revert", "hold", "resume"]


def build(
    kind: Kind,
    agent_id: str,
    person: str,
    *,
    rollout_id: str | None = None,
    tenants: Sequence[str] = (),
    start: Start | None = None,
    alert_id: str | None = None,
    reason: str = "",
) -> Request:
    """Return a request with a new id and the time of now."""
    return Request(
        request_id=f"request-{secrets.token_hex(8)}",
        kind=kind,
        agent_id=agent_id,
        rollout_id=rollout_id,
        tenants=list(tenants),
        start=start,
        alert_id=alert_id,
        reason=reason,
        person=person,
        at=datetime.now(UTC),
    )


def envelope(request: Request, signer: Signer) -> bytes:
    """Return the signed request as it travels."""
    return sign(request, signer, REQUEST_TYPE).model_dump_json().encode()


async def submit(settings: Settings, request: Request) -> None:
    """Sign `request` as its person and send it; return when it is safe.

    Raises:
        KeyMissingError: The person has no key in the data folder.
        NothingRunningError: No broker answers.
    """
    signer = keys.signer(settings.data_dir, request.person)
    await wire.send(settings, [("requests", request.agent_id, envelope(request, signer))])
