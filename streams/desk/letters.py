"""Dead letters: what could not be read, why, and a way to send it again."""

import base64
import binascii
from dataclasses import dataclass

from aiokafka.errors import TopicAuthorizationFailedError
from pydantic import ValidationError

from schemas import DeadLetter
from streams.agents.park import CUT
from streams.desk import wire
from streams.desk.errors import DeskError
from streams.settings import Settings
from streams.topics import TABLE, topic

__all__ = ["Resent", "pending", "resend"]


@dataclass(frozen=True, slots=True)
class Resent:
    """How many letters were sent again, and which could not be: cut, or of no topic of ours."""

    sent: int
    refused: list[str]


async def pending(settings: Settings) -> list[DeadLetter]:
    """Return every letter that the topic still holds, each once, oldest first."""
    letters: dict[str, DeadLetter] = {}
    for record in await wire.read(settings, "dead-letters"):
        if record.value is None:
            continue
        try:
            letter = DeadLetter.model_validate_json(record.value)
        except ValidationError:
            continue
        letters[letter.letter_id] = letter
    return sorted(letters.values(), key=lambda letter: (letter.at, letter.letter_id))


async def resend(settings: Settings, wanted: list[str], reason: str | None) -> Resent:
    """Put letters back on the topic they came from, byte for byte; those that were cut are not.

    Args:
        settings: Where.
        wanted: Ids; empty: all.
        reason: Only those parked for this reason; None: any.

    Raises:
        DeskError: A wanted id is no letter, or its topic is not this Kafka user's to write.
    """
    letters = {letter.letter_id: letter for letter in await pending(settings)}
    unknown = [name for name in wanted if name not in letters]
    if unknown:
        message = f"There is no letter {unknown[0]}; see `holdfast letters list`."
        raise DeskError(message)
    chosen = [
        letter
        for name, letter in letters.items()
        if (not wanted or name in wanted) and (reason is None or letter.reason == reason)
    ]
    ours = {settings.topic(row.name): row.name for row in TABLE}
    records, refused = [], []
    for letter in chosen:
        name = ours.get(letter.topic) or (letter.topic if letter.topic in ours.values() else None)
        try:
            value = base64.b64decode(letter.value, validate=True)
        except binascii.Error:
            value = None
        if name is None or value is None or letter.detail.startswith(CUT):
            refused.append(letter.letter_id)
            continue
        records.append((name, letter.key, value))
    async with wire.producing(settings) as producer:
        for sent, (name, key, value) in enumerate(records):
            raw = None if key is None else key.encode()
            try:
                await producer.send_and_wait(settings.topic(name), key=raw, value=value)
            except TopicAuthorizationFailedError as error:
                raise DeskError(_may_not(settings, name, sent)) from error
    return Resent(len(records), refused)


def _may_not(settings: Settings, name: str, sent: int) -> str:
    writers = " or ".join(topic(name).producers)
    return (
        f"Sent {sent} again; {settings.topic(name)} is written by {writers}, and this Kafka user "
        "may not: a person signs requests and writes no evidence. Set HOLDFAST_KAFKA_USER to one "
        "who may, and choose the letters left."
    )
