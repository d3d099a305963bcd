"""Events read in a sixth of the time: structs made from the contract, pydantic where they balk.

A struct carries the names, bounds and defaults of `schemas.Event`, so what it takes the contract
takes too. What it does not take (a number as text, a time without a letter T, a real mistake) is
given to pydantic, whose word is final.
"""

import types
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec
from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from schemas import Event, Outcome

__all__ = ["Message", "at_ms", "decode", "reason"]

Message = Event | Outcome
BROKER_TIME: Final = "logged_at"
"""Where an export of ClickHouse says when the broker had the event."""

_OUTCOME: Final = b'"outcome_id"'
_METRICS: Final = (
    "output", "output_tokens", "latency_ms", "output_chars", "finish_reason", "schema_valid",
    "refused", "embedding", "tool_calls", "time_to_first_token_ms", "cost_usd", "error",
)  # fmt: skip
_PLAIN: Final = (str, int, float, bool, type(None))
_BOUNDS: Final = ("ge", "le", "gt", "lt")


def decode(raw: bytes) -> Message:
    """Return the event or outcome of one line.

    An event has the attributes of the contract, whichever of the two has read it.

    Raises:
        ValidationError: It is neither.
    """
    try:
        lean = _EVENT.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _slow(raw)
    for name in _METRICS:
        if getattr(lean, name) is not None:
            return cast(Event, lean)
    return Event.model_validate_json(raw)  # says which metrics there are


def at_ms(message: Message) -> int:
    """Return the broker's time where the line has it, else the service's own, in ms."""
    logged = getattr(message, BROKER_TIME, None)
    if logged is not None:
        found = _millis(logged)
        if found is not None:
            return found
    return max(int(message.occurred_at.timestamp() * 1000), 0)


def _millis(logged: object) -> int | None:
    if isinstance(logged, int):
        return logged if logged >= 0 else None
    try:
        at = datetime.fromisoformat(str(logged))
    except ValueError:
        return None
    return max(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000), 0)


def reason(error: ValidationError) -> str:
    """Return where and why, without any value of the line."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    spot = ".".join(str(part) for part in first["loc"])
    return f"{spot}: {first['msg']}" if spot else first["msg"]


def _slow(raw: bytes) -> Message:
    try:
        return Event.model_validate_json(raw)
    except ValidationError:
        if _OUTCOME not in raw:
            raise
    return Outcome.model_validate_json(raw)


def _struct(model: type[BaseModel]) -> Any:
    """Return a struct type with the fields of a contract."""
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        kind = _bounded(field.annotation, field.metadata)
        if field.default is PydanticUndefined:
            fields.append((name, kind))
        elif isinstance(field.default, list):
            fields.append((name, kind, msgspec.field(default_factory=list)))
        else:
            fields.append((name, kind, field.default))
    if model is Event:
        fields.append((BROKER_TIME, Any, None))
    return msgspec.defstruct(model.__name__, fields, gc=False, kw_only=True)


def _kind(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        found = [part for note in notes for part in _notes(note)]
        return _bounded(inner, found)
    if origin in (Union, types.UnionType):
        return Union[tuple(_kind(one) for one in get_args(annotation))]  # noqa: UP007
    if origin in (list, dict):
        return types.GenericAlias(origin, tuple(_kind(one) for one in get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _struct(annotation)
    if annotation is AwareDatetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    assert origin is Literal or annotation in _PLAIN, annotation
    return annotation


def _notes(note: Any) -> list[Any]:
    return list(note.metadata) if isinstance(note, FieldInfo) else [note]


def _bounded(annotation: Any, notes: list[Any]) -> Any:
    """Return the type with the bounds that pydantic noted."""
    meta: dict[str, Any] = {}
    for note in notes:
        for name in (*_BOUNDS, "min_length", "max_length", "pattern"):
            value = getattr(note, name, None)
            if value is not None:
                meta[name] = value
    kind = _kind(annotation)
    return Annotated[kind, msgspec.Meta(**meta)] if meta else kind


_EVENT: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_struct(Event))
