"""French and Italian."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["ROMANCE"]

_FR_HELP = (
    r"(?:aid|assist|répond|fourni|donn|génér|cré|écri|rédig|propos|partag|accéd|satisf|traiter"
    r"|discut|parl|abord|effectu|fair|produi|expliqu|divulg|diffus|conseill|recommand|offr|accompl"
    r"|particip|commun|continu|prendre position|donner suite|encourag|soutenir)"
)
_IT_HELP = (
    r"(?:aiut|assist|rispond|forn|offr|dar|gener|cre|scriv|soddisf|condivid|fare|parl|discut"
    r"|complet|esegu|support|partecip|rivel|spieg|proced|continu|produ|consigli|esprim|fornir"
    r"|accontent|esaud|collabor)"
)

ROMANCE: Final[tuple[Phrases, ...]] = (
    phrases(
        "fr",
        "dois rejeter ne uniquement peux pourrai saurais vais souhaite suis m'est n'est refuser décliner "
        "refuse préfère parlons n'ai contraire enfreint viole pas jamais illégal mérite n'y n'a "
        "n'aide n'appartient m'appartient dépasse malheureusement décline m'abstiens m'en hors "
        "au-delà crains illégale délit interdit blessant cruel irrespectueux dangereux refuser. "
        "relève l'encontre excède l'interdit l'autorise n'écris n'écrirai n'aiderai n'entre "
        "n'apporte n'autorise n'autorisent aucune question injuste rejetée refusée moi",
        (
            r"(?:dois|devons)≈(?:rejeter|refuser|décliner)",
            r"(?:hors|pas) (?:de )?question (?:que j|pour moi|d')|pas (?:de|donner) (?:suite"
            r"|réponse) favorable",
            r"je ne (?:me |m'|vous |te |le |la |leur )*\w{3,}rai\b≈\bpas\b(?! oubli)",
            r"(?:confidentiel|secret|réservé)\w*~ne (?:peu|peuvent|saurai)\w*~(?:pas|être)",
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
            r"(?:(?:je|et|donc|mais) )?(?:ne |n')(?:vous |te |le |la |les |l'|y |en |leur "
            r"|lui )*(?:peux|pourrai|saurai|puis|vais|souhaite|veux)\b≈\b(?:pas|rien|aucune?"
            r"|plus|jamais)\b(?! (?:que |qu'|trop |assez |exclure|croire|attendre|trouver"
            r"|garantir|mentir|oublier|nier|imaginer|dire (?:avec|exactement|si|quel)"
            r"|m'empêcher))",
            r"je ne saurais (?!trop|assez|dire|que)\w+",
            r"nous ne (?:pouvons|pourrons|sommes|serons|saurions)\b≈\bpas\b≈(?:accept|rembours"
            r"|donner|accord|traiter|trait|fourni|communiqu|procéd|répondre|honor|effectu"
            r"|autoris|divulg|en mesure|aid|satisf|repren|valider votre demande|exception)",
            r"(?:dépass|sort|relèv|excèd|hors |au-delà|outrepass)\w*~(?:cadre|champ|compétence"
            r"|portée|ce que je|mes (?:capac|possib|fonct|attrib)|mon (?:rôle|domaine|ressort))",
            r"(?:(?:ne|n')\W?(?:me |nous |m'|vous )(?:le |la )?|(?:règl|politi|condition|consigne"
            r"|charte|directive|principe|programm|éthique|cadre|sécurité|loi\b)\w*≈(?:ne |n'))"
            r"(?:permet|autoris|laiss)\w*≈\b(?:pas|aucune?)\b|m'interdi\w+|il m'est (?:\w+ )?(?:interdit"
            r"|défendu)|ne m'est pas (?:possible|permis|autorisé)|impossible de (?:vous|te"
            r"|donner|répondre|satisfaire|donner suite)",
            r"\bje n'ai (?:malheureusement |hélas )?(?:pas|aucune?|ni)\b≈(?:droit|accès|autoris"
            r"|habilit|compéten|qualific|informations? à|possibilité|pouvoir|donnée|vocation)"
            r"|je ne (?:dispose|possède|détiens)≈(?:pas|aucun)",
            r"ne m'appartient pas|ne me revient pas|n'est pas (?:à moi de|de mon ressort"
            r"|mon (?:rôle|travail)|dans mes (?:cordes|attrib|compét)|(?:quelque chose"
            r"|une chose) (?:que |à laquelle |pour laquelle |avec laquelle )?≈je )",
            r"(?:devoir|dois|contrainte?|obligation|regret|obligée?|forcée?|préfère|préférerais"
            r"|me permets)≈(?:refus|déclin|m'abstenir|rejeter|dire non|décevoir)|je (?:décline"
            r"|m'abstien|m'y refuse|me refuse|passe mon tour)|fin de non-recevoir",
            r"(?:préfère|préférerais|aimerais mieux|choisis de|souhaite|tiens à) ne (?:pas"
            r"|rien)\b|je ne (?:me |m'en |m')?(?:souhaite|prononce|exprime)≈pas"
            r"|je n'y (?:donner|répondr|participer)ai|ne (?:le )?fer?ai (?:pas|rien)",
            r"\bje (?:ne |n')(?:vous |te |le |la |l'|y |me |m')*(?:aide|donne|fournis|rédige"
            r"|écris|écrirai|fais|produis|partage|discute|divulgue|crée|génère|délivre|traite"
            r"|participe|commente|réponds|propose|prête|rédigerai|aiderai|fournirai|donnerai"
            r"|ferai|traiterai|poursuivrai|continuerai)\b≈\b(?:pas|aucune?|jamais"
            r"|rien)\b(?! de souci)",
            r"ça, (?:je ne le|non)|je ne (?:suis|serai) (?:\w+ )?(?:pas"
            r"|ni) (?:\w+ )?(?:en mesure|autorisée?|capable|conçue?|habilitée?|programmée?"
            r"|à l'aise|qualifiée?|formée?|compétente?|apte|la bonne personne|médecin|avocat"
            r"|prête?)",
            r"(?:malheureusement|désolée?|regrett\w+|crains|excuses|regret"
            r"|hélas)\b≈(?:impossible|pas (?:possible|autorisé|réalisable|permis|recevable"
            r"|envisageable|disponible pour moi))|(?:par|via|depuis|dans) (?:le "
            r"|ce )?chat≈(?:pas|impossible)|n'est pas (?:possible|autorisée?"
            r"|réalisable)≈(?:chat|d'ici|ici)",
            r"(?:crains|regrette|désolée?) de ne (?:pas |pouvoir|plus|rien)\w*|(?:hors"
            r"|pas) (?:de )?question (?:que je|pour moi|d')|(?:impossible|pas possible|pas envisageable|exclu) pour moi"
            r"|pour moi(?:,)? (?:c'est )?(?:impossible|exclu)|très peu pour moi|c'est non\b"
            r"|je passe mon tour",
            r"(?:demande|réclamation|requête|retour|remboursement)\b≈(?:rejetée?|refusée?"
            r"|pas (?:acceptée?|recevable|accordée?)|irrecevable)|(?:décidé|choisi) de ne pas\b"
            r"|aucune (?:réponse|suite) ne|\bje ne \w{3,}rai\b≈\bpas\b(?! (?:oubli|de mal"
            r"|long))|je ne peux rien (?:faire|y)",
        ),
        r"ne (?:vous |te )?(?:conseillerais|recommande\w*) pas|pas oublié|ne vous inquiétez"
        r"|le verbe|, mais (?:je peux|je vous aide)|n'oubli|\b(?:(?<!en )tant que|jusqu'à ce|qu'après"
        r"|sauf si|à moins|avant (?:que|d'avoir|la réception)|dès que|dès réception)\b"
        r"|pourquoi (?:je|ne)|(?:pas|saurais|peux)≈(?:trop|assez|exclure|trouver|trouvé|garanti"
        r"|certain|sûre?)\b|ne trouve (?:pas|aucun)|, mais (?:voici|il devrait|elle devrait"
        r"|voilà)|pas de (?:souci|problème)|je ne peux que",
    ),
    phrases(
        "it",
        "devo respingere spiace mi solo soltanto unicamente non rifiutare declinare preferisco viola mai illegale merita "
        "meritano purtroppo né rifiuto astenermi rifiutarmi oltre esula fuori impossibile reato "
        "crimine vietato crudele offensivo irrispettoso pericoloso temo costretto declino "
        "spiacente violenza nessun niente vieta vietano impedisce impediscono illegali neanche "
        "nemmeno astengo rifiutarmi. assolutamente ingiusto respinta negata",
        (
            r"(?:devo|dobbiamo)≈(?:respingere|rifiutare|declinare)",
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
            r"\bnon (?:(?:ti|le|vi|lo|la|li|gli|glielo|ve lo|te lo|mi|ci) )*(?:posso|potrò"
            r"|potrei|voglio|intendo|saprei|devo)\b(?! (?:che|fare a meno|credere|aspettare"
            r"|escludere|trovare|immagin|dimentic|neg|ment|garantire che|assicurare che"
            r"|dire con|consigliare abbastanza|dormire|smettere))≈\b\w+",
            r"\bnon (?:(?:ti|le|vi|lo|la|ci) )*(?:possiamo|potremo|siamo in grado di"
            r"|è possibile)\b≈(?:accett|rimbors|concede|dare|forni|divulg|comunic|elabor"
            r"|autorizz|approv|aiut|eccezion|soddisf|evad|process|eseguire (?:quest|tale)"
            r"|procedere)",
            r"\bnon (?:ho|dispongo|possiedo|detengo)\b≈(?:access|autorizz|permess|facoltà"
            r"|informazion|dati|capacità|possibilità|conoscenz|competenz|diritto|titolo|poter)",
            r"\bnon (?:sono (?:in (?:grado|condizione)|\w*(?:capace|(?:autorizzat|programmat"
            r"|abilitat|qualificat|addestrat|progettat|pensat|tenut|dispost)[oa]\b)|la persona"
            r"|il canale|un medic|un avvocat)|mi (?:è (?:possibile|permess|consentit|concess)"
            r"|sento))",
            r"\b(?:non|né|neanche|nemmeno) (?:mi|ci) (?:permett\w+|consent\w+|compet\w+|spetta"
            r"|è (?:possibile|permess|consentit)|autorizz\w+|sent\w+ (?:a mio agio|di)"
            r"|pronunci\w+|esprim\w+|occup\w+)|non (?:spetta|sta|tocca) a me|(?:mi"
            r"|ci) (?:è (?:vietat|impossibil|proibit)|viet|imped|proib)\w*",
            r"(?:fuori|al di là|oltre|esula|eccede|supera|va al di)\b~(?:ciò (?:che|di cui|su cui) (?:posso|mi)"
            r"|quello che (?:posso|mi)|quanto (?:posso|mi)|mi[ea]i? (?:possib|capac|compet|funz"
            r"|ambito|portata|ruolo|poter)|dalle mie|dai miei|dal mio)",
            r"(?:politiche|norme|regole|condizioni|regolamento|linee guida|termini"
            r"|policy)\b~non (?:me lo |mi |ci |lo )?(?:permett|consent|autorizz|preved)"
            r"|viol\w*~(?:politiche|norme|regole|condizioni|termini|linee guida)~(?:non |rifiut)",
            r"(?:temo|purtroppo|spiacente|spiace|dispiace|sfortunatamente|scus\w+"
            r"|rincresce)\b≈non (?:sia|è|sarà|si può|ci è)≈(?:possibile|fattibile|consentit"
            r"|permess|fare|eseguire|praticabile)",
            r"\b(?:devo|costrett[oa] a|vedo costrett[oa]|mi vedo|preferisco|scelgo di|dovrò"
            r"|sono costrett[oa] a)\b≈(?:rifiut|declin|astener|respinger|negare|dire di no"
            r"|delude)|\b(?:mi rifiuto|declino|mi astengo|rifiuto (?:la|questa|di))\b"
            r"|prefer(?:isco|irei) (?:non|astener)",
            r"\bnon (?:(?:ti|le|vi|lo|la|ne) )*(?:do|offro|presto|faccio|scrivo|condivido"
            r"|genero|collaboro|aiuto|partecipo|fornisco|farò|scriverò|darò|fornirò|aiuterò"
            r"|parteciperò|procederò|continuerò|commento|rispondo|rivelo|produco|traduco|tratto"
            r"|mi presto|proseguirò|redigo|creo|creerò|genererò)\b",
            r"\bnon è (?:qualcosa|una cosa|un argomento) (?:in|con|di|che|per|su)≈(?:possa"
            r"|posso)|non è (?:compito mio|il mio (?:ruolo|compito)|mio compito|affar mio)"
            r"|(?:da qui|(?:tramite|via|in|dalla) chat)≈non (?:si può|è possibile|è consentit)"
            r"|non contare su di me",
            r"temo di non|assolutamente no|neanche per sogno|non se ne parla|\bnon \w{3,}(?:erò"
            r"|irò|arò)\b|mi è impossibile|per me (?:è )?impossibile|nulla che (?:io )?possa"
            r"|non fa per me|mi tiro indietro|su questo passo|non (?:falsifico|invento"
            r"|rientra in)",
            r"(?:richiesta|rimborso|reso|reclamo)\b≈(?:respint|negat|rifiutat"
            r"|non (?:è (?:più )?(?:ammess|accettat|accolt)|può essere))|(?:deciso"
            r"|scelto) di non\b|riservat\w+~non (?:gliel|ve l|te l|poss)",
        ),
        r"non (?:(?:le|ti|lo|la|glielo) )*(?:consigli|raccomand|suggeri)\w*|non (?:ho"
        r"|mi sono) dimentic\w*|non si preoccupi|il verbo|, ma (?:qui|la aiuto|ti aiuto)"
        r"|non dimentic|\b(?:finché non|fino a (?:quando|che)|a meno che|salvo che|prima che"
        r"|prima di aver|non appena)\b|perché non (?:posso|riesco)"
        r"|\bnon (?:\w+ ){0,3}?(?:abbastanza|escludere|trovo|trovare|garantire|sicur[oa])\b"
        r"|, ma (?:dovrebbe|ecco|così)|nessun problema|non posso (?:che|fare a meno)",
    ),
)
