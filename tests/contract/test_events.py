"""What producers may rely on, and what is refused."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import Event, Outcome, unknown_fields

LEAST = {
    "event_id": "e1",
    "occurred_at": "2026-01-01T00:00:00+02:00",
    "tenant_id": "acme",
    "agent_id": "support",
    "bundle_id": "gpt-4o/v7",
    "latency_ms": 812.5,
}


def event(**changes: Any) -> Event:
    return Event.model_validate_json(json.dumps(LEAST | changes))


def test_five_names_and_one_metric_are_enough() -> None:
    assert event().latency_ms == 812.5


@pytest.mark.parametrize("name", [name for name in LEAST if name != "latency_ms"])
def test_each_required_field_is_required(name: str) -> None:
    body = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(ValidationError, match=name):
        Event.model_validate_json(json.dumps(body))


def test_an_event_without_any_metric_is_refused() -> None:
    with pytest.raises(ValidationError, match="one metric"):
        event(latency_ms=None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latency_ms", -1),
        ("latency_ms", "fast"),
        ("output_tokens", -5),
        ("output_tokens", 10**12),
        ("occurred_at", "2026-01-01T00:00:00"),
        ("tenant_id", "a/b"),
        ("tenant_id", ""),
        ("turn", 0),
        ("embedding", []),
    ],
)
def test_mistyped_or_absurd_values_are_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        event(**{field: value})


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400"])
def test_numbers_that_are_not_finite_are_refused(number: bytes) -> None:
    raw = json.dumps(LEAST).encode().replace(b"812.5", number)
    with pytest.raises(ValidationError):
        Event.model_validate_json(raw)


def test_unknown_fields_are_kept_aside_and_counted() -> None:
    assert unknown_fields(event()) == 0
    assert unknown_fields(event(temperature=0.2, seed=7)) == 2


def test_an_outcome_says_what_of_what() -> None:
    body = {
        "outcome_id": "o1", "tenant_id": "acme", "agent_id": "support", "name": "feedback",
        "value": 1, "occurred_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="event_id or unit_id"):
        Outcome.model_validate(body)
    assert Outcome.model_validate(body | {"event_id": "e1"}).value == 1
    with pytest.raises(ValidationError, match="value or a label"):
        Outcome.model_validate(body | {"event_id": "e1", "value": None})
