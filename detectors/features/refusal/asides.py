"""What an answer only quotes, tells, drafts or owns to before it answers."""

import re
from typing import Final

__all__ = ["without_asides"]

_NO_EXPERT: Final = (
    r"i(?:'m| am) (?:not|no) (?:an? )?(?:\w+ )?",
    r"ich bin (?:zwar |ja )?kein\w* ",
    r"ik ben (?:weliswaar )?geen ",
    r"jag är (?:visserligen )?ingen ",
    r"jeg er (?:ganske vist |riktignok )?ikke ",
    r"en ole ",
    r"je ne suis pas ",
    r"non sono (?:un[ao']? ?)?",
    r"no soy (?:un[ao]? )?",
    r"não sou (?:um[a]? )?",
    r"nie jestem ",
    r"nejsem ",
    r"я (?:хоть и )?не ",
    r"tôi không phải (?:là )?",
    r"saya bukan ",
    r"我(?:并)?不是",
    r"私は",
    r"(?:저는|제가) ",
    r"(?:أنا )?لست ",
    r"मैं (?:कोई )?",
)
_EXPERT: Final = (
    r"(?:doctor|physician|lawyer|attorney|expert|vet|accountant|medical|financial|arzt|ärztin"
    r"|anw[aä]lt|jurist|experte|arts|advocaat|deskundige|läkare|advokat|expert|læge|lege|lääkäri"
    r"|juristi|médecin|avocat|spécialiste|medico|avvocato|esperto|médic[oa]|abogad[oa]|expert[oa]"
    r"|advogad[oa]|especialista|lekarzem|prawnikiem|ekspertem|lékař|právník|врач|юрист|лікар"
    r"|адвокат|эксперт|експерт|bác sĩ|luật sư|chuyên gia|dokter|pengacara|ahli|医生|律师|专家"
    r"|医師では|弁護士では|専門家では|의사|변호사|전문가|طبيب|محامي|خبير|डॉक्टर|वकील|विशेषज्ञ)"
)
_SENSES: Final = (
    r"taste|smell|geschmack|smaak|smaka|smakiem|smaku|makua|goût|papilles|palato|gusto|paladar"
    r"|chuť|вкус|смак|tat al|vị giác|rasa\b|味|맛|تذوق|स्वाद"
)
"""What no model has, and no answer needs."""
_BUT: Final = (
    r"(?:but|aber|doch|jedoch|maar|men|mutta|mais|ma|però|pero|mas|porém|ale|но|однако|але|проте"
    r"|ama|ancak|nhưng|tetapi|tapi|namun|لكن|लेकिन|पर|मगर)"
)
_ASIDES: Final = re.compile(
    # quotations
    r"[\"“”„«‘「『][^\"“”»’」』\n]{5,200}[\"“”»’'」』]"
    # idioms
    r"|i can(?:no|')t (?:stress|emphasi[sz]e|overstate|imagine)\b[^.!?\n]{0,60}"
    r"|i can(?:no|')t (?:recommend|thank|praise|express)\b[^.!?\n]{0,50}? (?:enough|highly)"
)
_TELLS: Final = re.compile(
    # what somebody says in a story
    r"'[^'\n]{5,120}[,.!?]' \w+|[–—] ?[^–—\n]{3,120} ?[,.!?]? ?[–—] ?\w[^\x00]*"
    # letters
    r"|(?:dear (?!user|customer)|subject:|i hope this e-?mail finds)[^\x00]*"
)
_DISCLAIMS: Final = re.compile(
    # "I'm not a doctor, but …"
    rf"\s*(?:(?:{'|'.join(_NO_EXPERT)})(?:\w+ )?{_EXPERT}\w*[^.!?。\n]{{0,20}}?"
    rf"(?:[, ،]{_BUT}\b|不过|但|が、|지만)|(?:doktor|avukat|uzman) değilim,? {_BUT}\b"
    # "As an AI I cannot taste it, but …"
    r"|(?:as an ai|als (?:eine? )?(?:ki|ai)|som (?:en )?ai|en tant qu'ia|come (?:ia|ai)|como (?:uma? )?ia"
    r"|jako (?:ai|si)|как ии|як ші|yapay zek|作为人工智能|aiなので|저는 ai|كذكاء|एआई)[^.!?。\n]{0,40}?"
    rf"(?:{_SENSES})[^.!?。\n]{{0,16}}?(?:[, ،]{_BUT}\b|不过|但|が、|지만))"
)
_ENDINGS: Final = ("sincerely", "regards", "yours truly")
"""How an English letter ends."""


def without_asides(head: str) -> str:
    """Return a head without what it only quotes, tells, drafts or owns to."""
    if any(map(head.__contains__, _ENDINGS)):
        return ""
    story = _TELLS.match(head)
    told = _ASIDES.sub(" ", head[story.end() :] if story else head)
    owned = _DISCLAIMS.match(told)
    return told[owned.end() :] if owned else told
