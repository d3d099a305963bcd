"""Thresholds: what a score means for a tenant of a tier with its stakes, and for a fleet.

| evidence | of | at | then |
|---|---|---|---|
| pause | fleet, tenant | `pause_fleet`, `pause_tenant` | pause |
| sample ratio | fleet, tenant | 3 | pause, and nothing else acts |
| action | tenant | `revert[tier]`, or selected by e-BH | as the stakes say, below |
| action | fleet | `halt_fleet` | halt |

| stakes | a reversion is |
|---|---|
| alert-and-continue | not made: the alert stands for itself |
| shadow-and-hold | made, and the rollout pauses |
| hard-pin-and-escalate | made |

A tier in `approval` has its reversion wait for a person. So has whatever is contested: where the
baseline arm does the same, or the arms were given other work, a rollout pauses and asks, and a
fleet pauses in place of halting.

A watch acts at `fallback_watch` where the cause is the provider, and where it is unknown only at
100; a movement of the prompts, the retrieval, the infrastructure or the agent before would follow
the tenant to any bundle, so of those it only tells.

| stakes | a watch |
|---|---|
| alert-and-continue | tells |
| shadow-and-hold | pauses the agent's rollout |
| hard-pin-and-escalate | moves the tenant to its validated fallback bundle |

Source: STATISTICS.md 5.
"""

from typing import Literal

from schemas import Alert, Policy, Tenant

__all__ = [
    "REACH",
    "SAMPLE_RATIO",
    "Handling",
    "clears",
    "falls_back",
    "forgets",
    "halts",
    "handling",
    "lossy",
    "pauses",
    "recent",
    "reverts",
    "sound",
    "too_many",
]

SAMPLE_RATIO = 3.0
"""log10 evidence of lost units from which on nothing else is believed."""
HOUR = 3_600_000
REACH = 2**31
"""Where the numbers of policies and waves end: 68 years in seconds."""
CERTAIN = 100.0
"""Display score of a watch at which it acts though the cause is unknown."""
FEW = 2
"""Reversions below which no share of a fleet is spoken of: one tenant is not a fleet."""

Handling = Literal["continue", "revert", "revert-and-pause", "ask"]


def sound(policy: Policy) -> bool:
    """Whether its counts and times are such that commands and leases can say them."""
    numbers = (
        policy.revision, policy.reverts_per_hour, policy.lease_seconds, policy.proof_seconds,
        policy.silence_seconds, policy.drain_seconds,
    )  # fmt: skip
    return max(numbers) < REACH


def lossy(alert: Alert) -> bool:
    """Whether units are lost on one side, so that the alert's other evidence is worthless."""
    return alert.sample_ratio >= SAMPLE_RATIO


def pauses(alert: Alert, policy: Policy) -> bool:
    """Whether the pause evidence has reached its threshold."""
    return alert.scores.pause >= _pause_threshold(alert, policy)


def clears(alert: Alert, policy: Policy) -> bool:
    """Whether the pause evidence has fallen so far that crossing again is news."""
    return alert.scores.pause < _pause_threshold(alert, policy) - policy.clear_below


def _pause_threshold(alert: Alert, policy: Policy) -> float:
    return policy.pause_fleet if alert.scope == "fleet" else policy.pause_tenant


def reverts(alert: Alert, tenant: Tenant, policy: Policy) -> bool:
    """Whether a tenant's action evidence has reached its tier's threshold."""
    return alert.scores.action >= _revert_threshold(tenant, policy)


def forgets(alert: Alert, tenant: Tenant, policy: Policy) -> bool:
    """Whether it has fallen so far that a denied reversion may be asked for again."""
    return alert.scores.action < _revert_threshold(tenant, policy) - policy.clear_below


def _revert_threshold(tenant: Tenant, policy: Policy) -> float:
    """A tier that the policy leaves out has the default one's."""
    return policy.revert.get(tenant.tier, Policy().revert[tenant.tier])


def halts(alert: Alert, policy: Policy) -> bool:
    """Whether the fleet's action evidence ends the rollout."""
    return alert.scores.action >= policy.halt_fleet


def falls_back(alert: Alert, policy: Policy) -> bool:
    """Whether a watch's evidence and its cause are enough to leave the pin."""
    if alert.scores.display < policy.fallback_watch:
        return False
    unknown = alert.cause in {None, "unknown"} and alert.scores.display >= CERTAIN
    return alert.cause == "provider" or unknown


def handling(tenant: Tenant, policy: Policy, *, contested: bool = False) -> Handling:
    """What becomes of a reversion that the evidence asks for.

    Args:
        tenant: Its stakes and tier.
        policy: Which tiers wait for a person.
        contested: Whether something other than the candidate explains the evidence as well.
    """
    if tenant.stakes == "alert-and-continue":
        return "continue"
    if contested or tenant.tier in policy.approval:
        return "ask"
    return "revert-and-pause" if tenant.stakes == "shadow-and-hold" else "revert"


def too_many(reverted: int, joined: int, policy: Policy) -> bool:
    """Whether so many of the joined tenants went back one by one that the rollout is at fault."""
    return reverted >= FEW and reverted > policy.reverts_share * joined


def recent(times: list[int], now_ms: int) -> list[int]:
    """Return those of the last hour."""
    return [at for at in times if now_ms - at < HOUR]
