"""Dead letters: what could not be read, with its reason and origin, and nothing of its text."""

import base64

from pydantic import ValidationError

from schemas import DeadLetter
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.settings import Settings

__all__ = ["CUT", "Park", "key", "letter"]

MAX_KEY = 4_096
"""Bytes of its key; those of the contracts are a quarter as long at most."""
MAX_VALUE = 1_000_000
"""Bytes of a message that a dead letter carries; a longer one is cut, and says so."""
CUT = "cut from "
"""How the detail of such a letter begins."""


def key(record: Record) -> bytes | None:
    """Return the key of a message's dead letter: the message's own, as far as letters carry it."""
    return None if record.key is None else record.key[:MAX_KEY]


def letter(record: Record, topic: str, reason: str, detail: str = "") -> DeadLetter:
    """Return the dead letter of a message; the same message gives the same letter.

    Args:
        record: The message as it came.
        topic: Its topic without the namespace.
        reason: A short code.
        detail: Where and why, without any value of the message.
    """
    value, name = record.value or b"", key(record)
    if len(value) > MAX_VALUE or name != record.key:
        detail = f"{CUT}{len(value) + len(record.key or b'')} bytes; {detail}"
    return DeadLetter(
        letter_id=f"{topic}/{record.partition}/{record.offset}",
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        at=record.timestamp,
        reason=reason,
        detail=detail[:2000],
        key=None if name is None else name.decode("utf-8", "replace"),
        value=base64.b64encode(value[:MAX_VALUE]).decode(),
    )


class Park:
    """Sends dead letters and counts them by reason.

    Args:
        outbox: Of the app.
        settings: For the topic's name.
    """

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        self._outbox = outbox
        self._topic = settings.topic("dead-letters")

    def __call__(self, record: Record, topic: str, reason: str, detail: str = "") -> None:
        """Set `record` of `topic` aside."""
        message = letter(record, topic, reason, detail)
        self._outbox.send(self._topic, key(record), message.model_dump_json().encode())

    def invalid(self, record: Record, topic: str, contract: str, error: ValidationError) -> None:
        """Set aside what pydantic refused; values of the message are left out of the detail."""
        found = error.errors(include_url=False, include_context=False, include_input=False)
        broken = any(item["type"] == "json_invalid" for item in found)
        detail = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'message'}: {item['type']}" for item in found[:20]
        )
        self(record, topic, "not-json" if broken else f"not-{contract}", detail)
