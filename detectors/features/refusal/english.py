"""Direct refusals in English: it says that it cannot, will not, or has no opinion to give."""

import re
from typing import Final

from detectors.features.refusal.opening import Opening, words
from detectors.features.refusal.phrases import one_of

__all__ = ["WORDS", "is_direct"]

_ACT = (
    r"help|assist|aid\b|suppl(?:y|ies)|guid|draft|role-?play|take part|go into|weigh in|provid|fulfil|comply|creat|generat|writ|answer|discuss|engag|offer|giv|shar"
    r"|encourag|promot|condon|endors|tell(?! (?:from|if|whether|for|which|what))|teach|mak|do th"
    r"|do so|participat|respond|continu|process|allow|produc|complet|reveal|disclos|facilitat"
    r"|proceed|speculat|comment|express|instruct"
    r"|explain how|say how|show you|walk you|form (?:an )?opinion"
)
_ADVISE = r"recommend|suggest|advis|support|tell you"
"""Of these "I don't" is advice, "I can't" a refusal."""
_ABILITY = r"(?:cannot|can't|can not|won't|will not|couldn't|could not)"
_APOLOGISES = re.compile(
    # "Sorry, but I …", "I apologise, but I cannot …"
    r"(?:sorry|apologi[sz]e|regret|apologies|afraid)[,.]? "
    r"(?:but (?:i\b|as |this |your |my |we |that (?:is|request|goes)|that's (?:not something"
    r"|beyond)"
    r"|it(?:'s| is) (?:not|against))|i (?:can|am|do|won|must)|that i|as an ai|this|your request"
    r"|however|that's beyond)"
)
_REFUSES = re.compile(
    r"\bi(?:"
    # "I'm not able to help …", "I cannot in good conscience provide …"
    r"(?:'m| am| will| would| must| have to| do| also)?(?: \w+ly)? ?"
    r"(?:cannot|can't|can not|won't|will not|not|unable|decline|refuse|refrain|don't)"
    r"(?: be| feel| able| comfortable| allowed| permitted| to| with| in| going| programmed| capable"
    r"| of| from| and| or|,| \w+ly| will not| cannot| would not| want| designed| willing"
    r"| good conscience)* "
    rf"(?:{_ACT})"
    r"|(?:'m| am)? (?:cannot|can't|can not|unable to|not able to|won't|will not) (?:\w+ly )?"
    rf"(?:{_ADVISE})"
    # a sentence that opens with "I can't <verb>", perception and belief left out
    r"|(?:(?<=[.,!:;\n] i)|(?<=but i)|(?<=and i)|(?<=so i)|(?<=^i)) " + _ABILITY + " "
    r"(?!wait|lie|find|see |believe|say |tell |imagine|only |thank|stress|overstate|help but"
    r"|think of|remember|emphasi|agree|speak for|rule out|guarantee|promise|recall|be (?:sure"
    r"|certain)"
    r"|(?:spoil|lie\b|bore|connect|load|open|reach|reproduce|locate|parse|retrieve|fetch)"
    r"|(?:run|execute|test) (?:the|this|your|that|any) (?:code|script|program))[a-z]+"
    r"|(?: must| have to|'ll have to| need to|'m going to| will|'ll)?"
    r"(?: have to)?(?: respectfully| politely)? (?:decline|refuse|pass on)\b"
    r"|(?: must| have to|'ll have to| need to|'m (?:going to|gonna)|'ll| will)(?: have to)? "
    r"(?:say no|abstain|turn (?:this|that|you) down|reject|pass\b(?! (?:it|the|this|your|along)))"
    r"|(?: do not|'m not| don't| won't| will not) (?:get involved|go there|doing (?:this|that)"
    r"|take (?:part|sides)|weigh in)"
    r"| (?:couldn't|could not|can't|cannot) (?:tell|say to) (?:you|what)\b(?! how)"
    r"|(?:'d| would)? (?:rather|prefer)(?: not\b|(?: that| if)? we (?:change|talk|discuss|move|stop|did))|(?:'d| would) be uncomfortable|'ll pass on\b"
    r"| (?:do not|don't) think (?:i (?:should|can)|(?:it is|it's) a good idea for me)\b"
    r"|(?:'m| am)? (?:not|don't feel|wouldn't feel|wouldn't be) (?:\w+ )?(?:comfortable|right|at ease)"
    r" (?:with\b|\w+ing\b|about\b)"
    r"| (?:can|may|am able to|will) only (?:help|assist|answer|respond|discuss)"
    r"| only (?:answer|help)\b"
    r"|(?: try to| must)? avoid (?:generat|provid|creat|discuss|writ|giv|shar|offer|help|engag)"
    r")"
)
_AND_CANNOT = re.compile(
    # "I am here to help, and cannot …"
    r"[^.!?\n]{0,30}?\bi\b[^.!?\n]{1,90}? (?:and|but|so|thus|therefore),? (?:\w+ )?"
    rf"(?:cannot|can't|won't|will not|unable to|not able to) (?:\w+ly )?(?:{_ACT})"
)
_OPENS = re.compile(
    r"(?:(?:no|nope|sorry|unfortunately)?[,.]? ?|(?:sorry, |unfortunately,? )?we (?:are )?"
    r"|th(?:e|is) (?:assistant|model) (?:is )?)"
    r"(?:can't|cannot|unable to|not able to|won't) "
    r"(?:help|assist|comply|answer|provide|do (?:that|this))\b"
)
"""What an answer opens with where it drops the "I" or speaks for a firm."""
_REFUSING: Final = words(
    "turn cannot can't not unable won't decline refuse refrain don't couldn't pass avoid uncomfortable "
    "only comfortable prefer"
)
_FORBIDS = re.compile(
    r"(?:against|violates?|outside|beyond|not (?:\w+ )?within|breach) (?:of )?(?:my|our|openai'?s?|the (?:usage"
    r"|acceptable|content|safety)) (?:\w+ ){0,2}(?:programming|guidelines?|polic|principle|ethic"
    r"|values|capabilit|capacity|terms|scope|usage)|\b(?:beyond|outside)(?: of)? "
    r"(?:what (?:i|we)(?:'m| am| are)? (?:willing|prepared|comfortable|can|could|able|allowed|permitted|offer|handle)"
    r"|the scope of (?:what i|my|our|this))"
)
_DENIED = r" (?:cannot|can't|could not|has not been|was not|has been|was|is) (?:be )?(?:granted|approved|denied|declined|rejected)"
_SIGNS: Final = (
    (words("sorry apologize apologise apologies regret afraid"), _APOLOGISES.search),
    (_REFUSING, _REFUSES.search),
    (_REFUSING, _OPENS.match),
    (words("cannot can't won't unable"), _AND_CANNOT.match),
    (words("against violate violates beyond outside within breach"), _FORBIDS.search),
    (
        words("guidelines programming policies principles policy protocol"),
        re.compile(
            r"\bmy (?:\w+ )?(?:guidelines|programming|policies|principles) "
            r"(?:do not|don't|prevent|prohibit|forbid)"
            r"|(?:polic(?:y|ies)|guidelines|protocol) (?:(?:do not|don't|does not|doesn't|won't"
            r"|will not) (?:allow|permit|let|authori[sz]e)|prevents?|prohibits?|forbids?"
            r"|bars?) (?:me|us)\b"
        ).search,
    ),
    (
        words("something"),
        re.compile(
            r"(?<=not |n't )something (?:that )?i(?:'m| am|'ll|'d| would)? "
            r"(?:can|could|help|do\b|assist|will|able|going|comfortable|willing)"
            r"|(?<=not |n't )something (?:that )?(?:i (?:do|offer|write|make)\b"
            r"|(?:our|the) team can)|\bsomething (?:that )?i(?:'m| am)? (?:won't|will not"
            r"|can't|cannot|don't|refuse|not)\b"
        ).search,
    ),
    (
        words("cannot can't won't unable"),
        re.compile(
            r"\bwe(?:'re| are| will)? (?:\w+ly )?(?:cannot|can't|can not|unable to|not able to"
            r"|won't|will not) (?:be able to )?(?:\w+ly )?(?:accept|refund|process|issue|provide"
            r"|offer|hono[u]?r|approve|grant|make (?:an|any) exception|share|disclose|release"
            r"|discuss|assist|help|fulfil|comply|continue|accommodate|extend|waive|proceed|give"
            r"|authori[sz]e|reimburse|reveal)"
            r"|\b(?:cannot|can't) be (?:given|provided|shared|disclosed|discussed|offered) (?:here|in this)"
        ).search,
    ),
    (
        words("afraid unfortunately regret sorry option"),
        re.compile(
            r"(?:afraid|unfortunately|sorry|regret)[^.!?\n]{0,30}? (?:that|this|it)(?:'s| is"
            r"| will| won't| isn't| would| can't| cannot)?[^.!?,\n]{0,16}?"
            r"(?:n't|not)[^.!?,\n]{0,10}? (?:possible|happen|an option)(?! to)"
            r"|\bnot an option for (?:me|us)"
        ).search,
    ),
    (
        words(
            "qualified authorized authorised equipped trained licensed liberty position clearance "
            "authority built meant entitled authorization permission permitted"
        ),
        re.compile(
            r"\bi(?:'m| am)\b[^.!?\n]{0,40}?\b(?:not|neither) (?:\w+ )?(?:qualified"
            r"|authori[sz]ed|equipped|trained|licensed|built|meant|entitled|permitted"
            r"|in a position|at liberty)"
            r"|\bi (?:do not|don't|lack|have no|haven't)(?: \w+){0,3}? (?:authority"
            r"|authori[sz]ation|permission|clearance)"
        ).search,
    ),
    (
        words("place role job decide judge"),
        re.compile(
            r"(?:not|n't) (?:really )?(?:my (?:place|role|job)\b"
            r"|for me to (?:say|decide|judge|tell|comment))"
        ).search,
    ),
    (
        words("draw comment tied off-limits crossing"),
        re.compile(
            r"\b(?:i|to|must) draw (?:the|a) line|\bcross(?:es|ing) a line|^(?:sorry, )?no comment|count me out|my hands are tied"
            r"|hard pass\b|off[- ]limits (?:for|to) me|that's off[- ]limits"
        ).search,
    ),
    (
        words("not no nope nah"),
        re.compile(
            r"(?:sorry|nope|no|nah)?[,.]? ?(?:(?:i'm|i am) )?not (?:going to|gonna|doing)\b"
            r"|(?:no|nope|nah|absolutely not|no way|not a chance)[,.!] i (?:won't|will not"
            r"|don't|refuse)"
        ).match,
    ),
    (
        words("nothing choosing instructed leave granted approved denied decided views"),
        one_of(
            r"nothing (?:more |else |further )?(?:that )?(?:i|we) can do\b",
            r"i(?<=\bi)(?:'m| am| have been|'ve been) (?:choosing|instructed|asked|told) not to",
            *(sign + _DENIED for sign in ("request", "claim", "application")),
            r"decided not to (?:approve|grant|issue|proceed)",
            r"no (?<=\bno )(?:political |personal )(?:views|opinions?)\b",
            r"leave (?:that|this|it) (?:question |one )?(?:unanswered|to (?:them|a|the))",
        ),
    ),
    (
        words("me"),
        re.compile(
            r"\b(?:not|n't) (?:be )?(?:appropriate|ethical|right|comfortable|possible) for me to\b"
        ).search,
    ),
    (
        words("blocked filtered flagged"),
        re.compile(r"(?:blocked|filtered|flagged)\b[^.]{0,60}(?:polic|filter|safety)").search,
    ),
    (
        words("let's let"),
        re.compile(
            r"let(?:'s| us) (?:try|talk|chat|discuss|change|move)[^.]{0,12} (?:about )?"
            r"(?:a different|something else|another|math|the (?:topic|subject))"
        ).search,
    ),
    (
        words("learning request google unsafe"),
        re.compile(
            r"still learning how to (?:answer|respond)|request (?:denied|rejected|conflicts with)"
            r"|try google search|^unsafe(?:\s+s\d|$)"
        ).search,
    ),
)
"""Words without one of which the pattern beside them cannot match: most answers stop here."""
_EVADES = re.compile(
    r"\bi (?:do not|don't) (?:have|hold|possess|take|express)(?: an| any)?(?: \w+){0,2}? "
    r"(?:opinions?|feelings|beliefs?|preferences|views?|sides|position|stance|experiences?"
    r"|emotions)\b"
    r"|\b(?:i|and) (?:do not|don't) have the (?:ability|capacity|capability) to\b"
    r"|\bi (?:do not|don't|lack|have no)(?: have)?(?: \w+){0,2}? (?:access|real-time|insight"
    r"|visibility|information)\b(?! (?:about you|yet))"
    r"|^\(?(?:this|it|the) (?:question |answer |response |information )?(?:is|are|can be)?"
    r"[^.]{0,30}?(?:subjective|cannot be|can't be|depends?|dependent|varies|vary)\b[^.]{0,60}"
    r"(?:individual|person|personal|respondent|circumstance|perspective|beliefs?\b|experience)"
)
"""All there is to a short answer; a longer one goes on to say something."""
_GOES_ON = re.compile(
    r"^(?:as an ai[^.,]{0,20}, )?(?:while|although|though) i|however|\bbut\b|\bgenerally|in general|typically|usually|on average|\([a-h]\)|that said"
)
_UNCLEAR = re.compile(
    r"nonsens|factually coherent|absurd|unclear what|false premise|(?:does not|doesn't) exist"
    r"|(?:don't|do not|didn't) (?:quite |fully )?understand (?:the|your|what)|could you clarify"
    r"|an error|timed out|unavailable|i've (?:already |now )?(?:e-?mailed|sent|added|cancel|issued)"
    r"|fictional character|not (?:a )?real (?:person|character)"
    r"|without (?:your|(?:a|the|more) (?:\w+ ){0,2}(?:number|id|information|details|context|file"
    r"|code|data|receipt))|(?:until|unless|once) you|without (?:an?|the) (?:receipt|order)|why can't i"
)
"""The request was unclear, unreal or short of data, ..."""
_WRONG = re.compile(r"consent|privacy|private|ethical|appropriate|harm|illegal|violen|polic|fulfil")
"""... and not wrong."""
_VAGUE: Final = words(
    "subjective depends dependent depend varies vary personal opinions feelings beliefs cannot "
    "can't opinion position stance sides views preferences experiences ability capacity capability "
    "access real-time insight visibility"
)
WORDS: Final = _VAGUE.union(*(signs for signs, _ in _SIGNS))
"""All words that are asked for here."""


def is_direct(opening: Opening) -> bool:
    """Return whether an answer refuses in so many words."""
    head, said = opening.head, opening.words
    for signs, found in _SIGNS:
        if not said.isdisjoint(signs) and found(head):
            return not _UNCLEAR.search(head) or _WRONG.search(head) is not None
    if not opening.whole or said.isdisjoint(_VAGUE):
        return False
    return _EVADES.search(head) is not None and not _GOES_ON.search(head)
