"""Recent events: whose outcome is this, when the service kept no routing stamp?"""

import zlib
from dataclasses import dataclass, field

__all__ = ["WATCHED", "Origin", "Recent"]

WATCHED = 2
"""Side of an event that belongs to no rollout."""

_HELD = 192
_NAMES = 64
_ID, _DIGEST, _SIZE = 4, 12, 14
"""Where an event's hash ends, where its unit's digest does, and its bytes: side and name follow."""

Origin = tuple[bytes, int, str]
"""First 8 bytes of the unit's digest; 0 baseline, 1 candidate, 2 watched; stratum or bundle."""


@dataclass(slots=True)
class Recent:
    """The last 192 events that gave or could give evidence, by a hash of their ids.

    Written for every event, read for outcomes alone: so they lie one behind the other in bytes, a
    tenth of what a dictionary of them takes.
    """

    events: bytearray = field(default_factory=bytearray)
    """Of each event the hash of its id, its unit's digest, its side and the number of its name."""
    names: list[str] = field(default_factory=list)
    """Strata and bundles that `events` points to."""

    def note(self, event_id: str, digest: bytes, side: int, name: str) -> None:
        """Remember an event; one that comes again replaces none: the later is found first."""
        try:
            number = self.names.index(name)
        except ValueError:
            if len(self.names) >= _NAMES:
                self.clear()
            number = len(self.names)
            self.names.append(name)
        events = self.events
        if len(events) >= _HELD * _SIZE:
            del events[:_SIZE]
        events += zlib.crc32(event_id.encode()).to_bytes(_ID, "little")
        events += digest[: _DIGEST - _ID]
        events.append(side)
        events.append(number)

    def find(self, event_id: str, digest: bytes | None) -> Origin | None:
        """Return where an event, or else the last one of a unit, came from; None: too late."""
        found = None
        if event_id:
            found = self._last(zlib.crc32(event_id.encode()).to_bytes(_ID, "little"), 0)
        if found is None and digest is not None:
            found = self._last(digest[: _DIGEST - _ID], _ID)
        if found is None:
            return None
        return found[_ID:_DIGEST], found[_DIGEST], self.names[found[_DIGEST + 1]]

    def _last(self, wanted: bytes, place: int) -> bytes | None:
        """Return the last event that has some bytes at a place of its own."""
        at = self.events.rfind(wanted)
        while at >= 0 and at % _SIZE != place:
            at = self.events.rfind(wanted, 0, at + len(wanted) - 1)
        return bytes(self.events[at - place : at - place + _SIZE]) if at >= 0 else None

    def clear(self) -> None:
        """Forget all: another rollout or phase has begun."""
        self.events.clear()
        self.names.clear()
