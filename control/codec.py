"""State as bytes: typed and versioned, never pickled."""

from typing import Protocol, TypeVar

import msgspec

from control.errors import StateError

__all__ = ["Versioned", "decoded"]


class Versioned(Protocol):
    """A state that says which version of its form it has."""

    version: int


T = TypeVar("T", bound=Versioned)


def decoded(decoder: msgspec.msgpack.Decoder[T], data: bytes, version: int) -> T:
    """Return the state in `data`.

    Raises:
        StateError: Another version, or no such state at all.
    """
    try:
        state = decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise StateError(str(error)) from error
    if state.version != version:
        reason = f"version {state.version}, this is {version}"
        raise StateError(reason)
    return state
