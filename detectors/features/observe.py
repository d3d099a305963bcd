"""One event or outcome as a row of the metric catalogue, NaN where a metric is absent.

Rates that could hide a harm by going missing together with it (errors, truncation, failed tools)
are defined for every event, so that no arm can shed its bad units. A call that failed or was
cancelled before it gave anything says nothing about how answers look.
"""

from math import expm1
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.features import Features, Style
from detectors.features.format import is_broken, is_formatted, is_json
from detectors.features.lexicon import WARM_OPENERS
from detectors.metrics import INDEX, SIZE
from schemas import Event, Outcome

__all__ = ["observe", "observe_outcome", "stratum"]

CUT_SHORT: Final = frozenset(
    {"length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_length"}
)
"""Finish reasons of providers that mean truncation."""
BAD_LABELS: Final = frozenset(
    {"bad", "negative", "down", "thumbs_down", "dislike", "fail", "failed"}
)
GOOD_LABELS: Final = frozenset({"good", "positive", "up", "thumbs_up", "like", "pass", "passed"})
REFUSED: Final = frozenset({"refusal", "content_filter", "SAFETY"})
"""Finish reasons of providers that mean a refusal."""
JSON_FORMATS: Final = frozenset({"json", "json_object", "json_schema", "application/json"})
"""Expected formats that a strict parser must be able to read whole, fence and all."""
_TASK_CHARS: Final = 240
"""Of a stratum's name, so that it stays a label."""

_ABSENT: Final = np.full(SIZE, np.nan)
_OUTPUT_TOKENS = INDEX["output_tokens"]
_OUTPUT_CHARS = INDEX["output_chars"]
_SENTENCE_WORDS = INDEX["style_sentence_words"]
_BULLETS = INDEX["style_bullets"]
_HEDGES = INDEX["style_hedges"]
_WARMTH = INDEX["style_warmth"]
_FORMATTED = INDEX["formatted"]
_TOOL_CALLED = INDEX["tool_called"]
_TRUNCATED = INDEX["truncated"]
_LATENCY = INDEX["latency_ms"]
_FIRST_TOKEN = INDEX["time_to_first_token_ms"]
_ERROR = INDEX["error"]
_REFUSED = INDEX["refused"]
_MORALISED = INDEX["moralised"]
_TOOL_FAILED = INDEX["tool_failed"]
_TOOL_INVALID = INDEX["tool_invalid"]
_SCHEMA_INVALID = INDEX["schema_invalid"]
_FORMAT_BROKEN = INDEX["format_broken"]
_COST = INDEX["cost_usd"]
_FEEDBACK_BAD = INDEX["feedback_bad"]
_JUDGE_SCORE = INDEX["judge_score"]
_TASK_FAILED = INDEX["task_failed"]
_JUDGE_CUTS = tuple((INDEX[f"judge_under_{cut}"], float(cut)) for cut in (2, 3, 4, 5))


def observe(event: Event, features: Features) -> NDArray[np.float64]:
    """Read the catalogue's metrics off one event.

    Args:
        event: As it came.
        features: Of its output text.

    Returns:
        [SIZE], in the catalogue's order and units; NaN where absent. Embedding distances are
        left absent: they need the reference that the monitor keeps.
    """
    row = _ABSENT.copy()
    error = event.error is not None
    row[_ERROR] = error
    row[_TRUNCATED] = event.truncated or event.finish_reason in CUT_SHORT
    calls = event.tool_calls
    row[_TOOL_FAILED] = row[_TOOL_INVALID] = 0.0
    for call in calls or ():
        if not call.ok:
            row[_TOOL_FAILED] = 1.0
        if not call.arguments_valid:
            row[_TOOL_INVALID] = 1.0
    if event.schema_valid is not None:
        row[_SCHEMA_INVALID] = not event.schema_valid
    if event.refused is not None:
        row[_REFUSED] = event.refused
    _operations(row, event)
    if not (error or event.cancelled) or event.output or event.output_chars:
        row[_TOOL_CALLED] = bool(calls)
        _answer(row, event, features)
    return row


def observe_outcome(outcome: Outcome) -> NDArray[np.float64] | None:
    """Read the catalogue's metric off one outcome.

    Returns:
        [SIZE] with one metric present, a judge's score with its cuts; None if the outcome is one
        of the service's own, its label says neither good nor bad, or its score is below 0: a
        margin is a factor, so a score below 0 would be worse than itself.
    """
    row = _ABSENT.copy()
    if outcome.name == "judge_score":
        if outcome.value is None or outcome.value < 0.0:
            return None
        row[_JUDGE_SCORE] = outcome.value
        for under, cut in _JUDGE_CUTS:
            row[under] = outcome.value < cut
        return row
    metric = _OUTCOMES.get(outcome.name)
    bad = _is_bad(outcome)
    if metric is None or bad is None:
        return None
    row[metric] = bad
    return row


def stratum(event: Event) -> str:
    """Return the stratum of an event: its task and the class of its turn (1, 2-3, 4+)."""
    turn = event.turn or 1
    turns = "1" if turn == 1 else "2-3" if turn <= 3 else "4+"
    return f"{(event.task or 'none')[:_TASK_CHARS]}|{turns}"


_OUTCOMES: Final = {"feedback": _FEEDBACK_BAD, "task_success": _TASK_FAILED}


def _is_bad(outcome: Outcome) -> bool | None:
    if outcome.value is not None:
        return outcome.value < 0.5
    label = (outcome.label or "").lower()
    return True if label in BAD_LABELS else False if label in GOOD_LABELS else None


def _operations(row: NDArray[np.float64], event: Event) -> None:
    if event.latency_ms is not None:
        row[_LATENCY] = event.latency_ms
    if event.time_to_first_token_ms is not None:
        row[_FIRST_TOKEN] = event.time_to_first_token_ms
    if event.cost_usd is not None:
        row[_COST] = event.cost_usd


def _answer(row: NDArray[np.float64], event: Event, features: Features) -> None:
    """Fill in what an answer looks like."""
    if event.output_tokens is not None:
        row[_OUTPUT_TOKENS] = event.output_tokens
    if event.output is not None:
        row[_OUTPUT_CHARS] = len(event.output)
    elif event.output_chars is not None:
        row[_OUTPUT_CHARS] = event.output_chars
    verdict = features.refusal
    if verdict is not None:
        row[_MORALISED] = verdict == "moral"
    if event.refused is None:
        if event.finish_reason in REFUSED:
            row[_REFUSED] = 1.0
        elif verdict is not None:
            row[_REFUSED] = verdict == "direct"
    if features.format is not None:
        _format(row, event, features.format)
    if features.style is not None:
        _style(row, features.style)


def _format(row: NDArray[np.float64], event: Event, label: str) -> None:
    if label == "empty" and event.tool_calls:
        return
    row[_FORMATTED] = is_formatted(label)
    unmet = event.expected_format in JSON_FORMATS and not is_json(label) and "?" not in label
    row[_FORMAT_BROKEN] = unmet or is_broken(label)


def _style(row: NDArray[np.float64], style: Style) -> None:
    row[_SENTENCE_WORDS] = expm1(style.log_sentence_words)
    row[_BULLETS] = style.bullets + style.numbered
    row[_HEDGES] = style.hedges
    eager = 0.0 < style.opener <= WARM_OPENERS
    row[_WARMTH] = (
        style.exclamations
        + style.emoji
        + style.contractions
        + style.second_person / 2
        + 2.0 * eager
    )
