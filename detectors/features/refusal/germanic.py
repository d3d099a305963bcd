"""German, Dutch, Swedish, Danish and Norwegian."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["GERMANIC"]

_DE_HELP = (
    r"(?:helfen|behilflich|unterstütz|antwort|erfüll|bereit|verfügung|geben|erstell|generier"
    r"|schreib|machen|tun\b|biet|liefer|nachkomm|äußern|stellung|teilen|nennen|beraten|stellen"
    r"|verrat|erklär|durchführ|fortfahr|entsprech|verfass|eingehen|sprech|diskutier|empfehl"
    r"|unterhalt|beitrag|mitwirk|assist|produzier|zeig|verbreit)"
)
_NL_HELP = (
    r"(?:help|assist|beantwoord|antwoord|voldoen|ge(?:ef|ven)|verstrek|maken|genereer|schrijv"
    r"|doen\b|bied|bespre|prat|delen|uitvoer|lever|maak|schrijf|ondersteun|meewerk|creë|verle)"
)
_SCANDINAVIAN_HELP = (
    r"(?:hjälp|hjelp|hjælp|assist|svar|ge\b|gi\b|give\b|skap|lag|lav|skriv|göra|gjøre|gøre|dela"
    r"|dele|uppfyll|oppfyll|opfyld|tillhandah|bistå|bidra|besvar|generer|utför|utfør|udfør|diskut"
    r"|tilby|tilbyde|erbjud|prata|snakke|tale|följa|efterkom|etterkom|yttra|uttale|producer"
    r"|fremstill|sprid|spred|spre\b)"
)

GERMANIC: Final[tuple[Phrases, ...]] = (
    phrases(
        "de",
        "leider außerhalb nicht kein keine keinen keinerlei keiner ablehnen verweigern lehne "
        "anderes illegal strafbar rate verdient niemals",
        (
            r"\bals ki\b~kann ich~\b(?:nicht|kein\w*)\b|außerhalb meine[rs] (?:fähigk|möglichk"
            r"|aufgab|zuständ)",
            r"(?:leid|entschuldig\w+|sorry|bedau\w+|leider),? (?:aber )?(?:ich kann|kann ich|ich "
            r"darf)~"
            r"\b(?:nicht|kein\w*)\b(?! (?:genug|finden))",
            r"\bich kann~\b(?:nur|ausschließlich)\b~(?:helf|antwort|unterstütz)|nicht die "
            r"(?:fähigkeit|möglichk)",
            r"\b(?:ich (?:kann|könnte|darf|möchte|will|werde)|(?:kann|darf|möchte|werde) ich)\b"
            r"~\b(?:nicht|kein\w*)\b(?! (?:genug|umhin|glauben|warten|erwarten))~" + _DE_HELP,
            r"(?:bin ich|ich bin|sehe mich)~nicht (?:in der lage|befugt|berechtigt|autorisiert)",
            r"(?:mir|für mich)~nicht (?:möglich|erlaubt|gestattet)",
            r"\b(?:ich muss|muss ich|ich möchte|ich werde)~(?:ablehnen|verweigern)",
            r"\bich lehne~ ab\b",
            r"(?:gegen|widerspricht) (?:meine\w*|unsere\w*|die) (?:\w+)?(?:richtlinien|grundsätze"
            r"|programmierung|prinzipien|nutzungsbedingungen)",
            r"(?:habe ich|ich habe|besitze ich) kein\w* (?:persönlich\w* |eigen\w* )?"
            r"(?:meinung|ansicht|gefühle|überzeugung)",
            r"lassen? (?:sie )?uns (?:lieber )?über etwas ander",
        ),
        (
            r"(?:niemals|nicht|nie|inakzeptabel) (?:\w+ )?(?:akzeptabel|hinnehmbar|vertretbar"
            r"|ethisch|zu rechtfertigen|gerechtfertigt)",
            r"(?:illegal|strafbar|verwerflich|unethisch)~(?:unethisch|unmoralisch|illegal|verwerf)",
            r"\bich rate (?:dir|ihnen)~davon ab",
            r"verdien\w+~(?:respekt|würde)",
        ),
    ),
    phrases(
        "nl",
        "alleen uitsluitend niet geen weigeren afwijzen anders nooit illegaal strafbaar verdient",
        (
            r"\bik (?:je|u)~ niet kan helpen|kan (?:je|u)~niet van dienst",
            r"(?:spijt me|sorry|excuses|helaas),? (?:maar )?(?:daar )?(?:ik kan|kan ik)~\b(?:niet"
            r"|geen)\b",
            r"\b(?:ik kan|kan ik)~\b(?:alleen|uitsluitend)\b~(?:help|antwoord)|niet de "
            r"mogelijkheid om",
            r"\b(?:ik (?:kan|mag|wil|zal|ga)|(?:kan|mag|wil|zal|ga) ik)\b~\b(?:niet|geen)\b"
            r"(?! genoeg)~" + _NL_HELP,
            r"\b(?:kan|mag|wil|zal) ik\b~" + _NL_HELP + r"~\bniet\b",
            r"(?:ben ik|ik ben)~niet (?:in staat|bevoegd|gemachtigd)",
            r"(?:voor mij|mij)~niet (?:mogelijk|toegestaan)",
            r"\b(?:ik moet|moet ik)~(?:weigeren|afwijzen)",
            r"(?:tegen|in strijd met) (?:mijn|onze) (?:\w+ )?(?:richtlijn|beleid|principe)",
            r"(?:heb ik|ik heb) geen (?:persoonlijke |eigen )?(?:mening|gevoelens|overtuiging)",
            r"laten we (?:het )?over iets anders",
        ),
        (
            r"(?:nooit|niet) (?:\w+ )?(?:acceptabel|aanvaardbaar|ethisch|te rechtvaardigen)",
            r"(?:illegaal|strafbaar|onethisch)~(?:onethisch|immoreel|illegaal|verkeerd)",
            r"verdien\w+~(?:respect|waardigheid)",
        ),
    ),
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
        (
            r"(?:aldrig|inte) (?:\w+ )?(?:acceptabelt|godtagbart|etiskt|försvarbart|rättfärdig)",
            r"(?:olagligt|oetiskt)~(?:oetiskt|omoraliskt|olagligt)",
            r"förtjänar~(?:respekt|värdighet)",
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
        (
            r"(?:aldrig|ikke) (?:\w+ )?(?:acceptabelt|etisk|forsvarligt)",
            r"(?:ulovligt|uetisk)~(?:uetisk|umoralsk|ulovligt)",
            r"fortjener~(?:respekt|værdighed)",
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
        (
            r"(?:aldri|ikke) (?:\w+ )?(?:akseptabelt|etisk|forsvarlig)",
            r"(?:ulovlig|uetisk)~(?:uetisk|umoralsk|ulovlig)",
            r"fortjener~(?:respekt|verdighet)",
        ),
    ),
)
