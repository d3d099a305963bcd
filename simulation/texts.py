"""Answers, refusals and prompts, cut from text written beforehand."""

import json
from bisect import bisect_left, bisect_right
from typing import Literal

from simulation import words
from simulation.draws import Draws

__all__ = ["Style", "Texts"]

Style = Literal["plain", "hedged", "warm", "bullets"]
SENTENCES = 4000
LONGEST = 8000
"""Characters of the longest answer."""


def _fill(pattern: str, draws: Draws) -> str:
    """Return `pattern` with every slot filled."""
    parts = pattern.split("{")
    out = [parts[0]]
    for part in parts[1:]:
        slot, _, rest = part.partition("}")
        out += (draws.one_of(words.SLOTS[slot]), rest)
    return "".join(out)


class _Corpus:
    """One long text of a style, to be cut at sentence ends."""

    def __init__(self, patterns: tuple[str, ...], joint: str, draws: Draws) -> None:
        self._starts: list[int] = []
        sentences, at = [], 0
        for _ in range(SENTENCES):
            sentence = _fill(draws.one_of(patterns), draws) + joint
            self._starts.append(at)
            sentences.append(sentence)
            at += len(sentence)
        self._text = "".join(sentences)
        self._last = bisect_right(self._starts, at - LONGEST - 200)

    def cut(self, chars: int, draws: Draws) -> str:
        """Return whole sentences that come nearest to `chars` characters, one at least."""
        starts = self._starts
        first = draws.below(self._last)
        wanted = starts[first] + min(chars, LONGEST)
        end = max(bisect_left(starts, wanted), first + 1)
        if end > first + 1 and starts[end] - wanted > wanted - starts[end - 1]:
            end -= 1
        return self._text[starts[first] : starts[end]].rstrip()


class Texts:
    """Texts that style, refusal and format features can tell apart; some 3 us each.

    Args:
        seed: Same seed, same corpora.
    """

    def __init__(self, seed: int) -> None:
        draws = Draws(seed)
        mixed = words.PLAIN + words.HEDGED + words.HEDGED
        kind = words.PLAIN + words.WARM + words.WARM
        self._corpora: dict[Style, _Corpus] = {
            "plain": _Corpus(words.PLAIN, " ", draws),
            "hedged": _Corpus(mixed, " ", draws),
            "warm": _Corpus(kind, " ", draws),
            "bullets": _Corpus(words.BULLETS, "\n", draws),
        }
        self._prompts = [_fill(draws.one_of(words.PROMPTS), draws) for _ in range(500)]
        self._refusals = [_fill(draws.one_of(words.REFUSALS), draws) for _ in range(60)]

    def prompt(self, draws: Draws) -> str:
        """Return what a person asks."""
        return draws.one_of(self._prompts)

    def answer(self, style: Style, chars: int, draws: Draws) -> str:
        """Return an answer of `style` with about `chars` characters."""
        text = self._corpora[style].cut(chars, draws)
        if style == "bullets":
            return "Here is what to do:\n" + text
        return draws.one_of(words.OPENINGS) + text

    def refusal(self, moral: bool, draws: Draws) -> str:
        """Return a refusal, one that lectures if `moral`."""
        return draws.one_of(words.MORAL if moral else self._refusals)

    def record(self, chars: int, broken: bool, draws: Draws) -> str:
        """Return a JSON object of about `chars` characters; cut short if `broken`."""
        note = self._corpora["plain"].cut(max(chars - 90, 20), draws)
        slots = words.SLOTS
        fields = {
            "subject": draws.one_of(slots["thing"]),
            "status": draws.one_of(slots["did"]),
            "priority": 1 + draws.below(3),
            "note": note,
        }
        text = json.dumps(fields)
        return text[: max(len(text) - 12, 10)] if broken else text
