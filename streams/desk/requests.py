"""Requests to the control plane: built, signed with the person's key, sent."""

import asyncio
import base64
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from control.signing import REQUEST_TYPE, Signer, sign
from schemas import DeadLetter, Request, Start
from streams.desk import keys, wire
from streams.desk.errors import RefusedError
from streams.settings import Settings

__all__ = ["Kind", "ask", "build", "envelope", "submit"]

Kind = Literal[
    "assign", "start", "finish", "abort", "approve", "deny", "revert", "hold", "resume", "accept"
]  # fmt: skip


def build(
    kind: Kind,
    agent_id: str,
    person: str,
    *,
    rollout_id: str | None = None,
    tenants: Sequence[str] = (),
    start: Start | None = None,
    alert_id: str | None = None,
    bundle_id: str | None = None,
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
        bundle_id=bundle_id,
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


async def ask(settings: Settings, request: Request, seconds: float = 5.0) -> bool:
    """Submit `request` and wait for what is done about it: by decide, or by measure's watch.

    Returns:
        Whether something was done for it; False: nothing yet.

    Raises:
        RefusedError: decide has refused it; the message says why.
        KeyMissingError: The person has no key in the data folder.
        NothingRunningError: No broker answers.
    """
    signer = keys.signer(settings.data_dir, request.person)
    raw = envelope(request, signer)
    async with wire.consuming(settings, "control", "signals", "dead-letters") as consumer:
        await consumer.seek_to_end()
        for partition in consumer.assignment():
            await consumer.position(partition)
        await wire.send(settings, [("requests", request.agent_id, raw)])
        try:
            async with asyncio.timeout(seconds):
                async for record in consumer:
                    if _answers(settings, request, raw, record):
                        return True
        except TimeoutError:
            return False
    return False


def _answers(settings: Settings, request: Request, raw: bytes, record: wire.Record) -> bool:
    """Return whether a record is the answer to `request`.

    Raises:
        RefusedError: It is a refusal.
    """
    if record.value is None:
        return False
    try:
        if record.topic == settings.topic("control"):
            # The cause of what was approved stays the alert that asked.
            cause = request.alert_id if request.kind == "approve" else request.request_id
            return bool(wire.unwrapped(record.value).get("cause", {}).get("id") == cause)
        if record.topic == settings.topic("signals"):
            baseline = json.loads(record.value).get("baseline") or {}
            return bool(baseline.get("accepted") == request.request_id)
        letter = DeadLetter.model_validate_json(record.value)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    if base64.b64decode(letter.value) != raw:
        return False
    # decide's own refusals begin with their code; of a wrong signature the reason is the code.
    code, _, said = letter.detail.partition(": ") if letter.reason == "refused" else ("", "", "")
    detail = (said or letter.detail or "see its log").rstrip(".")
    message = f"decide refuses it ({code or letter.reason}): {detail}."
    raise RefusedError(message)
