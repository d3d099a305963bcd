"""The words of a text, counted by word lists in one pass over its bytes, compiled."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import BYTE, INT, NOTHING, SHORT, filled, kernel, read

__all__ = ["COUNTS", "OPENER", "TRIGGER", "Bytes", "Codes", "Places", "count", "mix"]

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]
Codes = NDArray[np.uint16]

GROUPS: Final = 5
"""Stop words, hedges, first person, second person, contractions: a bit each of a word's code."""
TRIGGER: Final = 32
"""The bit of a word without which no refusal is looked for."""
OPENER: Final = 64
"""A multiple of it is the number of an opener, which may be two words with a blank between."""
COUNTS: Final = 10
"""Words of each group, refusals, the opener, words, the first of them, distinct ones of these."""
_REFUSALS, _OPENER, _WORDS, _EARLY, _DISTINCT = 5, 6, 7, 8, 9
_REFUSAL_BYTES: Final = 250
_REFUSAL_WORDS: Final = 45
_DISTINCT_WORDS: Final = 100
_SLOTS: Final = 256
_BASIS, _PRIME = -3750763034362895579, 0x100000001B3
"""Of the hash FNV-1a in 64 bits, signed. Source: Fowler, Noll and Vo (1991)."""
_BLANK, _APOSTROPHE = 32, 39


@kernel(INT, INT, INT)
def mix(value: int, byte: int) -> int:
    """Return the hash of some bytes and one more; that of none is 0."""
    return ((value or _BASIS) ^ byte) * _PRIME


@kernel(INT, INT, read(1, INT), read(1, SHORT))
def _code(value: int, keys: Places, codes: Codes) -> int:
    """Return what the word of a hash is; 0: nothing known."""
    slot = value & (len(keys) - 1)
    while keys[slot] != 0:
        if keys[slot] == value:
            return int(codes[slot])
        slot = (slot + 1) & (len(keys) - 1)
    return 0


@kernel(BYTE, BYTE)
def _lower(byte: int) -> int:
    """Return the lower case of a letter, and what is no letter of a word as a blank."""
    if 65 <= byte <= 90:
        return byte + 32
    return byte if 97 <= byte <= 122 or byte == _APOSTROPHE or byte >= 128 else _BLANK


@kernel(INT, INT, filled(1, INT))
def _meet(value: int, met: Places) -> int:
    """Return 1 for the hash of a word that was not met before; it is now."""
    slot = value & (_SLOTS - 1)
    while met[slot] != 0 and met[slot] != value:
        slot = (slot + 1) & (_SLOTS - 1)
    new = met[slot] == 0
    met[slot] = value
    return int(new)


@kernel(NOTHING, read(1, BYTE), read(1, BYTE), read(1, INT), filled(1, INT))
def _refusals(low: Bytes, phrases: Bytes, ends: Places, found: Places) -> None:
    """Count phrases of refusals at the beginning of a text."""
    start = 0
    for end in ends:
        for at in range(min(len(low), _REFUSAL_BYTES) - (end - start) + 1):
            i = start
            while i < end and low[at + i - start] == phrases[i]:
                i += 1
            found[_REFUSALS] += i == end
        start = end


@kernel(
    NOTHING, read(1, BYTE), read(1, INT), read(1, SHORT), read(1, BYTE), read(1, INT),
    filled(1, INT),
)  # fmt: skip
def count(
    text: Bytes, keys: Places, codes: Codes, phrases: Bytes, ends: Places, found: Places
) -> None:
    """Count the words of a text.

    Args:
        text: In UTF-8.
        keys: [2^n] hash of each known word, at the slot its last bits say or behind; 0: none.
        codes: [2^n] what the word is.
        phrases: Of refusals, one behind the other.
        ends: Where each ends.
        found: [COUNTS] zeros; written.
    """
    low, met = np.full(len(text) + 1, _BLANK, np.uint8), np.zeros(_SLOTS, np.intp)
    seen = value = first = 0
    may_refuse = False
    for at in range(len(low)):
        if at < len(text):
            low[at] = _lower(text[at])
        if low[at] != _BLANK:
            value = mix(value, low[at])
            first = mix(first, low[at]) if seen == 1 else first
            continue
        if value == 0:
            continue
        code = _code(value, keys, codes)
        for group in range(GROUPS):
            found[group] += code >> group & 1
        may_refuse |= seen < _REFUSAL_WORDS and code & TRIGGER > 0
        if seen == 0:
            found[_OPENER], first = code // OPENER, mix(value, _BLANK)
        elif seen == 1 and found[_OPENER] == 0:
            found[_OPENER] = _code(first, keys, codes) // OPENER
        if seen < _DISTINCT_WORDS:
            found[_DISTINCT] += _meet(value, met)
        seen, value = seen + 1, 0
    found[_WORDS], found[_EARLY] = seen, min(seen, _DISTINCT_WORDS)
    if may_refuse:
        _refusals(low[: len(text)], phrases, ends, found)
