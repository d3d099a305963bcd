"""The first sentences of an answer, which show whether it refuses."""

from dataclasses import dataclass
from typing import Final

__all__ = ["EARLY", "HEAD", "LONGEST", "READ", "Opening", "read", "words"]

HEAD: Final = 320
"""Characters in which a direct refusal shows itself."""
READ: Final = 400
"""Characters whose words are weighed."""
EARLY: Final = 160
"""Characters of about one sentence."""
LONGEST: Final = 2 * HEAD
"""Characters read at all."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The start of an answer, in lower case with straight apostrophes.

    Args:
        text: Its first `LONGEST` characters.
        head: Its first `HEAD` characters.
        early: Words of its first `EARLY` characters.
        words: Words of its first `READ` characters.
        whole: Whether the head is all of it.
    """

    text: str
    head: str
    early: set[str]
    words: set[str]
    whole: bool


def read(text: str) -> Opening:
    """Read the start of an answer.

    Args:
        text: The answer; blank space before it counts for nothing.
    """
    text = text[: 2 * LONGEST].lstrip()[:LONGEST].lower()
    if not text.isascii():
        text = text.replace("’", "'")
    early = _split(text[:EARLY])
    return Opening(text, text[:HEAD], early, early | _split(text[EARLY:READ]), len(text) <= HEAD)


def _split(text: str) -> set[str]:
    for mark in ",.!?:;":
        text = text.replace(mark, " ")
    return set(text.split())


def words(listed: str) -> frozenset[str]:
    """Return the words of a list written as one string."""
    return frozenset(listed.split())
