"""What each topic's messages are, and in which tables they end up."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from schemas import (
    Accept,
    Ack,
    Alert,
    Bundle,
    Command,
    DeadLetter,
    Envelope,
    Event,
    Heartbeat,
    Hold,
    Lease,
    Outcome,
    Phase,
    Policy,
    Proof,
    Request,
    Sighting,
    Signal,
    Tenant,
    Tick,
)
from schemas.reading import MAX_EVENT, read_event
from streams.clickhouse import rows_control, rows_events, rows_registry, rows_signals
from streams.clickhouse.columns import Layout
from streams.clickhouse.rows_features import FEATURES, decode
from streams.kafka.records import Record

__all__ = ["READERS", "Item", "Skip", "Unreadable"]

Item = tuple[Layout, Any]
"""A table and what becomes its row."""

Read = TypeVar("Read", bound=BaseModel)


class Skip(Exception):  # noqa: N818 - no error: the message is not for a table
    """The message has no row."""


class Unreadable(Exception):  # noqa: N818 - said of a message
    """The message is to be parked.

    Args:
        reason: Code of the dead letter.
        detail: Where and why, without any value of the message.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail

    @classmethod
    def of(cls, contract: str, error: ValidationError) -> "Unreadable":
        """Return what to say of a message that pydantic refused."""
        found = error.errors(include_url=False, include_context=False, include_input=False)
        broken = any(item["type"] == "json_invalid" for item in found)
        detail = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'message'}: {item['type']}" for item in found[:20]
        )
        return cls("not-json" if broken else f"not-{contract}", detail)


def _parse(model: type[Read], raw: bytes, contract: str) -> Read:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise Unreadable.of(contract, error) from error


def _of_kinds(kinds: Any, raw: bytes, contract: str) -> Any:
    try:
        return kinds.validate_json(raw)
    except ValidationError as error:
        raise Unreadable.of(contract, error) from error


def _events(record: Record, raw: bytes) -> Iterable[Item]:
    # The same rules as measure's, which parks what it refuses: so here it is left out in silence.
    if len(raw) > MAX_EVENT:
        raise Skip
    message: Event | Outcome | Accept
    layout: Layout = rows_events.EVENTS
    try:
        message = read_event(raw)
    except ValidationError:
        layout, message = _other(raw)
    if record.key != f"{message.tenant_id}/{message.agent_id}".encode():
        raise Skip
    return ((layout, message),)


def _other(raw: bytes) -> tuple[Layout, Outcome | Accept]:
    try:
        if b'"outcome_id"' in raw:
            return rows_events.OUTCOMES, Outcome.model_validate_json(raw)
        if b'"accept_id"' in raw:
            return rows_control.ACCEPTS, Accept.model_validate_json(raw)
    except ValidationError as error:
        raise Skip from error
    raise Skip


def _features(_: Record, raw: bytes) -> Iterable[Item]:
    try:
        return ((FEATURES, decode(raw)),)
    except ValueError as error:
        raise Unreadable(reason="not-features", detail=str(error)) from error


def _signals(_: Record, raw: bytes) -> Iterable[Item]:
    signal = _parse(Signal, raw, "signal")
    yield rows_signals.SIGNALS, signal
    for reading in signal.readings:
        yield rows_signals.READINGS, rows_signals.Said(signal, reading)


ALERT_KINDS: TypeAdapter[Alert | Tick] = TypeAdapter(
    Annotated[Alert | Tick, Field(discriminator="kind")]
)
ACK_KINDS: TypeAdapter[Ack | Heartbeat | Sighting | Tick] = TypeAdapter(
    Annotated[Ack | Heartbeat | Sighting | Tick, Field(discriminator="kind")]
)
CONTROL_KINDS: TypeAdapter[Command | Hold | Lease] = TypeAdapter(
    Annotated[Command | Hold | Lease, Field(discriminator="kind")]
)


def _alerts(_: Record, raw: bytes) -> Iterable[Item]:
    message = _of_kinds(ALERT_KINDS, raw, "alert")
    if isinstance(message, Tick):
        raise Skip
    return ((rows_signals.ALERTS, message),)


ACKS: Mapping[type[BaseModel], Layout] = {
    Ack: rows_control.ACKS,
    Heartbeat: rows_control.HEARTBEATS,
    Sighting: rows_control.SIGHTINGS,
}


def _acks(_: Record, raw: bytes) -> Iterable[Item]:
    message = _of_kinds(ACK_KINDS, raw, "ack")
    if isinstance(message, Tick):
        raise Skip
    return ((ACKS[type(message)], message),)


def _open(raw: bytes) -> tuple[Envelope, bytes]:
    envelope = _parse(Envelope, raw, "envelope")
    try:
        return envelope, rows_control.payload(envelope)
    except ValueError as error:
        raise Unreadable(reason="not-envelope", detail=str(error)) from error


CONTROL: Mapping[type[BaseModel], Layout] = {
    Command: rows_control.COMMANDS,
    Hold: rows_control.HOLDS,
    Lease: rows_control.LEASES,
}


def _control(_: Record, raw: bytes) -> Iterable[Item]:
    envelope, content = _open(raw)
    body = _of_kinds(CONTROL_KINDS, content, "command")
    return ((CONTROL[type(body)], rows_control.Signed(body, raw, envelope)),)


def _requests(_: Record, raw: bytes) -> Iterable[Item]:
    envelope, content = _open(raw)
    body = _parse(Request, content, "request")
    return ((rows_control.REQUESTS, rows_control.Signed(body, raw, envelope)),)


def _proofs(_: Record, raw: bytes) -> Iterable[Item]:
    return ((rows_control.PROOFS, _parse(Proof, raw, "proof")),)


REGISTRY: Mapping[bytes, tuple[type[BaseModel], Layout]] = {
    b"bundle": (Bundle, rows_registry.BUNDLES),
    b"tenant": (Tenant, rows_registry.TENANTS),
    b"policy": (Policy, rows_registry.POLICIES),
    b"phase": (Phase, rows_registry.PHASES),
}


def _registry(record: Record, raw: bytes) -> Iterable[Item]:
    kind = (record.key or b"").partition(b"/")[0]
    if kind not in REGISTRY:
        raise Unreadable(reason="wrong-key", detail="no bundle/, tenant/, policy/ or phase/")
    model, layout = REGISTRY[kind]
    message = _parse(model, raw, kind.decode())
    yield layout, message
    if isinstance(message, Phase):
        for member in rows_registry.members(message):
            yield rows_registry.PHASE_TENANTS, member


def _dead_letters(_: Record, raw: bytes) -> Iterable[Item]:
    return ((rows_registry.DEAD_LETTERS, _parse(DeadLetter, raw, "dead-letter")),)


READERS: Mapping[str, Callable[[Record, bytes], Iterable[Item]]] = {
    "events": _events,
    "features": _features,
    "signals": _signals,
    "alerts": _alerts,
    "requests": _requests,
    "control": _control,
    "acks": _acks,
    "proofs": _proofs,
    "registry": _registry,
    "dead-letters": _dead_letters,
}
"""Topic without namespace -> reader of one message that is no tombstone."""
