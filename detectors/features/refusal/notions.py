"""What a refusal says in any language, one notion after another.

The tables of the languages hold the grammar of "I cannot" and "I will not". Here are the notions
that need neither: that it feels uneasy, was not made for it, is barred by its rules, would be in
the wrong, stays neutral, keeps something back.
"""

from typing import Final

from detectors.features.refusal.notions_scripts import SCRIPTS

__all__ = ["NOTIONS"]

NOTIONS: Final[dict[str, tuple[str, ...]]] = {
    "de": (
        r"(?:ich fühle mich|fühle ich mich|mir ist|es ist mir)≈(?:nicht wohl|unwohl|unangenehm)",
        r"(?:ich (?:bin|wurde)|bin ich|wurde ich)≈(?:nicht|weder)≈(?:gemacht|geschaffen|entwickelt"
        r"|konzipiert|entworfen|gedacht|programmiert|trainiert|da, um)",
        r"(?:richtlinien|regeln|vorgaben|bedingungen|grundsätze)≈(?:verbieten|untersagen"
        r"|(?:erlauben|gestatten)~(?:nicht|keine))|(?:ist|sind) mir≈(?:untersagt|verboten)",
        r"(?:wäre|ist)≈(?:nicht verantwort|unverantwort|nicht ethisch|unethisch|nicht richtig"
        r"|falsch)\w*≈(?:von mir|wenn ich|mich)",
        r"(?:ich|und) (?:vertrete|äußere|habe|beziehe|nehme|gebe|nenne|verrate|formuliere|verfasse"
        r"|produziere|empfehle|fördere)≈\bkeine?\b≈(?:meinung|position|stellung|partei|ansicht"
        r"|wahlempf|auskunft|details|angaben|inhalte|anleitung|texte)",
        r"ich (?:sollte|soll|will|möchte|muss)≈(?:vermeiden|verzichten|absehen|unterlassen)",
    ),
    "nl": (
        r"(?:ik voel me|voel ik me)≈(?:niet (?:prettig|goed|op mijn gemak|comfortabel)"
        r"|ongemakkelijk)",
        r"(?:ik ben|ben ik|ik werd)≈niet≈(?:gemaakt|ontworpen|bedoeld|ontwikkeld|getraind)",
        r"(?:richtlijnen|regels|voorwaarden|beleid)≈(?:verbied\w+|(?:staan|staat|laten|laat)≈niet)"
        r"|mij (?:verboden|niet toegestaan)",
        r"(?:zou|is)≈(?:niet (?:ethisch|verantwoord|juist|goed)|onverantwoord|onethisch)≈(?:als ik"
        r"|van mij|voor mij)",
        r"(?:ik|en) (?:geef|neem|spreek|heb|deel|noem|uit)≈(?:geen|niet)≈(?:mening|voorkeur"
        r"|standpunt|details|informatie|advies|uit)\b",
        r"\bik≈(?:liever niet|vermijd|zie af van)|\bik≈\bliever\b≈niet",
    ),
    "sv": (
        r"(?:jag känner mig|känner jag mig|jag är)≈(?:inte (?:bekväm|trygg)|obekväm)",
        r"jag (?:är|har|blev)≈inte≈(?:skapad|gjord|utformad|avsedd|byggd|tränad)\w*",
        r"(?:riktlinjer|regler|villkor|policy)≈(?:förbjuder|hindrar|tillåter≈(?:inte|inga))",
        r"(?:vore|är)≈(?:inte (?:etiskt|rätt|ansvarsfullt)|oetiskt|oansvarigt)≈(?:av mig|om jag"
        r"|för mig)",
        r"\bjag (?:ger|delar|lämnar|uttrycker|skriver|skapar|gör|tar|nämner|anger|hjälper|stödjer"
        r"|svarar|diskuterar|kommenterar|medverkar)≈\b(?:inte|inga|ingen|inget)\b",
        r"\b(?:ger|delar|lämnar|uttrycker|skriver|skapar|gör|tar|nämner|anger|hjälper|svarar|vill"
        r"|kan|får|kommer|tänker) jag≈\b(?:inte|inga|ingen|inget)\b",
        r"jag≈(?:helst|hellre)≈(?:inte|låter bli|avstår)|inget jag (?:kan|vill|får)|jag vägrar"
        r"|(?:måste|får|vill|väljer)≈(?:avböja|avstå|neka|tacka nej|säga nej|avslå)",
        r"strider mot≈(?:mina|våra)|utanför≈(?:vad jag|mina|mitt)|inte (?:min sak|upp till mig)",
    ),
    "da": (
        r"(?:jeg føler mig|føler jeg mig|jeg er)≈(?:ikke (?:tryg|tilpas|godt tilpas)|utilpas)",
        r"jeg (?:er|blev)≈ikke≈(?:skabt|lavet|designet|bygget|beregnet|trænet)",
        r"(?:retningslinjer|regler|vilkår|politik)≈(?:forbyder|forhindrer|tillader≈(?:ikke|ingen))",
        r"(?:ville|er)≈(?:ikke (?:være )?(?:etisk|rigtigt|ansvarligt)|uetisk|uansvarligt)≈(?:af mig"
        r"|hvis jeg|for mig)",
        r"\bjeg (?:giver|deler|udtrykker|skriver|laver|gør|tager|nævner|hjælper|støtter|svarer"
        r"|diskuterer|kommenterer|medvirker|oplyser)≈\b(?:ikke|ingen|intet|noget)\b",
        r"\b(?:giver|deler|skriver|laver|gør|tager|hjælper|svarer|vil|kan|må) jeg≈\b(?:ikke"
        r"|ingen|intet)\b",
        r"jeg≈(?:helst|hellere)≈(?:ikke|undlade)|ikke noget,? jeg (?:kan|vil|må)|jeg nægter"
        r"|(?:må|vil|bliver)≈(?:afvise|afslå|undlade|takke nej|sige nej|nægte)",
        r"strider mod≈(?:mine|vores)|uden for≈(?:hvad jeg|mine|mit)|ikke (?:op til mig)",
    ),
    "no": (
        r"(?:jeg føler meg|føler jeg meg|jeg er)≈(?:ikke (?:komfortabel|trygg|vel)|ukomfortabel)",
        r"jeg (?:er|ble)≈ikke≈(?:skapt|laget|designet|bygget|ment|trent)",
        r"(?:retningslinjer|regler|vilkår)\w*≈(?:forbyr|hindrer|tillater≈(?:ikke|ingen))",
        r"(?:ville|er)≈(?:ikke (?:være |vært )?(?:etisk|riktig|ansvarlig)|uetisk|uansvarlig)≈(?:av meg"
        r"|om jeg|hvis jeg|for meg)",
        r"\bjeg (?:gir|deler|uttrykker|skriver|lager|gjør|tar|nevner|hjelper|støtter|svarer"
        r"|diskuterer|kommenterer|medvirker|oppgir)≈\b(?:ikke|ingen|inget|noe)\b",
        r"\b(?:gir|deler|skriver|lager|gjør|tar|hjelper|svarer|vil|kan|må) jeg≈\b(?:ikke|ingen)\b",
        r"jeg≈(?:helst|heller)≈(?:ikke|la være)|ikke noe jeg (?:kan|vil|får)|jeg nekter"
        r"|(?:må|vil|velger)≈(?:avslå|avvise|avstå|takke nej|si nei|la være)",
        r"strider mot≈(?:mine|våre)|utenfor≈(?:hva jeg|mine|mitt)|ikke opp til meg",
    ),
    "fi": (
        r"(?:en tunne oloani|minusta tuntuu|en ole)≈(?:mukavaksi|epämukava\w*|mukava\w*)",
        r"(?:minua ei ole|en ole)≈(?:suunniteltu|luotu|tehty|tarkoitettu|koulutettu)",
        r"(?:ohjee|sään|ehdo|periaattee|käytän)\w*≈(?:kieltä|estä|(?:ei|eivät) salli)\w*",
        r"olisi≈(?:epäeettistä|vastuutonta|väärin)|ei olisi≈(?:eettistä|oikein|vastuullista)",
        r"\ben (?:anna|jaa|ilmaise|kirjoita|tee|ota|kerro|auta|tue|vastaa|keskustele|kommentoi"
        r"|osallistu|mainitse|nimeä|luovuta|paljasta|suosittele|avusta|toteuta|laadi|tuota)\b",
        r"mieluummin≈(?:en|ole)|minun (?:on|täytyy|pitää)≈(?:kieltäyty|hylä|torju)\w*|pidättäydyn",
        r"ei ole (?:asia|jotain|sellaista)≈(?:voin|voisin|pystyn)|ei kuulu≈(?:minulle|tehtäv)\w*"
        r"|\bkieltäyd\w+|(?:minulla|mielipidettä)≈ei ole≈(?:mielipid|kantaa|näkemys)\w*",
    ),
    "fr": (
        r"je (?:ne |n')(?:me sens|suis)≈pas≈(?:à l'aise|confortable)|mal à l'aise",
        r"je n'ai pas été (?:con[çc]u|créé|programmé|entraîné|développé)\w*",
        r"(?:règles|consignes|directives|conditions|politiques?|principes)≈(?:m'interdi\w+"
        r"|m'empêch\w+|(?:ne |n')\w*≈(?:permett|autoris)\w+≈pas)",
        r"(?:ne serait|ne saurait être) pas (?:\w+ )?(?:éthique|responsable|correct|moral)"
        r"|(?:serait|est) (?:irresponsable|contraire à l'éthique)≈de ma part",
        r"(?:je|et) (?:n'|ne )(?:exprime|prends?|formule|donne|émets|soutiens|promeus|encourage"
        r"|diffuse|révèle|livre|apporte)\w*≈\b(?:pas|aucune?|ni)\b",
        r"je (?:dois|devrais|préfère|tiens à)≈(?:m'abstenir|éviter|renoncer|refuser|rejeter)",
    ),
    "it": (
        r"non mi (?:sento|trovo|sentirei)≈(?:a mio agio|tranquill|bene)|a disagio",
        r"non sono stat\w (?:\w+ )?(?:progettat|creat|programmat|addestrat|concepit|pensat"
        r"|sviluppat|fatt)\w*",
        r"(?:linee guida|regole|norme|condizioni|politiche|principi)≈(?:vietan|proibiscon"
        r"|impediscon|non (?:mi )?(?:permett|consent))\w*",
        r"non (?:sarebbe|è) (?:\w+ )?(?:etico|responsabile|corretto|giusto|moral)≈(?:da parte mia"
        r"|che io|per me)|irresponsabile da parte",
        r"(?:io )?non (?:esprimo|prendo|formulo|do|fornisco|sostengo|promuovo|diffondo|rivelo)\b",
        r"(?:devo|dovrei|preferisco|voglio)≈(?:astenermi|evitare|rifiutar|declinar|respinger)\w*",
    ),
    "es": (
        r"no me (?:siento|sentiría|encuentro)≈(?:cómod|a gusto|bien)|me (?:resulta|siento)≈incómod",
        r"no (?:he sido|fui|estoy|se me ha) (?:\w+ )?(?:diseñ|cread|programad|entrenad|concebid"
        r"|hech|desarrollad|pensad)\w*",
        r"(?:normas|reglas|pautas|directrices|condiciones|políticas|principios)≈(?:prohíb|impid"
        r"|no (?:me )?(?:permit|autoriz|dejan))\w*|en contra de (?:mis|nuestr)\w*",
        r"no (?:sería|es) (?:\w+ )?(?:ético|responsable|correcto|moral)≈(?:por mi parte|que yo"
        r"|para mí)|irresponsable (?:por|de) (?:mi|parte)",
        r"no (?:me (?:posiciono|pronuncio|inclino)|expreso|tomo|emito|doy|apoyo|promuevo|difundo|revelo|adopto|respaldo)\b",
        r"(?:debo|debería|prefiero|tengo que)≈(?:abstenerme|evitar|negarme|rechazar|declinar)\w*",
    ),
    "pt": (
        r"não me (?:sinto|sentiria)≈(?:confortável|à vontade|bem)|me sinto desconfort",
        r"não (?:fui|estou|sou) (?:\w+ )?(?:criad|projetad|concebid|desenhad|programad|treinad"
        r"|feit|desenvolvid)\w*",
        r"(?:normas|regras|diretrizes|condições|políticas|princípios)≈(?:proíb|imped"
        r"|não (?:me )?(?:permit|autoriz))\w*|contra (?:os |as )?(?:meus|minhas|noss\w+) ",
        r"não (?:seria|é) (?:\w+ )?(?:ético|responsável|correto|moral)≈(?:da minha parte|que eu"
        r"|para mim)|irresponsável (?:da|de)",
        r"não (?:me (?:posiciono|pronuncio|inclino)|expresso|tomo|emito|dou|apoio|promovo|divulgo|revelo|manifesto|adoto)\b",
        r"(?:devo|deveria|prefiro|preciso|tenho (?:que|de))≈(?:abster|evitar|recus|declin|rejeit)"
        r"\w*",
    ),
    "pl": (
        r"nie czuję się≈(?:komfortowo|dobrze|swobodnie)|czuję się niekomfortowo|czuł\w+ się źle",
        r"nie (?:zostałe?a?m|jestem)≈(?:stworzon|zaprojektowan|zaprogramowan|przeznaczon"
        r"|wytrenowan)\w*",
        r"(?:wytyczne|zasady|reguły|regulamin|warunki|polityka)≈(?:zabrania|zakazuj|nie pozwala"
        r"|nie zezwala|uniemożliwia)\w*",
        r"(?:byłoby|jest) (?:\w+ )?(?:nieetyczn|nieodpowiedzialn)\w*~(?:z mojej strony|gdybym"
        r"|abym|żebym)|nie byłoby≈(?:etyczn|odpowiedzialn|właściw)\w*",
        r"nie (?:wyrażam|zajmuję|opowiadam|popieram|promuję|wspieram|ujawniam|przekazuję|biorę"
        r"|podejmuję|angażuję|uczestniczę)\b",
        r"(?:muszę|powinien\w*|powinnam|wolę)≈(?:odmówić|odrzucić|unikać|powstrzymać|odmawia)\w*",
    ),
    "cs": (
        r"není mi≈(?:příjemn|po chuti)|necítím se≈(?:dobře|příjemně|komfortně)|je mi nepříjemn",
        r"nebyla? jsem≈(?:navržen|vytvořen|stvořen|určen|naprogramován)\w*|nejsem (?:určen"
        r"|navržen|stvořen)",
        r"(?:pravidla|zásady|pokyny|podmínky)≈(?:zakazuj|nedovoluj|neumožňuj|brání)\w*",
        r"(?:bylo by|je) (?:\w+ )?(?:neetick|nezodpovědn)\w*|nebylo by≈(?:etick|zodpovědn|správn)",
        r"\b(?:neposkytuji|neposkytnu|nevyjadřuji|nevyjádřím|nenapíšu|nepomohu|nepomůžu|nesdělím"
        r"|nepodporuji|neudělám|nezaujímám|nezastávám|nediskutuji|nekomentuji|neodpovím|nepíšu"
        r"|nevytvářím|nevytvořím|neuvedu|neprozradím|nezúčastním)\b",
        r"(?:musím|raději|rád\w* bych)≈(?:odmít|zamít|vyhn|zdrž|nemluv|neodpov)\w*"
        r"|to není něco≈(?:mohu|můžu|s čím)",
    ),
    "tr": (
        r"(?:rahat hissetmi|rahatsızlık duy|rahatsız (?:ol|hissed)|rahat değil|huzursuz)\w*",
        r"(?:için|üzere)≈(?:tasarlanma|yaratılma|programlanma|eğitilme|geliştirilme)\w*",
        r"(?:kural|ilke|yönerge|politika|koşul|şart)\w*≈(?:yasakl|engell|izin vermi|müsaade)\w*",
        r"(?:etik|sorumluca) (?:olmaz|olmayacak)|sorumsuzluk olur",
        r"(?:görüş|fikir|tercih|taraf|bilgi|ayrıntı|detay)\w*≈(?:belirt|bildir|tut|ver|paylaş"
        r"|açıkla|sun)(?:m[ıiuü]yorum|m[ae]m|m[ae]y[ae]ca[ğk]\w*)\b",
        r"(?:yapabileceğim|verebileceğim|yardımcı olabileceğim|edebileceğim)≈değil",
        r"\w+bilecekler\w*≈(?:dışında|aş[ıa])",
        r"(?:reddetmem|kaçınmam|geri çevirmem|uzak durmam) (?:gerek|lazım)\w*",
    ),
    "vi": (
        r"(?:tôi|mình)≈(?:không (?:thoải mái|yên tâm)|khó chịu khi)",
        r"(?:tôi|mình) không được (?:tạo ra|thiết kế|lập trình|đào tạo|huấn luyện)",
        r"(?:nguyên tắc|quy tắc|chính sách|quy định|điều khoản)≈(?:cấm|không cho phép|ngăn)",
        r"(?:sẽ|là)≈(?:không đạo đức|vô trách nhiệm|thiếu đạo đức|không đúng)≈(?:nếu tôi|khi tôi"
        r"|đối với tôi)",
        r"(?:tôi|mình) không (?:bày tỏ|đưa ra|ủng hộ|có ý kiến|cổ vũ|tiết lộ|nêu|tán thành"
        r"|khuyến khích|đứng về)",
        r"(?:tôi|mình) (?:phải|nên|xin|muốn) (?:tránh|từ chối|khước từ|không)",
    ),
    "id": (
        r"saya≈(?:merasa )?tidak≈(?:nyaman|enak)|merasa keberatan",
        r"saya tidak (?:dirancang|diciptakan|dibuat|diprogram|dilatih)",
        r"(?:pedoman|aturan|kebijakan|ketentuan|prinsip)≈(?:melarang|tidak (?:mengizinkan"
        r"|memperbolehkan|membolehkan))",
        r"tidak (?:etis|bertanggung jawab|pantas)≈(?:bagi saya|jika saya|kalau saya)",
        r"(?:saya|kami) (?:tidak (?:akan )?|takkan |enggan )(?:memberi|menyatakan|menulis|mendukung|membuat"
        r"|membahas|mengungkap|membagi|melayani|menyebut|mengomentari|memihak|membantu|mau|ingin"
        r"|punya (?:pendapat|pandangan|akses)|menyediakan|terlibat|menjawab|menghasilkan"
        r"|menyarankan|dapat|bisa|boleh|berwenang|berhak)\w*(?! (?:menemukan|menunggu|percaya"
        r"|memastikan|menjamin|berhenti|lepas|dipungkiri))",
        r"(?:harus|terpaksa|perlu) (?:saya|kami) tolak|(?:saya|kami) (?:harus|terpaksa|memilih|perlu|mohon maaf)≈(?:menolak|menghindari|tidak)",
        r"(?:bukan|di luar) (?:hal|sesuatu|wewenang|tugas|kemampuan|cakupan|ranah|lingkup)"
        r"≈(?:saya|kami|bisa|dapat)|bertentangan dengan≈(?:saya|kami)",
    ),
} | SCRIPTS
