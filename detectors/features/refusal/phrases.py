"""What the refusals of one language are recognised by."""

import re
from dataclasses import dataclass

__all__ = ["Phrases", "phrases"]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Signs of a refusal in one language, over lower-case text.

    Args:
        code: ISO 639-1 code of the language.
        words: Without one of these neither pattern can match; empty where nothing is certain.
        direct: Says that it does not help, or has no opinion to give.
        moral: Judges the request instead.
    """

    code: str
    words: frozenset[str]
    direct: re.Pattern[str]
    moral: re.Pattern[str]


def phrases(code: str, words: str, direct: tuple[str, ...], moral: tuple[str, ...]) -> Phrases:
    """Compile one language.

    In a pattern `~` stands for up to 70 characters of the same sentence.

    Args:
        code: ISO 639-1 code of the language.
        words: Separated by blanks.
        direct: Alternatives of the pattern for direct refusals.
        moral: Alternatives of the pattern for moralising ones.
    """
    return Phrases(code, frozenset(words.split()), _pattern(direct), _pattern(moral))


def _pattern(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives).replace("~", r"[^.!?。！？\n]{0,70}?"))
