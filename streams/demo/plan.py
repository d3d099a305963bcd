"""What the demo does: its tenants, its three rollouts, and what must come of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from schemas import Wave
from simulation import Scenario, Traits, World, bad, good, make_tenants, single

__all__ = ["AGENT", "PERSON", "Plan", "Stage", "make_plan"]

AGENT = "care"
PERSON = "demo"
TENANTS = 40
BROKEN = 20
"""Whose tools fail in `single`: a platinum tenant of the first wave."""
HURT = (1, 4, 8)
"""Places in every ten of the joining order that `bad` hurts: 30 %."""
BUNDLE = {
    "provider": "aurora",
    "model": "aurora-2026-08-02",
    "prompt_version": "v7",
    "tools_version": "tools-11",
    "configuration": {"temperature": 0.2},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One rollout.

    Args:
        scenario: What the candidate truly does.
        waves: Who joins when.
        expected: Goes through and is finished; loses one tenant and goes on; is halted.
        seconds: Within so long, or the demo fails.
        crash: Whether measure is killed in the middle.
    """

    scenario: Scenario
    waves: tuple[Wave, ...]
    expected: Literal["through", "one", "halt"]
    seconds: float
    crash: bool = False
    weight: float = 0.25

    @property
    def name(self) -> str:
        """The rollout's id."""
        return self.scenario.name

    @property
    def tenants(self) -> list[str]:
        """Everyone of every wave."""
        return [tenant for wave in self.waves for tenant in wave.tenants]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The fleet and the rollouts, in order."""

    tenants: Sequence[Traits]
    stages: Sequence[Stage]

    @property
    def world(self) -> World:
        """What every bundle does to every tenant."""
        return World([stage.scenario for stage in self.stages])

    def registry(self) -> dict[str, Any]:
        """Return the registry file's content."""
        tenants = [
            {"tenant_id": one.tenant_id, "tier": one.tier, "pins": {AGENT: "main"}}
            for one in self.tenants
        ]
        policy = {"policy_id": "default", "drain_seconds": 2}
        return {"bundles": {"main": BUNDLE}, "tenants": tenants, "policies": [policy]}


def make_plan(seed: int) -> Plan:
    """Return the demo's plan; same seed, same fleet."""
    traits = make_tenants(TENANTS, seed)
    names = [one.tenant_id for one in traits]
    # Busy and quiet tenants in every wave: waves wait for the quietest.
    order = [names[i] for first in range(4) for i in range(first, TENANTS, 4)]
    hurt = [name for place, name in enumerate(order) if place % 10 in HURT]
    accepted = good()
    # The bad candidate replaces the good one's prompt: who is not hurt must not see it go.
    wrong = bad(hurt)
    wrong = replace(wrong, everyone=accepted.everyone, harm=accepted.everyone.and_then(wrong.harm))
    stages = (
        Stage(
            scenario=accepted,
            waves=_waves(order, (10, 20, 10), 30),
            expected="through",
            seconds=110.0,
        ),
        Stage(
            scenario=single(names[BROKEN]),
            waves=_waves(order, (10, 30), 25),
            expected="one",
            seconds=80.0,
        ),
        Stage(
            scenario=wrong,
            waves=_waves(order, (20, 10, 10), 400),
            expected="halt",
            seconds=110.0,
            crash=True,
        ),
    )
    return Plan(tenants=traits, stages=stages)


def _waves(order: Sequence[str], sizes: Sequence[int], min_units: int) -> tuple[Wave, ...]:
    waves, start = [], 0
    for size in sizes:
        waves.append(Wave(tenants=list(order[start : start + size]), min_units=min_units))
        start += size
    return tuple(waves)
