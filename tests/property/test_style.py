"""The compiled style is what its definition says, on any text."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detectors.features import lexicon
from detectors.features.stylometry import CAP, style
from detectors.features.words import OPENER, TRIGGER

_LINE = re.compile(rb"(?:^|\n)[ \t]*([-*#0-9]|\xe2\x80\xa2)[0-9#]*([.)]?) ")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_PIECES = (
    *"aAzZiI'’ \t\n\r.!?,;:-*#0123456789()•—“\"{}[]`<>$\\/é😀☀\x0b\x85\xa0\ud800",
    "I can't ", "sorry ", "as an ", "AI", "here is ", "of course ", "don't ", "you ", "the ", "may ",
    "```", "**", "\n- ", "\n1. ", "\n\n", "http://", ". ", "word " * 60,
)  # fmt: skip
texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PIECES)).map("".join))


def _words(text: str) -> list[str]:
    data = text.replace("’", "'").encode("utf-8", "replace")[:CAP]
    return re.findall(r"[a-z'\x80-\xff]+", data.decode("latin-1").lower().translate(_KEEP))


_KEEP = {code: chr(code - 32) for code in range(224, 255) if code != 247}
"""Bytes beyond ASCII have no case."""


def _data(text: str) -> bytes:
    return text.replace("’", "'").encode("utf-8", "replace")


@given(texts)
@example("")
@example("• one")
@example("#2) x\n\t* y\n12#. z\n-q")
def test_lines_are_counted_by_what_they_begin_with(text: str) -> None:
    prefix = _data(text)[:CAP]
    found = _LINE.findall(prefix)
    lines = prefix.count(b"\n") + 1
    headings = sum(sign == b"#" for sign, _ in found)
    numbered = sum(sign != b"#" and stop != b"" for sign, stop in found)
    bullets = sum(sign in (b"-", b"*", b"\xe2\x80\xa2") and not stop for sign, stop in found)
    said = style(text)
    assert (said.headings, said.numbered, said.bullets) == (
        headings / lines,
        numbered / lines,
        bullets / lines,
    )


@given(texts)
@example("I'm sorry, I can't")
@example("Of course, it's that.")
def test_words_are_counted_by_the_lists(text: str) -> None:
    words = [word.encode("latin-1") for word in _words(text)]
    known = lexicon.known()
    per = 100.0 / (len(words) or 1)
    groups = [sum(known.get(word, 0) >> bit & 1 for word in words) for bit in range(5)]
    said = style(text)
    assert said.stop_words == groups[0] / (len(words) or 1)
    assert (said.hedges, said.first_person, said.second_person, said.contractions) == tuple(
        number * per for number in groups[1:]
    )
    assert said.distinct_words == len(set(words[:100])) / (len(words[:100]) or 1)
    openers = [known.get(b" ".join(words[:n]), 0) // OPENER for n in (1, 2) if len(words) >= n]
    assert said.opener == next(filter(None, openers), 0)


@given(texts)
@example("ends. \n")
@example("a.b? c! d")
def test_signs_are_counted_by_the_hundred_words(text: str) -> None:
    data = _data(text)
    prefix = data[:CAP]
    grow = len(data) / (len(prefix) or 1) or 1.0
    seen = len(_words(text)) or 1
    mark, said = 100.0 / seen / grow, style(text)
    ends = len(re.findall(rb"[.!?](?=[ \n\t\r])", prefix))
    sentences = ends * grow + (data[-1:] in (b".", b"!", b"?")) or 1.0
    wide = sum(byte >= 192 for byte in data) / (len(text) or 1)
    letters = sum(bytes([byte]).isalpha() for byte in data)
    assert said.log_sentences == pytest.approx(np.log1p(sentences), rel=1e-12)
    assert said.commas == data.count(b",") * mark
    assert said.paragraphs == data.count(b"\n\n") * mark
    assert said.bold == prefix.count(b"**") * (100.0 / seen)
    assert said.fenced == (b"```" in data)
    assert said.quotes == (data.count(b'"') + text.count("“")) * mark
    assert said.emoji == len(_EMOJI.findall(text, 0, CAP)) * (100.0 / seen)
    assert said.not_ascii == wide
    assert said.word_length == pytest.approx(
        letters / (seen * grow) + wide * (len(text) or 1) / (seen * grow), rel=1e-12
    )
    assert np.isfinite(said).all()


@given(st.lists(st.sampled_from(["sorry", "i can't", "apologise", "go", "unable to", "the", "ai"])))
def test_refusing_phrases_are_counted_where_a_word_may_refuse(parts: list[str]) -> None:
    text = " ".join(parts)
    words = text.encode().split()
    ends = [0, *lexicon.PHRASE_ENDS.tolist()]
    phrases = [lexicon.PHRASES[a:b].tobytes() for a, b in pairwise(ends)]
    may = any(lexicon.known().get(word, 0) & TRIGGER for word in words[:45])
    said = sum(text.encode()[:250].count(phrase) for phrase in phrases)
    assert style(text).refusal_phrases == (said if may else 0)
