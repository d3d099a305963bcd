"""Time without trust in the wall clock: seconds of the machine, milliseconds of the broker."""

import time
from collections import deque

__all__ = ["BrokerClock", "running"]

WINDOW = 60.0
"""Seconds of observations that count: a broker whose clock was once wrong is forgiven."""


def running() -> float:
    """Return seconds that never go back, and that a suspended machine does not miss."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class BrokerClock:
    """What the broker's clock shows at least.

    When something the broker stamped with `at_ms` is in our hands, the broker's clock shows
    `at_ms` or more. The best such bound of the last minute, moved on by our own clock, is at
    most one delivery late. Only stamps of the broker's own (log-append time) say anything;
    until there is one, the wall clock has to do.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def observe(self, at_ms: int, now: float) -> None:
        """Note a stamp of the broker's that we hold at `now`, in running seconds."""
        self._seen.append((now, at_ms - now * 1000))
        while self._seen[0][0] < now - WINDOW:
            self._seen.popleft()

    def now_ms(self, now: float) -> float:
        """Return what the broker's clock shows at least at `now`, in milliseconds."""
        if not self._seen:
            return time.time() * 1000
        return now * 1000 + max(offset for _, offset in self._seen)
