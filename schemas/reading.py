"""Messages read in a quarter of the time: structs made from a contract, pydantic where they balk.

A struct carries the names, bounds and defaults of its contract, so what it takes the contract takes
too. What it does not take (a number as text, a time without a letter T, a field that this version
does not know, a real mistake) is given to pydantic, whose word is final. Digits of a time beyond
microseconds are rounded, not cut off.
Source: msgspec's documentation, "Supported types" and "Constraints".
"""

import types
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from schemas.event import Event, Stamp, says_a_metric

__all__ = ["MAX_EVENT", "known_stamp", "read_event", "reader"]

Read = TypeVar("Read", bound=BaseModel)

MAX_EVENT: Final = 2_000_000
"""Bytes; a longer event is left unread."""

_PLAIN: Final = (str, int, float, bool, type(None))
_BOUNDS: Final = ("ge", "le", "gt", "lt", "min_length", "max_length")


def reader(
    model: type[Read], whole: Callable[[Read], bool], **more: Any
) -> Callable[[bytes], Read]:
    """Return what reads the JSON of one message.

    It has the attributes of the contract, whichever of the two has read it, but only what pydantic
    has read is an instance of it.

    Args:
        model: The contract.
        whole: Whether what no field alone can say holds too; if not, pydantic says what is amiss.
        more: Types of fields that are read beside those of the contract, None where absent; others
            that are unknown are then left out. Without any, they are left to pydantic.

    Returns:
        A function of the bytes that raises pydantic's `ValidationError`.
    """
    decode = msgspec.json.Decoder(_struct(model, more)).decode

    def read(raw: bytes) -> Read:
        try:
            found = decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return model.model_validate_json(raw)
        return found if whole(found) else model.model_validate_json(raw)

    return read


def _struct(model: type[BaseModel], more: dict[str, Any]) -> Any:
    """Return a struct type with the fields of a contract."""
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        kind = _bounded(field.annotation, field.metadata)
        if field.default is PydanticUndefined:
            fields.append((name, kind))
        else:
            fields.append((name, kind, field.default))
    fields += [(name, kind, None) for name, kind in more.items()]
    return msgspec.defstruct(
        model.__name__, fields, gc=False, kw_only=True, forbid_unknown_fields=not more
    )


def _kind(annotation: Any) -> Any:
    """Return msgspec's type for a type of the contract."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        return _bounded(inner, [part for note in notes for part in _parts(note)])
    if origin in (Union, types.UnionType):
        return Union[tuple(_kind(one) for one in get_args(annotation))]  # noqa: UP007
    if origin in (list, dict):
        return types.GenericAlias(origin, tuple(_kind(one) for one in get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _struct(annotation, {})
    if annotation is AwareDatetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    assert origin is Literal or annotation in _PLAIN, annotation
    return cast(Any, annotation)


def _parts(note: Any) -> list[Any]:
    return list(note.metadata) if isinstance(note, FieldInfo) else [note]


def _bounded(annotation: Any, notes: list[Any]) -> Any:
    """Return the type with the bounds that pydantic noted."""
    meta: dict[str, Any] = {
        name: value
        for note in notes
        for name in (*_BOUNDS, "pattern")
        if (value := getattr(note, name, None)) is not None
    }
    if "pattern" in meta:
        # Python's `$` lets a last line break pass, the one of pydantic does not.
        meta["pattern"] = meta["pattern"].replace("$", r"\Z")
    kind = _kind(annotation)
    return Annotated[kind, msgspec.Meta(**meta)] if meta else kind


read_event: Final = reader(Event, says_a_metric)
"""An event as the contract reads it."""

known_stamp: Final[Callable[..., Stamp]] = _struct(Stamp, {})
"""A stamp of fields that were read before, and so are not looked at again."""
