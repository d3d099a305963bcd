"""Inference events and outcomes: what services put on `events`, key `tenant/agent`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.base import Contract, EventId, Label, Name, Time

__all__ = [
    "Arm",
    "CallError",
    "Event",
    "Outcome",
    "Retrieval",
    "Stamp",
    "ToolCall",
    "Traffic",
    "says_a_metric",
]

Arm = Literal["baseline", "candidate"]
Traffic = Literal["live", "shadow", "probe"]
Count = Annotated[int, Field(ge=0, le=100_000_000)]
Amount = Annotated[float, Field(ge=0, le=1e9)]
Text = Annotated[str, Field(max_length=1_000_000)]


class Stamp(Contract):
    """How the router assigned the event; absent in observe mode."""

    phase_id: EventId
    arm: Arm
    """As assigned, not as served."""
    traffic: Traffic = "live"
    epoch: Annotated[int, Field(ge=0)]
    router_id: Name
    unit_id: EventId
    """What the router randomised on; a keyed hash will do."""
    pair_id: EventId | None = None


class ToolCall(Contract):
    """One call of a tool that the model asked for."""

    name: Label
    ok: bool = True
    arguments_valid: bool = True
    error: Label | None = None
    duration_ms: Amount | None = None


class Retrieval(Contract):
    """What was retrieved for the prompt."""

    index_version: Label | None = None
    embedding_model: Label | None = None
    chunks: Count | None = None
    top_score: float | None = None


class CallError(Contract):
    """The call failed, after every retry and fallback."""

    kind: Label
    code: Label | None = None


class Event(Contract):
    """One logical call of a model; retries and provider fallbacks are counted inside it.

    Required: the five names at the top and one metric at least.
    """

    version: Literal[1] = 1
    event_id: EventId
    occurred_at: Time
    tenant_id: Name
    agent_id: Name
    bundle_id: Label

    stamp: Stamp | None = None

    session_id: EventId | None = None
    unit_id: EventId | None = None
    """Observe mode: what belongs together; the session if absent, else the event itself."""
    turn: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    step: Count | None = None
    trace_id: EventId | None = None
    parent_event_id: EventId | None = None
    task: Label | None = None
    labels: Annotated[dict[Label, str], Field(max_length=32)] | None = None

    model_asked: Label | None = None
    provider: Label | None = None
    deployment: Label | None = None
    input_tokens: Count | None = None
    cached_input_tokens: Count | None = None
    prompt: Text | None = None
    prompt_hash: EventId | None = None
    modalities: Annotated[list[Label], Field(max_length=16)] | None = None
    retrieval: Retrieval | None = None

    model_served: Label | None = None
    system_fingerprint: Label | None = None
    output: Text | None = None
    output_hash: EventId | None = None
    output_chars: Count | None = None
    """Length of the output where its text is not shared."""
    output_tokens: Count | None = None
    reasoning_tokens: Count | None = None
    finish_reason: Label | None = None
    expected_format: Label | None = None
    schema_valid: bool | None = None
    refused: bool | None = None
    """The service's own verdict; without it the text is judged."""
    embedding: Annotated[list[float], Field(min_length=1, max_length=4096)] | None = None
    embedding_model: Label | None = None
    cancelled: bool = False
    truncated: bool = False

    tool_calls: Annotated[list[ToolCall], Field(max_length=256)] | None = None

    latency_ms: Amount | None = None
    time_to_first_token_ms: Amount | None = None
    cost_usd: Amount | None = None
    attempts: Annotated[int, Field(ge=1, le=1000)] = 1
    fallback_from: Label | None = None
    cache: bool = False
    """A cached response gives no evidence."""
    error: CallError | None = None

    @model_validator(mode="after")
    def _has_a_metric(self) -> Self:
        if not says_a_metric(self):
            message = "an event needs one metric: output, output_tokens, latency_ms, …"
            raise ValueError(message)
        return self


def says_a_metric(event: Event) -> bool:
    """Return whether an event has anything to be measured by."""
    if event.output is not None or event.latency_ms is not None:
        return True
    metrics = (
        event.output_tokens, event.output_chars, event.finish_reason, event.schema_valid,
        event.refused, event.embedding, event.tool_calls, event.time_to_first_token_ms,
        event.cost_usd, event.error,
    )  # fmt: skip
    return any(metric is not None for metric in metrics)


class Outcome(Contract):
    """What became known of an event or a unit later: feedback, a judge's score, task success.

    `name` is `feedback` (value 1 good, 0 bad), `judge_score` (value 1-5), `task_success`
    (value 1 or 0) or one of the service's own (stored, shown, no evidence).
    """

    version: Literal[1] = 1
    outcome_id: EventId
    tenant_id: Name
    agent_id: Name
    event_id: EventId | None = None
    unit_id: EventId | None = None
    name: Label
    value: float | None = None
    label: Label | None = None
    source: Label | None = None
    occurred_at: Time
    stamp: Stamp | None = None

    @model_validator(mode="after")
    def _says_what_of_what(self) -> Self:
        if self.event_id is None and self.unit_id is None and self.stamp is None:
            message = "an outcome needs event_id or unit_id"
            raise ValueError(message)
        if self.value is None and self.label is None:
            message = "an outcome needs a value or a label"
            raise ValueError(message)
        return self
