"""Which language an answer in Latin letters is written in, by its commonest words."""

from typing import Final

from detectors.features.refusal.opening import EARLY, Opening, words

__all__ = ["tongues"]

_COMMON: Final = {
    "en": "the and that for with you this are it your can from or if an be as by",
    "de": "der die das und ist nicht ich ein eine zu mit für sie auf es den dem bitte",
    "nl": "me uw mijn te kan het een en de is niet ik van voor dat met je op zijn aan dit wat om deze over in",
    "sv": "och är att det inte jag en ett för med på som av du kan den om",
    "da": "og er at det ikke jeg en et for med på som af du kan den om",
    "no": "og er å det ikke jeg en et for med på som av du kan den om",
    "fi": "on ja ei se en että tai mutta olla sen tämä ole voi minä minun kun",
    "fr": "mais au il le la les et est une un je ne pas des vous pour que dans du de ce sur mes cette à",
    "it": "ho posso ma il la e è un una non di che per sono i le del ti questo questa con mi mie",
    "es": "tengo puedo pero su o el la y es un una no de que en los para por se lo te con me mis esta",
    "pt": "tenho posso minha meu mas ou o a e é um uma não de que em os para por se do da com isso minhas esse",
    "pl": "i w nie na to jest się z do że jako o jak tym lub dla ze moje",
    "cs": "a je se na to v že s pro jako o ne jsem nebo by tomto toto vám",
    "tr": "bir ve bu için da de ne ile olarak ama çok daha ben değil",
    "vi": "là và tôi không của có cho bạn một được này người với để về",
    "id": "karena orang tersebut yang dan di ini itu untuk tidak saya dengan adalah anda dari atau jika",
}
_SETS: Final = {code: words(listed) for code, listed in _COMMON.items()}
_LETTERS: Final = {
    "tr": "ığş",
    "pl": "ąęłśżź",
    "cs": "řůě",
    "vi": "ơưđạếộ",
    "pt": "ãõ",
    "de": "ß",
    "es": "¿¡ñ",
}
"""Letters that tell a language where its common words are too few."""
_LEAST: Final = 2
_KNOWN: Final = frozenset[str]().union(*_SETS.values())
_BY_WORD: Final = {
    word: tuple(code for code, common in _SETS.items() if word in common) for word in _KNOWN
}


def tongues(opening: Opening) -> tuple[str, ...]:
    """Return the codes of the likeliest languages, none if English is one of them."""
    counts: dict[str, int] = {}
    for word in _KNOWN.intersection(opening.text[:EARLY].split()):
        for code in _BY_WORD[word]:
            counts[code] = counts.get(code, 0) + 1
    most = max(counts.values(), default=0)
    likely = tuple(code for code in counts if counts[code] == most)
    if "en" in likely:
        return ()
    if most >= _LEAST or opening.head.isascii():
        return likely
    shown = (code for code, some in _LETTERS.items() if any(map(opening.head.__contains__, some)))
    return tuple(shown) or likely
