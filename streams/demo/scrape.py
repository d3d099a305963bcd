"""What measure counts of `events`, as Prometheus reads it."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

__all__ = ["behind", "counters"]

_OF_EVENTS = re.compile(r'topic="([^"]*\.)?events"')
"""Under its short name, or with the namespace."""


def counters(port: int) -> dict[str, float]:
    """Return what a role counted of `events`: outcome -> messages since it last started."""
    named = _values(port, "holdfast_records_total")
    return {name.partition('outcome="')[2].partition('"')[0]: value for name, value in named}


def behind(port: int) -> float | None:
    """Return how many messages of `events` a role has yet to read; None while it cannot say."""
    lags = [value for _, value in _values(port, "holdfast_consumer_lag")]
    return sum(lags) if lags else None


def _values(port: int, series: str) -> Iterator[tuple[str, float]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except (urllib.error.URLError, OSError):
        return
    for line in text.splitlines():
        if line.startswith(series) and _OF_EVENTS.search(line):
            name, value = line.rsplit(" ", 1)
            yield name, float(value)
