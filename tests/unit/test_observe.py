from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from detectors.features.categories import categories
from detectors.features.extract import extract
from detectors.features.observe import observe, observe_outcome, stratum
from detectors.metrics import CATALOGUE, INDEX, SIZE
from schemas import Event, Outcome

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EMBEDDED = ("embedding", "transformer")
NAMES: dict[str, Any] = {
    "event_id": "e", "occurred_at": NOW, "tenant_id": "t", "agent_id": "a", "bundle_id": "b",
}  # fmt: skip


def read(**fields: Any) -> dict[str, float]:
    event = Event(**NAMES, **fields)
    row = observe(event, extract(event.output))
    assert row.shape == (SIZE,)
    assert row.dtype == np.float64
    return {m.name: row[i] for i, m in enumerate(CATALOGUE) if not np.isnan(row[i])}


def outcome(name: str, **fields: Any) -> np.ndarray | None:
    message = Outcome(
        outcome_id="o", tenant_id="t", agent_id="a", unit_id="u", name=name,
        occurred_at=NOW, **fields,
    )  # fmt: skip
    return observe_outcome(message)


def test_a_full_event_has_every_metric_but_embeddings_and_outcomes() -> None:
    found = read(
        output="Sure! You may try:\n- this\n- that", output_tokens=9, latency_ms=120.0,
        time_to_first_token_ms=30.0, cost_usd=0.01, schema_valid=True,
        tool_calls=[{"name": "x", "ok": True}, {"name": "y", "ok": False}],
    )  # fmt: skip
    absent = {
        m.name
        for m in CATALOGUE
        if m.outcome or m.kind in ("tail", "categorical") or m.name.split("_")[0] in EMBEDDED
    }
    assert set(found) == set(INDEX) - absent
    assert found["output_tokens"] == 9
    assert found["output_chars"] == 32
    assert found["tool_failed"] == found["tool_called"] == found["formatted"] == 1
    assert found["tool_invalid"] == found["schema_invalid"] == found["error"] == 0
    assert found["style_bullets"] == pytest.approx(2 / 3)
    assert found["style_warmth"] > 2


def test_rates_are_defined_for_events_that_say_nothing() -> None:
    assert read(error={"kind": "timeout"}, latency_ms=30_000) == {
        "error": 1, "truncated": 0, "tool_failed": 0, "tool_invalid": 0, "latency_ms": 30_000,
    }  # fmt: skip


def test_a_cancelled_call_with_output_is_an_answer() -> None:
    assert "output_chars" not in read(cancelled=True, latency_ms=1, output_tokens=0)
    assert read(cancelled=True, output="Half an ans")["output_chars"] == 11


def test_without_text_the_emitters_length_is_used() -> None:
    found = read(output_hash="h", output_chars=70, output_tokens=12)
    assert found["output_chars"] == 70
    assert found["tool_called"] == 0
    assert not {"refused", "formatted", "style_hedges", "format_broken"} & set(found)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"output": "I'm sorry, but I can't help with that."}, 1),
        ({"output": "I'm sorry, but I can't help with that.", "refused": False}, 0),
        ({"output": "Yes.", "refused": True}, 1),
        ({"output": "Yes."}, 0),
        ({"output": "It is never appropriate to mock people."}, 0),
        ({"output_chars": 5, "finish_reason": "content_filter"}, 1),
        ({"output": "", "tool_calls": [{"name": "x"}]}, 0),
    ],
)
def test_refused_is_the_services_verdict_else_the_texts(
    fields: dict[str, Any], refused: int
) -> None:
    assert read(**fields)["refused"] == refused


def test_moralising_is_a_rate_of_its_own() -> None:
    assert read(output="It is never appropriate to mock people.")["moralised"] == 1


@pytest.mark.parametrize(
    ("fields", "truncated"),
    [
        ({"finish_reason": "length"}, 1),
        ({"finish_reason": "max_tokens"}, 1),
        ({"finish_reason": "stop"}, 0),
        ({"finish_reason": "stop", "truncated": True}, 1),
    ],
)
def test_truncated(fields: dict[str, Any], truncated: int) -> None:
    assert read(**fields)["truncated"] == truncated


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({"output": '{"a": 1}', "expected_format": "json"}, 0),
        ({"output": '{"a": 1', "expected_format": "json"}, 1),
        ({"output": "Here you are.", "expected_format": "json"}, 1),
        ({"output": '```json\n{"a": 1}\n```', "expected_format": "json"}, 1),
        ({"output": '```json\n{"a": 1}\n```'}, 0),
        ({"output": "", "expected_format": "json"}, 1),
        ({"output": '{"a": "' + "x" * 300_000 + '"}', "expected_format": "json"}, 0),
        ({"output": "Hello."}, 0),
        ({"output": '{"a": 1'}, 1),
    ],
)
def test_format_broken(fields: dict[str, Any], broken: int) -> None:
    assert read(**fields)["format_broken"] == broken


def test_a_tool_call_without_words_is_neither_formatted_nor_broken() -> None:
    found = read(output="", tool_calls=[{"name": "x"}], expected_format="json")
    assert not {"formatted", "format_broken"} & set(found)
    assert found["tool_called"] == 1


def test_invalid_arguments_and_schema() -> None:
    found = read(tool_calls=[{"name": "x", "arguments_valid": False}], schema_valid=False)
    assert found["tool_invalid"] == found["schema_invalid"] == 1
    assert found["tool_failed"] == 0


@pytest.mark.parametrize(
    ("name", "fields", "metric", "value"),
    [
        ("feedback", {"value": 1}, "feedback_bad", 0),
        ("feedback", {"value": 0}, "feedback_bad", 1),
        ("feedback", {"label": "Thumbs_Down"}, "feedback_bad", 1),
        ("judge_score", {"value": 4.5}, "judge_score", 4.5),
        ("task_success", {"value": 1}, "task_failed", 0),
        ("task_success", {"label": "failed"}, "task_failed", 1),
    ],
)
def test_outcomes(name: str, fields: dict[str, Any], metric: str, value: float) -> None:
    row = outcome(name, **fields)
    assert row is not None
    assert row[INDEX[metric]] == value
    cuts = 4 if name == "judge_score" else 0
    assert np.isnan(row).sum() == SIZE - 1 - cuts
    if cuts:
        under = [row[INDEX[f"judge_under_{cut}"]] for cut in (2, 3, 4, 5)]
        assert under == [value < cut for cut in (2, 3, 4, 5)]


def test_outcomes_of_the_services_own_are_no_evidence() -> None:
    assert outcome("stars", value=3) is None
    assert outcome("feedback", label="perhaps") is None
    assert outcome("judge_score", label="good") is None


@pytest.mark.parametrize(
    ("turn", "task", "name"),
    [
        (None, None, "none|1"),
        (1, "faq", "faq|1"),
        (2, "faq", "faq|2-3"),
        (3, "faq", "faq|2-3"),
        (4, "faq", "faq|4+"),
    ],
)
def test_stratum(turn: int | None, task: str | None, name: str) -> None:
    assert stratum(Event(**NAMES, latency_ms=1, turn=turn, task=task)) == name


def test_a_stratum_is_always_a_label() -> None:
    assert len(stratum(Event(**NAMES, latency_ms=1, task="x" * 256))) <= 256


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"latency_ms": 1, "error": {"kind": "timeout"}}, "failed"),
        (
            {"output": "", "latency_ms": 1, "cost_usd": 0, "model_served": "m", "tool_calls": []},
            "without output_tokens, time_to_first_token_ms, finish_reason, schema_valid",
        ),
        (
            {"output_tokens": 0, "latency_ms": 1, "time_to_first_token_ms": 1, "cost_usd": 0,
             "finish_reason": "stop", "schema_valid": True, "tool_calls": [], "model_served": "m"},
            "without output",
        ),
        (
            {"output_tokens": 0, "latency_ms": 1, "time_to_first_token_ms": 1, "cost_usd": 0,
             "finish_reason": "stop", "schema_valid": True, "tool_calls": [], "model_served": "m",
             "output_chars": 0},
            "everything",
        ),
    ],
)  # fmt: skip
def test_what_a_service_does_not_report_is_named(fields: dict[str, Any], label: str) -> None:
    assert (INDEX["presence"], label) in categories(Event(**NAMES, **fields), None)
