"""Word lists of `detectors.features.stylometry`, and the table that they make."""

from functools import reduce
from itertools import accumulate
from typing import Final

import numpy as np

from detectors.features.words import OPENER, TRIGGER, Codes, Places, mix

__all__ = ["CODES", "KEYS", "PHRASES", "PHRASE_ENDS", "WARM_OPENERS", "known"]

_SLOTS: Final = 1024


def _words(words: str) -> frozenset[bytes]:
    return frozenset(words.encode().split())


_STOP = _words(
    "the a an of to in and is are was for on with that this it as be or by from at not you your i "
    "we they can will have has if but"
)
_HEDGES = _words(
    "may might could perhaps possibly probably likely generally typically often usually seem seems "
    "appear appears somewhat arguably however depends note noting think believe ai"
)
_FIRST = _words("i i'm i've i'd i'll me my we we're we've we'll we'd our")
_SECOND = _words("you your you're you've you'll you'd")
_CONTRACTIONS = _words(
    "don't can't won't isn't aren't wasn't weren't doesn't didn't couldn't wouldn't shouldn't "
    "haven't hasn't hadn't it's that's there's here's what's who's let's he's she's they're "
    "they've they'll they'd he'd she'd it'll it'd that'll where's how's"
) | {word for word in _FIRST | _SECOND if b"'" in word}
_GROUPS = (_STOP, _HEDGES, _FIRST, _SECOND, _CONTRACTIONS)

_TRIGGERS = _words(
    "sorry apologize apologise apologies cannot can't can unable able won't ai against not "
    "inappropriate illegal"
)
_PHRASES = (
    b"sorry",
    b"apologi",
    b"i can't",
    b"i cannot",
    b"unable to",
    b"not able to",
    b"i won't",
    b"as an ai",
    b"against my",
    b"against the",
    b"not appropriate",
    b"inappropriate",
    b"illegal",
)
WARM_OPENERS: Final = 5
"""So many openers at the head of the list are eager."""
_OPENERS = "sure|certainly|of course|absolutely|great|here's|here is|here are|yes|no|to|the|as an|i"
"""One or two words that open an answer; each one's number is its place."""


def known() -> dict[bytes, int]:
    """Return what each known word is."""
    groups = [*((1 << i, group) for i, group in enumerate(_GROUPS)), (TRIGGER, _TRIGGERS)]
    groups += [
        (OPENER * number, frozenset({opener.encode()}))
        for number, opener in enumerate(_OPENERS.split("|"), start=1)
    ]
    found: dict[bytes, int] = {}
    for code, group in groups:
        for word in group:
            found[word] = found.get(word, 0) + code
    return found


def _table() -> tuple[Places, Codes]:
    """Return the hashes of the known words, and what each is, by slot."""
    keys, codes = np.zeros(_SLOTS, np.intp), np.zeros(_SLOTS, np.uint16)
    for word, code in known().items():
        key = reduce(mix, word, 0)
        slot = key % _SLOTS
        while keys[slot]:
            slot = (slot + 1) % _SLOTS
        keys[slot], codes[slot] = key, code
    return keys, codes


KEYS, CODES = _table()
"""As `detectors.features.words.count` takes them."""
PHRASES: Final = np.frombuffer(b"".join(_PHRASES), np.uint8)
PHRASE_ENDS: Final = np.array([*accumulate(map(len, _PHRASES))], np.intp)
"""Of refusals: one behind the other, and where each ends."""
