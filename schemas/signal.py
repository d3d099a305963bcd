"""What measure says: signals of monitors on `signals`, sightings of epochs on `acks`."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Contract, EventId, Label, Millis, Name
from schemas.event import Arm

__all__ = [
    "Baseline",
    "CategoryShare",
    "Component",
    "ContextReading",
    "Direction",
    "MonitorReading",
    "Sighting",
    "Signal",
    "Units",
]

Component = Literal["A", "L", "E", "R", "T"]
Direction = Literal["up", "down", "either"]
LogW = Annotated[float, Field(ge=-400, le=400)]
"""log10 of an e-process: evidence against a null, 0 where nothing is known."""


class Units(Contract):
    """How many units each arm has given evidence with."""

    baseline: Annotated[int, Field(ge=0)] = 0
    candidate: Annotated[int, Field(ge=0)] = 0


class CategoryShare(Contract):
    """One category of a categorical metric, and its share of both sides."""

    label: Label
    baseline: Annotated[float, Field(ge=0, le=1)]
    candidate: Annotated[float, Field(ge=0, le=1)]


class MonitorReading(Contract):
    """One metric of one (tenant, agent, rollout or watch) as it stands."""

    metric: Label
    component: Component
    harmful: Direction | None = None
    display: LogW = 0.0
    """Against "no change", two-sided."""
    pause: LogW = 0.0
    """Against "no change", harmful direction only, no margin."""
    action: LogW = 0.0
    """Against "worse by no more than the margin", harmful direction only."""
    bets: Annotated[list[LogW], Field(max_length=6)] = []
    """What `action` is the mean of, bet by bet; the fleet's product is taken of each."""
    units: Units = Units()
    baseline_value: float | None = None
    candidate_value: float | None = None
    effect: float | None = None
    """Ratio of means (continuous) or odds ratio (binary); 1 is no change."""
    effect_low: float | None = None
    effect_high: float | None = None
    """95 % interval of the effect."""
    changed_at_unit: int | None = None
    """Estimated change point: candidate units seen before it."""
    changed_by_unit: int | None = None
    """Of a watch: the latest that it can have been, for until then there was no evidence."""
    strata: list[Label] = []
    """Strata that moved most, first the most."""
    shares: list[CategoryShare] = []
    """Of a categorical metric: the categories that moved most, first the most."""
    margin: float | None = None
    """What action evidence is against: a factor, or a ratio of odds."""
    river: dict[Literal["adwin", "page_hinkley"], float] = {}
    """River's detectors beside the bets: how often each has alarmed."""
    own_past: LogW = 0.0
    """Of a rollout: the same evidence that its baseline arm has left its own past."""
    own_effect: float | None = None
    """By how much it has, as `effect`."""


class ContextReading(Contract):
    """One variable of the requests' surroundings that has moved, or that differs between arms."""

    variable: Label
    baseline: Label
    """Most common label, or mean, before; of a rollout: in the baseline arm."""
    recent: Label
    """Lately; of a rollout: in the candidate arm."""
    score: LogW
    """log10 evidence that the mix has moved (a watch), or that the arms differ (a rollout)."""
    changed_at_unit: int | None = None
    """Of a watch: units before the movement, which began no earlier."""
    changed_by_unit: int | None = None
    """Of a watch: and hardly later."""
    moving_until_unit: int | None = None
    """Of a watch: when the mix last moved farther away; a slow change is long under way."""
    units: Annotated[int, Field(ge=0)] = 0
    """Units seen in all."""


class Baseline(Contract):
    """The past that a watch compares with."""

    version: Annotated[int, Field(ge=1)] = 1
    """Grows by one each time that a person takes the present as the baseline."""
    fingerprint: Label
    """Digest of its content as it stands; it goes on learning while nothing moves."""
    since: Millis
    """Broker time of its beginning."""
    units: Annotated[int, Field(ge=0)] = 0
    """Units since then."""
    bundle_id: Label | None = None
    """Whose past it is, if not the subject's own: of the label before, of the baseline arm."""
    accepted: EventId | None = None
    """The request that began this version."""
    previous: Label | None = None
    """Fingerprint of the version before, as it was left."""


class Signal(Contract):
    """What the monitors of one (tenant, agent, rollout or watch) say now. Key: the agent.

    `signal_id` is a function of the tenant, the subject and `sequence`, so that a repeat
    has the same id and content.
    """

    version: Literal[1] = 1
    signal_id: EventId
    kind: Literal["rollout", "watch"]
    tenant_id: Name
    agent_id: Name
    subject: Label
    """The rollout_id, or the watched bundle."""
    phase_id: EventId | None = None
    sequence: Annotated[int, Field(ge=1)]
    reason: Literal["band", "units", "time", "accept"]
    at: Millis
    """Broker time of the record whose fold said this."""
    partition: int
    offset: int
    units: Units
    cached: Units = Units()
    """Of a rollout: units whose first answer came from a cache. They give no evidence and are not
    lost."""
    sample_ratio: LogW = 0.0
    """Evidence that units are lost on one side; 3 or more: trust nothing else."""
    readings: list[MonitorReading]
    embedder: Label | None = None
    """Hash of the embedding model that the readings rest on."""
    embeddings_left_out: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the latest embeddings that were left out: of another model than `embedder`, or
    without a direction."""
    model: Label | None = None
    """Of a watch: the model that has served most of the latest units."""
    context: Annotated[list[ContextReading], Field(max_length=32)] = []
    """What moved around the metrics; only where a metric has evidence of 10 to 1."""
    baseline: Baseline | None = None
    """Of a watch; beside a rollout, of its baseline arm's own watch."""


class Sighting(Contract):
    """Which bundle traffic really met after an epoch was issued. Key: `tenant/agent`."""

    version: Literal[1] = 1
    kind: Literal["sighting"] = "sighting"
    sighting_id: EventId
    tenant_id: Name
    agent_id: Name
    router_id: Name
    epoch: Annotated[int, Field(ge=0)]
    right_bundle: Label | None = None
    first_right_at: Millis | None = None
    """Broker time of the first event of this epoch from this router."""
    last_wrong_at: Millis | None = None
    """Broker time of the last event this router still stamped with an older epoch."""
    wrong_events: Annotated[int, Field(ge=0)] = 0
    arm: Arm | None = None
