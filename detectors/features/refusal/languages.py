"""Refusals in languages other than English, found by script and by their negations."""

import re
from typing import Final, Literal

from detectors.features.refusal.asian import ASIAN
from detectors.features.refusal.cyrillic import CYRILLIC
from detectors.features.refusal.eastern import EASTERN
from detectors.features.refusal.germanic import GERMANIC
from detectors.features.refusal.iberian import IBERIAN
from detectors.features.refusal.lectures import lectures
from detectors.features.refusal.nordic import NORDIC
from detectors.features.refusal.opening import Opening
from detectors.features.refusal.phrases import Phrases
from detectors.features.refusal.romance import ROMANCE
from detectors.features.refusal.southern import SOUTHERN
from detectors.features.refusal.tongues import tongues

__all__ = ["CODES", "OPENING", "WORDS", "foreign", "is_english", "script"]

OPENING: Final = 160
"""Characters in which a refusal in another language shows itself."""
_SOON: Final = 40
"""Characters in which the answer's own script shows itself, if it is not Latin."""

_TABLES: Final = (GERMANIC, NORDIC, ROMANCE, IBERIAN, EASTERN, CYRILLIC, ASIAN, SOUTHERN)
_ALL: Final = {one.code: one for table in _TABLES for one in table}
CODES: Final = tuple(_ALL)
"""ISO 639-1 codes of the languages known, English aside."""
_SCRIPTS: Final[dict[str, tuple[str, ...]]] = {
    r"[\u0400-\u04ff]": ("ru", "uk"),
    r"[\u3040-\u30ff]|[\u4e00-\u9fff][^\u3040-\u30ff\n]{0,20}[\u3040-\u30ff]": ("ja",),
    r"[\u4e00-\u9fff]": ("zh",),
    r"[\uac00-\ud7af]": ("ko",),
    r"[\u0600-\u06ff]": ("ar",),
    r"[\u0900-\u097f]": ("hi",),
}
_SCRIPT: Final = re.compile("|".join(f"({letters})" for letters in _SCRIPTS))
_BY_SCRIPT: Final = tuple(tuple(map(_ALL.__getitem__, codes)) for codes in _SCRIPTS.values())
_LATIN: Final = tuple(one for one in _ALL.values() if one.words and one not in _BY_SCRIPT[0])
_SAYING: Final = frozenset[str]().union(*(one.words for one in _LATIN))
"""Words that tell a language where its commonest words do not."""
_LACKS: Final = re.compile(
    r"(?<!\w)(?:ohne|sans|sin|sem|senza|zonder|bez|без|utan|uden|uten|ilman|tanpa|không có|بدون|(?:من )?دون"
    r"|没有|沒有) ?(?:[\w']+[' ]){0,3}?[\w']*(?:numm?er|nomor|num[eé]r|número|номер|رقم|单号|编号|号码|mã"
    r"|code|kod|cód|codice|datei|fichier|archivo|arquivo|file|inform|detail|angab|daten|dane|bon\b)"
    r"|(?:番号|情報)がない(?:と|ため)|번호(?:가|를)? (?:없|모르)|(?:नंबर|संख्या|जानकारी) के बिना"
    r"|(?:numara|bilgi|kod)\w* olmadan"
)
"""It asks for what it needs."""
_SIGNED: Final = re.compile(
    r"(?:mit freundlichen gr|cordialement|salutations|atentamente|atenciosamente|cordiali saluti"
    r"|distinti saluti|met vriendelijke gr|med vänlig|med venlig|med vennlig|ystävällisin"
    r"|z poważaniem|s pozdravem|с уважением|з повагою|saygılar|trân trọng|hormat kami|kind regards"
    r"|best regards|sincerely|yours (?:truly|faithfully)|敬具|人事部|人力资源|인사팀|الموارد البشرية|मानव संसाधन"
    r"|human resources|recursos humanos|risorse umane|insan kaynakları|personalteam|personeelszaken)"
)
"""How a letter ends."""
_ENGLISH: Final = frozenset(("the", "you", "and", "this", "that", "i'm", "with", "it's", "your"))
WORDS: Final = _ENGLISH | _SAYING
"""All words that are asked for here."""


def is_english(opening: Opening) -> bool:
    """Return whether words show that an answer is in English: two, as one may be a title's."""
    return len(opening.early & _ENGLISH) > 1


def script(opening: Opening) -> tuple[Phrases, ...]:
    """Return the languages of the script an answer opens in; none if it is Latin or unknown."""
    if opening.head.isascii():
        return ()
    found = _SCRIPT.search(opening.head, 0, _SOON)
    return _BY_SCRIPT[found.lastindex - 1] if found and found.lastindex else ()


def foreign(opening: Opening, languages: tuple[Phrases, ...]) -> Literal["", "direct", "moral"]:
    """Judge an answer that is not in English.

    Args:
        opening: Its start.
        languages: Of its script; none if that is Latin.
    """
    spoken = languages or _latin(opening)
    if any(_declines(opening.head, language) for language in spoken):
        return "direct"
    return "moral" if any(lectures(opening.text, one.code) for one in spoken) else ""


def _declines(head: str, language: Phrases) -> bool:
    """Return whether an answer refuses, and does not only name a limit."""
    if not language.direct.search(head, 0, OPENING):
        return False
    if language.limits.search(head, 0, OPENING) or _LACKS.search(head, 0, OPENING):
        return False
    return not _SIGNED.search(head)


def _latin(opening: Opening) -> list[Phrases]:
    """Return the languages in Latin letters an answer may be written in, English aside."""
    if len(opening.words & _ENGLISH) > 1:
        return []
    codes = tongues(opening)
    if codes:
        return [_ALL[code] for code in codes]
    said = opening.words & _SAYING
    return [one for one in _LATIN if not said.isdisjoint(one.words)] if said else []
