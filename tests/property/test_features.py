import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.features.extract import extract
from detectors.features.refusal import HEAD, refusal

anything = st.text(st.characters(), max_size=2000)
"""Lone surrogates included."""
likely = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", '"', ":", ",", "\n", "```", "json", "# ", "- ", "1. ", "**", "I can't ",
         "sorry, but ", "never ", "no puedo ", "抱歉", "не могу ", "İ", "\ud800", "é", "🙂", " ", "a" * 50, "\x00", "—", "\\"]
    ),
    max_size=200,
).map("".join)  # fmt: skip


@given(anything | likely)
def test_any_text_gives_finite_numbers_and_short_labels(text: str) -> None:
    found = extract(text)
    assert found.format is not None
    assert 0 < len(found.format) <= 64
    assert found.refusal in ("", "direct", "moral")
    assert (found.style is None) == (not text.strip())
    assert all(math.isfinite(number) and number >= 0 for number in found.style or ())


@given(anything | likely)
def test_a_verdict_rests_on_the_first_sentences(text: str) -> None:
    head = text.lstrip()[: 2 * HEAD]
    assert refusal(head) == refusal(head + "\nMore.") or len(head) < 2 * HEAD


@pytest.mark.parametrize(
    "piece",
    ["a", " ", "\n", "{", "[", '{"a":', "[1,", "`", "```json\n{", "- ", "i will not ", ", ", "İ",
     "never a ", "i lylyly ", "\ud800", "中", "from a", '{"a": 1}, ', "ich kann nicht ", "не ",
     "jeg kan ikke ", "我无法", "não posso como um ", '"abc def ', "i and or , cannot ", "not x y "],
)  # fmt: skip
def test_a_megabyte_of_anything_takes_bounded_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 0.5
