"""Turns on the event loop: who computes gives way after two milliseconds, on any machine."""

import asyncio
from time import perf_counter

__all__ = ["Turn"]

SECONDS = 0.002


class Turn:
    """How long one has computed since other work of the loop had its turn; over at first."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self._end = 0.0

    @property
    def over(self) -> bool:
        """Whether it is time to give way."""
        return perf_counter() >= self._end

    async def next(self) -> None:
        """Give way, and begin anew."""
        await asyncio.sleep(0)
        self._end = perf_counter() + SECONDS
