"""Stylometry: 42 numbers of one text in about 30 us a KB.

One byte histogram, one split and few bounded patterns. Lengths and character classes are those
of the whole text; words, lines and patterns those of its first bytes, scaled up. On real changes
of version, tone and format these find what embeddings miss.
"""

import re
from math import log1p
from typing import Final, NamedTuple

import numpy as np

from detectors.features import lexicon

__all__ = ["CAP", "NAMES", "Style", "style"]

CAP: Final = 600
"""Bytes searched for words, lines and patterns."""
_REFUSAL_BYTES: Final = 250
_REFUSAL_WORDS: Final = 45
_DISTINCT_WORDS: Final = 100


class Style(NamedTuple):
    """Style of one text. "Per 100" means per 100 words; a share is of characters or lines."""

    log_chars: float
    log_words: float
    word_length: float
    log_sentences: float
    log_sentence_words: float
    commas: float
    """Per 100, as all marks that follow."""
    periods: float
    exclamations: float
    questions: float
    semicolons: float
    colons: float
    dashes: float
    quotes: float
    parentheses: float
    digits: float
    """Share of characters."""
    capitals: float
    paragraphs: float
    log_lines: float
    bullets: float
    """Share of lines, as the two that follow."""
    numbered: float
    headings: float
    bold: float
    fenced: float
    backticks: float
    is_json: float
    opens_brace: float
    opens_fence: float
    hedges: float
    first_person: float
    second_person: float
    contractions: float
    refusal_phrases: float
    opener: float
    """Which of the usual openers, 0 for none."""
    distinct_words: float
    not_ascii: float
    stop_words: float
    emoji: float
    links: float
    mathematics: float
    tags: float
    opens_capital: float
    ends_question: float


NAMES: Final = Style._fields

_LINE = re.compile(rb"\n[ \t]*([-*#0-9]|\xe2\x80\xa2)[0-9#]*([.)]?) ")
_SIGNS: Final = b"-*#0123456789"
_NO_LINES: Final = (0.0, 0.0, 0.0)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_NOT_GROUP: Final = tuple(bytes(c for c in range(32) if c & (1 << i)) for i in range(5))


class _Rare(NamedTuple):
    """Characters outside ASCII, which plain text need not be searched for."""

    dashes: int = 0
    quotes: int = 0
    emoji: int = 0


_NO_RARE: Final = _Rare()


def style(text: str, *, is_json: bool = False) -> Style:
    """Measure one text.

    Args:
        text: Any string, lone surrogates and the empty one included.
        is_json: The whole text is JSON that parses, as `answer_format` found.

    Returns:
        Finite numbers only.
    """
    chars = len(text) or 1
    rare = _NO_RARE
    wide = 0.0
    if text.isascii():
        data = text.encode()
        counts = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
    else:
        rare = _Rare(text.count("—"), text.count("“"), len(_EMOJI.findall(text, 0, CAP)))
        text = text.replace("’", "'")
        data = text.encode("utf-8", "replace")
        counts = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
        wide = int(counts[192:].sum()) / chars
    h: list[int] = counts[:128].tolist()
    prefix = data[:CAP]
    grow = len(data) / (len(prefix) or 1)
    low = prefix.translate(lexicon.LOWER)
    words = low.split()
    seen = len(words) or 1
    per = 100.0 / seen
    mark = per / (grow or 1.0)
    total = seen * grow or 1.0
    sentences = (
        prefix.translate(lexicon.SENTENCE_ENDS).count(b". ") * grow + (data[-1:] in b".!?") or 1.0
    )
    stop, hedges, first, second, contracted = _groups(words)
    bullets, numbered, headings = _lines(prefix) if h[10] or prefix[:1] in _SIGNS else _NO_LINES
    capitals = sum(h[65:91])
    body = text.strip()
    start = body[:1]
    return Style(
        log1p(chars),
        log1p(total),
        (sum(h[97:123]) + capitals) / total + wide * chars / total,
        log1p(sentences),
        log1p(total / sentences),
        h[44] * mark,
        h[46] * mark,
        h[33] * mark,
        h[63] * mark,
        h[59] * mark,
        h[58] * mark,
        (h[45] + rare.dashes) * mark,
        (h[34] + rare.quotes) * mark,
        h[40] * mark,
        sum(h[48:58]) / chars,
        capitals / chars,
        data.count(b"\n\n") * mark if h[10] > 1 else 0.0,
        log1p(h[10] + 1),
        bullets,
        numbered,
        headings,
        prefix.count(b"**") * per if h[42] > 1 else 0.0,
        float(h[96] > 2 and b"```" in data),
        h[96] * mark,
        float(is_json),
        float(start == "{" or start == "["),
        float(body.startswith("```")),
        hedges * per,
        first * per,
        second * per,
        contracted * per,
        _refusal_phrases(words, low),
        _opener(words),
        _distinct(words),
        wide,
        stop / seen,
        rare.emoji * per,
        prefix.count(b"http") * per if h[47] > 1 else 0.0,
        (h[92] + h[36]) * mark,
        h[60] * mark,
        float(start.isupper()),
        float(body.endswith("?")),
    )


def _groups(words: list[bytes]) -> list[int]:
    """Count stop words, hedges, first person, second person and contractions."""
    codes = bytes(filter(None, map(lexicon.GROUPS.get, words)))
    size = len(codes)
    return [size - len(codes.translate(None, others)) for others in _NOT_GROUP]


def _lines(prefix: bytes) -> tuple[float, float, float]:
    """Return the shares of bullet, numbered and heading lines."""
    bullets = numbered = headings = 0
    for sign, stop in _LINE.findall(b"\n" + prefix):
        if sign == b"#":
            headings += 1
        elif stop:
            numbered += 1
        elif sign in b"-*\xe2\x80\xa2":
            bullets += 1
    lines = prefix.count(b"\n") + 1
    return bullets / lines, numbered / lines, headings / lines


def _refusal_phrases(words: list[bytes], low: bytes) -> float:
    if lexicon.REFUSAL_TRIGGERS.isdisjoint(words[:_REFUSAL_WORDS]):
        return 0.0
    return float(sum(map(low[:_REFUSAL_BYTES].count, lexicon.REFUSAL_PHRASES)))


def _opener(words: list[bytes]) -> float:
    if not words:
        return 0.0
    one = lexicon.OPENERS.get(words[0])
    return float(one or lexicon.OPENERS.get(b" ".join(words[:2]), 0))


def _distinct(words: list[bytes]) -> float:
    some = words[:_DISTINCT_WORDS]
    return len(set(some)) / (len(some) or 1)
