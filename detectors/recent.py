"""Recent events: whose outcome is this, when the service kept no routing stamp?"""

import zlib
from dataclasses import dataclass, field

__all__ = ["WATCHED", "Origin", "Recent"]

WATCHED = 2
"""Side of an event that belongs to no rollout."""

_HELD = 192

Origin = tuple[bytes, int, str]
"""First 8 bytes of the unit's digest; 0 baseline, 1 candidate, 2 watched; stratum or bundle."""


@dataclass(slots=True)
class Recent:
    """The last 192 events that gave or could give evidence, by a hash of their ids."""

    events: dict[int, tuple[bytes, int, int]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """Strata and bundles that `events` points to."""

    def note(self, event_id: str, digest: bytes, side: int, name: str) -> None:
        """Remember an event."""
        try:
            number = self.names.index(name)
        except ValueError:
            if len(self.names) >= 64:
                self.clear()
            number = len(self.names)
            self.names.append(name)
        events = self.events
        if len(events) >= _HELD:
            del events[next(iter(events))]
        events[zlib.crc32(event_id.encode())] = (digest[:8], side, number)

    def find(self, event_id: str, digest: bytes | None) -> Origin | None:
        """Return where an event, or else the last one of a unit, came from; None: too late."""
        found = self.events.get(zlib.crc32(event_id.encode())) if event_id else None
        if found is None and digest is not None:
            head = digest[:8]
            found = next((e for e in reversed(self.events.values()) if e[0] == head), None)
        return None if found is None else (found[0], found[1], self.names[found[2]])

    def clear(self) -> None:
        """Forget all: another rollout has begun."""
        self.events.clear()
        self.names.clear()
