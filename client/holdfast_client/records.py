"""What a verified control record says: command, hold or lease, checked before it is obeyed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import rfc8785

from holdfast_client.errors import RefusedError

__all__ = ["Command", "Hold", "Lease", "Side", "parse"]

MODES = ("pinned", "canary", "shadow", "blue/green")
POLICIES = ("drain", "finish", "reset")
MOST = 2**63
"""What numbers stay below: nothing that is counted or timed comes near, and more is no float."""
STATES = ("running", "paused", "halted", "finished", "aborted")


@dataclass(frozen=True, slots=True)
class Side:
    """One bundle, its content checked against its id."""

    bundle: dict[str, Any]
    bundle_id: str


@dataclass(frozen=True, slots=True)
class Command:
    """The whole desired state of one (tenant, agent) at an epoch."""

    command_id: str
    tenant_id: str
    agent_id: str
    epoch: int
    mode: str
    baseline: Side
    candidate: Side | None
    weight: float
    rollout_id: str | None
    phase_id: str | None
    in_flight: str
    drain_seconds: float

    @property
    def key(self) -> str:
        """The message key."""
        return f"{self.tenant_id}/{self.agent_id}"


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds for a whole rollout."""

    agent_id: str
    rollout_id: str
    epoch: int
    state: str

    @property
    def key(self) -> str:
        """The message key."""
        return f"{self.agent_id}/*"


@dataclass(frozen=True, slots=True)
class Lease:
    """Leave to serve candidates for a while; times are the broker's, in milliseconds."""

    agent_id: str
    rollout_id: str
    issued_at: int
    expires_at: int

    @property
    def key(self) -> str:
        """The message key."""
        return f"{self.agent_id}/lease"


def parse(payload: Mapping[str, Any]) -> Command | Hold | Lease:
    """Return the record that a verified payload is.

    Raises:
        RefusedError: Another version or kind, a field that is missing or mistyped, or a
            bundle whose content is not what its id says.
    """
    if payload.get("version") != 1:
        reason = "unknown version"
        raise RefusedError(reason)
    kind = payload.get("kind")
    if kind == "command":
        return _command(payload)
    if kind == "hold":
        return Hold(
            _text(payload, "agent_id"),
            _text(payload, "rollout_id"),
            _number(payload, "epoch"),
            _one_of(payload, "state", STATES),
        )
    if kind == "lease":
        return Lease(
            _text(payload, "agent_id"),
            _text(payload, "rollout_id"),
            _number(payload, "issued_at"),
            _number(payload, "expires_at"),
        )
    reason = "unknown kind"
    raise RefusedError(reason)


def _command(payload: Mapping[str, Any]) -> Command:
    candidate = payload.get("candidate")
    in_flight = payload.get("in_flight") or {}
    weight = payload.get("weight", 0.0)
    if not isinstance(in_flight, dict) or not isinstance(weight, int | float):
        _malformed("in_flight or weight")
    if not 0 <= weight <= 1:
        _malformed("weight")
    command = Command(
        command_id=_text(payload, "command_id"),
        tenant_id=_text(payload, "tenant_id"),
        agent_id=_text(payload, "agent_id"),
        epoch=_number(payload, "epoch"),
        mode=_one_of(payload, "mode", MODES),
        baseline=_side(payload.get("baseline")),
        candidate=None if candidate is None else _side(candidate),
        weight=float(weight),
        rollout_id=payload.get("rollout_id"),
        phase_id=payload.get("phase_id"),
        in_flight=_one_of({"policy": "drain", **in_flight}, "policy", POLICIES),
        drain_seconds=_number({"drain_seconds": 5, **in_flight}, "drain_seconds"),
    )
    if command.mode != "pinned" and not (
        command.candidate
        and isinstance(command.rollout_id, str)
        and isinstance(command.phase_id, str)
    ):
        _malformed("candidate, rollout_id or phase_id")
    return command


def _side(bundle: object) -> Side:
    """Return a bundle whose id is the digest of its canonical content (RFC 8785)."""
    if not isinstance(bundle, dict):
        _malformed("bundle")
    content = {
        key: value
        for key, value in {"configuration": {}, **bundle}.items()
        if key not in {"bundle_id", "version"} and value is not None
    }
    try:
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    except (ValueError, RecursionError):  # it has no canonical form
        _malformed("bundle")
    if bundle.get("bundle_id") != f"sha256:{digest}":
        reason = "a bundle's content does not fit its id"
        raise RefusedError(reason)
    return Side(bundle, bundle["bundle_id"])


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        _malformed(name)
    return value


def _number(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        _malformed(name)
    return value


def _one_of(payload: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = payload.get(name)
    if value not in known:
        _malformed(name)
    return str(value)


def _malformed(name: str) -> NoReturn:
    reason = f"malformed {name}"
    raise RefusedError(reason)
