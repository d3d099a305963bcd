"""Errors of the detectors floor.

* DetectorError
  x NonFiniteValueError
  x StateError
  x RewarmError
"""

import math

__all__ = ["DetectorError", "NonFiniteValueError", "RewarmError", "StateError", "finite"]


class DetectorError(Exception):
    """Base of every error that the detectors floor raises."""


class NonFiniteValueError(DetectorError):
    """A value was NaN or infinite."""

    def __init__(self, value: float) -> None:
        super().__init__(
            f"detectors need finite values, got {value!r}: leave the value out instead"
        )
        self.value = value


class StateError(DetectorError):
    """Bytes of a stored state could not be read."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"state of {what} cannot be read ({why}): replay its topic to rebuild it")
        self.what = what
        self.why = why


class RewarmError(DetectorError):
    """A saved River object is damaged or of another version of River."""

    def __init__(self, why: str) -> None:
        super().__init__(f"saved River state cannot be used ({why}): start a fresh one")
        self.why = why


def finite(value: float) -> float:
    """Return `value`; one NaN would silence a detector for ever.

    Raises:
        NonFiniteValueError: `value` is NaN or infinite.
    """
    if not math.isfinite(value):
        raise NonFiniteValueError(value)
    return value
