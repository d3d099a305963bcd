"""Whose doing it is: seven kinds of cause, many stories each, with a known truth."""

from benchmarks.science.rows import Row
from benchmarks.science.stories import verdict
from simulation.causes import CAUSES, inject

__all__ = ["rows"]

FIRST = 200
"""Seeds from here on were never looked at when the rules were made."""
QUICK, FULL = 5, 40


def rows(quick: bool) -> list[Row]:
    """Return how often each cause is told rightly, and how often it is abstained from.

    Args:
        quick: Five stories a cause.
    """
    seeds = range(FIRST, FIRST + (QUICK if quick else FULL))
    made, right, seen = [], 0, 0
    for cause in CAUSES:
        said = [_said(cause, seed) for seed in seeds]
        hits = said.count(cause)
        right, seen = right + hits, seen + len(said)
        others = sorted({one for one in said if one not in (cause, "unknown", "unseen")})
        note = f"abstains {said.count('unknown')}, not seen {said.count('unseen')}"
        note += f", wrongly {', '.join(others)}" if others else ""
        made.append(Row("causes", f"cause told rightly: {cause}", hits / len(said), note=note))
    share = right / seen
    made.append(Row("causes", "cause told rightly, all", share, ">= .9", share >= 0.9,
                    note=f"{seen} stories"))  # fmt: skip
    return made


def _said(cause: str, seed: int) -> str:
    known = next(name for name in CAUSES if name == cause)
    if known == "candidate":
        story = inject(known, seed, change=300, units=1700)
    else:
        story = inject(known, seed)
    alert = verdict(story)
    return "unseen" if alert is None else str(alert.cause)
