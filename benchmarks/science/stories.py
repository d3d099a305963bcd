"""A story of the simulation, run through reading, measuring and scoring: what is said of it."""

import json
from dataclasses import dataclass
from typing import Any

from detectors.monitor import fold, fresh
from detectors.rollout import AgentScores
from detectors.rollout import fold as score
from schemas import Alert, Cohort, Phase, Policy, Signal
from simulation.causes import Story
from streams.agents.prepare import Prepared, prepare, seen_in
from streams.embedding.embedders import Embedded

__all__ = ["alerts", "signals", "verdict"]

NOTHING = Embedded()


@dataclass(frozen=True)
class Recorded:
    """A record of `events`, as a consumer hands it over."""

    offset: int
    key: bytes
    value: bytes
    timestamp: int
    topic: str = "events"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def phase(story: Story) -> Phase:
    """Return the phase that a story's rollout is in."""
    tenants = dict.fromkeys(story.tenants, 2)
    return Phase(
        phase_id="p1", rollout_id="r1", agent_id="care", wave=1, weight=0.25, controls=3,
        opened_at=0, cohorts=[Cohort(baseline="old", candidate="new", tenants=tenants)],
    )  # fmt: skip


def record(story: Story, offset: int) -> Recorded:
    """Return one event of a story."""
    at, candidate, fields = story.events[offset]
    stamp: dict[str, Any] = {
        "phase_id": "pin", "arm": "baseline", "epoch": 1, "router_id": "r",
        "unit_id": fields["event_id"],
    }  # fmt: skip
    if story.rollout and offset >= story.change:
        stamp |= {
            "phase_id": "p1", "arm": "candidate" if candidate else "baseline", "epoch": 2,
        }  # fmt: skip
    body = {**fields, "stamp": stamp, "bundle_id": "new" if candidate else "old"}
    key = f"{fields['tenant_id']}/care".encode()
    return Recorded(offset, key, json.dumps(body).encode(), at)


def signals(story: Story) -> list[Signal]:
    """Return what measure says, in order."""
    states = {tenant_id: fresh() for tenant_id in story.tenants}
    phases = {"p1": phase(story)}
    said: list[Signal] = []
    for one in prepare([record(story, offset) for offset in range(len(story.events))]):
        assert isinstance(one, Prepared)
        seen = seen_in(one, NOTHING, "")
        said += fold(states[seen.tenant_id], seen, phases).signals
    return said


def alerts(story: Story, declared: frozenset[str] | None = frozenset({"model"})) -> list[Alert]:
    """Return what score says, in order."""
    state, found = AgentScores(), list[Alert]()
    for signal in signals(story):
        found += score(state, signal, Policy(), {}, 1, declared)
    return found


def verdict(story: Story, declared: frozenset[str] | None = frozenset({"model"})) -> Alert | None:
    """Return the last alert on the tenant that the story is about, where one has moved."""
    kind = "rollout" if story.rollout else "watch"
    return next(
        (
            alert
            for alert in reversed(alerts(story, declared))
            if alert.kind == kind and alert.tenant_id == "t0" and alert.scores.display >= 33
        ),
        None,
    )
