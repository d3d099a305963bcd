"""The first sentences of an answer, which show whether it refuses."""

from typing import Final, NamedTuple

__all__ = ["EARLY", "HEAD", "LONGEST", "READ", "Opening", "read", "words"]

HEAD: Final = 320
"""Characters in which a direct refusal shows itself."""
READ: Final = 400
"""Characters whose words are weighed."""
EARLY: Final = 160
"""Characters of about one sentence."""
LONGEST: Final = 2 * HEAD
"""Characters read at all."""


class Opening(NamedTuple):
    """The start of an answer, in lower case with straight apostrophes.

    Args:
        text: Its first `LONGEST` characters.
        head: Its first `HEAD` characters.
        early: Known words of its first `EARLY` characters.
        words: Known words of its first `READ` characters.
        whole: Whether the head is all of it.
    """

    text: str
    head: str
    early: frozenset[str]
    words: frozenset[str]
    whole: bool


def read(text: str, known: frozenset[str]) -> Opening:
    """Read the start of an answer.

    Args:
        text: The answer; blank space before it counts for nothing.
        known: Words that some rule asks for; most of an answer's are none of them.
    """
    text = text[: 2 * LONGEST].lstrip()[:LONGEST].lower()
    if not text.isascii():
        text = text.replace("’", "'")
    start = text[:READ]
    for mark in ",.!?:;":
        start = start.replace(mark, " ")
    early = known.intersection(start[:EARLY].split())
    said = known.intersection(start[EARLY:].split())
    return Opening(text, text[:HEAD], early, early | said, len(text) <= HEAD)


def words(listed: str) -> frozenset[str]:
    """Return the words of a list written as one string."""
    return frozenset(listed.split())
