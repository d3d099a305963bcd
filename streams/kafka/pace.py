"""How often state is flushed and offsets are committed: seldom where a flush is dear."""

from time import perf_counter

__all__ = ["Pace"]

SHARE = 0.03
"""Of the time that serialising may take, or the next commit waits longer: of ten thousand tenants
nearly every one has changed since the last."""
MOST = 3.0
"""Intervals that it waits at most: so many are read again after a crash."""


class Pace:
    """The time between two commits; as a context, around work that flushes do."""

    def __init__(self) -> None:
        self._spent = self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._spent += perf_counter() - self._begun

    def pause(self, interval: float) -> float:
        """Return the seconds to the next commit, after one.

        Args:
            interval: Seconds where flushes are cheap.
        """
        spent, self._spent = self._spent, 0.0
        return min(max(interval, spent / SHARE), MOST * interval)
