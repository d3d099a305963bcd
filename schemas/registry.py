"""The registry: bundles, tenants, policies and phases, compacted and read whole everywhere."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Millis, Name

__all__ = ["Bundle", "Cohort", "Margins", "Phase", "Policy", "Stakes", "Tenant", "Tier"]

Tier = Literal["platinum", "gold", "free"]
Stakes = Literal["alert-and-continue", "shadow-and-hold", "hard-pin-and-escalate"]
Share = Annotated[float, Field(gt=0, lt=1)]
Margins = Annotated[dict[Label, Annotated[float, Field(gt=0)]], Field(max_length=64)]
"""Metric -> factor (continuous) or odds ratio (binary) that still counts as no worse."""


class Bundle(Contract):
    """One immutable combination of everything that makes an agent behave as it does.

    `bundle_id` is `sha256:` and the digest of the canonical JSON (RFC 8785) of the other
    fields; see `control.bundles`.
    """

    version: Literal[1] = 1
    bundle_id: Label
    provider: Label
    model: Label
    """A model id, never an alias."""
    prompt_version: Label
    configuration: dict[str, Any] = {}
    tools_version: Label | None = None
    embedding_model: Label | None = None
    serving_engine: Label | None = None
    weights_digest: Label | None = None


class Tenant(Contract):
    """A tenant: its tier, its stakes, what it shares, and the bundle each agent is pinned to."""

    version: Literal[1] = 1
    tenant_id: Name
    tier: Tier = "gold"
    stakes: Stakes = "hard-pin-and-escalate"
    text: Literal["full", "hash", "none"] = "full"
    pins: Annotated[dict[Name, Label], Field(max_length=256)] = {}
    """Agent -> bundle_id of the first pin."""
    fallbacks: Annotated[dict[Name, Label], Field(max_length=256)] = {}
    """Agent -> validated bundle that a watch may move the tenant to."""
    margins: Margins = {}


class Policy(Contract):
    """When to pause, revert and halt, and how much at most."""

    version: Literal[1] = 1
    policy_id: Name = "default"
    revision: Annotated[int, Field(ge=1)] = 1
    pause_fleet: Annotated[float, Field(ge=0, le=100)] = 33.3
    pause_tenant: Annotated[float, Field(ge=0, le=100)] = 66.6
    revert: dict[Tier, Annotated[float, Field(ge=0, le=100)]] = {
        "platinum": 50.0,
        "gold": 66.6,
        "free": 83.3,
    }
    halt_fleet: Annotated[float, Field(ge=0, le=100)] = 100.0
    clear_below: Annotated[float, Field(ge=0, le=100)] = 17.0
    """A latched score clears this many points under its threshold."""
    fallback_watch: Annotated[float, Field(ge=0, le=100)] = 100.0
    """Display score of a watch at which a tenant moves to its validated fallback bundle."""
    breadth_alpha: Share = 0.05
    approval: list[Tier] = []
    """Tiers whose own reversion waits for a person; the halt of a whole rollout does not."""
    reverts_per_hour: Annotated[int, Field(ge=1)] = 1000
    reverts_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Breaker: share of a rollout's tenants reverted one by one; beyond it the rollout halts."""
    lease_seconds: Annotated[int, Field(ge=5)] = 300
    proof_seconds: Annotated[int, Field(ge=1)] = 60
    silence_seconds: Annotated[int, Field(ge=1)] = 120
    """Candidate traffic expected, none seen for so long: pause."""
    drain_seconds: Annotated[int, Field(ge=0)] = 5
    margins: Margins = {}
    weights: dict[Literal["A", "L", "E", "R", "T"], Annotated[float, Field(ge=0)]] = {}
    """Weight of each ALERT component; equal where absent."""


class Cohort(Contract):
    """Tenants of a phase that share both bundles, each with the epoch of its assignment."""

    baseline: Label
    candidate: Label
    tenants: dict[Name, Annotated[int, Field(ge=1)]]


class Phase(Contract):
    """One stretch of a rollout, immutable: who is compared with whom, and how."""

    version: Literal[1] = 1
    phase_id: EventId
    rollout_id: Name
    agent_id: Name
    wave: Annotated[int, Field(ge=1)]
    weight: Share
    """Share of the units that the candidate serves."""
    controls: Annotated[int, Field(ge=1, le=19)]
    """m: controls per unit of the rarer arm, at most."""
    retry: Annotated[int, Field(ge=1)] = 1
    """j: how often this agent's overlay has been tried; spends 6 a / (pi^2 j^2)."""
    policy_id: Name = "default"
    policy_revision: int = 1
    margins: Margins = {}
    cohorts: list[Cohort]
    opened_at: Millis
