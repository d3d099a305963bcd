"""How often state is flushed, and rows are inserted: seldom where that is dear."""

from time import perf_counter

__all__ = ["Pace"]

MOST = 3.0
"""Intervals that the next round waits at most: so many are read again after a crash."""


class Pace:
    """The time between two rounds of work; as a context, around what is dear in them.

    Args:
        share: Of the time that it may take, or the next round waits longer.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._spent = self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._spent += perf_counter() - self._begun

    def pause(self, interval: float) -> float:
        """Return the seconds to the next round, after one.

        Args:
            interval: Seconds where it is cheap.
        """
        spent, self._spent = self._spent, 0.0
        return min(max(interval, spent / self._share), MOST * interval)
