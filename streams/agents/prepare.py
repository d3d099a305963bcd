"""What measure does to a chunk before folding it: parse, check, look at text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from detectors.features import Features
from detectors.features.categories import categories
from detectors.features.circumstances import circumstances
from detectors.features.extract import extract
from detectors.features.observe import observe, observe_outcome, stratum
from detectors.metrics import SIZE
from detectors.seen import Seen
from schemas import Accept, Event, Outcome, Stamp, unknown_fields
from schemas.base import BEYOND
from schemas.reading import MAX_EVENT, read_event
from streams.embedding.embedders import Embedded
from streams.kafka.records import Record

__all__ = ["Parked", "Prepared", "Unused", "cached_share", "prepare", "seen_in"]

_Told = TypeVar("_Told", Outcome, Accept)


@dataclass(slots=True)
class Prepared:
    """One event, outcome or acceptance, read.

    Args:
        record: As it came.
        key: `tenant/agent`, the state it belongs to.
        event: None where it is another message.
        values: [SIZE], NaN where absent.
        features: Of the output's text.
        stratum: Of the event; empty for an outcome.
        unknown: Fields that no contract knows.
        told: An outcome or a person's acceptance, where it is no event.
    """

    record: Record
    key: bytes
    event: Event | None
    values: NDArray[np.float64]
    features: Features
    stratum: str
    unknown: int
    told: Outcome | Accept | None = None

    @property
    def stamp(self) -> Stamp | None:
        """The router's, where there is one."""
        if self.event is not None:
            return self.event.stamp
        return self.told.stamp if isinstance(self.told, Outcome) else None


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
        event = read_event(raw)
    except ValidationError as error:
        if b'"outcome_id"' in raw:
            return _outcome(record, raw)
        return _accept(record, raw) if b'"accept_id"' in raw else Parked(record, "", error)
    key = _key(event)
    if record.key != key:
        return Parked(record, "wrong-key")
    if _absurd(event.stamp):
        return Parked(record, "absurd-epoch")
    features = extract(event.output)
    values = observe(event, features)
    return Prepared(record, key, event, values, features, stratum(event), unknown_fields(event))


def _key(message: Event | Outcome | Accept) -> bytes:
    return f"{message.tenant_id}/{message.agent_id}".encode()


def _absurd(stamp: Stamp | None) -> bool:
    """Return whether a message carries an epoch that no state can hold."""
    return stamp is not None and stamp.epoch >= BEYOND


def _checked(record: Record, contract: type[_Told], raw: bytes) -> _Told | Parked:
    """Return the message under its own key, or why it is set aside."""
    try:
        message = contract.model_validate_json(raw)
    except ValidationError as error:
        return Parked(record, "", error)
    if record.key != _key(message):
        return Parked(record, "wrong-key")
    return message


def _outcome(record: Record, raw: bytes) -> Prepared | Parked | Unused:
    outcome = _checked(record, Outcome, raw)
    if isinstance(outcome, Parked):
        return outcome
    if _absurd(outcome.stamp):
        return Parked(record, "absurd-epoch")
    values = observe_outcome(outcome)
    if values is None:
        return Unused(record)
    unknown = unknown_fields(outcome)
    return Prepared(record, _key(outcome), None, values, Features(), "", unknown, outcome)


def _accept(record: Record, raw: bytes) -> Prepared | Parked:
    word = _checked(record, Accept, raw)
    if isinstance(word, Parked):
        return word
    values = np.full(SIZE, np.nan)
    return Prepared(record, _key(word), None, values, Features(), "", unknown_fields(word), word)


def seen_in(one: Prepared, embedded: Embedded, static_id: str, *, unread: bool = False) -> Seen:
    """Return an event or outcome as the fold takes it.

    Args:
        one: As it was read.
        embedded: Its text's vectors; a vector of the service's own goes before the static one.
        static_id: Name of the static model.
        unread: The answer is looked at later, if at all: leave out its categories.
    """
    record, event = one.record, one.event
    if event is None:
        assert one.told is not None
        return _word(one, one.told) if isinstance(one.told, Accept) else _told(one, one.told)
    stamp, own = event.stamp, event.embedding
    static, embedder = embedded.static, static_id
    if own is not None:
        static, embedder = np.asarray(own, np.float32), event.embedding_model or "service"
    unit = stamp.unit_id if stamp else event.unit_id
    return Seen(
        tenant_id=event.tenant_id,
        agent_id=event.agent_id,
        bundle_id=event.bundle_id,
        stamp=stamp,
        unit_id=unit or event.session_id or event.event_id,
        event_id=event.event_id,
        stratum=one.stratum,
        values=one.values,
        at=record.timestamp,
        partition=record.partition,
        offset=record.offset,
        evidence=not event.cache,
        static=static,
        transformer=embedded.transformer,
        embedder=embedder,
        bounded=True,
        labels=[] if unread else categories(event, one.features.format),
        cached=cached_share(event.cached_input_tokens, event.input_tokens),
        context=None if event.cache else partial(circumstances, event),
        # Where there is a router, clocks of services are only data.
        occurred=0 if stamp else min(int(event.occurred_at.timestamp() * 1000), record.timestamp),
    )


def cached_share(cached: int | None, tokens: int | None) -> float | None:
    """Return the share of an event's input tokens that were cached; None if not known."""
    return None if cached is None or not tokens else min(cached / tokens, 1.0)


def _told(one: Prepared, outcome: Outcome) -> Seen:
    record, stamp = one.record, outcome.stamp
    return Seen(
        tenant_id=outcome.tenant_id, agent_id=outcome.agent_id, bundle_id="", stamp=stamp,
        unit_id=(stamp.unit_id if stamp else outcome.unit_id) or "",
        event_id=outcome.event_id or "", stratum=one.stratum, values=one.values,
        at=record.timestamp, partition=record.partition, offset=record.offset, outcome=True,
    )  # fmt: skip


def _word(one: Prepared, word: Accept) -> Seen:
    record = one.record
    return Seen(
        tenant_id=word.tenant_id, agent_id=word.agent_id, bundle_id="", stamp=None, unit_id="",
        event_id="", stratum="", values=one.values, at=record.timestamp,
        partition=record.partition, offset=record.offset, bounded=True, accept=word,
    )  # fmt: skip
