"""One message and more of every contract on every topic, with the rows that record must make."""

import base64
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from detectors.features.extract import extract
from detectors.metrics import SIZE
from streams.features import FeaturesSeen, columns, pack

__all__ = [
    "AT",
    "Sent",
    "Stored",
    "event",
    "every",
    "expected",
    "features",
    "outcome",
    "signal",
    "signed",
    "told",
]

AT = int(time.time() * 1000) - 60_000
BUNDLES = ("sha256:" + "a" * 64, "sha256:" + "b" * 64)
CAUSE = {"kind": "alert", "id": "al-1", "score": 71.5, "evidence": ["output_tokens"]}
BUNDLE = {
    "bundle_id": BUNDLES[0], "provider": "openai", "model": "gpt-x-2026-01-01",
    "prompt_version": "p7", "configuration": {"temperature": 0.2},
}  # fmt: skip


class Sent(NamedTuple):
    """One message, and how many rows of which tables it makes."""

    topic: str
    key: bytes
    value: bytes | None
    rows: dict[str, int]


@dataclass(frozen=True)
class Stored:
    """A message as a consumer hands it over."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


def event(number: int, **more: Any) -> Sent:
    """Return an event; its tenant, bundle and metrics follow from `number`."""
    tenant = f"t{number % 7}"
    body = {
        "event_id": f"e{number}", "occurred_at": "2026-11-21T12:00:00.125+00:00",
        "tenant_id": tenant, "agent_id": "helper", "bundle_id": BUNDLES[number % 2],
        "session_id": f"s{number // 3}", "turn": 1 + number % 5, "task": "chat",
        "prompt": "How do I reset it?", "output": f"Hold the button for {number} seconds — ok.",
        "output_tokens": 10 + number % 50, "input_tokens": 7, "latency_ms": 100.5 + number % 10,
        "cost_usd": 0.000125, "finish_reason": "stop", "schema_valid": number % 3 > 0,
        "labels": {"region": "eu"}, "embedding": [0.5, -0.25], "embedding_model": "own-2",
        "tool_calls": [{"name": "search", "ok": number % 4 > 0, "duration_ms": 12.0}],
        "stamp": {"phase_id": "ph-1", "arm": "candidate", "epoch": 3, "router_id": "r1",
                  "unit_id": f"u{number // 3}"},
        "retrieval": {"index_version": "i4", "chunks": 3, "top_score": 0.75},
        "error": {"kind": "timeout", "code": "504"} if number % 5 == 0 else None,
    } | more  # fmt: skip
    rows = {"events": 1, "payloads": 1}
    return Sent("events", f"{tenant}/helper".encode(), json.dumps(body).encode(), rows)


def outcome(number: int) -> Sent:
    """Return an outcome of event `number`."""
    tenant = f"t{number % 7}"
    body = {
        "outcome_id": f"o{number}", "tenant_id": tenant, "agent_id": "helper",
        "event_id": f"e{number}", "name": "feedback", "value": float(number % 2),
        "source": "user", "occurred_at": "2026-11-21T12:05:00Z",
    }  # fmt: skip
    return Sent("events", f"{tenant}/helper".encode(), json.dumps(body).encode(), {"outcomes": 1})


def features(number: int, rows: int = 5) -> Sent:
    """Return a features record of `rows` events."""
    values = np.full(SIZE, np.nan)
    values[0], values[-1] = 42.0, 0.0
    seen = [
        FeaturesSeen(
            (f"e{i}", "t1", "helper", BUNDLES[0]), i, AT + i, "chat|1", "evidence", values,
            extract("Sure! **Here** it is."), np.array([0.5, -0.5], np.float32),
        )
        for i in range(number * rows, (number + 1) * rows)
    ]  # fmt: skip
    key = f"events/0/{number * rows}".encode()
    return Sent("features", key, pack(list(columns(0, seen))), {"features": rows})


def reading(metric: str = "output_tokens") -> dict[str, Any]:
    """Return a reading that moved."""
    return {
        "metric": metric, "component": "A", "harmful": "either", "display": 7.5, "pause": 4.0,
        "action": 3.5, "units": {"baseline": 300, "candidate": 60}, "baseline_value": 100.0,
        "candidate_value": 142.0, "effect": 1.42, "effect_low": 1.3, "effect_high": 1.55,
        "changed_at_unit": 12, "strata": ["chat|1"], "river": {"adwin": 1.0},
    }  # fmt: skip


def signal(number: int) -> Sent:
    """Return a signal with two readings."""
    body = {
        "signal_id": f"sg-{number}", "kind": "rollout", "tenant_id": f"t{number % 7}",
        "agent_id": "helper", "subject": "ro-1", "phase_id": "ph-1", "sequence": number + 1,
        "reason": "band", "at": AT + number, "partition": 0, "offset": number,
        "units": {"baseline": 300, "candidate": 60}, "embedder": "sha256:ee", "model": "m1",
        "context": [
            {"variable": "model_served", "baseline": "m1", "recent": "m2", "score": 5.0,
             "changed_at_unit": 3, "changed_by_unit": 4},
            {"variable": "task", "baseline": "a", "recent": "b", "score": 4.0},
        ],
        "baseline": {"version": 2, "fingerprint": "ab", "since": AT, "units": 9, "accepted": "rq"},
        "readings": [reading(), reading("latency_ms") | {"display": 0.5, "action": 0.1}],
    }  # fmt: skip
    rows = {"signals": 1, "signal_readings": 2}
    return Sent("signals", b"helper", json.dumps(body).encode(), rows)


def signed(topic: str, key: bytes, body: dict[str, Any], table: str) -> Sent:
    """Return an envelope around `body`; record does not check the signature."""
    envelope = {
        "payloadType": f"application/vnd.holdfast.{topic}+json",
        "payload": base64.b64encode(json.dumps(body).encode()).decode(),
        "signatures": [{"keyid": "k1", "sig": base64.b64encode(b"s" * 64).decode()}],
    }
    return Sent(topic, key, json.dumps(envelope).encode(), {table: 1})


def command(epoch: int, action: str = "revert", at: int = AT, **more: Any) -> Sent:
    """Return a command at `epoch`."""
    body = {
        "kind": "command", "command_id": f"co-{epoch}", "tenant_id": "t1", "agent_id": "helper",
        "epoch": epoch, "mode": "pinned", "action": action, "baseline": BUNDLE, "cause": CAUSE,
        "rollout_id": "ro-1", "issued_at": at,
    } | more  # fmt: skip
    return signed("control", b"t1/helper", body, "commands")


def told(topic: str, key: str, body: dict[str, Any], *tables: str) -> Sent:
    return Sent(topic, key.encode(), json.dumps(body).encode(), dict.fromkeys(tables, 1))


def _answers() -> list[Sent]:
    here = {"tenant_id": "t1", "agent_id": "helper"}
    ack = {
        "kind": "ack", "ack_id": "ac-1", "command_id": "co-3", "router_id": "r1", **here,
        "epoch": 3, "status": "flipped", "bundle_id": BUNDLES[0], "at": AT + 80, "flip_ms": 80.0,
    }  # fmt: skip
    beat = {"kind": "heartbeat", "router_id": "r1", "at": AT, "assignments": 7}
    sighting = {
        "kind": "sighting", "sighting_id": "si-1", **here, "router_id": "r1", "epoch": 3,
        "right_bundle": BUNDLES[0], "first_right_at": AT + 200, "wrong_events": 0,
    }  # fmt: skip
    proof = {
        "kind": "proof", "proof_id": "pr-1", "command_id": "co-3", **here, "epoch": 3,
        "action": "revert", "state": "proven", "commanded_at": AT, "acked_at": AT + 90,
        "proven_at": AT + 300, "routers": [{"router_id": "r1", "acked_at": AT + 90,
        "status": "flipped", "first_right_at": AT + 200}],
    }  # fmt: skip
    return [
        told("acks", "t1/helper", ack, "acks"),
        told("acks", "r1", beat, "heartbeats"),
        told("acks", "t1/helper", sighting, "sightings"),
        told("acks", "tick", {"kind": "tick", "at": AT}),
        told("proofs", "t1/helper", proof, "proofs"),
    ]


def _decisions() -> list[Sent]:
    scores = {"display": 100.0, "pause": 70.0, "action": 58.3}
    alert = {
        "alert_id": "al-1", "kind": "rollout", "scope": "tenant", "agent_id": "helper",
        "subject": "ro-1", "tenant_id": "t1", "sequence": 1, "at": AT, "signal_id": "sg-1",
        "signal_at": AT, "scores": scores, "components": {"A": scores, "T": scores},
        "units": {"baseline": 300, "candidate": 60}, "moved": [reading(), reading("error")],
        "breadth": {"tenants": 2, "selected": ["t1"]},
        "units_by_tenant": {"t1": {"baseline": 300, "candidate": 60}},
        "cause": "candidate", "reasons": ["in the candidate arm only"], "contested": False,
    }  # fmt: skip
    accept = {
        "accept_id": "acc-1", "request_id": "rq-2", "tenant_id": "t1", "agent_id": "helper",
        "person": "ada@example.org", "reason": "asked for", "at": AT,
    }  # fmt: skip
    hold = {
        "kind": "hold", "hold_id": "ho-1", "agent_id": "helper", "rollout_id": "ro-1", "epoch": 1,
        "state": "paused", "cause": CAUSE, "issued_at": AT,
    }  # fmt: skip
    lease = {
        "kind": "lease", "agent_id": "helper", "rollout_id": "ro-1", "issued_at": AT,
        "expires_at": AT + 300_000,
    }  # fmt: skip
    request = {
        "request_id": "rq-1", "kind": "start", "agent_id": "helper", "person": "ada@example.org",
        "at": "2026-11-21T11:00:00Z",
        "start": {"rollout_id": "ro-1", "overlay": {"model": "m2"}, "waves": [{"tenants": ["t1"]}]},
    }  # fmt: skip
    return [
        told("alerts", "helper", alert, "alerts"),
        told("alerts", "tick", {"kind": "tick", "at": AT}),
        told("events", "t1/helper", accept, "accepts"),
        command(2, "assign"),
        command(3),
        signed("control", b"helper/*", hold, "holds"),
        signed("control", b"helper/lease", lease, "leases"),
        signed("requests", b"helper", request, "requests"),
    ]


def _registry() -> list[Sent]:
    phase = {
        "phase_id": "ph-1", "rollout_id": "ro-1", "agent_id": "helper", "wave": 1, "weight": 0.05,
        "controls": 5, "opened_at": AT, "cohorts": [{"baseline": BUNDLES[0],
        "candidate": BUNDLES[1], "tenants": {"t1": 2, "t2": 5}}],
    }  # fmt: skip
    tenant = {"tenant_id": "t1", "tier": "gold", "pins": {"helper": BUNDLES[0]}}
    rows = {"phases": 1, "phase_tenants": 2}
    return [
        told("registry", f"bundle/{BUNDLES[0]}", BUNDLE, "bundles"),
        told("registry", "tenant/t1", tenant, "tenants"),
        told("registry", "policy/default", {"policy_id": "default"}, "policies"),
        Sent("registry", b"phase/ph-1", json.dumps(phase).encode(), rows),
    ]


def _broken() -> list[Sent]:
    letter = {
        "letter_id": "events/0/5", "topic": "events", "partition": 0, "offset": 5, "at": AT,
        "reason": "not-json", "value": base64.b64encode(b"{").decode(),
    }  # fmt: skip
    huge = signed("control", b"t9/helper", {}, "dead_letters")
    return [
        told("dead-letters", "t1/helper", letter, "dead_letters"),
        Sent("events", b"t1/helper", b"{not json", {}),
        Sent("events", b"wrong/key", event(1).value, {}),
        Sent("proofs", b"t1/helper", b"{not json", {"dead_letters": 1}),
        Sent("features", b"events/0/0", b"no arrow", {"dead_letters": 1}),
        Sent("registry", b"tenant/t9", None, {}),
        huge,
    ]


def every() -> list[Sent]:
    """Return messages of every contract on every topic, broken ones too."""
    measured = [event(0), outcome(0), features(0), signal(0)]
    return measured + _answers() + _decisions() + _registry() + _broken()


def expected(messages: list[Sent]) -> Counter[str]:
    """Return the rows of each table that record must have made."""
    total: Counter[str] = Counter()
    for message in messages:
        total.update(message.rows)
    return total
