"""What routers obey and answer: commands, leases and holds on `control`, acks on `acks`."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Millis, Name
from schemas.registry import Bundle

__all__ = [
    "Ack",
    "Cause",
    "Command",
    "Envelope",
    "EnvelopeSignature",
    "Heartbeat",
    "Hold",
    "InFlight",
    "Lease",
    "Mode",
    "Proof",
    "RouterProof",
]

Mode = Literal["pinned", "canary", "shadow", "blue/green"]
Epoch = Annotated[int, Field(ge=1)]


class InFlight(Contract):
    """What becomes of sessions that are under way when the assignment flips."""

    policy: Literal["drain", "finish", "reset"] = "drain"
    drain_seconds: Annotated[int, Field(ge=0)] = 5


class Cause(Contract):
    """Why the command was given."""

    kind: Literal["alert", "request", "wave", "lease", "breaker"]
    id: EventId
    """Of the alert, request or phase."""
    score: float | None = None
    evidence: list[Label] = []
    """Metrics that moved most."""
    reason: str = ""


class Command(Contract):
    """The whole desired state of one (tenant, agent) at an epoch: all of it or none.

    Key `tenant/agent`, compacted; `command_id` is a function of the cause and the state.
    """

    version: Literal[1] = 1
    kind: Literal["command"] = "command"
    command_id: EventId
    tenant_id: Name
    agent_id: Name
    epoch: Epoch
    mode: Mode
    action: Literal["assign", "join", "revert", "halt", "finish", "abort"]
    """What moved the tenant here: its first pin, a wave, a reversion, the end of a rollout."""
    baseline: Bundle
    """The pin: what is served when nothing else may be."""
    candidate: Bundle | None = None
    weight: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of units the candidate serves."""
    rollout_id: Name | None = None
    phase_id: EventId | None = None
    in_flight: InFlight = InFlight()
    cause: Cause
    approved_by: Label | None = None
    issued_at: Millis
    """Broker time of the record that caused it."""


class Hold(Contract):
    """Rollout-wide: paused (as it was, nobody joins) or halted. Key `agent/*`."""

    version: Literal[1] = 1
    kind: Literal["hold"] = "hold"
    hold_id: EventId
    agent_id: Name
    rollout_id: Name
    epoch: Epoch
    state: Literal["running", "paused", "halted", "finished", "aborted"]
    cause: Cause
    issued_at: Millis


class Lease(Contract):
    """The control plane's heartbeat: without a fresh one no candidate is served.

    Key `agent/lease`.
    """

    version: Literal[1] = 1
    kind: Literal["lease"] = "lease"
    agent_id: Name
    rollout_id: Name
    issued_at: Millis
    expires_at: Millis


class EnvelopeSignature(Contract):
    """One signature of an envelope."""

    keyid: Label
    sig: str
    """Base64 of the Ed25519 signature of the pre-authentication encoding."""


class Envelope(Contract):
    """DSSE v1 envelope. Source: github.com/secure-systems-lab/dsse, envelope.md."""

    payloadType: Label  # noqa: N815 - the wire name that DSSE sets
    payload: str
    signatures: Annotated[list[EnvelopeSignature], Field(min_length=1, max_length=8)]


class Ack(Contract):
    """A router's answer to a control record. Key `tenant/agent`."""

    version: Literal[1] = 1
    kind: Literal["ack"] = "ack"
    ack_id: EventId
    command_id: EventId
    router_id: Name
    tenant_id: Name
    agent_id: Name
    epoch: int
    status: Literal["flipped", "refused", "stale", "lease-expired"]
    reason: str = ""
    bundle_id: Label | None = None
    """The pin that is served now."""
    at: Millis
    flip_ms: float | None = None
    """From the broker's stamp of the command to the flip."""


class Heartbeat(Contract):
    """A router lives. Sent to every partition of `acks`, key `router`, every few seconds."""

    version: Literal[1] = 1
    kind: Literal["heartbeat"] = "heartbeat"
    router_id: Name
    at: Millis
    assignments: Annotated[int, Field(ge=0)] = 0
    staleness_seconds: Annotated[float, Field(ge=0)] = 0.0
    """Since the last verified record of the control topic."""
    stopping: bool = False


class RouterProof(Contract):
    """What one router has shown of a command."""

    router_id: Name
    acked_at: Millis | None = None
    status: str | None = None
    first_right_at: Millis | None = None
    last_wrong_at: Millis | None = None
    missing: bool = False


class Proof(Contract):
    """That a command was obeyed, or by whom not (yet). Key `tenant/agent`, on `proofs`."""

    version: Literal[1] = 1
    kind: Literal["proof"] = "proof"
    proof_id: EventId
    command_id: EventId
    tenant_id: Name
    agent_id: Name
    epoch: Epoch
    action: str
    state: Literal["acked", "proven", "proven-without-traffic", "late"]
    commanded_at: Millis
    acked_at: Millis | None = None
    proven_at: Millis | None = None
    routers: list[RouterProof]
    late: list[Name] = []
    """Live routers that have not answered by the deadline."""
