"""Stylometry: 42 numbers of one text in about 8 us a KB, compiled.

Lengths and character classes are those of the whole text; words, lines and patterns those of its
first bytes, scaled up. On real changes of version, tone and format these find what embeddings miss.
"""

import re
from math import log1p
from typing import Final

import numpy as np

from detectors.compiled import BYTE, FLAG, INT, REAL, kernel, read, several
from detectors.features import lexicon
from detectors.features.style import Style
from detectors.features.words import COUNTS, Bytes, Places, count

__all__ = ["CAP", "style"]

CAP: Final = 600
"""Bytes searched for words, lines and patterns."""
_TAB, _NEWLINE, _BLANK = 9, 10, 32
_HASH, _STAR, _MINUS, _BACKTICK = 35, 42, 45, 96
_BULLET = (0xE2, 0x80, 0xA2)
_STOPS, _BLANKS, _POINTS = (33, 46, 63), (9, 10, 13, 32), (41, 46)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@kernel(INT, read(1, BYTE), INT)
def _kind(text: Bytes, at: int) -> int:
    """Return what the line is that begins there: 1 a bullet, 2 numbered, 3 a heading, 0 neither."""
    size = len(text)
    while at < size and (text[at] == _BLANK or text[at] == _TAB):
        at += 1
    sign = text[at] if at < size else _NEWLINE
    bullet = sign in (_MINUS, _STAR)
    if sign == _BULLET[0] and at + 2 < size:
        bullet = text[at + 1] == _BULLET[1] and text[at + 2] == _BULLET[2]
        at += 2 * bullet
    if not (bullet or sign == _HASH or 48 <= sign <= 57):
        return 0
    at += 1
    while at < size and (text[at] == _HASH or 48 <= text[at] <= 57):
        at += 1
    stop = at < size and text[at] in _POINTS
    at += stop
    if at >= size or text[at] != _BLANK:
        return 0
    return 3 if sign == _HASH else 2 if stop else int(bullet)


@kernel(several(3), read(1, BYTE))
def _lines(text: Bytes) -> tuple[float, float, float]:
    """Return the shares of bullet, numbered and heading lines."""
    kinds, lines = np.zeros(4, np.intp), 0
    for at in range(len(text) + 1):
        if at == 0 or text[at - 1] == _NEWLINE:
            lines += 1
            kinds[_kind(text, at)] += 1
    return kinds[1] / lines, kinds[2] / lines, kinds[3] / lines


@kernel(INT, read(1, BYTE), read(1, INT), BYTE, INT)
def _runs(text: Bytes, signs: Places, sign: int, length: int) -> int:
    """Return how often one of some signs, of which the numbers are known, comes so many together."""
    found = run = 0
    if signs[sign] < length:
        return 0
    for byte in text:
        run = run + 1 if byte == sign else 0
        if run == length:
            found, run = found + 1, 0
    return found


@kernel(INT, read(1, BYTE))
def _links(text: Bytes) -> int:
    """Return how often `http` occurs."""
    found = 0
    for at in range(len(text) - 3):
        found += (
            text[at] == 104 and text[at + 1] == 116 and text[at + 2] == 116 and text[at + 3] == 112
        )
    return found


@kernel(REAL, read(1, BYTE))
def _full_stops(text: Bytes) -> float:
    """Count marks that end a sentence and have a blank behind."""
    found = 0.0
    for at in range(len(text) - 1):
        found += text[at] in _STOPS and text[at + 1] in _BLANKS
    return found


@kernel(
    several(42), read(1, BYTE), INT, read(1, INT), INT, INT, INT, FLAG, FLAG, FLAG, FLAG, FLAG,
)  # fmt: skip
def _measure(
    data: Bytes, chars: int, words: Places, dashes: int, quotes: int, emoji: int, is_json: bool,
    brace: bool, fence: bool, capital: bool, question: bool,
) -> tuple[float, ...]:  # fmt: skip
    """Return the numbers of one text in the order of `Style`.

    Args:
        data: In UTF-8.
        chars: At least 1.
        words: As `detectors.features.words.count` counts those of the first `CAP` bytes.
        dashes: Beyond ASCII, as the quotes and the emoji.
        quotes: Likewise.
        emoji: Likewise.
        is_json: Of the whole text.
        brace: Whether it begins with a brace or a bracket.
        fence: Whether it begins with one.
        capital: Whether it begins with one.
        question: Whether it ends with its mark.
    """
    h = np.zeros(256, np.intp)
    for byte in data:
        h[byte] += 1
    prefix = data[:CAP]
    grow = len(data) / len(prefix) if len(prefix) else 1.0
    stop, hedges, first, second, contracted, refusals, opener, known, early, distinct = (
        words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8],
        words[9],
    )  # fmt: skip
    seen = max(known, 1)
    per, total = 100.0 / seen, seen * grow
    mark = per / grow
    ended = len(data) > 0 and data[-1] in _STOPS
    sentences = _full_stops(prefix) * grow + ended or 1.0
    capitals, wide = h[65:91].sum(), h[192:].sum() / chars
    links = _links(prefix) if h[47] > 1 else 0  # one has two slashes
    bullets, numbered, headings = _lines(prefix)
    return (
        log1p(chars),  # log_chars
        log1p(total),  # log_words
        (h[97:123].sum() + capitals) / total + wide * chars / total,  # word_length
        log1p(sentences),  # log_sentences
        log1p(total / sentences),  # log_sentence_words
        h[44] * mark,  # commas
        h[46] * mark,  # periods
        h[33] * mark,  # exclamations
        h[63] * mark,  # questions
        h[59] * mark,  # semicolons
        h[58] * mark,  # colons
        (h[45] + dashes) * mark,  # dashes
        (h[34] + quotes) * mark,  # quotes
        h[40] * mark,  # parentheses
        h[48:58].sum() / chars,  # digits
        capitals / chars,  # capitals
        _runs(data, h, _NEWLINE, 2) * mark,  # paragraphs
        log1p(h[10] + 1),  # log_lines
        bullets,  # bullets
        numbered,  # numbered
        headings,  # headings
        _runs(prefix, h, _STAR, 2) * per,  # bold
        float(min(_runs(data, h, _BACKTICK, 3), 1)),  # fenced
        h[96] * mark,  # backticks
        1.0 * is_json,  # is_json
        1.0 * brace,  # opens_brace
        1.0 * fence,  # opens_fence
        hedges * per,  # hedges
        first * per,  # first_person
        second * per,  # second_person
        contracted * per,  # contractions
        float(refusals),  # refusal_phrases
        float(opener),  # opener
        distinct / max(early, 1),  # distinct_words
        wide,  # not_ascii
        stop / seen,  # stop_words
        emoji * per,  # emoji
        links * per,  # links
        (h[92] + h[36]) * mark,  # mathematics
        h[60] * mark,  # tags
        1.0 * capital,  # opens_capital
        1.0 * question,  # ends_question
    )


def style(text: str, *, is_json: bool = False) -> Style:
    """Measure one text.

    Args:
        text: Any string, lone surrogates and the empty one included.
        is_json: The whole text is JSON that parses, as `answer_format` found.

    Returns:
        Finite numbers only.
    """
    chars, dashes, quotes, emoji = len(text) or 1, 0, 0, 0
    if not text.isascii():
        dashes, quotes = text.count("—"), text.count("“")
        emoji = len(_EMOJI.findall(text, 0, CAP))
        text = text.replace("’", "'")
    body = text.strip()
    start = body[:1]
    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    words = np.zeros(COUNTS, np.intp)
    count(data[:CAP], lexicon.KEYS, lexicon.CODES, lexicon.PHRASES, lexicon.PHRASE_ENDS, words)
    numbers = _measure(
        data, chars, words, dashes, quotes, emoji, is_json, start == "{" or start == "[",
        body.startswith("```"), start.isupper(), body.endswith("?"),
    )  # fmt: skip
    return Style._make(numbers)
