"""How many tenants one alert names: a message has an end, a fleet need not have one.

Of more than that each alert names a part, the next one the next, so all have their turn.
"""

from collections.abc import Sequence

__all__ = ["FEW", "part"]

FEW = 3_000
"""Tenants whose names and numbers always fit, however long they are."""
ROOM = 1 << 20
"""Bytes of a message for the names of tenants, and twice as much for their numbers."""
NUMBERS = 96
"""Bytes of a tenant's numbers at most, or of what stands between two names."""


def part(names: Sequence[str], turn: int, room: int = ROOM) -> slice:
    """Return which of the tenants the alert of this turn names.

    Args:
        names: All of them, in much the same order each time.
        turn: Number of the alert.
        room: Bytes for them.
    """
    if len(names) <= FEW:
        return slice(0, len(names))
    longest = max(len(name.encode()) for name in names)
    most = max(1, room // (2 * longest + NUMBERS))
    first = turn % -(-len(names) // most) * most
    return slice(first, first + most)
