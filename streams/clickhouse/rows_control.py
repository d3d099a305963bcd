"""Requests, commands, holds, leases and what routers answer, as rows.

An envelope is opened for its columns and kept as it came: the proof. Its signature is checked by
those who obey it, not here.
"""

import base64
import binascii
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import pyarrow as pa

from schemas import Bundle, Envelope
from streams.clickhouse.columns import (
    BOOL,
    DOUBLE,
    INT,
    TEXT,
    TEXTS,
    TIME,
    TIMES,
    Column,
    Table,
    fields,
    millis,
)

__all__ = [
    "ACCEPTS", "ACKS", "COMMANDS", "HEARTBEATS", "HOLDS", "LEASES", "PROOFS", "REQUESTS", "SIGHTINGS",
    "Signed", "payload",
]  # fmt: skip

Content = TypeVar("Content")


class Signed(NamedTuple, Generic[Content]):
    """What an envelope holds, with the envelope as it came."""

    body: Content
    raw: bytes
    envelope: Envelope


def payload(envelope: Envelope) -> bytes:
    """Return the signed bytes of an envelope.

    Raises:
        ValueError: The payload is not base64.
    """
    try:
        return base64.b64decode(envelope.payload, validate=True)
    except binascii.Error as error:
        message = "the payload of the envelope is not base64"
        raise ValueError(message) from error


def _time(path: str, name: str = "") -> Column:
    get = attrgetter(path)
    return Column(name or path.rpartition(".")[2], TIME, lambda item: millis(get(item)))


def _times(name: str) -> Column:
    get = attrgetter(name)
    return Column(f"routers.{name}", TIMES, lambda proof: [millis(get(r)) for r in proof.routers])


def _routers(name: str, kind: Any) -> Column:
    get = attrgetter(name)
    return Column(f"routers.{name}", kind, lambda proof: [get(r) for r in proof.routers])


def _bundle(of: str, attribute: str, column: str) -> Column:
    def value(item: Any) -> str | None:
        bundle: Bundle | None = getattr(item.body, of)
        return None if bundle is None else getattr(bundle, attribute)

    return Column(f"{of}_{column}", TEXT, value)


KEYIDS = Column("keyids", TEXTS, lambda item: [s.keyid for s in item.envelope.signatures])
ENVELOPE = Column("envelope", TEXT, lambda item: item.raw.decode("utf-8", "replace"))
CAUSE = (
    Column("cause_kind", TEXT, attrgetter("body.cause.kind")),
    Column("cause_id", TEXT, attrgetter("body.cause.id")),
    Column("cause_score", DOUBLE, attrgetter("body.cause.score")),
    Column("cause_evidence", TEXTS, attrgetter("body.cause.evidence")),
    Column("cause_reason", TEXT, attrgetter("body.cause.reason")),
)
BUNDLE = (
    ("bundle_id", "bundle"),
    ("provider", "provider"),
    ("model", "model"),
    ("prompt_version", "prompt_version"),
)


def _start(item: Any) -> str:
    return "" if item.body.start is None else item.body.start.model_dump_json()


REQUESTS = Table(
    "requests",
    fields(TEXT, "request_id", "kind", "agent_id", "rollout_id", "alert_id", "reason", of="body."),
    fields(TEXT, "person", "bundle_id", of="body."),
    fields(TEXTS, "tenants", of="body."),
    Column("start", TEXT, _start),
    Column("at", TIME, lambda item: millis(int(item.body.at.timestamp() * 1000))),
    KEYIDS,
    ENVELOPE,
)

ACCEPTS = Table(
    "accepts",
    fields(TEXT, "accept_id", "request_id", "tenant_id", "agent_id", "bundle_id"),
    fields(TEXT, "person", "reason"),
    _time("at"),
)

COMMANDS = Table(
    "commands",
    fields(TEXT, "command_id", "tenant_id", "agent_id", "mode", "action", of="body."),
    fields(INT, "epoch", of="body."),
    [_bundle("baseline", attribute, column) for attribute, column in BUNDLE],
    [_bundle("candidate", attribute, column) for attribute, column in BUNDLE],
    fields(DOUBLE, "weight", of="body."),
    fields(TEXT, "rollout_id", "phase_id", "approved_by", of="body."),
    Column("in_flight", TEXT, attrgetter("body.in_flight.policy")),
    Column("drain_seconds", INT, attrgetter("body.in_flight.drain_seconds")),
    CAUSE,
    _time("body.issued_at"),
    KEYIDS,
    ENVELOPE,
)

HOLDS = Table(
    "holds",
    fields(TEXT, "hold_id", "agent_id", "rollout_id", "state", of="body."),
    fields(INT, "epoch", of="body."),
    CAUSE,
    _time("body.issued_at"),
    KEYIDS,
    ENVELOPE,
)

LEASES = Table(
    "leases",
    fields(TEXT, "agent_id", "rollout_id", of="body."),
    _time("body.issued_at"),
    _time("body.expires_at"),
    KEYIDS,
)

ACKS = Table(
    "acks",
    fields(TEXT, "ack_id", "command_id", "router_id", "tenant_id", "agent_id", "status", "reason"),
    fields(TEXT, "bundle_id"),
    fields(INT, "epoch"),
    _time("at"),
    fields(DOUBLE, "flip_ms"),
)

HEARTBEATS = Table(
    "heartbeats",
    fields(TEXT, "router_id"),
    _time("at"),
    fields(INT, "assignments"),
    fields(DOUBLE, "staleness_seconds"),
    fields(BOOL, "stopping"),
)

SIGHTINGS = Table(
    "sightings",
    fields(TEXT, "sighting_id", "tenant_id", "agent_id", "router_id", "arm", "right_bundle"),
    fields(INT, "epoch", "wrong_events"),
    _time("first_right_at"),
    _time("last_wrong_at"),
)

PROOFS = Table(
    "proofs",
    fields(TEXT, "proof_id", "command_id", "tenant_id", "agent_id", "action", "state"),
    fields(INT, "epoch"),
    [_time(name) for name in ("commanded_at", "acked_at", "proven_at")],
    [_routers(name, TEXTS) for name in ("router_id", "status")],
    [_times(name) for name in ("acked_at", "first_right_at", "last_wrong_at")],
    _routers("missing", pa.list_(BOOL)),
    fields(TEXTS, "late"),
)
