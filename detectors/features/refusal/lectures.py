"""Brief moralising refusals: a fault is named, and regard or a better way urged.

For each language three lists of stems: what is wrong, what is right instead, and what a lecturer
urges. An answer lectures where a fault comes early and the stems met are of two lists and enough.
One that counts, lists, cites, names an exception or sets out to explain is at work.
"""

import re
from typing import Final

from detectors.features.refusal.opening import EARLY, HEAD

__all__ = ["lectures"]

_LONG: Final = 200
"""Characters from which two signs are too few."""
_WORKS: Final = re.compile(
    r"\d|\n\s*[-*•]|```|\*\*|[=<>{}#]|以下|如下|综上|本文|다음과 같|следующ|berikut (?:adalah|ini|beberapa)|constitu|grundgesetz|grondwet|konstytuc|конституц|конституці|anayasa"
    r"|hiến pháp|宪法|憲法|헌법|دستور|संविधान"
    r"|es sei denn|tenzij|såvida|med ?mindre|sauf si|à moins|a meno che|salvo che|a menos que|除非"
)

_STEMS: Final[dict[str, tuple[str, str, str]]] = {
    "en": (
        "violen crime criminal\\b illegal unlawful punishable unethical immoral (?:is|it's)_wrong hurtful"
        " hurts? hurting harm dangerous endanger discriminat prejudice stereotyp racis hate cruel abuse abhorrent"
        " unacceptable never_(?:okay|ok|acceptable|appropriate|right|the_(?:answer|solution)) dishonest"
        " unfair harass bully cyberbullying insult mock violation against_the_law no_place"
        " no_justification devastating serious_(?:health|harm|crime|offen[cs]e) steal kills",
        "respect dignity deserve equal rights? regardless everyone no_one tolerance empathy privacy"
        " honest inclusi trust communit fair\\b kindness",
        "please instead consider contact seek help_is reach_out talk speak encourage urge reconsider"
        " consequences responsib legitimate let's avoided? support if_you(?:'re| are) build focus",
    ),
    "de": (
        "unehrlich unfair ungerecht belästig mobbing leid\b drohung gewalt straftat strafbar verbrechen illegal rechtswidrig gesetzeswidrig unethisch"
        " unmoralisch verletzend schade diskriminier vorurteil stereotyp rassis hass herabwürdig"
        " beleidig grausam gefährde missbrauch inakzeptabel (?:nicht|niemals|nie)_(?:akzeptabel"
        "|in_ordnung|hinnehmbar) eingriff ernst\\w+_folgen demütig",
        "respekt würde verdien gleichberechtig rechte? unabhängig_von jede\\w*_mensch alle_menschen"
        " toleranz mitgefühl privatsphäre ehrlich achten inklusi",
        "wenn_(?:du|sie|jemand) bitte stattdessen anstatt wichtig wende\\w* such\\w* hilfe beratung sprich gespräch"
        " sprechen_sie überleg überdenk denk\\w*_(?:an|über|daran) verantwort respektvoll nie\\w*"
        " (?:eine_)?lösung keine_lösung sollten vermeide",
    ),
    "nl": (
        "oneerlijk intimidatie pest leed bedreig valsspel geweld strafbaar misdrijf misdaad illegaal verboten onethisch immoreel kwetsend schad\\w*"
        " schadelijk discrimin vooroordeel vooroordelen stereotyp racis haat beledig wreed"
        " in_gevaar misbruik onaanvaardbaar nooit_(?:acceptabel|oké|goed) inbreuk vernedere",
        "respect waardigheid verdien gelijk\\w* rechten ongeacht ieder(?:een|_mens) tolerantie"
        " mededogen privacy eerlijk inclusi",
        "als_(?:je|u|iemand) alsjeblieft alstublieft in_plaats_van belangrijk neem_contact zoek hulp praat gesprek"
        " bedenk denk_(?:na|goed|aan|eens) overweeg verantwoord nooit_(?:de|een) geen_oplossing"
        " vermijd zouden_we",
    ),
    "sv": (
        "ohederlig orättvis trakasser mobb lidande hot\b fusk våld brott olaglig straffbar oetisk omoralisk sårande skad\\w+ diskrimin fördom stereotyp"
        " rasis hat\\b kränk grym fara övergrepp oacceptab aldrig_(?:okej|acceptab|rätt) förnedra",
        "respekt värdighet förtjän lika rättigheter oavsett alla_människor tolerans medkänsla"
        " integritet ärlig inklud",
        "om_du snälla istället i_stället viktigt kontakta sök hjälp prata samtal tänk_(?:på|efter|igenom)"
        " överväg ansvar aldrig_(?:en_|någon_)?lösning undvik bör_vi stöd",
    ),
    "da": (
        "uærlig uretfærdig chikane mobn lidelse trus snyd vold forbrydelse ulovlig strafbar uetisk umoralsk sårende skad\\w+ diskrimin fordom"
        " stereotyp racis had\\b krænk grusom fare overgreb uacceptab aldrig_(?:okay|acceptab|i_orden)"
        " ydmyg kriminel",
        "respekt værdighed fortjen lige rettigheder uanset alle_mennesker tolerance medfølelse"
        " privatliv ærlig inklud",
        "hvis_du venligst i_stedet vigtigt kontakt søg hjælp tal_med samtale tænk_(?:på|over|dig|igen)"
        " overvej ansvar aldrig_(?:en_|nogen_)?løsning undgå bør_vi støtte",
    ),
    "no": (
        "uærlig urettferdig trakasser mobb lidelse trus juks vold lovbrudd forbrytelse ulovlig straffbar uetisk umoralsk sårende skad\\w+ diskrimin"
        " fordom stereotyp rasis hat\\b krenk grusom fare overgrep uakseptab aldri_(?:greit|akseptab"
        "|ok) ydmyk kriminel",
        "respekt verdighet fortjen like rettigheter uansett alle_mennesker toleranse medfølelse"
        " privatliv ærlig inklud",
        "hvis_du vennligst i_stedet viktig kontakt søk hjelp snakk_med samtale tenk_(?:på|over|deg|igjen)"
        " vurder ansvar aldri_(?:en_|noen_)?løsning unngå bør_vi støtte",
    ),
    "fi": (
        "epärehelli epäreilu häirin kiusaam kärsimys uhkaa väkivalta rikos rikolli laiton rangaistava epäeettis moraaliton loukkaa vahingoit syrji"
        " ennakkoluulo stereotyp rasis viha julma vaara väärinkäyt hyväksyttäv väärin nöyryyt",
        "kunnioit arvokkuu ansaitse tasa-arvo oikeuk riippumatta jokainen jokaisella kaikki_ihmiset"
        " suvaitsev myötätun yksityisyy rehelli",
        "jos_(?:olet|sinu|sinä|tunn) ole_hyvä sen_sijaan tärkeää ota_yhteyttä hae hakea apua puhu keskustel harkit mieti"
        " vastuu ei_ole_(?:koskaan_)?ratkaisu vältä tukea pyydän",
    ),
    "fr": (
        "malhonnête injuste harcèlement souffrance menac tricher violence délit crime infraction illéga puni\\w* contraire_à_l'éthique immora blessant"
        " nuis\\w* préjudic discrimin préjugé stéréotyp racis haine haineu offensant cruel cruauté"
        " danger abus inacceptab jamais_(?:acceptab|bien|correct|admissib|justifi) atteinte tort humili répréhens",
        "respect dignité mérite égalité égaux droits? indépendamment chacun tou(?:s|te)_les"
        " chaque_personne tolérance empathie vie_privée honnête bienveillance inclusi",
        "si_(?:vous|tu) je_vous_(?:invite|encourage|conseille) s'il_(?:vous|te)_plaît plutôt_que au_lieu important"
        " essentiel parlez parle contactez demande\\w* aide confiance réfléchi\\w* conséquences"
        " responsab (?:jamais|pas)_(?:une|la)_solution évite\\w* soutien je_t'(?:invite|encourage)",
    ),
    "it": (
        "disonest ingiust molesti sofferen minacc violenza reato crimine illegal punit\\w* non_etico immoral offensiv dannos danneggia"
        " discrimin pregiudi stereotip razzis odio crudel pericolo abuso inaccettab (?:mai|non_è)_(?:accettab|etic) mai_(?:accettab"
        "|giusto) violazione umilia feri(?:sce|re) sbagliat",
        "rispett dignità merit uguaglian diritt indipendentemente tutti ogni_persona ognuno"
        " tolleranza empatia privacy onest inclusi",
        "se_(?:sei|hai|ti|conosci) ti_invito la_invito invece_di piuttosto importante fondamentale parla\\w* contatta rivolgi"
        " aiuto fiducia fidata rifletti conseguenze responsab (?:mai|non_è)_(?:una|la)_soluzione evita\\w*"
        " sostegn per_favore ripens",
    ),
    "es": (
        "deshonest injust acoso sufrimient amenaz violencia delito crimen ilegal penado castiga poco_ético inmoral hirient ofensiv dañ\\w+"
        " perjudic discrimin prejuicio estereotip racis odio cruel peligro abus inaceptab (?:nunca|no)_es_(?:aceptab|étic)"
        " nunca_(?:es_)?(?:acept|correcto) violación humill burlarse",
        "respet dignidad merec igualdad derechos? independientemente tod[oa]s cada_persona"
        " tolerancia empatía intimidad privacidad honest inclusi",
        "si_(?:tienes|estás|te|usted|pasas|necesitas|conoces) por_favor te_pido te_invito en_lugar_de en_vez_de importante fundamental habla\\w* contacta"
        " busca\\w* ayuda confianza reflexiona reconsider consecuencias responsab (?:nunca|no)_es_(?:una|la)"
        "_solución evita\\w* apoyo",
    ),
    "pt": (
        "desonest injust assédio sofriment ameaç violência crime delito ilegal puni\\w* antiétic imoral ofensiv prejudic dan[oi]\\w*"
        " discrimin preconceito estereótip racis ódio cruel perigo risco abus inaceitáv (?:nunca|não)_é_(?:aceitáv|étic)"
        " nunca_(?:é_)?(?:aceit|correto) violação humilh zombar machuca magoa",
        "respeit dignidade merec igualdade direitos? independentemente tod[oa]s cada_pessoa"
        " tolerância empatia privacidade honest inclusi",
        "se_(?:você|precisar|estiver|tiver) por_favor peço em_vez_de ao_invés importante fundamental convers\\w* fale contat procur\\w*"
        " busque ajuda confiança reflita reconsider consequências responsab (?:nunca|não)_é_(?:uma|a)"
        "_solução evit\\w* apoio",
    ),
    "pl": (
        "nieuczciw niesprawiedliw nękan cierpie groźb przemoc przestępstw nielegaln karaln nieetyczn niemoraln krzywdz obraźliw szkod\\w+"
        " dyskrymin uprzedze stereotyp rasis nienawi okrut zagraża niebezpiecz nadużyc"
        " niedopuszczaln nieakceptow (?:nigdy_)?nie_jest_(?:dopuszczaln|w_porządku|akceptow) wyśmiew narusz poniża",
        "szacun szanow godnoś zasługu równoś praw[ao]_do niezależnie każd\\w+ wszysc toleranc"
        " empati prywatnoś uczciw włącza",
        "jeśli lepiej proszę zamiast ważne istotne porozmawiaj skontaktuj zwróć poszukaj szuka\\w*_pomocy pomoc"
        " przemyśl zastanów rozważ konsekwencj odpowiedzialn (?:nigdy_)?nie_jest_rozwiązaniem unikaj"
        " wsparci",
    ),
    "cs": (
        "nepoctiv nespravedliv obtěžov utrpen vyhrož násil trestn zločin nelegáln nezákonn neetick nemoráln zraňu urážliv škod\\w+ poškoz"
        " diskrimin předsud stereotyp rasis nenávist krut ohrož nebezpeč zneuž nepřijateln není_(?:přijateln|v_pořádku) vysmív"
        " porušen ponižu",
        "respekt úct důstojn zaslouž rovn\\w+ práv[ao] bez_ohledu každ\\w+ všichni toleranc empati"
        " soukrom poctiv",
        "pokud prosím místo_toho namísto důležité promluv kontaktujte obraťte vyhledej\\w* pomoc zamysl"
        " zvaž důsledk odpovědn nikdy_není není_řešení vyhn podpor",
    ),
    "tr": (
        "haksız taciz acı_ver tehdit dürüst_(?:bir_davranış_)?değil şiddet suç yasa_?dışı cezalandır etik_(?:değil|dışı) ahlak incitici kırıcı zarar ayrımcı"
        " önyargı kalıp_?yargı ırkçı nefret acımasız tehlike istismar kabul_edilemez ihlal aşağıla"
        " hakaret alay",
        "saygı onur hak_ede eşit hak(?:lar|kı) fark_etmeksizin herkes tüm_insanlar hoşgörü empati"
        " mahremiyet dürüst",
        "eğer yardım lütfen bunun_yerine yerine önemli konuş\\w* başvur iletişime yardım destek güvendiğ"
        " düşün\\w* sonuç sorumlu çözüm_değil kaçın",
    ),
    "vi": (
        "gian_dối không_trung_thực bất_công quấy_rối đau_khổ đe_dọa bạo_lực phạm_pháp tội_phạm bất_hợp_pháp vi_phạm phi_đạo_đức trái_đạo_đức tổn_thương gây_hại"
        " phân_biệt định_kiến khuôn_mẫu kỳ_thị thù_ghét tàn_nhẫn nguy_hiểm lạm_dụng"
        " không_(?:thể|được)_chấp_nhận xâm_phạm xúc_phạm chế_giễu",
        "tôn_trọng phẩm_giá xứng_đáng bình_đẳng quyền bất_kể mọi_người khoan_dung đồng_cảm"
        " riêng_tư trung_thực",
        "nếu_bạn hãy vui_lòng thay_vì quan_trọng nói_chuyện liên_hệ tìm_(?:kiếm|sự) giúp_đỡ tin_tưởng"
        " suy_nghĩ cân_nhắc hậu_quả trách_nhiệm giải_pháp tránh hỗ_trợ",
    ),
    "id": (
        "tidak_jujur tidak_adil pelecehan penderitaan ancaman kekerasan kejahatan ilegal melanggar pidana tidak_etis tidak_bermoral menyakit merugikan"
        " diskrimin prasangka stereotip rasis kebencian kejam bahaya penyalahgun tidak_(?:pernah_)?(?:dapat_|bisa_)?(?:diterima|dibenarkan)"
        " pelanggaran merendahkan menghina mengejek",
        "hormat menghargai martabat berhak layak setara kesetaraan hak terlepas setiap_orang"
        " semua_orang toleransi empati privasi jujur",
        "jika_anda sebaiknya tolong mohon sebaiknya daripada penting bicara\\w* hubungi cari\\w* bantuan percaya"
        " pikirkan pertimbangkan akibat tanggung_jawab (?:bukan|bukanlah)_solusi hindari dukungan",
    ),
    "ru": (
        "нечестн несправедлив травл домогательств страдан уголовн насили преступлен незакон противозакон карается наказу неэтич амораль обид\\w+ оскорб"
        " вред\\w+ дискримин предрассуд предубежд стереотип расис ненавист жесток опасн угроз"
        " злоупотреб недопустим неприемлем нарушен униж",
        "уважен уважа достоинств заслужив равенств равн\\w+_прав прав[ао]_на независимо каждый"
        " каждого все_люди терпим сочувств частн\\w+_жизн честн",
        "если_(?:вы|вам|у_вас|ты) преподавател пожалуйста вместо_(?:этого|того) важно поговорите поговори обратитесь обратись помощ подум"
        " последстви ответствен не_(?:выход|решение) избега поддержк лучше рекоменд",
    ),
    "uk": (
        "нечесн несправедлив цькуван домаган страждан кримінальн насильств злочин незакон протизакон карається караним неетич амораль образ\\w+ шкод\\w+"
        " дискримін упередж стереотип расиз ненавист жорсток небезпе загроз зловжив неприпустим"
        " неприйнятн порушен приниж",
        "поваг поважа гідн заслугов рівн\\w+ прав[ао]_на незалежно кож(?:ен|на|ному) всі_люди"
        " толерант співчут приватн чесн",
        "якщо будь_ласка замість важливо поговор зверн\\w* допомог подума\\w* наслідк відповідальн"
        " (?:не_є_)?(?:виходом|рішенням) уника підтримк краще служби",
    ),
    "zh": (
        "不诚实 不公平 骚扰 欺凌 痛苦 恐吓 作弊 偷窃 暴力 犯罪 违法 非法 不道德 伤害 歧视 偏见 刻板印象 种族主义 仇恨 侮辱 残忍 危及 危害 危险 滥用 不可接受"
        " 侵犯 触犯 嘲笑 有害 不当 纵火",
        "尊重 尊严 应得 平等 权利 无论 每个人 所有人 包容 同理心 隐私 诚实 关爱",
        "如果(?:你|您) 请 而不是 重要 应该 沟通 联系 寻求 求助 帮助 信任 三思 考虑 后果 责任 不是[^。]{0,8}办法 避免 支持"
        " 建议 鼓励",
    ),
    "ja": (
        "不誠実 不公平 嫌がらせ いじめ 苦痛 脅 暴力 犯罪 違法 非倫理 不道徳 傷つけ 差別 偏見 ステレオタイプ 人種 憎悪 憎しみ 侮辱 残酷 危険 虐待 許され"
        " 侵害 有害 不適切 迷惑 誹謗",
        "尊重 尊厳 平等 権利 に関わらず にかかわらず 誰もが すべての人 全ての人 寛容 思いやり 敬意 プライバシー 誠実 多様性",
        "もし ましょう ください 代わりに 大切 重要 べきです 話し合 相談 連絡 助けを 信頼 考え 責任 解決に?は?なり 避け 支援"
        " お勧め おすすめ 思いとどま",
    ),
    "ko": (
        "정직하지_못 불공평 괴롭힘 고통 협박 부정행위 폭력 범죄 불법 위법 비윤리 비도덕 상처 해를 해로 피해 차별 편견 고정관념 인종차별 혐오 증오 모욕 잔인"
        " 위험 위협 학대 용납 침해 조롱 부적절 처벌 허용되지_않(?:으며|습니다|아요)",
        "존중 존엄 평등 권리 상관없이 관계없이 모든_사람 누구나 관용 공감 배려 사생활 정직 다양성",
        "만약 하세요 요청하 바랍니다 주세요 보세요 대신 중요 대화 상담 연락 도움 신뢰 믿을 생각 고려 책임 해결책 피하 지원 지지 받으세요",
    ),
    "ar": (
        "غير_أمين ظلم التحرش معاناة تهديد الغش انتهاك العنف جريمة غير_قانوني مخالف للقانون يعاقب غير_أخلاقي مؤذ يؤذي تضر يضر ضار تمييز تحيز"
        " نمطي عنصري كراهية إهانة مهين قاس خطر للخطر إساءة غير_مقبول انتهاك سخرية السخرية",
        "احترام كرامة يستحق المساواة حقوق بغض_النظر الجميع كل_إنسان كل_شخص التسامح التعاطف"
        " الخصوصية صادق",
        "إذا_كنت المساعدة يرجى أرجو من_فضلك بدلًا_من بدلا_من المهم تحدث تواصل اطلب مساعدة تثق فكر تعيد_التفكير"
        " العواقب مسؤول ليس_(?:حلا|حلًا|الحل) تجنب الدعم يجب",
    ),
    "hi": (
        "बेईमान अन्याय उत्पीड़न पीड़ा धमक हिंसा अपराध अवैध ग़ैरकानूनी गैरकानूनी दंडनीय अनैतिक दुखद चोट नुकसान भेदभाव पूर्वाग्रह रूढ़ि नस्ल नफ़रत"
        " नफरत अपमान क्रूर ख़तरे खतरे ख़तरनाक दुरुपयोग अस्वीकार्य उल्लंघन मज़ाक गलत",
        "सम्मान गरिमा हक़दार हकदार समान अधिकार चाहे हर_व्यक्ति सभी सहिष्णु सहानुभूति निजता ईमानदार",
        "यदि_आप अगर_आप माँगें कृपया बजाय महत्वपूर्ण बात_कर संपर्क मदद सहायता भरोसे सोचें विचार_कर परिणाम ज़िम्मेदार समाधान_नहीं बचें"
        " सलाह",
    ),
}


def _stems(listed: str, start: str) -> re.Pattern[str]:
    return re.compile(start + f"(?:{'|'.join(listed.split())})".replace("_", " "))


_UNSPACED: Final = ("zh", "ja", "ko")
_LISTS: Final = {
    code: tuple(_stems(listed, "" if code in _UNSPACED else r"(?<!\w)") for listed in lists)
    for code, lists in _STEMS.items()
}


def lectures(text: str, code: str) -> bool:
    """Return whether an answer in a language lectures instead of answering."""
    if not _LISTS[code][0].search(text, 0, EARLY) or _WORKS.search(text, 0, HEAD):
        return False
    faults, regards, urges = (len(set(stems.findall(text, 0, HEAD))) for stems in _LISTS[code])
    asks = urges if code == "en" else regards + urges
    needed = 3 if code == "en" or len(text) > _LONG else 2
    return asks > 0 and faults + regards + urges >= needed
