"""The scored composite on `alerts`, and the ticks that bring the wall clock into decisions."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Millis, Name
from schemas.signal import Component, MonitorReading, Units

__all__ = ["Alert", "AlertCause", "Breadth", "Scores", "Tick"]

Score = Annotated[float, Field(ge=0, le=100)]
AlertCause = Literal[
    "candidate", "input", "retrieval", "provider", "infrastructure", "upstream", "unknown"
]
"""What is behind a movement: the change itself, the prompts, what was retrieved, the model's
provider, latency and errors alone, the agent before; or it cannot be told."""


class Scores(Contract):
    """100 clip(log10 W / 6, 0, 1) of the three kinds of evidence."""

    display: Score = 0.0
    pause: Score = 0.0
    action: Score = 0.0


class Breadth(Contract):
    """How many tenants are worse: the e-BH selection on action evidence."""

    tenants: Annotated[int, Field(ge=0)] = 0
    """Tenants with evidence of their own."""
    selected: list[Name] = []
    left_out: Annotated[int, Field(ge=0)] = 0
    """Selected, and not named in this alert, for there are too many; others will name them."""


class Alert(Contract):
    """What score says of one tenant in a rollout or watch, or of a rollout's fleet. Key: the agent.

    `alert_id` is a function of the subject, the scope and `sequence`.
    """

    version: Literal[1] = 1
    alert_id: EventId
    kind: Literal["rollout", "watch"]
    scope: Literal["tenant", "fleet"]
    agent_id: Name
    subject: Label
    tenant_id: Name | None = None
    phase_id: EventId | None = None
    sequence: Annotated[int, Field(ge=1)]
    at: Millis
    signal_id: EventId
    """The signal whose fold said this."""
    signal_at: Millis
    scores: Scores
    components: dict[Component, Scores]
    units: Units
    cached: Units = Units()
    """Units whose first answer came from a cache: no evidence, and not lost."""
    sample_ratio: float = 0.0
    """log10 evidence of lost units; 3 or more: pause, and let nothing else act."""
    breadth: Breadth = Breadth()
    units_by_tenant: dict[Name, Units] = {}
    """Fleet scope: progress of every tenant, for the waves; of very many a part, by turns."""
    moved: list[MonitorReading] = []
    """The readings that moved most, first the most; five at most."""
    cause: AlertCause | None = None
    """None: of a version that did not look for one."""
    reasons: Annotated[list[str], Field(max_length=8)] = []
    """Why this cause, in words and numbers."""
    contested: bool = False
    """Something other than the candidate explains it as well: a person decides."""


class Tick(Contract):
    """The wall clock, written by a process to its own input so that a replay sees it too."""

    version: Literal[1] = 1
    kind: Literal["tick"] = "tick"
    at: Millis
