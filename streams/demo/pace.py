"""How fast the service calls: as asked, and slower while measure is behind.

A service, a broker, ClickHouse and four roles share the machine: where it is slow or busy the demo
takes its time, and what it shows is the same.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

__all__ = ["paced", "read", "slowed"]

SECONDS = 2.0
"""Between two looks."""
PATIENCE = 2.0
"""Seconds behind that are nothing."""
GIVEN_UP = 4.0
"""Seconds behind at which the service calls no faster than `LEAST`."""
LEAST = 0.25


def slowed(behind: float) -> float:
    """Return the share of the full rate to call at, in [.25, 1].

    Args:
        behind: Seconds of events at the full rate that measure has yet to read.
    """
    spare = (GIVEN_UP - behind) / (GIVEN_UP - PATIENCE)
    return min(1.0, max(LEAST, spare))


async def paced(
    file: Path, rate: float, waiting: Callable[[], float | None], say: Callable[[str], None]
) -> None:
    """Keep the rate in a file that the service reads, until cancelled.

    Args:
        file: Renewed when the rate changes.
        rate: Events per second at most.
        waiting: Returns how many events measure has yet to read; None: not known now.
        say: Told when the service has to slow down, the first time.
    """
    now, told = rate, False
    while True:
        await asyncio.sleep(SECONDS)
        waits = await asyncio.to_thread(waiting)
        if waits is None:
            continue
        before, now = now, rate * slowed(waits / rate)
        if now == before:
            continue
        fresh = file.with_suffix(".new")
        fresh.write_text(f"{now:.0f}\n")
        fresh.replace(file)
        if not told:
            told = True
            say(f"measure is {waits / rate:.0f} s behind: the service calls slower until it is not")


def read(file: Path, rate: float) -> float:
    """Return the rate to call at; `rate` before anything is said."""
    try:
        return float(file.read_text())
    except (OSError, ValueError):
        return rate
