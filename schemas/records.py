"""What is stored or set aside: the features record (Arrow) and the dead letter."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Millis, Name, Offset

__all__ = ["DeadLetter", "FeaturesRow"]


class FeaturesRow(Contract):
    """One row of a features record: what measure saw in one event.

    A record on `features` is an Arrow IPC stream of such rows, one an event of a chunk, where
    each metric is a column of its own (`streams.features` has the Arrow schema). It goes to the
    partition of `features` that the events have, key `events/<partition>/<first offset>`, so
    rows come in the order of offsets, and again after a crash.
    """

    version: Literal[1] = 1
    event_id: EventId
    tenant_id: Name
    agent_id: Name
    bundle_id: Label
    partition: int
    offset: Offset
    at: Millis
    """Broker time of the event."""
    stratum: Label
    counted: Label
    """`evidence`, `watch`, or why the event gave none."""
    metrics: dict[Label, float]
    """Catalogue metrics that the event has."""
    style: Annotated[list[float], Field(max_length=64)] | None = None
    format: Label | None = None
    refusal: Literal["", "direct", "moral"] | None = None
    static_embedding: list[float] | None = None
    transformer_embedding: list[float] | None = None


class DeadLetter(Contract):
    """A message that could not be read, with its reason and origin. Key: the original key."""

    version: Literal[1] = 1
    letter_id: EventId
    topic: Label
    partition: int
    offset: Offset
    at: Millis
    reason: Label
    """A short code: `not-json`, `not-an-event`, `too-large`, `unknown-phase`, …"""
    detail: str = ""
    """Where and why, without any value of the message."""
    key: str | None = None
    value: str
    """Base64 of the message as it came."""
