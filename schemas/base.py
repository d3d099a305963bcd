"""What every wire contract shares: names, times, numbers, and how unknown fields are met."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

__all__ = [
    "BEYOND",
    "Contract",
    "EventId",
    "Label",
    "Millis",
    "Name",
    "Offset",
    "Time",
    "unknown_fields",
]

Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\s/\x00-\x1f]+$")]
"""A tenant, agent, rollout or router: no white space and no slash, since keys join them with one."""

Label = Annotated[str, Field(min_length=1, max_length=256)]
"""A free label: a bundle, a model, a task."""

EventId = Annotated[str, Field(min_length=1, max_length=128)]
"""An identity chosen by the sender: what has it already been counted is never counted again."""

Time = AwareDatetime
"""RFC 3339 with zone."""

Millis = Annotated[int, Field(ge=0)]
"""Milliseconds since 1970-01-01T00:00Z, as the broker stamps them."""

Offset = Annotated[int, Field(ge=0)]
"""A Kafka offset."""


BEYOND = 2**63
"""Where numbers end that state can hold: what counts so far is no epoch, no time and no number of
units, and must not end a process that writes down what it was told."""


class Contract(BaseModel):
    """Immutable message. Producers may be ahead: an unknown field is kept aside and counted.

    A missing or mistyped field is an error, and so is a number that is not finite.
    """

    model_config = ConfigDict(
        frozen=True, extra="allow", allow_inf_nan=False, protected_namespaces=()
    )


def unknown_fields(message: BaseModel) -> int:
    """Return how many fields of `message` this version does not know, nested ones left out."""
    # Of what was read without pydantic, all is known.
    return len(getattr(message, "model_extra", None) or ())
