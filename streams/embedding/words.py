"""Texts as token ids: whole words are looked up, where the tokenizer would take them to pieces.

A text is words, signs and space. Words of the vocabulary are one token each; what the tokenizer
makes of others is remembered, in bounded memory.
"""

from collections.abc import Mapping, Sequence, Sized
from itertools import accumulate, chain
from typing import Final, NamedTuple
from unicodedata import category, ucd_3_2_0

import numpy as np
from numpy.typing import NDArray

from streams.embedding.lookup import ODD, SIGN, SPACE, WORD, Counts, Places, put, split

__all__ = ["LONGEST", "RARE", "Ids", "Words"]

RARE: Final = 50_000
"""Words remembered that are not in the vocabulary."""
LONGEST: Final = 40
"""Characters; longer words are not remembered: they seldom come again."""
_LETTERS, _IDS = 10, 4
"""Of a word on average, and of a letter at most: a Korean one is three, a sign of its own none."""
_GROUPS: Final = {"P": SIGN, "Z": SPACE}
"""Kinds of Unicode's groups of characters, punctuation and separators."""
_IDEOGRAPHS: Final = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
"""Chinese characters of the first plane: the tokenizer sets each apart."""


def _kinds() -> NDArray[np.uint8]:
    """Return the kind of each character of Unicode's first plane.

    All that is neither space nor set apart is a word's: what the tokenizer does within one it does
    when it is asked for that word. Unicode 3.2 and today's must agree, so that a character is the
    same in every version of Python.
    """
    kinds = np.full(1 << 16, WORD, np.uint8)
    for code in range(len(kinds)):
        letter = chr(code)
        if code < 128:
            kind = WORD if letter.isalnum() else SPACE if letter in " \t\n\r" else SIGN
            kinds[code] = kind if kind != SIGN or letter.isprintable() else ODD
        elif (group := category(letter)[0]) == ucd_3_2_0.category(letter)[0]:
            kinds[code] = _GROUPS.get(group, WORD)
    for start, end in _IDEOGRAPHS:
        kinds[start:end] = SIGN
    kinds[0xD800:0xE000] = ODD  # halves of characters
    return kinds


_KINDS: Final = _kinds()


class Ids(NamedTuple):
    """Token ids of some texts.

    Args:
        ids: Of all texts, one behind the other.
        ends: [texts] where each text's ids end.
        unknown: Number of the text and word, of each that is in no table; its ids are left out.
    """

    ids: Counts
    ends: Places
    unknown: Sequence[tuple[int, str]] = ()


class Words:
    """Token ids by word: those of the vocabulary for good, others until there are too many.

    Args:
        vocabulary: Token id by whole word or sign.
        rare: Other words remembered, at most.
    """

    def __init__(self, vocabulary: Mapping[str, int], rare: int = RARE) -> None:
        room = len(vocabulary) + rare
        self._used = np.zeros(3, np.intp)
        self._slots = np.zeros(1 << (2 * room).bit_length(), np.uint32)
        self._entries = np.empty((room, 4), np.uint32)
        self._letters = np.empty(_LETTERS * room, np.uint32)
        self._pool = np.empty(_IDS * room, np.uint32)
        self._put({word: [number] for word, number in vocabulary.items()})
        self._first = self._used.copy(), self._slots.copy()

    def __len__(self) -> int:
        return int(self._used[0])

    def add(self, words: Mapping[str, Sequence[int]]) -> None:
        """Remember words; where there is no room, forget all that are not the vocabulary's."""
        short = {
            word: ids
            for word, ids in words.items()
            if len(word) <= LONGEST and len(ids) <= _IDS * len(word)
        }
        needed = len(short), sum(map(len, short)), sum(map(len, short.values()))
        room = len(self._entries), len(self._letters), len(self._pool)
        if any(self._used + needed > room):
            used, slots = self._first
            self._used, self._slots = used.copy(), slots.copy()
        self._put(short)

    def read(self, texts: Sequence[str]) -> Ids:
        """Return the ids of texts in lower case."""
        whole = "".join(texts)
        codes, ends = _codes(whole), _ends(texts)
        ids = np.empty(_IDS * len(codes), np.uint32)
        id_ends, unknown = np.empty_like(ends), np.empty((len(codes), 3), np.intp)
        count = split(
            codes, ends, _KINDS, self._slots, self._entries, self._letters, self._pool, ids,
            id_ends, unknown,
        )  # fmt: skip
        missing = [(text, whole[a:b]) for text, a, b in unknown[:count].tolist()]
        return Ids(ids[: id_ends[-1] if texts else 0], id_ends, missing)

    def _put(self, words: Mapping[str, Sequence[int]]) -> None:
        ids = list(words.values())
        put(
            _codes("".join(words)), _ends(list(words)),
            np.array(list(chain.from_iterable(ids)), np.uint32), _ends(ids),
            self._used, self._slots, self._entries, self._letters, self._pool,
        )  # fmt: skip


def _codes(text: str) -> Counts:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _ends(parts: Sequence[Sized]) -> Places:
    return np.array(list(accumulate(map(len, parts))), np.intp)
