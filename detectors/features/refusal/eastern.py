"""Polish, Czech and Turkish."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["EASTERN"]

_PL_HELP = (
    r"(?:pom[óo]|udziel|odpowied|poda|spełni|wygener|tworz|napis|pisa|dostarcz|udostęp|zrobi"
    r"|rozma|wykon|zaofer|oferow|wyjaśni|dyskut|kontynu|doradz|realiz|przedstaw|wypowi|stworz)"
)

EASTERN: Final[tuple[Phrases, ...]] = (
    phrases(
        "pl",
        "tylko jedynie wyłącznie nie odmówić odmawiam nigdy nielegalna nielegalne zasługuje "
        "poza wykracza obawiam odrzucić odmowy powstrzymam zmuszony zmuszona wolę niestety "
        "przestępstwem przestępstwo karalne krzywdzące okrutne obraźliwe niemożliwe narusza "
        "naruszałoby zabrania zabronione niedopuszczalne przemoc niestety, odmawiamy wstrzymam "
        "nikogo żadnych zakazane niebezpieczne szacunek mowy nieuczciwe niszczy odrzucona "
        "odrzucony",
        (
            r"(?:przepraszam|przykro mi|niestety),? (?:ale )?nie (?:mogę|jestem w stanie)\b",
            r"\bmogę (?:tylko|jedynie|wyłącznie) (?:pom|odpowi)|nie mam możliwości",
            r"\bnie (?:mogę|będę|potrafię|zamierzam|możemy)\b(?! (?:wystarczająco|się doczekać"
            r"|uwierzyć))~" + _PL_HELP,
            r"\bnie (?:jestem (?:w stanie|upoważnion|uprawnion)|wolno mi\b|mam (?:możliwości"
            r"|uprawnień|pozwolenia)|udzielam)",
            r"\b(?:muszę|chciał\w+)~odmówić|\bodmawiam\b|\bwolał\w* (?:bym )?nie\b",
            r"narusza\w* (?:moje|nasze) (?:\w+ )?(?:zasady|wytyczne)|z moimi (?:zasadami|wytyczn)",
            r"\bnie mam (?:własn\w+ |osobist\w+ )?(?:opinii|poglądów|zdania|uczuć)",
            r"\bnie (?:mogę|będę|potrafię|zamierzam|chcę|podejmę|mógłbym"
            r"|mogłabym)\b(?! (?:wystarczająco|się (?:doczekać|nachwalić|powstrzymać)|uwierzyć"
            r"|wykluczyć|znaleźć|znalazł|zagwarantować|zapomnieć|zaprzeczyć|wyobrazić|obiecać"
            r"|spać|mógł|mogła|miał))≈\w+",
            r"\bnie (?:możemy|będziemy|jesteśmy w stanie)\b≈(?:przyj|zwróc|zwrot|udziel|udostęp"
            r"|przekaz|wykon|zrealiz|spełni|pom[óo]|uwzględ|rozpatr|zaakcept|wyjąt|poda"
            r"|przedłuż|anulow)",
            r"\bnie (?:jestem (?:\w+ )?(?:kompetent|zaprojekt|przeszkol|odpowiedni|osobą|lekarz"
            r"|prawnik|kwalifik|uprawnion|przeznacz|zdoln|w stanie|zaprogram|gotow)"
            r"|mam (?:\w+ )?(?:dostęp|prawa|kwalifik|zgody|wglądu|upoważn|danych|informacji"
            r"|kompetenc|wiedzy|wpływu|uprawn|możliw)|dysponuję|posiadam)",
            r"\bnie (?:napiszę|pomogę|podam|zrobię|powiem|odpowiem|zgodzę|wypowiadam|wypowiem"
            r"|komentuję|skomentuję|zajmuję|przyjmujemy|udzielamy|udzielę|udostępnię"
            r"|udostępniam|tworzę|stworzę|piszę|podaję|wezmę|biorę|pomagam|przygotuję"
            r"|wygeneruję|doradzam|doradzę|wykonam|oferuję|dam rady|wyjaśnię)\b",
            r"wykracza~(?:poza|moj)|poza (?:mo(?:je|imi|im)|zakres|granic)|przekracza~moj",
            r"(?:regulamin|zasady|polityka|przepisy|procedury|wytyczne"
            r"|warunki)\b~(?:nie (?:pozwala|zezwala|dopuszcza|przewiduj)|zabrania|zakazuj)"
            r"|narusza\w*~(?:warunki|regulamin|zasady|wytyczne)~(?:nie |odm)",
            r"(?:obawiam się|niestety|przykro mi|przepraszam|żałuję)\b,?~(?:nie (?:jest"
            r"|będzie)≈(?:możliw|dopuszcz|wykonaln|dostępn)|nie (?:da się|ma takiej możliw)"
            r"|niemożliw)",
            r"nie (?:do mnie należy|mnie (?:oceniać|osądzać|decydować))"
            r"|nie (?:jest )?(?:moj(?:ą|e|a|im)|w mojej) (?:rol|zadani|spraw|gesti|kompetenc)"
            r"|(?:operacji|czynności|tego)≈nie (?:da się|można)≈(?:czat|tutaj|stąd)",
            r"(?:zmuszon\w+|muszę|przykro|pozwolę sobie|chcę|postanowił\w+)≈(?:odmówić|odrzucić"
            r"|odmowa|odmowy|zrezygnować|powstrzymać|rozczarować)|\bwolę~nie\b|wolał\w*~nie\b"
            r"|powstrzymam się|odmawiam|wstrzymam się|nie to coś|nie jest coś|nie jest to coś"
            r"|(?:to )?nie (?:jest )?(?:coś|rzecz|temat), (?:w|z|o|na) ",
            r"nie ma mowy|w żadnym (?:razie|wypadku)|(?:dla mnie|mi)≈(?:niemożliw|wykluczon"
            r"|niewykonaln)|nie dla mnie|nie wchodzę|nic nie mogę|\bnie (?:sfałszuję|wymyślę"
            r"|ułożę|obejdę|zdradzę|ujawnię|przekażę|pokażę|doradzę)",
            r"(?:prośb|wnios|reklamacj|zwrot|zgłoszeni)\w*\b≈(?:odrzucon|odmown"
            r"|nie (?:przysługuje|został|zostanie|może zostać|podlega))|(?:postanowiliśmy"
            r"|zdecydowaliśmy|postanowił\w+) nie\b|(?:poufn|zastrzeżon)\w*~nie mog",
        ),
        r"nie (?:polec|radzi|doradz)\w*|nie (?:zapomni|martw)\w*|czasownik|, ale (?:tu|tutaj"
        r"|chętnie)|proszę się nie|\b(?:dopóki|dopoki|chyba że|zanim|jak tylko|do czasu)\b"
        r"|dlaczego nie mogę|\bnie (?:\w+ ){0,3}?(?:wystarczająco|wykluczyć|znaleźć|znalazłem"
        r"|znalazłam|zagwarantować|pewien|pewna|uruchomić)\b|, ale (?:powinien|powinno|oto|tak)"
        r"|nie ma (?:sprawy|problemu|za co)",
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
    ),
    phrases(
        "tr",
        "bu tür bana bir için değil hayır maalesef üzgünüm üzgünüz özür bunu böyle kusura değilim etmem "
        "edemem yok suçtur herkes konuda hususta olarak ancak çünkü ama asla reddedildi "
        "haksızlıktır yoktur görüşüm",
        (
            r"(?:üzgünüm|maalesef|özür dilerim)~(?:emem|amam|emiyorum|amıyorum)\b|kapsamı\w* "
            r"dışında",
            r"(?:sadece|yalnızca)~yardımcı olabilirim",
            r"(?:yardımcı ol|yardım ed|veri|ver|cevapla|yanıtla|oluştur|sağla|sun|üret|yap|yaz|pay"
            r"laş|getir|karşıla|konuş|tartış|yorum yap|destekle)\w{0,4}?(?:emem|amam|emiyorum"
            r"|amıyorum|mayacağım|meyeceğim)\b",
            r"reddet\w+~(?:zorunda|gerek)|\breddediyorum",
            r"\w*m[ae]may?ı tercih ederim|\w*m[ae]meyi tercih ederim|bana izin veril\w*"
            r"|\w*m[ae]ma izin "
            r"verilm|(?:benim için )?mümkün değil",
            r"(?:ilkelerim|politikalar|kurallar|yönerge)\w*~aykırı",
            r"kişisel (?:\w+ )?(?:görüş|fik|düşünce|inanç)\w*~(?:yok|sahip değil)",
            r"\b(?!bul|inan|bekle|hatırla|ardı|edemem\b|öv|düşün|unut|hayal|garanti|yalan|uyu"
            r"|dayan|anlat|bitir|doyam|emin)\w+?(?:[ae]m[ae]m|[ae]m[ıi]yor(?:um|uz)"
            r"|[ae]m[ae]y[ıi]z|[ae]mayacağ[ıi]m|[ae]meyeceğim|m[ae]yaca[ğk]ı[mz]"
            r"|m[ae]yece[ğk]i[mz])\b",
            r"(?:yardım|kabul|ifade|iade|yorum|devam|tavsiye|temin|telafi|teşhis|tercüme"
            r"|yerine)(?: \w+)? (?:edemem|edemiyor(?:um|uz)|edemeyiz|etmem|etmeyeceğim"
            r"|etmiyor(?:um|uz)|yapamam|yapmam|yapmıyor(?:um|uz)|getiremem)\b",
            r"\b(?:ver|sun|yap|yaz|paylaş|üret|oluştur|sağla|konuş|yanıtla|cevapla|hazırla"
            r"|tartış|çevir|açıkla|söyle|yönlendir)(?:m[ıiuü]yorum|m[ae]m|mayız|meyiz)\b",
            r"(?:yetki|izn|hakk|erişim|yetkinli|bilgi|veri|imk[âa]n|nitelik|uzmanlı"
            r"|yeterlili)\w*≈(?:\byok\b|bulunm|sahip değil|mevcut değil)|(?:yetkili|sahip"
            r"|nitelikli|uzman|uygun kişi|doğru adres|programlanmış|tasarlanmış|eğitilmiş"
            r"|muktedir|konumda|durumda|doktor|avukat) değilim",
            r"(?:imk[âa]n|kapasite|kapsam|sınır|yetki|yetenek|alan|beceri)\w*≈(?:dışında|aş[ıa]"
            r"|dahilinde değil|ötesinde)|elimden gelen bir şey değil|elimden bir şey gelm"
            r"|elim kolum bağlı",
            r"izin verm|izin veril(?:mi|me)|müsaade (?:etmi|edilmi)|(?:kural|politika"
            r"|yönetmelik|ilke|koşul|prosedür|şart)\w*≈(?:aykırı|izin vermi|el ?vermi|ihlal"
            r"|yasakl)\w*~(?:m[ae]yece|m[ae]yaca|[ae]m[ae]|reddet|vermi|etmi)",
            r"bana düşmez|bana göre değil|benim (?:işim|görevim|haddim|rolüm) değil"
            r"|haddim(?:e)? d(?:eğil|üşmez)|(?:olabileceğim|yapabileceğim|edebileceğim"
            r"|verebileceğim) bir (?:konu|şey|iş|alan) değil|beni (?:bu işe )?karıştırma"
            r"|ben yokum",
            r"(?:reddet|geri çevir|hayır de|kaçın|çekin|uzak dur)\w*≈(?:zorunda|durumunda"
            r"|mecbur|gerek|ister|tercih)|reddediyor|geri çeviriyor|kaçınıyorum"
            r"|\w*(?:m[ae]may?ı|m[ae]mey?i) (?:tercih|seç|yeğle)",
            r"(?:korkarım|üzgünüz|üzgünüm|maalesef|ne yazık ki|kusura bakma\w*"
            r"|özür dilerim)~(?:mümkün (?:değil|olm)|yapıl[ae]m|gerçekleştirilem|olmaz"
            r"|sağlan[ae]m|[ae]m[ıi]yor(?:um|uz)\b|m[ae]m\b|[ae]m[ae]y[ıi]z)"
            r"|sohbet üzerinden≈[ae]m",
            r"asla olmaz|kesinlikle (?:olmaz|hayır|yapmam)|olmaz öyle şey|\b(?:düzenle|uydur"
            r"|gir|karış|katıl|bulaş|ilgilen|destekle|yardımcı ol)m[ae]m\b|(?:görüş|fikr|inanc"
            r"|taraf)\w*≈\byok\b|yapabileceğim bir şey yok|(?:benim için|m[ae]m) (?:imkânsız"
            r"|mümkün değil)",
            r"(?:talep|istek|iade|başvuru|talebiniz|isteğiniz)\w*≈(?:reddedil|onaylanma"
            r"|kabul edilme|hakkı kalma)\w*|\w*m[ae]m[ae]y[ae] karar ver"
            r"|(?:gizli|mahrem)\w*≈paylaşılamaz|bana uymaz|(?:cevapla|yanıtla|yap|ver"
            r"|paylaş)m[ae]y[ae]cağ[ıi]m",
        ),
        r"unutmad|merak etmeyin|fiili|(?:ama|ancak) (?:burada|buradan|sohbette)|önermem"
        r"|tavsiye etmem|[ae]n[ae] kadar|(?:ince|ınca)y[ae] kadar|m[ae]d[ıi]k[çc][ae]"
        r"|m[ae]d[ae]n önce|m[ae]d[ıi]ğ\w+ sürece|neden \w+[ae]m[ıi]yorum|göz ardı ed"
        r"|bul[ae]m[ae]d[ıi]|emin değil|, ama (?:şöyle|böyle|işte)|ama şöyle|sorun değil"
        r"|m[ae]d[ae]n (?:geç|ed)[ae]m\w*|^\W*bir şey değil",
    ),
)
