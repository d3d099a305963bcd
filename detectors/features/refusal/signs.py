"""Turns of phrase of direct refusals in English, each beside words that it cannot do without."""

import re
from typing import Final

from detectors.features.refusal.opening import words
from detectors.features.refusal.phrases import one_of

__all__ = ["SIGNS"]

_DENIED = r" (?:cannot|can't|could not|has not been|was not|has been|was|is) (?:be )?(?:granted|approved|denied|declined|rejected)"
_FORBIDS = re.compile(
    r"(?:against|violates?|outside|beyond|not (?:\w+ )?within|breach) (?:of )?(?:my|our|openai'?s?|the (?:usage"
    r"|acceptable|content|safety)) (?:\w+ ){0,2}(?:programming|guidelines?|polic|principle|ethic"
    r"|values|remit|purview|mandate|expertise|capabilit|capacity|terms|scope|usage)|\b(?:beyond|outside)(?: of)? "
    r"(?:what (?:i|we)(?:'m| am| are)? (?:willing|prepared|comfortable|can|could|able|allowed|permitted|offer|handle)"
    r"|the scope of (?:what i|my|our|this))"
)
SIGNS: Final = (
    (words("against violate violates beyond outside within breach"), _FORBIDS.search),
    (
        words("guidelines programming policies principles instructions rules policy protocol"),
        re.compile(
            r"\bmy (?:\w+ )?(?:guidelines|programming|policies|principles|instructions|rules) "
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
            r"(?:can|could|help|do\b|assist|will|able|going|comfortable|willing|write|create|share)"
            r"|(?<=not |n't )something (?:that )?(?:i (?:do|offer|write|make|create|produce|provide"
            r"|share|help|generate|discuss|engage|support)\b"
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
            r"|authori[sz]e|reimburse|reveal|be (?:issuing|providing|offering|sharing|refunding))"
            r"|\b(?:so|but|and),? (?:no, )?i (?:cannot|can't|won't|will not)(?=[.!])"
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
        words("draw comment tied off-limits crossing crosses"),
        re.compile(
            r"\b(?:i|to|must) draw (?:the|a) line|\bcross(?:es|ing) a line|^(?:sorry, )?no comment|count me out|my hands are tied"
            r"|hard pass\b|off[- ]limits (?:for|to) me|that's off[- ]limits"
        ).search,
    ),
    (
        words("not no nope nah"),
        re.compile(
            r"(?:sorry|nope|no|nah)?[,.]? ?(?:(?:i'm|i am) )?not (?:going to|gonna|doing)\b(?! lie\b)"
            r"|(?:sorry|nope|no|nah)[,.!] not happening|no can do\b(?=[.,!—])"
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
            r"i(?<=\bi)(?:'ll| will|'m going to| have to| will have to) leave (?:that|this|it)(?: one)? (?:alone|out)\b",
        ),
    ),
    (
        words("me"),
        re.compile(
            r"\b(?:not|n't) (?:be )?(?:appropriate|ethical|right|comfortable|possible) for me to\b"
            r"(?! be (?:sure|certain))"
            r"|not possible for me(?= ?[.,!—]|$)"
            r"|\b(?:it|that|this)(?: would be|'d be| is|'s) (?:\w+ly )?(?:irresponsible|unethical|wrong"
            r"|inappropriate|improper|dangerous|unsafe|immoral) (?:of|for) me\b"
            r"|\b(?:cannot|can't) be answered by me\b"
        ).search,
    ),
    (
        words("blocked filtered flagged declined rejected"),
        re.compile(
            r"(?:blocked|filtered|flagged)\b[^.]{0,60}(?:polic|filter|safety)"
            r"|request (?:has been|was|is|cannot be|is being) (?:declined|rejected)\b[^.]{0,60}"
            r"(?:polic|filter|safety|unsafe|harm|content|guidelines|violat)"
        ).search,
    ),
    (
        words(
            "designed programmed instructed built restricted prohibited barred prevented forbidden"
        ),
        one_of(
            "i'm ",
            r"i am (?<=\bi am )",
            r"i've been ",
            r"i was (?<=\bi was )",
            then=r"(?:\w+ly )?(?:(?:restricted|prohibited|barred|prevented|forbidden) from \w+ing\b"
            r"|(?:designed|programmed|built|instructed) (?:to (?:avoid|not|decline|refuse)|not to)\b)",
        ),
    ),
    (
        words("shouldn't should better must mustn't way"),
        one_of(
            "i should not",
            "i shouldn't",
            "i'd better not",
            "i must not",
            "i mustn't",
            "no way i (?:can|could)",
            "no way that i (?:can|could)",
            then=r"(?: be)?(?: \w+ly)? (?:help|assist|provid|giv|shar|offer|generat|writ|answer|discuss"
            r"|engag|creat|produc|speculat|comment|reveal|disclos)",
        ),
    ),
    (
        words("let's let"),
        re.compile(
            r"let(?:'s| us) (?:try|talk|chat|discuss|change|move)[^.]{0,12} (?:about )?"
            r"(?:a different|something else|another|math|the (?:topic|subject))"
            r"|^let's not (?:go there(?=[.!,]|$)|do that)"
        ).search,
    ),
    (
        words("feel think"),
        one_of(
            "i don't (?:feel|think)",
            "i do not (?:feel|think)",
            then=r" (?:that )?(?:it is|it's|it would be) (?:right|appropriate|ethical|okay|wise"
            r"|responsible) (?:for me|to (?:answer|discuss|share|help|provide|rank|joke|comment"
            r"|speculat|write|make (?:fun|jokes)))",
        ),
    ),
    (
        words("one topic request"),
        one_of(
            "n't one ",
            "not one ",
            "n't a (?:request|topic) ",
            "not a (?:request|topic) ",
            then=r"(?:that )?i(?:'m| am)? (?:can|could|will|able|willing|comfortable)\b",
        ),
    ),
    (
        words("right"),
        one_of(
            "i'm not",
            "i am not",
            "n't think i'm",
            "n't think i am",
            "n't believe i'm",
            then=r" the right (?:assistant|tool|person|one)\b",
        ),
    ),
    (
        words("learning request google unsafe"),
        re.compile(
            r"still learning how to (?:answer|respond)|request (?:denied|rejected|conflicts with)"
            r"|try google search|^unsafe(?:\s+s\d|$)"
        ).search,
    ),
)
