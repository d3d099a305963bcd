import json

import numpy as np
import pytest

from detectors.features import STYLE_NAMES
from detectors.features.extract import extract
from detectors.features.format import answer_format, is_broken, is_formatted, is_json
from detectors.features.refusal import refusal
from detectors.features.stylometry import style


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("I'm sorry, but I can't help with that.", "direct"),
        ("I’m sorry, but I can’t help with that.", "direct"),
        ("As an AI language model, I am not able to provide legal advice.", "direct"),
        ("I must respectfully decline.", "direct"),
        ("That request is against our usage policies.", "direct"),
        ("Je suis désolé, je ne peux pas répondre à cela.", "direct"),
        ("抱歉，我无法提供这些信息。", "direct"),
        ("It is never appropriate to make fun of people for who they are.", "moral"),
        ("Sure! Here are 3 ways:\n1. Run\n2. Walk\n3. Rest", ""),
        ("I can't wait to see the result! The answer is 4.", ""),
        ("To kill a Python process, use `kill PID`.", ""),
        ("", ""),
    ],
)
def test_refusal_says_which_kind(text: str, verdict: str) -> None:
    assert refusal(text) == verdict


def test_a_refusal_far_down_the_answer_is_none() -> None:
    assert refusal("The sum is four. " * 40 + "I cannot help with that.") == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("Paris.", "line"),
        ("word " * 40, "prose"),
        ("One line.\nAnother line.", "prose"),
        ("# Title\n\n- one\n- two", "md:hl"),
        ("Steps:\n1. **go**\n2. stop", "md:nb"),
        ("a\n| b | c |", "md:t"),
        ("def f():\n    return 1", "code"),
        ("<a>\n<b/></a>", "markup"),
        ("```python\nprint(1)\n```", "fence-python"),
        ("```python\nprint(1)\n```\nDone.", "fence-python+"),
        ("Here:\n```sql\nselect 1\n```", "text+sql"),
        ("Here: ```my secret words", "text+plain"),
        ("[1, 2]", "json:[int]"),
        ("[note] see below", "line"),
    ],
)
def test_format_labels(text: str, kind: str) -> None:
    assert answer_format(text) == kind


def test_key_set_is_hashed_whatever_order_and_values() -> None:
    label = answer_format('{"a": 1, "b": 2}')
    assert label == answer_format('{"b": "x", "a": []}')
    assert label != answer_format('{"a": 1, "c": 2}')
    assert answer_format('```json\n{"a": 1, "b": 2}\n```') == "fence-" + label
    assert answer_format('So:\n```json\n{"a": 1, "b": 2}\n```') == "text+" + label


@pytest.mark.parametrize(
    ("text", "broken", "whole"),
    [
        ('{"a": 1}', False, True),
        ('{"a": 1', True, False),
        ("{'a': 1}", True, False),
        ('{"a": 1} trailing', False, False),
        ('```json\n{"a": }\n```', True, False),
        ("not json", False, False),
        ("[" * 100_000, True, False),
        (json.dumps({"a": "x" * 300_000}), False, False),
    ],
)
def test_broken_json_is_told_from_whole_json(text: str, broken: bool, whole: bool) -> None:
    label = answer_format(text)
    assert (is_broken(label), is_json(label)) == (broken, whole)


@pytest.mark.parametrize(
    ("text", "formatted"), [("{}", True), ("- a\n- b", True), ("a\nb", False), ("Yes.", False)]
)
def test_formatted(text: str, formatted: bool) -> None:
    assert is_formatted(answer_format(text)) is formatted


def test_labels_stay_short_under_nesting() -> None:
    assert answer_format("[[[[[[1]]]]]]") == "json:[[[[]]]]"


def test_style_of_a_known_text() -> None:
    text = "Sure! You're right, it may work. I'd try:\n- one\n- two\n"
    found = style(text)
    words = 10
    assert len(found) == len(STYLE_NAMES) == 42
    assert found.log_words == pytest.approx(np.log1p(words))
    assert found.exclamations == pytest.approx(100 / words)
    assert found.hedges == pytest.approx(100 / words)
    assert found.second_person == pytest.approx(100 / words)
    assert found.first_person == pytest.approx(100 / words)
    assert found.contractions == pytest.approx(200 / words)
    assert found.bullets == pytest.approx(2 / 4)
    assert found.opener == 1
    assert found.opens_capital == 1
    assert found.is_json == found.fenced == found.ends_question == 0


def test_curly_quotes_count_as_straight_ones() -> None:
    assert style("I’d say you’re right").contractions == style("I'd say you're right").contractions


def test_a_longer_text_of_the_same_kind_has_the_same_rates() -> None:
    sentence = "The cat, however, sat on the mat. "
    short, long = style(sentence * 17), style(sentence * 170)
    assert long.commas == pytest.approx(short.commas, rel=0.02)
    assert long.hedges == pytest.approx(short.hedges, rel=0.05)
    assert long.log_sentence_words == pytest.approx(short.log_sentence_words, rel=0.02)
    assert long.log_chars > short.log_chars + 2


def test_extract_of_missing_and_empty_text() -> None:
    missing, empty = extract(None), extract(" ")
    assert (missing.style, missing.format, missing.refusal) == (None, None, None)
    assert (empty.style, empty.format, empty.refusal) == (None, "empty", "")


def test_extract_tells_style_that_the_text_is_json() -> None:
    found = extract('{"a": 1}')
    assert found.style is not None
    assert found.style.is_json == 1
    broken = extract('{"a": 1')
    assert broken.style is not None
    assert broken.style.is_json == 0
