"""Swedish, Danish, Norwegian and Finnish."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["NORDIC"]

_SCANDINAVIAN_HELP = (
    r"(?:hjälp|hjelp|hjælp|assist|svar|ge\b|gi\b|give\b|skap|lag|lav|skriv|göra|gjøre|gøre|dela"
    r"|dele|uppfyll|oppfyll|opfyld|tillhandah|bistå|bidra|besvar|generer|utför|utfør|udfør|diskut"
    r"|tilby|tilbyde|erbjud|prata|snakke|tale|följa|efterkom|etterkom|yttra|uttale|producer"
    r"|fremstill|sprid|spred|spre\b)"
)
_FI_HELP = (
    r"(?:autta|auttaa|vasta|anta|tarjo|täyttä|tuotta|kirjoit|luoda|tehdä|jaka|keskustel|puhu"
    r"|toteutta|suoritta|kommento|ottaa kantaa|generoi|opasta|neuvo|osallistu|jatkaa|selittä|laatia"
    r"|kertoa|noudatta|suositel|edistä|tukea|hyväksyä|rohkais|kannusta|luovutta|paljasta"
    r"|kuvail|ohjeista|lähettä|käsitel)"
)

NORDIC: Final[tuple[Phrases, ...]] = (
    phrases(
        "sv",
        "bara endast inte inga ingen avböja avstå neka aldrig annat olagligt förtjänar",
        (
            r"(?:ledsen|förlåt|tyvärr|beklagar|ursäkta),? (?:men )?(?:jag kan|kan jag)~\binte\b",
            r"\bkan (?:bara|endast) (?:hjälpa|svara)|inte förmågan",
            r"\b(?:jag (?:kan|får|vill|tänker|kommer)|(?:kan|får|vill) jag)\b~\b(?:inte|inga|ingen)"
            r"\b(?! nog| vänta)~" + _SCANDINAVIAN_HELP,
            r"\b(?:det|detta) kan jag (?:tyvärr )?inte\b",
            r"jag (?:har|är)~inte (?:möjlighet|i stånd|kapabel|tillåtelse|tillåten|behörig)",
            r"jag (?:måste|vill|väljer)~(?:avböja|avstå|neka)",
            r"(?:mot|bryter mot) (?:mina|våra) (?:\w+ )?(?:riktlinjer|principer|policy)",
            r"(?:har jag|jag har) (?:inga|ingen) (?:egna |egen |personliga? )?(?:åsikt|känsl)",
            r"låt oss prata om något annat",
        ),
    ),
    phrases(
        "da",
        "kun udelukkende ikke ingen afvise afslå aldrig ulovligt fortjener",
        (
            r"(?:beklager|undskyld|desværre),? (?:men )?(?:jeg kan|kan jeg)~\bikke\b",
            r"\bkan (?:kun|udelukkende) (?:hjælpe|svare)",
            r"\b(?:jeg (?:kan|må|vil)|(?:kan|må|vil) jeg)\b~\b(?:ikke|ingen)\b(?! vente)~"
            + _SCANDINAVIAN_HELP,
            r"\bdet kan jeg (?:desværre )?ikke\b",
            r"jeg~ikke (?:i stand|mulighed|tilladelse|lov til)",
            r"jeg (?:må|bliver)~(?:afvise|afslå)",
            r"(?:mod|strider mod) mine (?:\w+ )?(?:retningslinjer|principper)",
            r"(?:har jeg|jeg har) (?:ingen|ikke) (?:egne |personlige )?(?:holdning|mening|følels)",
        ),
    ),
    phrases(
        "no",
        "kun bare ikke ingen avslå avvise aldri ulovlig fortjener",
        (
            r"(?:beklager|unnskyld|dessverre),? (?:men )?(?:jeg kan|kan jeg)~\bikke\b",
            r"\bkan (?:kun|bare) (?:hjelpe|svare)",
            r"\b(?:jeg (?:kan|må|vil|kommer)|(?:kan|må|vil) jeg)\b~\b(?:ikke|ingen)\b"
            r"(?! få anbefalt| vente)~" + _SCANDINAVIAN_HELP,
            r"\bdet kan jeg (?:dessverre )?ikke\b",
            r"jeg~ikke (?:i stand|mulighet|tillatelse|lov til)",
            r"jeg må~(?:avslå|avvise)",
            r"(?:mot|strider mot) (?:mine (?:\w+ )?)?retningslinje",
            r"(?:har jeg|jeg har) (?:ingen|ikke) (?:egne |personlige )?(?:mening|følels)",
        ),
    ),
    phrases(
        "fi",
        "vain ainoastaan enkä en ei joudun kieltäydyn laitonta ansaitsee",
        (
            r"\benkä (?:voi|pysty|saa|aio)\b",
            r"^\W*en (?:anna|tarjoa|tue|keskustele|vastaa|auta|kirjoita|luo|osallistu|jaa)\b",
            r"minulla ei ole~(?:pääsyä|mahdollisuutta|oikeutta|lupaa|kykyä)",
            r"^\W*(?:siihen |tässä |siinä )?en (?:voi|pysty)\b(?! (?:kyllin|tarpeeksi|uskoa"
            r"|odottaa))",
            r"(?:pahoit\w+|valitettavasti|anteeksi|pahoillani),? (?:mutta )?en (?:voi|pysty|osaa"
            r"|saa)\b",
            r"\bvoin (?:vain|ainoastaan) (?:auttaa|vastata)",
            r"\ben (?:valitettavasti |siis |myöskään )*(?:voi|pysty|aio|saa|osaa|kykene|halua)\b"
            r"(?: valitettavasti)?(?! (?:kyllin|tarpeeksi|odottaa|uskoa|olla))~" + _FI_HELP,
            r"\b(?:joudun|haluan|minun täytyy|minun on pakko|minun on)~kieltäyty|\bkieltäydyn\b",
            r"minu(?:n|lle) ei ole~(?:mahdollista|sallittua|lupa)",
            r"vastoin~(?:periaatteitani|ohjeitani|käytäntö)|rikkoo~(?:käytäntö|ohje)",
            r"minulla ei ole (?:omia |henkilökohtais\w+ )*(?:mielipi|tunte|näkemy)",
        ),
    ),
)
