"""How long a rollout needs to notice what, from a tenant's traffic.

Source: STATISTICS.md 5, "power": candidate units until one metric's evidence passes 10,000 to 1
with nine controls a unit; among the whole catalogue it takes 1.41 times as many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from control.phases import controls
from schemas import Tier

__all__ = ["CASES", "Case", "Estimate", "estimate", "spoken", "summary"]

CATALOGUE_FACTOR = 1.41
TABLE_CONTROLS = 9
TABLE_LOG10 = 4.0
TABLE_RATE = 0.02
"""Refusal rate of the power table."""
SCORE_LOG10 = 6.0
"""log10 of the evidence at score 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One harm of the power table.

    Args:
        name: A short word.
        title: What happens, for people.
        notice: Candidate units until it is noticed: evidence against "no change".
        revert: Candidate units until it is reverted: evidence of worse than the margin.
        rare: Whether the units go with the inverse of the refusal rate.
    """

    name: str
    title: str
    notice: float
    revert: float
    rare: bool = False


CASES = (
    Case(name="refusals x2", title="refusals doubled", notice=1590, revert=9050, rare=True),
    Case(name="refusals x3", title="refusals trebled", notice=530, revert=1270, rare=True),
    Case(name="refusals x5", title="refusals five times", notice=185, revert=320, rare=True),
    Case(name="length +60 %", title="answers 60 % longer", notice=71, revert=230),
    Case(name="tools fail", title="every tool call fails", notice=9, revert=11.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """When one tenant's rollout will show a harm; hours, None without traffic."""

    tenant_id: str
    tier: Tier
    units_per_hour: float | None
    notice: dict[str, float | None]
    revert: dict[str, float | None]


def estimate(
    tenant_id: str,
    tier: Tier,
    units_per_hour: float | None,
    weight: float,
    thresholds: Mapping[Tier, float],
    refusal_rate: float | None = None,
) -> Estimate:
    """Return when a tenant's harm is noticed and reverted.

    Args:
        tenant_id: Who.
        tier: Decides the score at which it is reverted.
        units_per_hour: Sessions (or what the router randomises on) of both arms; None: unknown.
        weight: Share of the candidate.
        thresholds: Score at which each tier is reverted, 0-100.
        refusal_rate: The tenant's; None: the power table's 2 %.
    """
    rate = min(max(refusal_rate or TABLE_RATE, 0.001), 0.5)
    rarity = TABLE_RATE * (1 - TABLE_RATE) / (rate * (1 - rate))
    m = controls(weight)
    blocks = (1 + 1 / m) / (1 + 1 / TABLE_CONTROLS)
    strict = thresholds.get(tier, 66.6) / 100 * SCORE_LOG10 / TABLE_LOG10
    rarer = None if units_per_hour is None else units_per_hour * min(weight, 1 - weight)

    def hours(units: float, case: Case, factor: float) -> float | None:
        if not rarer:
            return None
        return units * CATALOGUE_FACTOR * blocks * factor * (rarity if case.rare else 1.0) / rarer

    revert = {case.name: hours(case.revert, case, strict) for case in CASES}
    notice = {case.name: hours(case.notice, case, 1.0) for case in CASES}
    return Estimate(
        tenant_id=tenant_id,
        tier=tier,
        units_per_hour=units_per_hour,
        # Whoever is reverted has noticed: a low threshold may be passed before 10,000 to 1 is.
        notice={name: min(notice[name] or 0.0, at) if at else at for name, at in revert.items()},
        revert=revert,
    )


def spoken(hours: float | None) -> str:
    """Return a time as people say it: `40 s`, `12 min`, `3 h`, `40 days`, `years`."""
    if hours is None:
        return "no traffic"
    for limit, factor, unit in (
        (1 / 60, 3600, "s"), (1.5, 60, "min"), (48, 1, "h"), (24 * 700, 1 / 24, "days"),
    ):  # fmt: skip
        if hours < limit:
            return f"{max(round(hours * factor), 1)} {unit}"
    return "years"


def summary(found: Sequence[Estimate]) -> str:
    """Return one line: how soon most tenants notice doubled refusals, and who notices last."""
    case = CASES[0]
    times = [(one.notice[case.name], one.tenant_id) for one in found]
    known = sorted((hours, name) for hours, name in times if hours is not None)
    silent = len(times) - len(known)
    if not known:
        return "No tenant has had traffic yet; a rollout learns nothing without it."
    middle, (last, name) = known[len(known) // 2][0], known[-1]
    line = f"{case.title.capitalize()} are noticed after {spoken(middle)}"
    line += f" at half of them, last at {name} after {spoken(last)}" if len(known) > 1 else ""
    return line + (f", never at {silent} without traffic" if silent else "") + "."
