"""How far a backtest is: a bar on a terminal, else a line every few seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from streams.cli.say import complain, err

if TYPE_CHECKING:
    from streams.backtest.lines import Reading
    from streams.backtest.run import Progress as Step
    from streams.backtest.sources import Source

__all__ = ["progress"]

PLAIN_SECONDS = 5.0


@contextmanager
def progress(source: "Source") -> "Iterator[Step]":
    """Show how far it is: a bar on a terminal, else a line every few seconds."""
    if not err.is_terminal:
        yield _Lines(source)
        return
    columns = (
        TextColumn("{task.description:<9}"), BarColumn(), TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=None, said="")

        def step(stage: str, done: int, known: int, reading: "Reading") -> None:
            share = _share(source, stage, done, known, reading)
            total = None if share is None else 1.0
            said = f"{done:>11,} events" + (f", {reading.bad:,} unreadable" if reading.bad else "")
            bar.update(task, description=stage, completed=share or 0, total=total, said=said)

        yield step


class _Lines:
    """Says how far it is, every few seconds."""

    def __init__(self, source: "Source") -> None:
        self._source, self._said_at = source, time.monotonic()

    def __call__(self, stage: str, done: int, known: int, reading: "Reading") -> None:
        if time.monotonic() < self._said_at + PLAIN_SECONDS:
            return
        self._said_at = time.monotonic()
        share = _share(self._source, stage, done, known, reading)
        said = "" if share is None else f", {share:.0%}"
        complain(f"{stage}: {done:,} events{said}")


def _share(source: "Source", stage: str, done: int, known: int, reading: "Reading") -> float | None:
    """Return how much of a stage is done, 0-1; None: not known."""
    if stage == "Comparing":
        return done / max(known, 1)
    share = source.share(reading)
    if share is None or stage == "Reading":
        return share
    return min(share * done / max(known, 1), 1.0)
