"""What a course of scores comes to, in a word and a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from detectors.compare.baseline import BLOCK
from detectors.scoring import tenant_thresholds
from schemas import Tier
from streams.backtest.deciding import Act
from streams.backtest.judging import Course, Subject
from streams.backtest.known import Known
from streams.words import counted

__all__ = [
    "FEW", "SHOWN", "SURE", "Verdict", "Word", "chance", "of_subject", "of_tenant", "scarce",
    "worst",
]  # fmt: skip

Word = Literal["none", "hint", "lossy", "different", "worse"]
RANK: Final[Mapping[Word, int]] = {
    "none": 0, "hint": 1, "lossy": 2, "different": 3, "worse": 4
}  # fmt: skip
HINT: Final = 33.3
SHOWN: Final = 50.0
"""Score from which on one comparison has shown a change: once in 1,000 by chance."""
SURE: Final = 66.6
"""The same for one of many tenants: once in 10,000."""
FEW: Final = 50
"""Units of an arm below which only a total change could have shown itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a comparison.

    Args:
        word: `none`: no change shown; `hint`: less than is needed to say so; `lossy`: units are
            lost on one side, so nothing else is believed; `different`: changed, not shown to be
            worse; `worse`: by more than the margin, the candidate would have gone back.
        text: For people.
    """

    word: Word
    text: str


def chance(score: float) -> str:
    """Return how seldom chance alone reaches a score."""
    if score >= 100.0:
        return "less than once in 1,000,000 by chance"
    often = float(f"{10 ** (score * 0.06):.2g}")
    return f"once in {often:,.0f} by chance"


def worst(verdicts: Iterable[Verdict]) -> Word:
    """Return the gravest word, `none` of none."""
    found: Word = "none"
    for one in verdicts:
        found = one.word if RANK[one.word] > RANK[found] else found
    return found


def of_tenant(subject: Subject, tenant_id: str, known: Known, alone: bool) -> Verdict:
    """Return the verdict on one tenant.

    Args:
        subject: The rollout or watch.
        tenant_id: Whose.
        known: For the tenant's tier.
        alone: Whether it is the only tenant, so that chance has only one try.
    """
    course = subject.tenants[tenant_id]
    acts = [act for act in subject.acts if act.tenant_id == tenant_id]
    revert_at = _revert_at(known, subject, tenant_id)
    return _verdict(subject, course, acts, SHOWN if alone else SURE, revert_at)


def of_subject(subject: Subject, known: Known) -> Verdict:
    """Return the verdict on a rollout or watch as a whole."""
    alone = len(subject.tenants) == 1
    tenants = {name: of_tenant(subject, name, known, alone) for name in subject.tenants}
    if alone:
        (only,) = tenants.values()
        return only
    own = _verdict(subject, subject.fleet, _of_all(subject.acts), SHOWN, 100.0)
    grave = [name for name, one in tenants.items() if RANK[one.word] >= RANK["different"]]
    if RANK[worst(tenants.values())] <= RANK[own.word]:
        return Verdict(own.word, f"{own.text}{_named(grave, len(tenants))}")
    word = worst(tenants.values())
    loud = [name for name, one in tenants.items() if one.word == word]
    many = f"{len(loud)} of {len(tenants)} tenants"
    return Verdict(word, f"{many} ({_few(loud)}): {tenants[loud[0]].text}")


def _verdict(
    subject: Subject, course: Course, acts: Sequence[Act], shown: float, revert_at: float
) -> Verdict:
    if course.last is None:
        return Verdict("none", "nothing was compared")
    high, units = course.highest, course.last.units
    back = next((act for act in acts if act.kind in {"revert", "halt"}), None)
    if back is not None or high["action"] >= revert_at:
        return Verdict("worse", _worse(course, back, revert_at))
    pause = next((act for act in acts if act.kind == "pause"), None)
    paused = ""
    if pause is not None:
        given = counted(pause.units.candidate, "candidate unit")
        paused = f"; the rollout would have been paused after {given}"
    if course.lossy_at is not None:
        return Verdict(
            "lossy", f"units are lost on one side, seen after {counted(course.lossy_at, 'candidate unit')}: "
            f"nothing else is believed{paused}",
        )  # fmt: skip
    level = max(high["display"], high["pause"])
    if level >= shown:
        after = _crossing(course, shown)
        moved = "changed" if subject.kind == "watch" else "different (not worse)"
        return Verdict(
            "different", f"{moved}, shown after {counted(after, 'unit')}, {chance(level)}{paused}"
        )
    if level >= HINT:
        return Verdict("hint", f"a hint of change, {chance(level)}, no more{paused}")
    least = units.candidate if subject.kind == "watch" else min(units.candidate, units.baseline)
    few = f"; {scarce(least)}" if least < FEW else ""
    return Verdict("none", f"no change shown in {counted(units.candidate, 'unit')}{few}")


def scarce(number: int, of: str = "") -> str:
    """Return what so few units of an arm can tell."""
    said = f"{counted(number, 'unit')}{of} {'is' if number == 1 else 'are'}"
    if number < BLOCK:
        return f"{said} too few to tell anything"
    return f"{said} few, only a total change would have shown"


def _worse(course: Course, back: Act | None, revert_at: float) -> str:
    if back is None:
        units = next((n for level, n in sorted(course.crossed["action"].items())
                      if level >= revert_at - 1), 0)  # fmt: skip
        return f"worse beyond the margin, shown after {counted(units, 'candidate unit')}; stakes let it be"
    what = "halted" if back.kind == "halt" else "reverted"
    return f"worse: would have been {what} after {counted(back.units.candidate, 'candidate unit')}"


def _crossing(course: Course, shown: float) -> int:
    found = [
        units
        for kind in ("display", "pause")
        for level, units in course.crossed[kind].items()
        if level >= shown - 1
    ]
    return min(found, default=0)


def _of_all(acts: Sequence[Act]) -> list[Act]:
    """Return what concerns the whole rollout."""
    return [act for act in acts if act.kind in {"halt", "pause"}]


def _named(names: Sequence[str], number: int) -> str:
    return f"; {len(names)} of {number} tenants show it alone ({_few(names)})" if names else ""


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")


def _revert_at(known: Known, subject: Subject, tenant_id: str) -> float:
    tenant = known.tenants.get(tenant_id)
    tier: Tier = "gold" if tenant is None else tenant.tier
    of_rollout = (subject.agent_id, subject.name)
    phases = known.phases.values()
    phase = next((p.phase_id for p in phases if (p.agent_id, p.rollout_id) == of_rollout), None)
    return float(tenant_thresholds(known.policy(phase), tier)[2])
