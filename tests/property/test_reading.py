"""What reads events fast takes nothing that the contract does not take, and reads it the same."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import Event, unknown_fields
from schemas.reading import read_event

FULL: dict[str, Any] = {
    "version": 1, "event_id": "e1", "occurred_at": "2026-01-01T00:00:00.123+02:00",
    "tenant_id": "acme", "agent_id": "care", "bundle_id": "v1",
    "stamp": {"phase_id": "p", "arm": "candidate", "traffic": "shadow", "epoch": 3,
              "router_id": "r", "unit_id": "u", "pair_id": "x"},
    "session_id": "s", "turn": 2, "step": 0, "labels": {"a": "b"}, "input_tokens": 7,
    "prompt": "Why?", "modalities": ["text"], "output": "Because.", "output_tokens": 3,
    "retrieval": {"index_version": "i", "chunks": 4, "top_score": -0.5}, "schema_valid": True,
    "embedding": [0.5, 1, -2e-3], "tool_calls": [{"name": "find", "ok": False}, {"name": "x"}],
    "latency_ms": 12.5, "cost_usd": 0, "attempts": 2, "error": {"kind": "timeout"},
}  # fmt: skip

NO_TIME = {"occurred_at": None}

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from([
        "", "a\n", "a b", "a/b", "\x85", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00Z", "1", 1.0,
        "2026-01-01T00:00:00.1234567Z", "2026-01-01T23:59:60Z", "0001-01-01T00:00:00+12:00", 2**63,
        2**64, 10**400, -0.0, 1e9, "live", "\ud800", "😀" * 128, "x" * 129, "x" * 257,
    ])
)  # fmt: skip
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """An event with a value or two that are not as they should be, or fields that nobody knows."""
    event = json.loads(json.dumps(FULL))
    for _ in range(draw(st.integers(1, 2))):
        place = event
        inner = [name for name, value in event.items() if isinstance(value, dict)]
        if draw(st.booleans()) and inner:
            place = event[draw(st.sampled_from(inner))]
        name = draw(st.sampled_from([*place, "unheard of", "cache", "output_chars"]))
        if draw(st.booleans()):
            place[name] = draw(values)
        else:
            place.pop(name, None)
    return json.dumps(event).encode()


def plain(message: Any) -> Any:
    """Return a message as data, whichever of the two has read it."""
    return json.loads(json.dumps(msgspec.to_builtins(message, enc_hook=dict), default=str))


def attempt(read: Callable[[bytes], Event], raw: bytes) -> Any:
    """Return the event, or what pydantic says is amiss."""
    try:
        return read(raw)
    except ValidationError as error:
        return error.errors(include_url=False, include_context=False, include_input=False)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages())
@example(json.dumps(FULL | {"tenant_id": "acme\n"}).encode())
@example(json.dumps(FULL).encode() + b"}")
@example(json.dumps(FULL).encode().replace(b'"Because."', b'"\xff"'))
@example(json.dumps(FULL).encode().replace(b"12.5", b"1e999"))
@example(json.dumps(FULL | {"labels": {"a": [[]]}}).encode().replace(b"[[]]", b"[" * 9999))
def test_an_event_is_what_the_contract_says(raw: bytes) -> None:
    expected, event = attempt(Event.model_validate_json, raw), attempt(read_event, raw)
    if isinstance(expected, list):
        assert event == expected
        return
    assert unknown_fields(event) == unknown_fields(expected)
    # One rounds the digits beyond a microsecond, the other cuts them off.
    assert abs(event.occurred_at - expected.occurred_at) <= timedelta(microseconds=1)
    assert plain(event) | NO_TIME == plain(expected) | NO_TIME


def test_most_events_need_no_pydantic() -> None:
    assert not isinstance(read_event(json.dumps(FULL).encode()), Event)


def test_fields_ahead_of_this_version_are_counted() -> None:
    assert unknown_fields(read_event(json.dumps(FULL | {"mood": 1, "age": 2}).encode())) == 2


def test_an_event_of_no_metric_is_refused() -> None:
    names = ("event_id", "occurred_at", "tenant_id", "agent_id", "bundle_id")
    with pytest.raises(ValidationError, match="one metric"):
        read_event(json.dumps({name: FULL[name] for name in names}).encode())
