"""Scores as bars of text."""

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["WIDTH", "sparkline"]

BARS: Final = "▁▂▃▄▅▆▇█"
WIDTH: Final = 24


def sparkline(course: Sequence[dict[str, Any]], kind: str = "display", width: int = WIDTH) -> str:
    """Return scores as bars over units: the highest of each stretch, 0 to 100."""
    if not course:
        return ""
    units = [point["baseline"] + point["candidate"] for point in course]
    most = max(units[-1], 1)
    heights = [-1.0] * width
    for at, point in zip(units, course, strict=True):
        place = min(int(at / most * width), width - 1)
        heights[place] = max(heights[place], point[kind])
    last, bars = 0.0, ""
    for height in heights:
        last = height if height >= 0.0 else last
        bars += BARS[min(int(last / 100 * len(BARS)), len(BARS) - 1)]
    return bars
