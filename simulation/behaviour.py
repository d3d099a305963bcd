"""What a bundle does to a tenant: the truth that detectors must find."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["NO_CHANGE", "Effects", "Scenario", "World", "bad", "good", "single"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """How answers under a bundle differ from the tenant's own baseline.

    Args:
        length: Factor on the length of answers.
        refusal_odds: Factor on the odds of a refusal.
        moral: Probability that a refusal lectures.
        tool_failure: Probability that a tool call fails; None: as ever.
        tool_invalid: Probability that a tool call's arguments are invalid.
        tool_skip: Probability that a tool call is left out.
        tool_shift: Probability that the tool chosen is the next one on the list.
        bullets: Probability that an answer is a list of bullets, on top of the tenant's style.
        broken_format: Probability that JSON does not parse; None: as ever.
        error_odds: Factor on the odds of a failed call.
        latency: Factor on times.
        cost: Factor on the price of a token.
        satisfaction_odds: Factor on the odds of good feedback.
    """

    length: float = 1.0
    refusal_odds: float = 1.0
    moral: float = 0.1
    tool_failure: float | None = None
    tool_invalid: float = 0.004
    tool_skip: float = 0.0
    tool_shift: float = 0.0
    bullets: float = 0.0
    broken_format: float | None = None
    error_odds: float = 1.0
    latency: float = 1.0
    cost: float = 1.0
    satisfaction_odds: float = 1.0

    def and_then(self, other: "Effects") -> "Effects":
        """Return what both changes do together: factors multiply, the larger probability stays."""
        mine, yours = asdict(self), asdict(other)
        both: dict[str, Any] = {name: _both(name, mine[name], yours[name]) for name in mine}
        return Effects(**both)


def _both(name: str, mine: float | None, yours: float | None) -> float | None:
    if mine is None or yours is None:
        return yours if mine is None else mine
    return mine * yours if name in FACTORS else max(mine, yours)


FACTORS = frozenset({
    "length", "refusal_odds", "error_odds", "latency", "cost", "satisfaction_odds",
})  # fmt: skip
NO_CHANGE = Effects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One change of an agent, with what it truly does and to whom.

    Args:
        name: A short word.
        title: What it is, for people.
        overlay: Fields of the bundle that change; they also tell which bundles it is about.
        everyone: Effects on all tenants.
        hurt: Tenants that it makes worse.
        harm: Effects on those, in place of `everyone`.
    """

    name: str
    title: str
    overlay: Mapping[str, Any]
    everyone: Effects = NO_CHANGE
    hurt: frozenset[str] = frozenset()
    harm: Effects = NO_CHANGE

    def on(self, tenant_id: str) -> Effects:
        """Return the effects on one tenant."""
        return self.harm if tenant_id in self.hurt else self.everyone

    def is_of(self, bundle: Mapping[str, Any]) -> bool:
        """Return whether `bundle` carries this change."""
        return all(bundle.get(name) == value for name, value in self.overlay.items())


@dataclass(frozen=True, slots=True)
class World:
    """Which effects a bundle's content has: of every scenario whose overlay it carries."""

    scenarios: Sequence[Scenario] = ()
    _known: dict[tuple[str, str], Effects] = field(default_factory=dict)

    def effects(self, bundle: Mapping[str, Any], tenant_id: str) -> Effects:
        """Return what serving `bundle` does to the answers that a tenant gets."""
        key = (str(bundle.get("bundle_id", bundle)), tenant_id)
        found = self._known.get(key)
        if found is None:
            found = NO_CHANGE
            for scenario in self.scenarios:
                if scenario.is_of(bundle):
                    found = found.and_then(scenario.on(tenant_id))
            self._known[key] = found
        return found


def good() -> Scenario:
    """Return a change that anyone can see and nobody minds."""
    return Scenario(
        name="good",
        title="another style, other tools, 8 % shorter",
        overlay={"model": "aurora-2026-10-30", "prompt_version": "v8"},
        everyone=Effects(length=0.92, bullets=0.35, tool_shift=0.3, satisfaction_odds=1.1),
    )


def single(tenant_id: str) -> Scenario:
    """Return a change that breaks every tool call of one tenant and nothing else."""
    return Scenario(
        name="single",
        title=f"every tool call of {tenant_id} fails",
        overlay={"tools_version": "tools-12"},
        hurt=frozenset({tenant_id}),
        harm=Effects(tool_failure=1.0),
    )


def bad(tenants: Sequence[str]) -> Scenario:
    """Return a change that hurts `tenants`: refusals 5 % -> 25 %, answers 60 % longer."""
    return Scenario(
        name="bad",
        title=f"refusals 5 % -> 25 % and answers 60 % longer for {len(tenants)} tenants",
        overlay={"model": "aurora-2026-11-14", "prompt_version": "v9"},
        hurt=frozenset(tenants),
        harm=Effects(length=1.6, refusal_odds=(0.25 / 0.75) / (0.05 / 0.95)),
    )
