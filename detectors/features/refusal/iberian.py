"""Spanish and Portuguese."""

from typing import Final

from detectors.features.refusal.phrases import Phrases, phrases

__all__ = ["IBERIAN"]

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

IBERIAN: Final[tuple[Phrases, ...]] = (
    phrases(
        "es",
        "tengo denegar paso solo sólo únicamente no nunca rechazar declinar prefiero viola ilegal merece merecen "
        "lamentablemente niego negarme abstengo abstenerme rechaz carezco fuera excede "
        "sobrepasa escapa imposible delito crimen ilegales hiriente ofensivo irrespetuoso "
        "peligroso declino rehúso tampoco prohibido prohíben violencia prohíbe impide impiden "
        "ningún nada jamás injusto denegado denegada rechazada hablar",
        (
            r"no se (?:me|nos) (?:permit|autoriz)\w+|(?:tengo que|debo|he de) (?:denegar"
            r"|desestimar)",
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
            r"no es algo (?:que|en lo que|con lo que|de lo que) yo\b|(?:ahí|en eso) no (?:entro"
            r"|me meto)",
            r"\bno (?:(?:te|le|les|os|lo|la|los|las|se lo|se la|me) )?(?:puedo|podré|podría"
            r"|voy a|pienso|sabría|debo)\b(?! (?:dejar de|evitar|creer|esperar|descartar"
            r"|encontrar|más que|imagin|olvid|neg|ment|garantizar que|asegurar que|decir con"
            r"|recomendar (?:lo suficiente|más)|parar de|quejarme|dormir))≈\b\w+",
            r"\bno (?:(?:te|le|les|os|lo|la|los|las|se lo) )?(?:podemos|vamos a|podremos"
            r"|estamos en condiciones de)\b≈(?:acept|reembols|dar|hacer|conced|tramit|proces"
            r"|facilit|divulg|proporcion|acced|atend|autoriz|devol|aprob|ayud|excepci|complac"
            r"|gestion|satisf|entregar (?:esa|esos|datos))",
            r"\bno (?:tengo|dispongo|cuento|poseo)\b≈(?:acceso|autoriz|permis|facultad"
            r"|informaci|datos|capacidad|posibilidad|potestad|conocimient|competenc|derecho"
            r"|atribuc|título)|carezco de",
            r"\bno (?:estoy (?:en (?:condiciones|posición)|\w*(?:autorizad|capacitad|diseñad"
            r"|programad|dispuest|habilitad|facultad|ualificad|alificad|entrenad|pensad))"
            r"|soy (?:quién|quien|la persona|un profesional|médic|abogad|el (?:canal|indicad)"
            r"|capaz))",
            r"\b(?:no|tampoco) (?:me|nos) (?:permit\w+|corresponde|compete|toca|está permitid"
            r"|es posible|sient\w+ cómod|dejan|autoriz\w+|resulta posible|pronunci|meto|presto"
            r"|involucr)|(?:me|nos) (?:está prohibido|prohíbe|impide|es imposible"
            r"|resulta imposible|veo imposibilitad)\w*",
            r"(?:fuera|más allá|excede|sobrepasa|escapa|supera)~(?:de lo que (?:puedo|me)"
            r"|alcance|mis (?:posib|capac|compet|func|atrib)|mi (?:ámbito|compet|mano|rol))",
            r"(?:políticas?|normas|reglas|condiciones|reglamento|directrices"
            r"|términos)\b~no (?:me |nos |lo |se )?(?:permit|autoriz|contempl)|(?:infring|viol"
            r"|incumpl|vulner)\w*~(?:políticas?|normas|reglas|condiciones|términos)~(?:no |neg"
            r"|rechaz)",
            r"(?:me temo|lamento|siento|lamentablemente|desgraciadamente|disculp\w+"
            r"|perdón)\b≈no (?:va a ser|será|es|resulta|se puede|está) ?(?:posible|viable"
            r"|permitid|disponible para|realizar|hacer|factible)?(?! (?:encontr"
            r"|hay))≈(?:posible|viable|permitid|realizar|hacer|factible|autoriz)",
            r"\b(?:debo|tengo que|obligad[oa] a|me veo|he de|necesito|opto por"
            r"|elijo)\b≈(?:rechaz|declin|abstener|negar|decir que no|decepcion)|\b(?:me niego"
            r"|declino|rehúso|me abstengo|me opongo a|rechazo (?:tu|su|esta|esa))\b|paso de \w+"
            r"|prefiero (?:no|abstener|mantener)",
            r"\bno (?:(?:te|le|les|os|lo|la) )?(?:doy|ofrezco|presto|hago|escribo|comparto"
            r"|genero|redacto|colaboro|ayudo|participo|proporciono|facilito|haré|escribiré|daré"
            r"|proporcionaré|ayudaré|participaré|seguiré|continuaré|comento|opino|respondo"
            r"|contesto|revelo|produzco|traduzco|brindo|gestiono|trato)\b(?! falta)",
            r"\bno (?:es|se trata de) (?:algo|una cosa|un tema) (?:en|con|de|que|para)≈(?:pueda"
            r"|puedo|vaya)|no es (?:mi (?:papel|función|lugar|labor)|asunto mío|cosa mía)"
            r"|(?:desde aquí|por (?:este|el) (?:chat|canal|medio))≈no (?:se puede|es posible"
            r"|está)|conmigo no cuentes|no cuentes? conmigo",
            r"ni hablar|de ningún modo|\bni loc[oa]|\bno (?!\w*(?:tr|gr|pr|per|ider|br)é\b)\w{3,}ré\b(?! (?:mentir|much))"
            r"|no puedo (?:hacer )?nada|(?:me|para mí)≈(?:imposible|inviable)"
            r"|nada que (?:yo )?pueda hacer|no va conmigo|no es lo mío",
            r"(?:solicitud|petición|reembolso|devolución|reclamación)\b≈(?:denegad|rechazad"
            r"|no (?:procede|ha sido aprobad|fue aprobad|se ha aprobado|puede ser))|(?:decidido"
            r"|optado por|hemos decidido) no \w+|(?:no (?:tengo|poseo)"
            r"|sin) (?:una )?(?:\w+ )?(?:opini|creenc|postura|preferenc)",
        ),
        r"no (?:(?:le|te|lo|la|se) )*(?:recomendar|aconsej|recomiend|sugier)\w*|no (?:he"
        r"|me) (?:olvid|olvidado)\w*|no se preocupe|el verbo|, pero (?:aquí|le ayudo|te ayudo)"
        r"|no olvid|\b(?:hasta que|a menos que|salvo que|mientras no|antes de que|sin que antes"
        r"|en cuanto)\b|por qué no (?:puedo|me)|\bno (?:\w+ ){0,3}?(?:lo suficiente|descartar"
        r"|encontrar|encuentro|garantizar|segur[oa])\b|, pero (?:debería|aquí|así|quedaría)"
        r"|no hay (?:problema|de qué)|sin problema",
    ),
    phrases(
        "pt",
        "tenho indeferir só apenas somente não nunca recusar declinar prefiro viola ilegal merece merecem "
        "infelizmente recuso recusar-me abstenho abster-me foge excede ultrapassa além fora "
        "impossível ilegais proibido ofensivo desrespeitoso perigoso tampouco nem receio "
        "obrigado declino nego-me violência proíbe proíbem impede impedem nada jamais vejo-me "
        "injusto negado recusado pensar é-me privacidade violação destrói",
        (
            r"não (?:se me|me foi) (?:permit|autoriz)\w+|(?:tenho (?:de|que)|devo) (?:indeferir"
            r"|rejeitar|negar)",
            r"não é algo (?:que|com que|em que|de que) eu\b|é-me (?:de todo )?impossível",
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
            r"\bnão (?:(?:te|lhe|lhes|me|o|a|os|as|vos) )?(?:posso|consigo|poderei|vou|poderia"
            r"|conseguirei|saberia|devo|pretendo)\b(?! (?:deixar de|evitar|acreditar|esperar"
            r"|descartar|encontrar|localizar|mais que|imagin|esquec|neg|ment|garantir que"
            r"|assegurar que|dizer com|recomendar o suficiente|dormir|parar de))≈\b\w+",
            r"\bnão (?:(?:te|lhe|lhes|o|a|vos) )?(?:podemos|vamos|poderemos"
            r"|conseguimos)\b≈(?:aceit|reembols|dar|fazer|conced|trat|process|fornec|divulg"
            r"|proporcion|atend|autoriz|devolv|aprov|ajud|exceç|excepç|satisf|prest|prosseg)",
            r"\bnão (?:tenho|disponho|possuo|conto com)\b≈(?:acesso|autoriz|permiss|poder"
            r"|informaç|dados|capacidade|possibilidade|conheciment|competênc|direito|condições"
            r"|habilitaç|como )",
            r"\bnão (?:estou (?:em (?:condições|posição)|\w*(?:autorizad|apt|programad"
            r"|capacitad|habilitad|qualificad|treinad|dispost|preparad))|fui (?:programad"
            r"|projetad|treinad|concebid|feit)|sou (?:a pessoa|o canal|capaz|médic|advogad"
            r"|qualificad))",
            r"\b(?:não|nem|tampouco) (?:me|nos) (?:permit\w+|cabe|compete|é (?:possível"
            r"|permitid)|autoriz\w+|sint\w+ (?:confortável|à vontade)|pronunci\w+|envolv\w+)"
            r"|não (?:cabe|compete) a mim|(?:me|nos) (?:é (?:vedado|impossível)|proíb|imped)\w*",
            r"(?:fora|além|excede|ultrapassa|foge|sai)\b~(?:do que (?:eu )?(?:posso|consigo)"
            r"|que (?:posso|consigo)|alcance|minhas? (?:possib|capac|compet|funç|atrib|alçada)"
            r"|meu (?:âmbito|escopo|alcance|papel))",
            r"(?:políticas?|normas|regras|condições|regulamento|diretrizes|termos)\b~não (?:me "
            r"|nos |o |se )?(?:permit|autoriz|contempl)|(?:infring|viol|descumpr"
            r"|fere)\w*~(?:políticas?|normas|regras|condições|termos|diretrizes)~(?:não |recus)",
            r"(?:receio|lamento|lamentamos|infelizmente|sinto muito|desculp\w+"
            r"|pena)\b≈não (?:vai ser|será|seja|é|pode ser|está)≈(?:possível|viável|permitid"
            r"|feit|realizad|disponível para mim|autoriz)",
            r"\b(?:devo|tenho (?:de|que)|obrigad[oa] a|vejo-me|me vejo|preciso|opto por"
            r"|terei (?:de|que))\b≈(?:recus|declin|abster|negar|rejeitar|dizer não|desapont)"
            r"|\b(?:recuso-me|me recuso|declino|abstenho-me|me abstenho|recuso (?:o|este|esse"
            r"|seu))\b|prefiro (?:não|abster|manter)",
            r"\b(?:não|nem) (?:(?:te|lhe|lhes|o|a) )?(?:dou|ofereço|presto|faço|escrevo"
            r"|partilho|compartilho|gero|redijo|colaboro|ajudo|participo|forneço|farei"
            r"|escreverei|darei|fornecerei|ajudarei|participarei|seguirei|continuarei|comento"
            r"|opino|respondo|revelo|produzo|traduzo|trato)\b(?! falta)",
            r"\bnão (?:é|se trata de) (?:algo|uma coisa|um assunto) (?:em|com|de|que|para"
            r"|no qual)≈(?:possa|posso|consiga)|não é (?:meu (?:papel|lugar)|minha (?:função"
            r"|tarefa)|comigo)|(?:operação|ação|pedido)\b≈não (?:está|é|pode)≈(?:mim|por aqui"
            r"|chat|canal)|não contes? comigo|não conte comigo",
            r"nem pensar|de jeito nenhum|de forma alguma|receio não (?:poder|conseguir|ser)"
            r"|\bnão (?!\w*(?:tr|gr|pr|per|ider|br)ei\b)\w{3,}rei\b|(?:é-me |para mim (?:é )?|me é )impossível"
            r"|nada que (?:eu )?possa fazer|não é comigo|\bnão (?:falsifico|invento)\b|não (?:a"
            r"|o|lho|lha) posso|nisso (?:eu )?não",
            r"(?:pedido|solicitação|reembolso|devolução|reclamação)\b≈(?:negad|recusad"
            r"|indeferid|rejeitad|não (?:foi (?:aprovad|aceit)|pode ser|é (?:aceit|possível)))"
            r"|(?:decidimos|decidi|optamos por|optei por) não \w+",
        ),
        r"não (?:(?:lhe|te|o|a) )*(?:recomend|aconselh|sugir)\w*|não (?:me )?(?:esqueci"
        r"|esquec)\w*|não se preocupe|o verbo|, mas (?:aqui|ajudo)|\b(?:até (?:que|você"
        r"|confirm\w*|receber)|a menos que|a não ser que|salvo se|enquanto não|antes que"
        r"|assim que)\b|por que (?:eu )?não (?:posso|consigo)"
        r"|\bnão (?:\w+ ){0,3}?(?:o suficiente|descartar|encontrar|encontro|localiz\w+|garantir"
        r"|certeza)\b|, mas (?:deve|aqui|ficaria|assim)|não há (?:problema|de quê)|sem problema",
    ),
)
