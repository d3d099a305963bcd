"""The catalogue of metrics: what is watched, which way is harmful, how much is too much."""

from dataclasses import dataclass
from typing import Literal

from schemas import Component, Direction

__all__ = ["CATALOGUE", "INDEX", "SIZE", "Kind", "Metric"]

Kind = Literal["binary", "continuous", "tail", "categorical"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number or flag of an event.

    Args:
        name: As on the wire.
        kind: `binary` values are 0 or 1; a `tail` has no value of its own: it looks at the
            95th percentile of `source`; `categorical` values are codes of labels, see
            `detectors.features.categories`.
        component: Of the ALERT score.
        harmful: Direction in which a change is worse; None: no such direction, never reverts.
        margin: Still no worse: odds ratio (binary), factor (continuous, tail).
        unit: Of the value, for people.
        title: For people.
        outcome: Becomes known later, from an Outcome.
        source: Of a tail: the metric whose tail it is.
        learned: A classifier's score, which says something only by being right: bets are on the
            candidate's being higher, and a watch, which has no arms, has none.
        weight: Among its component's metrics: how much of the capital is on what goes wrong
            most often. Any weights are fair; equal ones are dear, for most metrics never move.
    """

    name: str
    kind: Kind
    component: Component
    harmful: Direction | None
    margin: float
    unit: str
    title: str
    outcome: bool = False
    source: str | None = None
    learned: bool = False
    weight: float = 1.0


CATALOGUE: tuple[Metric, ...] = (
    Metric(
        "output_tokens", "continuous", "A", "either", 1.25, "tokens", "Output length", weight=4.0
    ),
    Metric("output_chars", "continuous", "A", "either", 1.25, "characters", "Output characters"),
    Metric("style_sentence_words", "continuous", "A", None, 1.25, "words", "Words a sentence"),
    Metric("style_bullets", "continuous", "A", None, 1.25, "share", "Bullet lines"),
    Metric("style_hedges", "continuous", "A", None, 1.25, "per 100 words", "Hedges"),
    Metric("style_warmth", "continuous", "A", None, 1.25, "per 100 words", "Warmth"),
    Metric("formatted", "binary", "A", None, 1.5, "share", "JSON, fence or markdown"),
    Metric("tool_called", "binary", "A", None, 1.5, "share", "Tool called"),
    Metric("truncated", "binary", "A", "up", 1.5, "share", "Truncated"),
    Metric("embedding_distance", "continuous", "A", None, 1.25, "1 - cosine", "Embedding distance"),
    Metric(
        "transformer_distance", "continuous", "A", None, 1.25, "1 - cosine", "Transformer distance"
    ),
    Metric("latency_ms", "continuous", "L", "up", 1.3, "ms", "Latency", weight=2.0),
    Metric("time_to_first_token_ms", "continuous", "L", "up", 1.3, "ms", "Time to first token"),
    Metric("error", "binary", "E", "up", 1.5, "share", "Errors", weight=2.0),
    Metric("refused", "binary", "E", "up", 1.5, "share", "Refusals", weight=4.0),
    Metric("moralised", "binary", "E", "up", 1.5, "share", "Moralising", weight=3.0),
    Metric("tool_failed", "binary", "E", "up", 1.5, "share", "Tool failures"),
    Metric("tool_invalid", "binary", "E", "up", 1.5, "share", "Invalid tool arguments"),
    Metric("schema_invalid", "binary", "E", "up", 1.5, "share", "Schema violations"),
    Metric("format_broken", "binary", "E", "up", 1.5, "share", "JSON that does not parse"),
    Metric("cost_usd", "continuous", "R", "up", 1.2, "USD", "Cost", weight=2.0),
    Metric("feedback_bad", "binary", "R", "up", 1.25, "share", "Bad feedback", outcome=True),
    Metric("judge_score", "continuous", "R", "down", 1.1, "points", "Judge score", outcome=True),
    Metric(
        "task_failed", "binary", "R", "up", 1.25, "share", "Task failures", outcome=True, weight=2.0
    ),
    Metric("judge_under_2", "binary", "R", None, 1.5, "share", "Judged under 2", outcome=True),
    Metric("judge_under_3", "binary", "R", "up", 1.5, "share", "Judged under 3", outcome=True),
    Metric("judge_under_4", "binary", "R", None, 1.5, "share", "Judged under 4", outcome=True),
    Metric("judge_under_5", "binary", "R", None, 1.5, "share", "Judged under 5", outcome=True),
    Metric(
        "embedding_lean",
        "continuous",
        "A",
        None,
        1.25,
        "score",
        "Embedding classifier",
        learned=True,
    ),
    Metric(
        "transformer_lean",
        "continuous",
        "A",
        None,
        1.25,
        "score",
        "Transformer classifier",
        learned=True,
    ),
    Metric("embedding_first", "continuous", "A", None, 1.25, "score", "First embedding component"),
    Metric(
        "embedding_second", "continuous", "A", None, 1.25, "score", "Second embedding component"
    ),
    Metric("embedding_cluster", "categorical", "A", None, 1.5, "share", "Embedding cluster"),
    Metric("tool_chosen", "categorical", "A", None, 1.5, "share", "Tool chosen"),
    Metric("tool_sequence", "categorical", "A", None, 1.5, "share", "Which tool after which"),
    Metric("finish_reason", "categorical", "A", None, 1.5, "share", "Finish reason"),
    Metric("output_format", "categorical", "A", None, 1.5, "share", "Format and JSON keys"),
    Metric("presence", "categorical", "A", None, 1.5, "share", "Fields that are reported"),
    Metric("latency_tail", "tail", "L", "up", 1.3, "share", "Slowest 5 %", source="latency_ms"),
    Metric("cost_tail", "tail", "R", "up", 1.2, "share", "Dearest 5 %", source="cost_usd"),
)
"""The order is frozen: states and arrays are indexed by it."""

INDEX: dict[str, int] = {metric.name: i for i, metric in enumerate(CATALOGUE)}
SIZE: int = len(CATALOGUE)
