"""What people ask of the control plane: `requests`, key the agent, each signed by its person."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Name, Time

__all__ = ["Request", "Start", "Wave"]


class Wave(Contract):
    """Tenants that join together, and what must be seen before the next wave."""

    tenants: list[Name]
    min_units: Annotated[int, Field(ge=0)] = 100
    """Candidate units each tenant still in the rollout must have given before the next wave."""
    min_seconds: Annotated[int, Field(ge=0)] = 0


class Start(Contract):
    """A change to one agent for its tenants, as an overlay on each tenant's pin."""

    rollout_id: Name
    overlay: dict[str, Any]
    """Fields of the bundle that change."""
    weight: Annotated[float, Field(gt=0, lt=1)] = 0.05
    shadow: bool = False
    """The candidate serves nobody: services call it beside the baseline, see `Router.pair`."""
    waves: Annotated[list[Wave], Field(min_length=1, max_length=100)]
    retry: Annotated[int, Field(ge=1)] = 1
    policy_id: Name = "default"


class Request(Contract):
    """One request of one person."""

    version: Literal[1] = 1
    request_id: EventId
    kind: Literal[
        "assign", "start", "finish", "abort", "approve", "deny", "revert", "hold", "resume",
        "accept",
    ]  # fmt: skip
    agent_id: Name
    rollout_id: Name | None = None
    tenants: list[Name] = []
    """Of assign and revert; empty: all. Of accept: whose present becomes the baseline."""
    start: Start | None = None
    alert_id: EventId | None = None
    """Of approve and deny."""
    bundle_id: Label | None = None
    """Of accept: whose watch; the one that is watched now if not said."""
    reason: str = ""
    person: Label
    at: Time
