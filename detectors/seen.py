"""What the fold is given of one event or outcome, and what it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.surroundings import Circumstances
from schemas import Accept, Sighting, Signal, Stamp

__all__ = ["PIN", "Folded", "Seen"]

PIN = "pin"
"""Phase of a stamp that belongs to no rollout: the router serves the tenant's pin."""


@dataclass(slots=True)
class Seen:
    """One event or outcome, read and measured.

    Args:
        tenant_id: Whose.
        agent_id: Of which agent.
        bundle_id: Served; empty for an outcome.
        stamp: The router's; None in observe mode.
        unit_id: What belongs together where there is no stamp; empty if unknown.
        event_id: Of the event, or that an outcome names; may be empty.
        stratum: Task and turn class; empty for an outcome.
        values: [metric] in the catalogue's order, NaN where absent; the fold writes the
            embedding distances into it, and takes out what is not finite.
        at: Broker time, ms.
        partition: Of `events`.
        offset: In it.
        evidence: False for what shall give none: a cached answer.
        outcome: Whether it is an outcome.
        static: The static embedding, or the service's own.
        transformer: Embedding of the sampled tier.
        embedder: Hash or name of the model of `static`.
        bounded: Whether a contract has already kept out values that are not finite.
        context: Reads what surrounded the event, which only units that count are asked for;
            None: not known.
        accept: A person's word in place of an event: the present is the baseline.
        labels: Of categorical metrics: (metric, label); their codes are written into `values`.
        cached: Share of the input tokens that were cached, 0-1; None if unknown.
        occurred: In observe mode, when the service says that it was, ms, and no later than `at`;
            0: not asked.
    """

    tenant_id: str
    agent_id: str
    bundle_id: str
    stamp: Stamp | None
    unit_id: str
    event_id: str
    stratum: str
    values: NDArray[np.float64]
    at: int
    partition: int
    offset: int
    evidence: bool = True
    outcome: bool = False
    static: NDArray[np.float32] | None = None
    transformer: NDArray[np.float32] | None = None
    embedder: str | None = None
    bounded: bool = False
    context: Callable[[], Circumstances] | None = None
    accept: Accept | None = None
    labels: list[tuple[int, str]] = field(default_factory=list)
    cached: float | None = None
    occurred: int = 0


@dataclass(slots=True)
class Folded:
    """What one record gave.

    Args:
        counted: `evidence`, `watch`, `accepted`, or why it gave none: `repeat` (of a unit
            already counted), `thinned` (of one of very many), `in-flight` (of one under way when
            the label changed), `crowded` (of a third label where two take turns), `not-live`, `cached`, `unknown-phase`, `not-issued`, `old-phase`, `late`,
            `not-known`.
        signals: For `signals`, key the agent.
        sightings: For `acks`, key `tenant/agent`.
    """

    counted: str
    signals: list[Signal] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
