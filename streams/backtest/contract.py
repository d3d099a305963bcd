"""A line of a file as an event or an outcome, with the broker's time where it was exported."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError

from schemas import Event, Outcome
from schemas.event import says_a_metric
from schemas.reading import reader

__all__ = ["Message", "at_ms", "decode", "reason"]

Message = Event | Outcome
BROKER_TIME: Final = "logged_at"
"""Where an export of ClickHouse says when the broker had the event."""

_OUTCOME: Final = b'"outcome_id"'
_read: Final = reader(Event, says_a_metric, **{BROKER_TIME: Any})


def decode(raw: bytes) -> Message:
    """Return the event or outcome of one line.

    Raises:
        ValidationError: It is neither.
    """
    try:
        return _read(raw)
    except ValidationError:
        if _OUTCOME not in raw:
            raise
    return Outcome.model_validate_json(raw)


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
