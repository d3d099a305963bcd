"""What the refusals of one language are recognised by."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from detectors.features.refusal.notions import NOTIONS

__all__ = ["Phrases", "one_of", "phrases"]

_GAPS: Final = {
    "~": r"[^.!?。！？\n]{0,70}?",
    "≈": r"[^.,;:!?。，！？\n]{0,60}?",
    "…": r"[\s\S]{0,140}?",
}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Signs of a refusal in one language, over lower-case text.

    Args:
        code: ISO 639-1 code of the language.
        words: Tell the language where its commonest words do not; empty if its script does.
        direct: Says that it does not help, or has no opinion to give.
        limits: Says under what condition it helps, or that it did not find or know something.
    """

    code: str
    words: frozenset[str]
    direct: re.Pattern[str]
    limits: re.Pattern[str]


def phrases(code: str, words: str, direct: tuple[str, ...], limits: str = "(?!)") -> Phrases:
    """Compile one language.

    In a pattern `~` stands for up to 70 characters of the same sentence, `≈` for up to 60 of the
    same clause, and `…` for up to 140 of anything.

    Args:
        code: ISO 639-1 code of the language.
        words: Separated by blanks; where there are any, alternatives start where a word does.
        direct: Alternatives of the pattern for direct refusals; the notions are added.
        limits: Pattern of what makes an inability none: conditions, doubt, things not found.
    """
    known = frozenset(words.split())
    start = r"(?<!\w)" if known else ""
    return Phrases(code, known, _pattern(direct + NOTIONS[code], start), _pattern((limits,)))


def one_of(*patterns: str, then: str = "") -> Callable[[str], bool]:
    """Return what tells whether one of some patterns is anywhere in a text, and `then` after it.

    Each is looked for alone: Python's `re` runs to the letters that a pattern opens with, but tries
    alternatives at every place. So a pattern opens with letters, and what stands before them is
    looked back for.
    """
    searches = [re.compile(pattern + then).search for pattern in patterns]

    def found(text: str) -> bool:
        return any(search(text) for search in searches)

    return found


def _pattern(alternatives: tuple[str, ...], start: str = "") -> re.Pattern[str]:
    pattern = f"{start}(?:{'|'.join(alternatives)})"
    for sign, gap in _GAPS.items():
        pattern = pattern.replace(sign, gap)
    return re.compile(pattern)
