"""Wire contracts: what travels on Kafka and lands in ClickHouse."""

from schemas.alert import Alert, Breadth, Scores, Tick
from schemas.base import Contract, unknown_fields
from schemas.control import (
    Ack,
    Cause,
    Command,
    Envelope,
    EnvelopeSignature,
    Heartbeat,
    Hold,
    InFlight,
    Lease,
    Mode,
    Proof,
    RouterProof,
)
from schemas.event import Arm, CallError, Event, Outcome, Retrieval, Stamp, ToolCall, Traffic
from schemas.records import DeadLetter, FeaturesRow
from schemas.registry import Bundle, Cohort, Margins, Phase, Policy, Stakes, Tenant, Tier
from schemas.request import Request, Start, Wave
from schemas.signal import Component, Direction, MonitorReading, Sighting, Signal, Units

__all__ = [
    "Ack",
    "Alert",
    "Arm",
    "Breadth",
    "Bundle",
    "CallError",
    "Cause",
    "Cohort",
    "Command",
    "Component",
    "Contract",
    "DeadLetter",
    "Direction",
    "Envelope",
    "EnvelopeSignature",
    "Event",
    "FeaturesRow",
    "Heartbeat",
    "Hold",
    "InFlight",
    "Lease",
    "Margins",
    "Mode",
    "MonitorReading",
    "Outcome",
    "Phase",
    "Policy",
    "Proof",
    "Request",
    "Retrieval",
    "RouterProof",
    "Scores",
    "Sighting",
    "Signal",
    "Stakes",
    "Stamp",
    "Start",
    "Tenant",
    "Tick",
    "Tier",
    "ToolCall",
    "Traffic",
    "Units",
    "Wave",
    "unknown_fields",
]
