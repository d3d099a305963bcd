"""What a router says: acks and heartbeats, as the contracts have them."""

import hashlib
import json
import re
import time
from typing import Any

from holdfast_client.book import Received, Verdict
from holdfast_client.records import Command

__all__ = ["ack", "heartbeat", "refusal", "valid_name"]

NAME = re.compile(r"[^\s/\x00-\x1f]{1,128}")


def valid_name(name: str) -> bool:
    """Whether tenants, agents and routers may be called so."""
    return NAME.fullmatch(name) is not None


def ack(
    router_id: str,
    command: Command,
    status: str,
    *,
    reason: str = "",
    bundle_id: str | None = None,
    flip_ms: float | None = None,
    turn: int = 0,
) -> tuple[str, bytes]:
    """Return key and value of the answer to a command.

    Args:
        router_id: Who answers.
        command: To what.
        status: As the contract has it.
        reason: In words.
        bundle_id: The pin that is served now.
        flip_ms: From the broker's stamp of the command to the flip.
        turn: Which time the router says this of this command, for the id.
    """
    return command.key, _encoded(
        router_id,
        command.command_id,
        (command.tenant_id, command.agent_id),
        command.epoch,
        status,
        turn,
        {"reason": reason, "bundle_id": bundle_id, "flip_ms": flip_ms},
    )


def refusal(router_id: str, record: Received, verdict: Verdict) -> tuple[str, bytes] | None:
    """Return the answer to a record that is not believed, by its message key.

    Nothing of its content may be used, so its command is called after the digest of its bytes.
    None: the key is that of no tenant and agent, and there is nobody to answer for.
    """
    tenant_id, _, agent_id = record.key.partition("/")
    if not (valid_name(tenant_id) and valid_name(agent_id)):
        return None
    name = "unverified-" + hashlib.sha256(record.value or b"").hexdigest()[:32]
    value = _encoded(
        router_id, name, (tenant_id, agent_id), 0, "refused", 0, {"reason": verdict.reason}
    )
    return record.key, value


def _encoded(
    router_id: str,
    command_id: str,
    whose: tuple[str, str],
    epoch: int,
    status: str,
    turn: int,
    more: dict[str, Any],
) -> bytes:
    parts = "\0".join((router_id, command_id, status, str(turn), str(more.get("reason", ""))))
    record = {
        "version": 1,
        "kind": "ack",
        "ack_id": "ack-" + hashlib.sha256(parts.encode()).hexdigest()[:32],
        "command_id": command_id,
        "router_id": router_id,
        "tenant_id": whose[0],
        "agent_id": whose[1],
        "epoch": epoch,
        "status": status,
        "at": round(time.time() * 1000),
        **{name: value for name, value in more.items() if value is not None},
    }
    return json.dumps(record, allow_nan=False).encode()


def heartbeat(router_id: str, assignments: int, staleness: float, *, stopping: bool) -> bytes:
    """Return the value of a heartbeat.

    Args:
        router_id: Who lives.
        assignments: How many (tenant, agent) it serves.
        staleness: Seconds since the control topic was last known to be read to its end.
        stopping: It is about to leave.
    """
    record = {
        "version": 1,
        "kind": "heartbeat",
        "router_id": router_id,
        "at": round(time.time() * 1000),
        "assignments": assignments,
        "staleness_seconds": round(staleness, 3),
        "stopping": stopping,
    }
    return json.dumps(record, allow_nan=False).encode()
