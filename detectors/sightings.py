"""Sightings: which epoch each router's traffic really carries."""

import hashlib
from dataclasses import dataclass, field

from schemas import Arm, Sighting, Stamp

__all__ = ["Routed", "Routers"]

_ROUTERS = 64
_PAUSE_MS = 1000
_GONE_MS = 60_000
"""An epoch that nobody stamps for so long, while an older one is stamped, was a mistake."""


@dataclass(slots=True)
class Routed:
    """What was seen of one router since the newest epoch was.

    Args:
        epoch: Newest that this router stamped; -1 before any.
        bundle: Met at its first event.
        arm: Of that event.
        first_at: Broker time of that event.
        wrong: Events with an older epoch than the newest.
        wrong_at: Broker time of the last of them.
        told: `wrong` as last told.
        told_at: Broker time of that.
    """

    epoch: int = -1
    bundle: str | None = None
    arm: Arm | None = None
    first_at: int | None = None
    wrong: int = 0
    wrong_at: int | None = None
    told: int = 0
    told_at: int = -_PAUSE_MS


@dataclass(slots=True)
class Routers:
    """Routers that have stamped events of one (tenant, agent)."""

    epoch: int = -1
    """Newest that any router stamped."""
    epoch_at: int = 0
    """Broker time of the last event that carried it."""
    routers: dict[str, Routed] = field(default_factory=dict)

    def meet(self, tenant: str, agent: str, stamp: Stamp, bundle: str, at: int) -> Sighting | None:
        """Fold one stamped event in; return what is worth telling.

        Told is the first event of each epoch from each router, and, at most once a second, that
        an older epoch is still about.
        """
        routed = self.routers.get(stamp.router_id)
        if routed is None:
            if len(self.routers) >= _ROUTERS:
                del self.routers[next(iter(self.routers))]
            routed = self.routers[stamp.router_id] = Routed()
        if stamp.epoch > self.epoch or (stamp.epoch < self.epoch and at > self.epoch_at + _GONE_MS):
            self.epoch = stamp.epoch
            for other in self.routers.values():
                other.wrong, other.wrong_at, other.told = 0, None, 0
                other.epoch = min(other.epoch, stamp.epoch - 1)
        if stamp.epoch == self.epoch:
            self.epoch_at = at
        if stamp.epoch == self.epoch > routed.epoch:
            routed.epoch, routed.bundle, routed.arm = stamp.epoch, bundle, stamp.arm
            routed.first_at = at
            return self._tell(routed, tenant, agent, stamp.router_id, at)
        if stamp.epoch < self.epoch:
            routed.wrong += 1
            routed.wrong_at = at
        if routed.wrong > routed.told and at >= routed.told_at + _PAUSE_MS:
            return self._tell(routed, tenant, agent, stamp.router_id, at)
        return None

    def _tell(self, routed: Routed, tenant: str, agent: str, router: str, at: int) -> Sighting:
        routed.told, routed.told_at = routed.wrong, at
        right = routed.epoch == self.epoch
        numbers = self.epoch, routed.wrong, right, routed.first_at
        names = (tenant, agent, router, *map(str, numbers))
        return Sighting(
            sighting_id=hashlib.blake2b("/".join(names).encode(), digest_size=16).hexdigest(),
            tenant_id=tenant,
            agent_id=agent,
            router_id=router,
            epoch=self.epoch,
            right_bundle=routed.bundle if right else None,
            first_right_at=routed.first_at if right else None,
            last_wrong_at=routed.wrong_at,
            wrong_events=routed.wrong,
            arm=routed.arm if right else None,
        )
