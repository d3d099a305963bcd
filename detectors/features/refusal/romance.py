"""French, Spanish, Portuguese and Italian."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["ROMANCE"]

_FR_HELP = (
    r"(?:aid|assist|répond|fourni|donn|génér|cré|écri|rédig|propos|partag|accéd|satisf|traiter"
    r"|discut|parl|abord|effectu|fair|produi|expliqu|divulg|diffus|conseill|recommand|offr|accompl"
    r"|particip|commun|continu|prendre position|donner suite|encourag|soutenir)"
)
_ES_HELP = (
    r"(?:ayud|asist|respond|contest|proporcion|ofrec|dar|gener|crear|escrib|cumpl|compart|hacer"
    r"|hablar|discut|brind|facilit|complet|realiz|redact|apoy|opin|particip|revel|explic|atend"
    r"|proced|suministr|continu|produc|colabor|promov)"
)
_PT_HELP = (
    r"(?:ajud|auxili|respond|fornec|oferec|dar|ger|cri|escrev|cumpr|atend|compartilh|partilh"
    r"|fazer|fal|discut|complet|realiz|apoi|particip|revel|explic|prosseg|continu|produz|opin"
    r"|assist|colabor|redig|promov)"
)
_IT_HELP = (
    r"(?:aiut|assist|rispond|forn|offr|dar|gener|cre|scriv|soddisf|condivid|fare|parl|discut"
    r"|complet|esegu|support|partecip|rivel|spieg|proced|continu|produ|consigli|esprim|fornir"
    r"|accontent|esaud|collabor)"
)

ROMANCE: Final[tuple[Phrases, ...]] = (
    phrases(
        "fr",
        "ne uniquement peux pourrai saurais vais souhaite suis m'est n'est refuser décliner "
        "refuse préfère parlons n'ai contraire enfreint viole pas jamais illégal mérite",
        (
            r"\ben tant qu[^.]{0,60}?\bje ne peux pas\b",
            r"(?:désolée?|regrette|excuse\w*),? (?:mais )?(?:je|cette|ce)\b~(?:\bne |n')~\b(?:pas"
            r"|qu)\b",
            r"\b(?:répondre|aider) (?:qu'|uniquement)|spécialisée? uniquement|pas la capacité de",
            r"\bje (?:ne|n')(?: vous| te| me| le| l')* ?(?:peux|pourrai|saurais|vais|souhaite|suis|"
            r"donnerai|fournirai|puis)\b(?: malheureusement| donc)?(?! (?:que|qu'))~" + _FR_HELP,
            r"\bje ne (?:suis|serai) (?:malheureusement )?pas (?:en mesure|autorisé|capable|conçu"
            r"|habilité|programmé|à l'aise)",
            r"il m'est (?:malheureusement )?impossible|ne m'est pas (?:possible|permis)",
            r"\bje (?:dois|me dois|préfère|suis contraint)~(?:refuser|décliner)|\bje refuse\b",
            r"\bje n'ai pas le droit|\bparlons d'autre chose|\bje préfère ne pas~" + _FR_HELP,
            r"(?:contraire à|contre|enfreint|viole) (?:mes|nos|mon) (?:\w+ )?(?:principe|directive"
            r"|règle|politique|consigne|programm|valeur|éthique)",
            r"\bje n'ai pas d'(?:opinion|avis|expérience)|(?:pas|aucune?) (?:d')?opinions? "
            r"personnelle",
        ),
        (
            r"(?:jamais|pas) (?:\w+ )?(?:acceptable|éthique|tolérable|justifi|convenable|moral)",
            r"(?:illégal|immoral|contraire à l'éthique)\w*~(?:immoral|éthique|illégal|répréhens)",
            r"mérite\w*~(?:respect|dignité)",
        ),
    ),
    phrases(
        "es",
        "solo sólo únicamente no nunca rechazar declinar prefiero viola ilegal merece merecen",
        (
            r"\bcomo (?:un |una )?(?:modelo de|ia\b|inteligencia)~\bno puedo\b",
            r"(?:siento|disculp\w+|perdón|lamento)(?: mucho)?,? (?:pero )?(?:como [^.,]{0,50},? "
            r")?no (?:puedo|tengo)\b",
            r"\b(?:solo|sólo|únicamente) puedo (?:ayud|respond)|no tengo (?:la )?capacidad",
            r"\bno (?:puedo|podré|podría|voy a|podemos)\b(?! (?:dejar de|evitar|creer|esperar))"
            r"~" + _ES_HELP,
            r"\bno (?:soy capaz|estoy (?:en condiciones|autorizad|capacitad|diseñad|programad"
            r"|dispuest)|tengo (?:permitido|permiso|autorización))",
            r"\bno me (?:es posible|está permitido|siento cómod)",
            r"\b(?:debo|tengo que|quiero|prefiero)~(?:rechazar|declinar)|\bprefiero no " + _ES_HELP,
            r"(?:contra (?:de )?|viola|infringe) ?(?:mis|nuestras) (?:\w+ )?(?:políticas"
            r"|directrices"
            r"|normas|principios|pautas)",
            r"\bno tengo (?:una )?(?:opini(?:ón|ones)|creencias|sentimientos)",
            r"hablemos de otra cosa",
        ),
        (
            r"(?:nunca|no) (?:\w+ ){0,2}(?:aceptable|ético|moral|justificable|correcto burlarse)",
            r"(?:ilegal|inmoral)~(?:ético|inmoral|ilegal|moralmente)",
            r"merece\w*~(?:respeto|dignidad)",
        ),
    ),
    phrases(
        "pt",
        "só apenas somente não nunca recusar declinar prefiro viola ilegal merece merecem",
        (
            r"\bcomo (?:um |uma )?(?:modelo de|ia\b|inteligência)~\bnão posso\b",
            r"(?:desculp\w+|lamento|(?:sinto|lamento) muito),? (?:mas )?(?:como [^.,]{0,50},? "
            r")?não (?:posso|tenho|consigo)\b",
            r"\b(?:só|apenas|somente) posso (?:ajud|respond)|não tenho (?:a )?capacidade",
            r"\bnão (?:posso|consigo|poderei|vou|podemos|poderia)\b(?! (?:deixar de|evitar|"
            r"acreditar|esperar))~" + _PT_HELP,
            r"\bnão (?:estou (?:autorizad|apt|em condições|programad)|sou capaz|me é possível"
            r"|tenho (?:permissão|autorização)|me sinto confortável)",
            r"\b(?:devo|tenho (?:que|de)|preciso|prefiro)~(?:recusar|declinar)|\bprefiro não "
            + _PT_HELP,
            r"(?:contra|viola|violam) (?:as )?(?:minhas|nossas|meus) (?:\w+ )?(?:diretrizes"
            r"|políticas|normas|princípios)",
            r"\bnão (?:tenho|possuo) (?:uma )?(?:opini(?:ão|ões)|crenças|sentimentos)",
        ),
        (
            r"(?:nunca|não) (?:\w+ ){0,2}(?:aceitável|ético|moral|justificável)",
            r"(?:ilegal|imoral|antiético)~(?:antiético|imoral|ilegal|ético)",
            r"merece\w*~(?:respeito|dignidade)",
        ),
    ),
    phrases(
        "it",
        "solo soltanto unicamente non rifiutare declinare preferisco viola mai illegale merita "
        "meritano",
        (
            r"\b(?:come|in quanto) (?:un )?(?:modello|ai|ia|intelligenza|assistente)\b~\bnon "
            r"(?:posso|ho)\b",
            r"(?:dispiace|spiace|scus\w+|spiacente),? (?:ma )?(?:come [^.,]{0,50},? )?non (?:posso"
            r"|sono in|ho)\b",
            r"\bposso (?:solo|soltanto|unicamente) (?:aiut|rispond)|non ho la capacità",
            r"\bnon (?:posso|intendo|possiamo|potrei|voglio)\b(?! (?:che|fare a meno|credere|"
            r"aspettare))~" + _IT_HELP,
            r"\bnon (?:sono (?:in grado|autorizzat|capace|programmat|abilitat)|mi (?:è (?:possibile"
            r"|permesso|consentito)|sento a mio agio))",
            r"\b(?:devo|preferisco|sono costretto)~(?:rifiutare|declinare)|\bpreferisco non "
            + _IT_HELP,
            r"(?:contro|viola) (?:le )?(?:mie|nostre|miei) (?:\w+ )?(?:linee guida|politiche"
            r"|principi|norme|policy)",
            r"\bnon ho (?:un')?(?:opinion[ie]|convinzioni|sentimenti)",
        ),
        (
            r"(?:mai|non è) (?:\w+ )?(?:accettabile|etico|giustificabile|morale)",
            r"(?:illegale|immorale)~(?:immorale|etico|illegale)",
            r"merita\w*~(?:rispetto|dignità)",
        ),
    ),
)
