"""Short answers in English that have nothing to say: no opinion, no access, no way to know."""

import re
from typing import Final

from detectors.features.refusal.opening import Opening, words

__all__ = ["VAGUE", "evades"]

_EVADES = re.compile(
    r"\bi (?:do not|don't) (?:have|hold|possess|take|express)(?: an| any)?(?: \w+){0,2}? "
    r"(?:opinions?|feelings|beliefs?|preferences|views?|sides|positions?|stances?|experiences?"
    r"|emotions)\b"
    r"|\b(?:i|and) (?:(?:do not|don't) have|lack) the (?:ability|capacity|capability) to\b"
    r"|\bi have no (?:\w+ ){0,2}?(?:opinions?|feelings|beliefs|preferences|stance|views)\b"
    r"|\bi have no way (?:of|to) (?:know|access|check|see|verif|view|tell)"
    r"|\bi (?:do not|don't|lack|have no)(?: have)?(?: \w+){0,2}? (?:access|real-time|insight"
    r"|visibility|information)\b(?! (?:about you|yet))"
    r"|^\(?(?:this|it|the) (?:question |answer |response |information )?(?:is|are|can be)?"
    r"[^.]{0,30}?(?:subjective|cannot be|can't be|depends?|dependent|varies|vary)\b[^.]{0,60}"
    r"(?:individual|person|personal|respondent|circumstance|perspective|beliefs?\b|experience)"
)
"""All there is to a short answer; a longer one goes on to say something."""
_GOES_ON = re.compile(
    r"^(?:as an ai[^.,]{0,20}, )?(?:while|although|though) i|however|\bbut\b|\bgenerally|in general|typically|usually|on average|\([a-h]\)|that said"
)
VAGUE: Final = words(
    "subjective depends dependent depend varies vary personal opinions feelings beliefs cannot "
    "can't opinion position positions stance stances sides views preferences experiences ability capacity capability "
    "access real-time insight visibility way"
)
"""Words without one of which an answer is none of these."""


def evades(opening: Opening) -> bool:
    """Return whether a short answer says no more than that it has nothing to say."""
    if not opening.whole or opening.words.isdisjoint(VAGUE):
        return False
    return _EVADES.search(opening.head) is not None and not _GOES_ON.search(opening.head)
