"""A table of words and their token ids, and texts split by it: plain loops, compiled."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import BYTE, COUNT, INT, NOTHING, filled, kernel, read

__all__ = ["ODD", "SIGN", "SPACE", "WORD", "Counts", "Places", "put", "split"]

Counts = NDArray[np.uint32]
Places = NDArray[np.intp]

SPACE, WORD, SIGN, ODD = 0, 1, 2, 3
"""Kinds of characters. Of an odd one only the tokenizer knows what it does to a text."""
_TRIES: Final = 32
"""Slots looked at for a word. Who makes up words that meet in one slot slows nobody down."""
_BASIS, _PRIME, _BITS = 0x811C9DC5, 0x01000193, 0xFFFFFFFF
"""Of the hash FNV-1a. Source: Fowler, Noll and Vo (1991)."""


@kernel(INT, INT, COUNT)
def _mix(value: int, code: int) -> int:
    """Return the hash of some letters and one more."""
    return ((value ^ code) * _PRIME) & _BITS


@kernel(INT, COUNT, read(1, BYTE))
def _kind(code: int, kinds: NDArray[np.uint8]) -> int:
    """Return the kind of a character; what is beyond the table is a word's."""
    return int(kinds[code]) if code < len(kinds) else WORD


@kernel(INT, read(1, COUNT), INT, INT, INT, read(1, COUNT), read(2, COUNT), read(1, COUNT))
def _find(
    codes: Counts, start: int, end: int, value: int, slots: Counts, entries: Counts,
    letters: Counts,
) -> int:  # fmt: skip
    """Return a word's entry; if it has none, -2 less the slot that it may have; or -1: none free."""
    for step in range(_TRIES):
        slot = (value + step) & (len(slots) - 1)
        if slots[slot] == 0:
            return -2 - slot
        entry = slots[slot] - 1
        if entries[entry, 1] == end - start:
            first, i = entries[entry, 0], 0
            while i < end - start and letters[first + i] == codes[start + i]:
                i += 1
            if i == end - start:
                return int(entry)
    return -1


@kernel(
    NOTHING, read(1, COUNT), read(1, INT), read(1, COUNT), read(1, INT), filled(1, INT),
    filled(1, COUNT), filled(2, COUNT), filled(1, COUNT), filled(1, COUNT),
)  # fmt: skip
def put(
    codes: Counts, ends: Places, ids: Counts, id_ends: Places, used: Places, slots: Counts,
    entries: Counts, letters: Counts, pool: Counts,
) -> None:  # fmt: skip
    """Put words in that are not there yet; those for which there is no room are left out.

    Args:
        codes: Letters of all words, one word behind the other.
        ends: [words] where each ends.
        ids: Their token ids, likewise.
        id_ends: [words] where each word's ids end.
        used: Entries, letters and ids in use; brought up to date.
        slots: Entry of a hash, plus 1; 0: free.
        entries: [room, 4] where a word's letters begin, and how many; its ids, and how many.
        letters: Of the entries.
        pool: Ids of the entries.
    """
    start = first = 0
    for word in range(len(ends)):
        size, count = ends[word] - start, id_ends[word] - first
        value = _BASIS
        for i in range(start, ends[word]):
            value = _mix(value, codes[i])
        found = _find(codes, start, ends[word], value, slots, entries, letters)
        room = (
            used[0] < len(entries)
            and used[1] + size <= len(letters)
            and used[2] + count <= len(pool)
        )
        if found < -1 and room:
            entry = used[0]
            slots[-2 - found] = entry + 1
            entries[entry, 0], entries[entry, 1] = used[1], size
            entries[entry, 2], entries[entry, 3] = used[2], count
            for i in range(size):
                letters[used[1] + i] = codes[start + i]
            for i in range(count):
                pool[used[2] + i] = ids[first + i]
            used[0] += 1
            used[1] += size
            used[2] += count
        start, first = ends[word], id_ends[word]


@kernel(
    INT, read(1, COUNT), read(1, INT), read(1, BYTE), read(1, COUNT), read(2, COUNT),
    read(1, COUNT), read(1, COUNT), filled(1, COUNT), filled(1, INT), filled(2, INT), apart=True,
)  # fmt: skip
def split(
    codes: Counts, ends: Places, kinds: NDArray[np.uint8], slots: Counts, entries: Counts,
    letters: Counts, pool: Counts, ids: Counts, id_ends: Places, unknown: Places,
) -> int:  # fmt: skip
    """Split texts into words and signs and write their ids; return how many words are unknown.

    Args:
        codes: Characters of all texts, one behind the other, in lower case.
        ends: [texts] where each ends.
        kinds: Of the first characters.
        slots: Entry of a hash, plus 1; 0: none.
        entries: [room, 4] where a word's letters begin, and how many; its ids, and how many.
        letters: Of the entries.
        pool: Ids of the entries.
        ids: Of the tokens, written.
        id_ends: [texts] where each text's ids end, written.
        unknown: [words, 3] text, start and end of each, written; their ids are left out.
    """
    at = count = missing = 0
    for text in range(len(ends)):
        while at < ends[text]:
            start, kind, value = at, _kind(codes[at], kinds), _mix(_BASIS, codes[at])
            at += 1
            while kind == WORD and at < ends[text] and _kind(codes[at], kinds) == WORD:
                value = _mix(value, codes[at])
                at += 1
            if kind == SPACE:
                continue
            entry = -1
            if kind != ODD:
                entry = _find(codes, start, at, value, slots, entries, letters)
            if entry < 0:
                unknown[missing, 0], unknown[missing, 1], unknown[missing, 2] = text, start, at
                missing += 1
                continue
            for i in range(entries[entry, 3]):
                ids[count] = pool[entries[entry, 2] + i]
                count += 1
        id_ends[text] = count
    return missing
