"""German and Dutch."""

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

GERMANIC: Final[tuple[Phrases, ...]] = (
    phrases(
        "de",
        "leider außerhalb nicht kein keine keinen keinerlei keiner ablehnen verweigern lehne "
        "anderes illegal strafbar rate verdient niemals hinaus davon ausserhalb geht verstößt "
        "strafbare straftat verbrechen verboten verletzend grausam respektlos keinem niemand "
        "unzulässig unmöglich außerstande schwerlich enttäuschen ungern lieber abstand gebunden "
        "zuständig ausgeschlossen abgelehnt bang passen unfair",
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
            r"(?:weshalb|weil|da|sodass|dass|sondern|die|den|das|was) ich≈\b(?:nicht|kein\w*)\b≈(?:kann|darf"
            r"|werde|möchte|will|verfasse|schreibe|erstelle|gebe|liefere|unterstütze|teile)\b",
            r"habe (?:dazu |hierzu |daher |dabei |selbst )?kein\w* (?:\w+ )?(?:meinung|ansicht"
            r"|haltung|vorliebe)",
            r"(?:gegen|widerspricht) (?:meine\w*|unsere\w*|die) (?:\w+)?(?:richtlinien|grundsätze"
            r"|programmierung|prinzipien|nutzungsbedingungen)",
            r"(?:habe ich|ich habe|besitze ich) kein\w* (?:persönlich\w* |eigen\w* )?"
            r"(?:meinung|ansicht|gefühle|überzeugung)",
            r"lassen? (?:sie )?uns (?:lieber )?über etwas ander",
            r"(?:ich (?:kann|könnte|darf|vermag|werde)|(?:kann|könnte|darf|vermag"
            r"|werde) ich)\b≈\b(?:nicht|kein\w*|niemals|unmöglich|schwerlich)\b(?! (?:nur|genug"
            r"|umhin|glauben|warten|erwarten|finden|verhehlen|müde|vergessen|lügen))",
            r"(?:wir (?:können|dürfen|werden)|(?:können|dürfen|werden) wir)\b≈\b(?:nicht"
            r"|kein\w*)\b≈(?:nachkomm|nachgeh|erstatt|annehm|akzeptier|gewähr|herausgeb"
            r"|bearbeit|ausnahme|anbiet|helfen|zustimm|auskunft|auskünfte|mitteil|übernehm"
            r"|entsprech|stattgeb|zurücknehm|umtausch|ermöglich|bewillig)",
            r"(?:mach|schreib|tu|beantwort|erstell|geb|erteil|verfass|liefer|biet|unterstütz"
            r"|äußer|helf|teil|kommentier|bewert|beurteil|führ|verrat|bespreche|übersetz|mache"
            r"|leist|beteilig)e? ich (?:mich |dir |ihnen |dich |sie |das |dazu |hier |dabei "
            r"|grundsätzlich |leider |prinzipiell |aber )*(?:nicht|kein\w*)\b",
            r"ich (?:mach|schreib|tu|beantwort|erstell|geb|erteil|verfass|liefer|biet"
            r"|unterstütz|äußer|helf|teil|kommentier|bewert|führ|verrat|leist"
            r"|beteilig)e? (?:mich |dir |ihnen |dich |sie |das |so etwas |dazu |dabei |hier "
            r"|grundsätzlich |leider |prinzipiell |zu )*(?:nicht|kein\w*)\b",
            r"(?:geht|liegt|liegen|gehen|fällt|übersteigt|überschreitet)\b~(?:hinaus\b"
            r"|außerhalb|ausserhalb|nicht in mein|meine (?:möglich|befug|fähig|kompet|zuständ)"
            r"|was ich~kann)",
            r"(?:richtlinien|regeln|vorgaben|bestimmungen|bedingungen|vorschriften|agb"
            r"|policy)\b~(?:nicht (?:zu\b|erlaub|gestatt|vorgesehen)|(?:erlaub"
            r"|gestatt)\w* (?:es )?(?:mir |uns )?(?:nicht|kein)|verbiet|untersag"
            r"|verstößt)|(?:meine|unsere|geltende|die)\w* (?:\w+ )?(?:\w*richtlinien|regeln|\w*bedingungen"
            r"|grundsätze|gesetze) verstoßen",
            r"(?:ich habe|habe ich|ich besitze|besitze ich|mir fehl\w+|mir liegen|mir steh\w+"
            r"|verfüge ich|ich verfüge)\b≈(?:kein\w*|nicht|die)\b≈(?:zugriff|zugang|berechtig"
            r"|befugnis|einsicht|erlaubnis|möglichkeit|echtzeit|informationen|kompetenz"
            r"|fachkenn|expertise|ermächtig|vollmacht|spielraum|qualifikation)",
            r"(?:bin ich|ich bin)≈(?:nicht (?:qualifiziert|ausgebildet|dafür|dazu|der richtige"
            r"|die richtige|zuständig|bereit|imstande|ermächtigt|geeignet|darauf)|kein (?:arzt"
            r"|anwalt)|außerstande|gezwungen)",
            r"(?:muss|sehe mich|möchte|werde|kann|bedau\w+|leider)\b≈(?:außerstande|abzulehnen"
            r"|ablehnen|verweigern|enttäuschen|verzichten|zurückweisen|absagen|nein sagen"
            r"|eine absage|gezwungen|abstand)|sehe ich mich≈außerstande|sehe (?:ich )?(?:hier "
            r"|daher )?davon ab"
            r"|nehme (?:ich )?~abstand|verweigere ich|ich verweigere|verzichte ich|ich passe\b",
            r"(?:steht mir|ist es mir|ist mir|mir ist|mir wurde|obliegt mir)~\b(?:nicht zu\b"
            r"|untersagt|verboten|verwehrt|unmöglich|nicht (?:möglich|erlaubt|gestattet))"
            r"|nicht meine (?:aufgabe|rolle|sache)|(?:mir|uns)~die hände gebunden"
            r"|nicht mit mir\b|ohne mich\b|da bin ich raus",
            r"(?:leider|bedauerlicherweise|tut (?:mir|uns) leid|entschuldig\w+|fürchte"
            r"|befürchte|sorry)\b≈(?:nicht (?:möglich|machbar|zulässig|drin|gehen|vorgesehen)"
            r"|geht (?:das )?(?:hier )?nicht|unmöglich|wird nichts)",
            r"(?:über|in|im|per|hier)≈ chat≈ nicht\b|ich (?:möchte|will|würde)≈(?:lieber"
            r"|nicht)≈(?:nicht|äußern|beteiligen|kommentieren|beurteilen|schreiben|mitmachen)",
            r"\b(?:ich passe\b|passe ich\b|muss (?:ich )?passen|lehne ich(?! den)~ab\b|kommt nicht in ?frage"
            r"|auf keinen fall (?:schreib|mach|werd)\w*)|(?:für mich|mir)≈(?:ausgeschlossen"
            r"|unmöglich|tabu)|stelle ich≈(?:nicht|kein\w*)≈bereit",
            r"(?:anfrage|anliegen|bitte|antrag|wunsch|rückerstattung|erstattung"
            r"|kulanz\w*)\b≈(?:abgelehnt|abschlägig|nicht (?:bearbeitet|genehmigt|entsproch"
            r"|stattgegeben|bewilligt)|ausgeschlossen)|(?:entschieden|beschlossen),?~nicht zu\b"
            r"|kann ich mir kein urteil",
        ),
        r"\b(?:würde|kann) (?:ich )?(?:ihnen |dir )?nicht (?:raten|empfehlen)|nicht vergessen"
        r"|das verb\b|, aber (?:hier|ich helfe)|gerne? sofort|stattdessen können sie"
        r"|\b(?:bis (?:sie|du)|solange (?:sie|du)|es sei denn|erst (?:wenn|nach|ab|dann)"
        r"|sobald)\b|(?:nicht|kaum|nie) (?:ganz |völlig |mit sicherheit )?(?:ausschließen"
        r"|ausgeschlossen|garantieren|sicher|genug)|(?:warum|wieso|weshalb) (?:kann|darf)"
        r"|\b(?:gar nicht|nicht|kein\w*)≈(?:genug|finden|gefunden|umhin)\b|, aber (?:er|sie|es"
        r"|so|hier|das) (?:ist|sind|sollte|sieht|geht)|kein\w* (?:problem|sorge)",
    ),
    phrases(
        "nl",
        "alleen uitsluitend niet geen weigeren afwijzen anders nooit illegaal strafbaar "
        "verdient buiten verder vrees genoodzaakt raad misdrijf verboten kwetsend wreed "
        "respectloos onmogelijk niemand liever bang sprake uitgesloten oneerlijk",
        (
            r"(?:kan|mag|zal) ik≈\b(?:niets|niks)\b|(?:vertrouwelijk|geheim)~\bniet\b",
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
            r"(?:ik (?:kan|mag|zal|ga)|(?:kan|mag|zal|ga) ik)\b≈\b(?:niet|geen|nooit"
            r"|onmogelijk)\b(?! (?:genoeg|uitsluiten|vinden|wachten|geloven|alleen|anders))",
            r"(?:wij|we) (?:kunnen|mogen|zullen)\b≈\b(?:niet|geen)\b|(?:kunnen|mogen) (?:wij"
            r"|we)≈\b(?:niet|geen)\b≈(?:aannemen|terugnem|vergoed|accepteren|verwerk|verstrek"
            r"|voldoen|toestaan|geven|helpen|goedkeur|uitzondering|terugbetal|meewerk|tegemoet"
            r"|delen|verlenen)",
            r"\b(?:doe|noem|geef|schrijf|maak|deel|begin|lever|verstrek|bespreek|help|werk|spreek"
            r"|beantwoord|vertel|adviseer|bied) ik (?:je |u |daar |hier |dat |me |liever "
            r"|helaas |principieel |dus |daarover )*(?:niet|geen)\b|\bik (?:doe|geef|schrijf"
            r"|maak|deel|lever|verstrek|bespreek|help|werk|beantwoord|vertel|adviseer"
            r"|bied) (?:je |u |daar |hier |dat |zoiets |daarover |principieel )*(?:niet|geen)\b",
            r"buiten (?:mijn|onze|wat ik)|(?:gaat|ligt|valt|liggen)\b~(?:verder dan"
            r"|buiten (?:mijn|het bereik|wat))",
            r"(?:beleid|regels|voorwaarden|richtlijn\w*|reglement|protocol)\b~(?:niet toe\b"
            r"|(?:laat|laten|staat|staan)~niet|verbied|toegestaan)|in strijd met (?:de|onze"
            r"|het)~(?:niet|weiger)",
            r"gaat (?:helaas |me |hier )?niet lukken|lukt (?:me |mij )?(?:helaas )?niet|(?:niet"
            r"|nooit) aan mij\b|niet mijn (?:taak|plaats|rol)|hier(?:bij)? houdt het voor mij op",
            r"(?:ik|mij|me)\b≈\b(?:genoodzaakt|moet|verplicht|gedwongen)≈(?:weiger|af te wijzen"
            r"|afwijzen|afslaan|teleurstell|afzien|bedanken|nee )|zie (?:ik )?(?:hier)?van af"
            r"|laat ik me~niet~uit|ik weiger|ik pas hiervoor|ik onthoud me",
            r"(?:ik heb|heb ik|beschik ik|ik beschik|ontbreekt|mij)\b≈\b(?:geen"
            r"|niet)\b≈(?:toegang|inzage|bevoegd|toestemming|over|mogelijkheid|rechten"
            r"|informatie|expertise|actuele)",
            r"(?:ben ik|ik ben)≈(?:niet (?:gekwalificeerd|opgeleid|ontworpen|bedoeld|gerechtigd"
            r"|bereid|de juiste|gemaakt)|geen (?:arts|advocaat))|niet iets (?:waar|wat|dat)≈ ik",
            r"(?:helaas|vrees|spijt|sorry|excuses)\b≈(?:niet (?:mogelijk|toegestaan|haalbaar"
            r"|kunnen|gaat|gaan|zal lukken|lukt)|onmogelijk|gaat niet)|(?:ik (?:wil|zou|laat)"
            r"|(?:wil|zou|laat) ik)\b≈(?:liever|niet)≈(?:niet|uitlaten|over uit|schrijven"
            r"|meewerken|uitspreken)|via≈chat≈ niet\b",
            r"geen sprake van|ben (?:ik )?bang dat~niet|(?:voor mij|mij)≈(?:uitgesloten"
            r"|onmogelijk)|(?:ben|als)~\bai\b~geen (?:\w+ )?(?:mening|voorkeur|standpunt)"
            r"|daar (?:doe|ga|werk) ik (?:niet|absoluut)",
            r"(?:verzoek|aanvraag|vraag|terugbetaling)\b≈(?:afgewezen|af te wijzen|afkeuren"
            r"|niet (?:goedgekeurd|ingewilligd|toe te kennen|gehonoreerd|in behandeling))"
            r"|besloten~niet (?:toe )?te\b|(?:niets|niks) (?:voor (?:u|je) )?(?:doen|betekenen)",
        ),
        r"niet (?:aanraden|vergeten|adviseren)|zou ik (?:u|je) niet|, maar (?:hier|ik help)"
        r"|het werkwoord|geen zorgen|\b(?:pas (?:als|wanneer|na)|totdat|tot (?:u|je)|tenzij"
        r"|zolang|zodra)\b|waarom (?:kan|mag)|\b(?:niet|geen)≈(?:genoeg|uitsluiten|vinden"
        r"|gevonden|garanderen|zeker)\b|, maar (?:zo|hier|hij|dit|het) (?:is|zijn|zou|ziet|kan)"
        r"|geen (?:probleem|zorgen)",
    ),
)
