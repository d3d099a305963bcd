"""Which events are worth a transformer: a token bucket in broker time that thins at random.

Every event of a quiet tenant, a fair sample of a busy one. A plain bucket would take the first
events of each burst, which are not like the others; here a stable hash of the event's id decides
against a chance that rests on the past alone. So at any moment the chance is the same for both
arms, and a replay takes the same events.
"""

from dataclasses import dataclass
from hashlib import blake2b
from math import exp
from typing import Final

__all__ = ["Bucket"]

MEMORY_MINUTES: Final = 60.0
"""Time constant of the estimated rate: long against bursts, short against a day."""
_MINUTE_MS: Final = 60_000.0
_SALT: Final = b"hf-budget"


@dataclass(slots=True)
class Bucket:
    """What is left of one (tenant, agent)'s budget: three numbers.

    Args:
        tokens: Events that may still be taken, >= 0.
        last_ms: Broker time of the last event seen; below 0: none yet, so the bucket is full.
        recent: Exponentially discounted number of events seen.
    """

    tokens: float = 0.0
    last_ms: float = -1.0
    recent: float = 0.0

    def take(self, event_id: str, at_ms: int, *, per_minute: float, burst: float) -> bool:
        """Return whether this event is taken, and pay for it.

        The chance is refill / estimated rate, so a burst is thinned from its first event on once
        bursts are usual; and level / (burst / 2) where that is less, so a new burst is thinned as
        it empties the bucket. Events no more frequent than the refill are all taken.

        Args:
            event_id: Decides, by its hash.
            at_ms: Broker time; one that goes back refills nothing.
            per_minute: Refill, events a minute; 0 or less takes nothing.
            burst: Size of the bucket in events, at least 2.
        """
        if per_minute <= 0.0:
            return False
        size = max(burst, 2.0)
        self._pass_time(at_ms, per_minute, size)
        self.recent += 1.0
        chance = min(per_minute * MEMORY_MINUTES / self.recent, 2.0 * self.tokens / size)
        if self.tokens < 1.0 or _uniform(event_id) >= chance:
            return False
        self.tokens -= 1.0
        return True

    def _pass_time(self, at_ms: int, per_minute: float, size: float) -> None:
        if self.last_ms < 0.0:
            self.tokens, self.last_ms = size, float(at_ms)
        minutes = max(0.0, at_ms - self.last_ms) / _MINUTE_MS
        self.tokens = min(size, self.tokens + minutes * per_minute)
        self.recent *= exp(-minutes / MEMORY_MINUTES)
        self.last_ms = max(self.last_ms, float(at_ms))


def _uniform(event_id: str) -> float:
    """Return a number in [0, 1) that depends on the id alone."""
    digest = blake2b(event_id.encode("utf-8", "replace"), digest_size=6, person=_SALT).digest()
    return int.from_bytes(digest) / 2.0**48
