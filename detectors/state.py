"""The state of one (tenant, agent): what measure keeps between events."""

from dataclasses import dataclass, field

from detectors.arms import Arms
from detectors.bands import Said
from detectors.budget import Bucket
from detectors.cached import Cached
from detectors.compare.baseline import Watch
from detectors.compare.units import Units
from detectors.concurrent import Concurrent
from detectors.context import Context
from detectors.recent import Recent
from detectors.references import Reference
from detectors.river import Rolling
from detectors.sightings import Routers

__all__ = ["TenantAgent", "Watched", "fresh"]

_WATCH_BYTES = 3_584


@dataclass(slots=True)
class Origin:
    """Where the baseline of a watch comes from.

    Args:
        since: Broker time of its beginning, ms.
        version: Grows with each acceptance.
        bundle: Whose past it is, where a label came after another; else empty.
        accepted: Request that began it; empty for the first.
        previous: Fingerprint of the version before, as it was left.
    """

    since: int = 0
    version: int = 1
    bundle: str = ""
    accepted: str = ""
    previous: str = ""


@dataclass(slots=True)
class Watched:
    """The watch of one bundle, and the units it has taken.

    Units are remembered until the filter is full, then afresh: a watch never ends.

    Args:
        began: Broker time since when the bundle serves, once another one has; ms.
        fresh: Units since then that the other bundle had not answered.
        in_flight: Events of units that it had, and that were left out.
        knocks: Events of labels without a watch since this bundle was last met.
    """

    watch: Watch
    said: Said
    seen: Units = field(default_factory=lambda: Units(_WATCH_BYTES))
    context: Context = field(default_factory=Context)
    origin: Origin = field(default_factory=Origin)
    began: int = 0
    fresh: int = 0
    in_flight: int = 0
    knocks: int = 0

    def new(self, digest: bytes) -> bool:
        """Return whether a unit is new."""
        if self.seen.full:
            self.seen = Units(_WATCH_BYTES)
        return self.seen.add(digest)


@dataclass(slots=True)
class TenantAgent:
    """All that is known of one (tenant, agent).

    Args:
        sequence: Of the last signal; shared by all subjects, so an id never comes twice.
        bucket: Budget of the transformer tier.
        routers: Epochs seen.
        concurrent: Monitors of the current rollout, or of the last one.
        said: Of the rollout's signals.
        watches: Of the current bundle and the one before, by label, newest last.
        rolling: Statistics of every event, by bundle, newest last, then metric.
        reference: Centroids of the baseline's embeddings.
        recent: Events that outcomes may name.
        absent: Values that were not finite and so were left out.
        arms: What the units of the rollout's arms looked like.
        cached: What the cached share of the input does to cost and speed.
        labels: Of categorical codes, for people.
    """

    sequence: int = 0
    bucket: Bucket = field(default_factory=Bucket)
    routers: Routers = field(default_factory=Routers)
    concurrent: Concurrent | None = None
    said: Said | None = None
    watches: dict[str, Watched] = field(default_factory=dict)
    rolling: dict[str, dict[int, Rolling]] = field(default_factory=dict)
    reference: Reference = field(default_factory=Reference)
    recent: Recent = field(default_factory=Recent)
    absent: int = 0
    arms: Arms | None = None
    cached: Cached = field(default_factory=Cached)
    labels: dict[int, str] = field(default_factory=dict)


def fresh() -> TenantAgent:
    """Return the state of a (tenant, agent) of which nothing is known."""
    return TenantAgent()
