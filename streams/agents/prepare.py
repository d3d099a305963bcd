"""What measure does to a chunk before folding it, off the event loop: parse, check, look at text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from detectors.features import Features, extract
from detectors.features.observe import observe, observe_outcome, stratum
from schemas import Event, Outcome, unknown_fields
from streams.kafka.records import Record

__all__ = ["Parked", "Prepared", "Unused", "prepare"]

MAX_EVENT = 2_000_000
"""Bytes; a longer event is parked unread."""


@dataclass(slots=True)
class Prepared:
    """One event or outcome, read.

    Args:
        record: As it came.
        key: `tenant/agent`, the state it belongs to.
        message: The event or outcome.
        values: [SIZE], NaN where absent.
        features: Of the output's text.
        stratum: Of the event; empty for an outcome.
        unknown: Fields that no contract knows.
    """

    record: Record
    key: bytes
    message: Event | Outcome
    values: NDArray[np.float64]
    features: Features
    stratum: str
    unknown: int


@dataclass(slots=True)
class Parked:
    """A message to set aside, with its reason.

    Args:
        record: As it came.
        reason: Code of the dead letter, where no `error` says it.
        error: What pydantic said.
    """

    record: Record
    reason: str
    error: ValidationError | None = None


@dataclass(slots=True)
class Unused:
    """An outcome of the service's own: stored by record, no evidence.

    Args:
        record: As it came.
    """

    record: Record


def prepare(records: Sequence[Record]) -> list[Prepared | Parked | Unused]:
    """Read each record of a chunk; a pure function of the records."""
    return [_one(record) for record in records]


def _one(record: Record) -> Prepared | Parked | Unused:
    raw = record.value
    if not raw:
        return Parked(record, "empty")
    if len(raw) > MAX_EVENT:
        return Parked(record, "too-large")
    try:
        event = Event.model_validate_json(raw)
    except ValidationError as error:
        return _outcome(record, raw) if b'"outcome_id"' in raw else Parked(record, "", error)
    key = f"{event.tenant_id}/{event.agent_id}".encode()
    if record.key != key:
        return Parked(record, "wrong-key")
    features = extract(event.output)
    values = observe(event, features)
    return Prepared(record, key, event, values, features, stratum(event), unknown_fields(event))


def _outcome(record: Record, raw: bytes) -> Prepared | Parked | Unused:
    try:
        outcome = Outcome.model_validate_json(raw)
    except ValidationError as error:
        return Parked(record, "", error)
    key = f"{outcome.tenant_id}/{outcome.agent_id}".encode()
    if record.key != key:
        return Parked(record, "wrong-key")
    values = observe_outcome(outcome)
    if values is None:
        return Unused(record)
    return Prepared(record, key, outcome, values, Features(), "", unknown_fields(outcome))
