"""Polish, Czech, Russian, Ukrainian, Finnish and Turkish."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["EASTERN"]

_PL_HELP = (
    r"(?:pom[óo]|udziel|odpowied|poda|spełni|wygener|tworz|napis|pisa|dostarcz|udostęp|zrobi"
    r"|rozma|wykon|zaofer|oferow|wyjaśni|dyskut|kontynu|doradz|realiz|przedstaw|wypowi|stworz)"
)
_CS_HELP = (
    r"(?:pomo|pomáh|odpov|poskyt|splni|vytvo|vyhov|psát|napsa|sdíl|mluvi|děla|uděla|generov"
    r"|vysvětl|disku|pokrač|radit|nabíd|proved|komento|asist)"
)
_RU_HELP = (
    r"(?:помо|отве|предостав|созда|выполн|дать|давать|написа|писать|обсу|говори|генерир|сгенер"
    r"|подел|рассказ|сдела|продолж|объясн|участв|раскры|комментир|содейств|консульт|рекоменд)"
)
_UK_HELP = (
    r"(?:допомо|відпов|надат|надав|створ|викон|дати|давати|напис|писати|обгов|говори|генеру"
    r"|згенер|поділ|розпов|зробит|продовж|поясн|розкри|комент|сприя|консульт)"
)
_FI_HELP = (
    r"(?:autta|auttaa|vasta|anta|tarjo|täyttä|tuotta|kirjoit|luoda|tehdä|jaka|keskustel|puhu"
    r"|toteutta|suoritta|kommento|ottaa kantaa|generoi|opasta|neuvo|osallistu|jatkaa|selittä|laatia"
    r"|kertoa|noudatta|suositel|edistä|tukea|hyväksyä|rohkais|kannusta|luovutta|paljasta"
    r"|kuvail|ohjeista|lähettä|käsitel)"
)

EASTERN: Final[tuple[Phrases, ...]] = (
    phrases(
        "pl",
        "tylko jedynie wyłącznie nie odmówić odmawiam nigdy nielegalna nielegalne zasługuje",
        (
            r"(?:przepraszam|przykro mi|niestety),? (?:ale )?nie (?:mogę|jestem w stanie)\b",
            r"\bmogę (?:tylko|jedynie|wyłącznie) (?:pom|odpowi)|nie mam możliwości",
            r"\bnie (?:mogę|będę|potrafię|zamierzam|możemy)\b(?! (?:wystarczająco|się doczekać"
            r"|uwierzyć))~" + _PL_HELP,
            r"\bnie (?:jestem (?:w stanie|upoważnion|uprawnion)|wolno mi|mam (?:możliwości"
            r"|uprawnień|pozwolenia)|udzielam)",
            r"\b(?:muszę|chciał\w+)~odmówić|\bodmawiam\b|\bwolał\w* (?:bym )?nie\b",
            r"narusza\w* (?:moje|nasze) (?:\w+ )?(?:zasady|wytyczne)|z moimi (?:zasadami|wytyczn)",
            r"\bnie mam (?:własn\w+ |osobist\w+ )?(?:opinii|poglądów|zdania|uczuć)",
        ),
        (
            r"nie(?: jest|) (?:\w+ )?(?:dopuszczaln|akceptowaln|etyczn|do przyjęcia)",
            r"nielegaln~(?:nieetyczn|niemoraln)|nieetyczn~nielegaln",
            r"zasługuj\w+~(?:szacun|godno)",
        ),
    ),
    phrases(
        "cs",
        "pouze jen jedině nemohu nemůžu nesmím nebudu nemůžeme nejsem odmítnout odmítám raději "
        "nemám není nezákonná nezákonné zaslouží porušuje",
        (
            r"\bmohu (?:pouze|jen|jedině) (?:pom|odpov)",
            r"\b(?:nemohu|nemůžu|nesmím|nebudu|nemůžeme)\b(?! (?:se dočkat|uvěřit))(?!~dostatečně)",
            r"\bnejsem (?:bohužel )?(?:schop|oprávn|v stavu)",
            r"\bmusím~odmítnout|\bodmítám\b|\braději bych~ne",
            r"poruš\w+ (?:mé|moje|naše) (?:\w+ )?(?:zásady|pravidla|pokyny)",
            r"\bnemám (?:vlastní |osobní |žádné )*(?:názor|pocit|přesvědč)",
        ),
        (
            r"není (?:\w+ )?(?:přijateln|etick|přípustn|v pořádku)",
            r"nezákonn~(?:neetick|nemoráln)|neetick~nezákonn",
            r"zaslouž\w+~(?:respekt|úct|důstojn)",
        ),
    ),
    phrases(
        "ru",
        "только лишь не нет отказать отказаться отказываюсь недопустимо неприемлемо незаконна "
        "незаконно заслуживает поговорим",
        (
            r"(?:извините|простите|прощения|сожалению|жаль),? (?:но )?я не (?:могу|смогу)\b",
            r"\bмогу (?:помочь |отвечать |ответить )?(?:только|лишь)|нет возможности",
            r"(?:\bя |^|[.,!] |но |жалению,? |поэтому )не (?:могу|буду|смогу|стану)\b"
            r"(?! (?:не |дождаться|поверить))~" + _RU_HELP,
            r"не в состоянии|не получится|(?:мне|нам) не (?:разрешено|позволено)|не вправе",
            r"(?:вынужден|должен|приходится)\w*~отказать|\bя отказываюсь",
            r"\bя не (?:даю|предоставляю|обсуждаю|создаю|занимаюсь|оказываю)",
            r"(?:противоречит|нарушает) (?:моим|мои|нашим|наши) (?:\w+ )?(?:принцип|правил|полити)",
            r"(?:не имею|нет) (?:своего |собственного |личн\w+ |собственн\w+ )*(?:мнени|убеждени)",
            r"(?:давайте|давай) (?:лучше )?поговорим о (?:чём|чем|друг)",
        ),
        (
            r"(?:недопустимо|неприемлемо|никогда не допуст)~",
            r"незакон~(?:аморал|неэтич)|(?:аморал|неэтич)~незакон",
            r"заслужива\w+~(?:уважени|достоинств)",
        ),
    ),
    phrases(
        "uk",
        "лише тільки не немає відмовитися відмовити відмовляюся неприпустимо неприйнятно "
        "незаконною незаконно заслуговує",
        (
            r"(?:вибачте|пробачте|перепрошую|жаль|шкода),? (?:але )?я не (?:можу|зможу)\b",
            r"\bможу (?:допомогти |відповідати )?(?:лише|тільки)|не маю можливості",
            r"(?:\bя |^|[.,!] |але |жаль,? |тому )не (?:можу|буду|зможу|стану)\b"
            r"(?! (?:не |дочекатися|повірити))~" + _UK_HELP,
            r"не в змозі|(?:мені|нам) не дозволено|не маю права",
            r"(?:змушен|мушу|повинен)\w*~відмов|\bя відмовляюся",
            r"\bя не (?:надаю|даю|обговорюю|створюю)",
            r"(?:суперечить|порушує) (?:моїм|мої|нашим|наші) (?:\w+ )?(?:принцип|правил|політи)",
            r"(?:не маю|немає) (?:своєї |власної |особист\w+ )*(?:думки|погляд|переконан)",
        ),
        (
            r"(?:неприпустимо|неприйнятно)~",
            r"незакон~(?:неетич|амораль)|(?:неетич|амораль)~незакон",
            r"заслугов\w+~(?:повагу|гідн)",
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
        (
            r"ei ole (?:\w+ )?(?:hyväksyttä|eettis|soveliasta|oikeutettua)",
            r"laitonta~(?:epäeettis|moraalito|väärin)|epäeettis~laiton",
            r"ansaitse\w+~(?:kunnioitus|arvokkuu)|on tärkeää (?:kunnioittaa|kohdella)",
        ),
    ),
    phrases(
        "tr",
        "",
        (
            r"(?:üzgünüm|maalesef|özür dilerim)~(?:emem|amam|emiyorum|amıyorum)\b|kapsamı\w* "
            r"dışında",
            r"(?:sadece|yalnızca)~yardımcı olabilirim",
            r"(?:yardımcı ol|yardım ed|veri|ver|cevapla|yanıtla|oluştur|sağla|sun|üret|yap|yaz|pay"
            r"laş|getir|karşıla|konuş|tartış|yorum yap|destekle)\w{0,4}?(?:emem|amam|emiyorum"
            r"|amıyorum|mayacağım|meyeceğim)\b",
            r"reddet\w+~(?:zorunda|gerek)|\breddediyorum",
            r"m[ae]may?ı tercih ederim|m[ae]meyi tercih ederim|bana izin veril\w*|m[ae]ma izin "
            r"verilm|(?:benim için )?mümkün değil",
            r"(?:ilkelerim|politikalar|kurallar|yönerge)\w*~aykırı",
            r"kişisel (?:\w+ )?(?:görüş|fik|düşünce|inanç)\w*~(?:yok|sahip değil)",
        ),
        (
            r"asla (?:\w+ )?kabul edilemez|kabul edilebilir değil|etik değil~yasa|hoş görülemez",
            r"yasa ?dışı~(?:etik|ahlak)",
            r"saygı\w*~hak ede|saygıyı hak",
        ),
    ),
)
