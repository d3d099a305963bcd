import pytest

from streams.embedding.lookup import _mix
from streams.embedding.words import LONGEST, Words

VOCABULARY = {"the": 1, "cat": 2, ".": 3, "…": 4, "ß": 5}


def ids(words: Words, text: str) -> list[int]:
    found = words.read([text])
    assert not found.unknown
    return list(found.ids)


def test_words_and_signs_are_looked_up() -> None:
    assert ids(Words(VOCABULARY), "the cat…\tthe.\n. ß") == [1, 2, 4, 1, 3, 3, 5]


def test_each_text_ends_where_its_ids_end() -> None:
    found = Words(VOCABULARY).read(["the cat", "", " ", "cat.cat"])
    assert found.ends.tolist() == [2, 2, 2, 5]
    assert found.ids.tolist() == [1, 2, 2, 3, 2]


def test_of_no_texts_nothing_is_read() -> None:
    found = Words(VOCABULARY).read([])
    assert not len(found.ids)
    assert not len(found.ends)


def test_unknown_words_are_named_with_their_text() -> None:
    found = Words(VOCABULARY).read(["the dog.", "cat", "a_dog"])
    assert found.unknown == [(0, "dog"), (2, "a"), (2, "_"), (2, "dog")]
    assert found.ids.tolist() == [1, 3, 2]


def test_what_was_added_is_known_with_all_its_ids() -> None:
    words = Words(VOCABULARY)
    words.add({"catlike": [2, 9], "ghost": []})
    assert ids(words, "the catlike ghost cat") == [1, 2, 9, 2]


def test_a_word_is_not_taken_for_its_beginning() -> None:
    words = Words(VOCABULARY)
    words.add({"catlike": [2, 9]})
    assert [word for _, word in words.read(["catli", "catlikes", "ca"]).unknown] == [
        "catli", "catlikes", "ca"
    ]  # fmt: skip


def test_where_there_is_no_room_only_the_vocabulary_stays() -> None:
    words = Words(VOCABULARY, rare=3)
    words.add({"a": [6], "b": [7], "c": [8]})
    assert ids(words, "a b c the") == [6, 7, 8, 1]
    words.add({"d": [9]})
    assert len(words) == len(VOCABULARY) + 1
    assert ids(words, "d cat the … ß") == [9, 2, 1, 4, 5]
    assert words.read(["a"]).unknown == [(0, "a")]


def test_more_words_than_there_is_room_for_stay_unknown() -> None:
    words = Words(VOCABULARY, rare=3)
    words.add({f"w{number}": [number] for number in range(10)})
    assert len(words) == len(VOCABULARY) + 3
    assert ids(words, "the cat w0 w2") == [1, 2, 0, 2]
    assert words.read(["w9"]).unknown == [(0, "w9")]


def test_letters_and_ids_are_bounded_too() -> None:
    words = Words(VOCABULARY, rare=8)
    for number in range(200):
        words.add({f"{number:0>{LONGEST}}": [number] * 30})
        assert len(words) <= len(VOCABULARY) + 8
        assert ids(words, f"the {number:0>{LONGEST}}")[0] == 1


@pytest.mark.parametrize("word", ["x" * (LONGEST + 1), "y"])
def test_long_words_and_many_ids_are_not_remembered(word: str) -> None:
    words = Words(VOCABULARY)
    words.add({word: [1] * 5})
    assert words.read([word]).unknown == [(0, word)]


def test_words_made_up_to_meet_in_one_slot_are_left_out_soon() -> None:
    words = Words(VOCABULARY, rare=1000)
    slots, wanted = len(words._slots), _slot("meet", len(words._slots))
    alike = [
        word
        for word in (f"{number:x}" for number in range(400_000))
        if _slot(word, slots) == wanted
    ]
    assert len(alike) > 40
    words.add({word: [number] for number, word in enumerate(alike)})
    assert 20 < len(words) - len(VOCABULARY) <= 32
    assert ids(words, "the cat") == [1, 2]
    assert {word for _, word in words.read([" ".join(alike)]).unknown} == set(
        alike[-(len(alike) - len(words) + len(VOCABULARY)) :]
    )


def _slot(word: str, slots: int) -> int:
    value = 0x811C9DC5
    for letter in word:
        value = _mix(value, ord(letter))
    return value & (slots - 1)
