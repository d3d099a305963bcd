"""Word lists and byte tables of `detectors.features.style`."""

from typing import Final

__all__ = [
    "GROUPS",
    "LOWER",
    "OPENERS",
    "REFUSAL_PHRASES",
    "REFUSAL_TRIGGERS",
    "SENTENCE_ENDS",
    "WARM_OPENERS",
]


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
_ALL = (_STOP, _HEDGES, _FIRST, _SECOND, _CONTRACTIONS)

GROUPS: Final[dict[bytes, int]] = {
    word: sum(1 << i for i, group in enumerate(_ALL) if word in group)
    for word in frozenset().union(*_ALL)
}
"""Per known word one bit a group: stop words, hedges, first person, second person, contractions."""

REFUSAL_TRIGGERS: Final = _words(
    "sorry apologize apologise apologies cannot can't can unable able won't ai against not "
    "inappropriate illegal"
)
REFUSAL_PHRASES: Final = (
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
OPENERS: Final[dict[bytes, int]] = {
    opener.encode(): i for i, opener in enumerate(_OPENERS.split("|"), start=1)
}
"""One or two words that open an answer, each with its number."""


def _lower() -> bytes:
    """Lower case; all but letters, the apostrophe and what is not ASCII becomes blank."""
    table = bytearray(b" " * 128 + bytes(range(128, 256)))
    for letter in range(97, 123):
        table[letter] = table[letter - 32] = letter
    table[39] = 39
    return bytes(table)


def _sentence_ends() -> bytes:
    """Full stops for .!?, blanks for white space, x for all else."""
    table = bytearray(b"x" * 256)
    for mark in b".!?":
        table[mark] = 46
    for blank in b" \n\t\r":
        table[blank] = 32
    return bytes(table)


LOWER: Final = _lower()
SENTENCE_ENDS: Final = _sentence_ends()
