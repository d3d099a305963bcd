"""`holdfast emit`: events of one's own from files."""

from asyncio import run
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from streams.cli.say import complain, err, out
from streams.desk import emit as desk
from streams.desk import find
from streams.desk.errors import DeskError
from streams.words import counted

__all__ = ["attach", "parse_rate"]


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("emit", rich_help_panel="Observe")(emit)


def parse_rate(text: str | None) -> float | None:
    """Return events per second of `500`, `500/s`, `30000/min`; None stays None.

    Raises:
        DeskError: It is no rate.
    """
    if text is None:
        return None
    number, _, per = text.partition("/")
    seconds = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}.get(per.strip())
    try:
        rate = float(number)
    except ValueError:
        rate = 0.0
    if seconds is None or not 0 < rate < 1e9:
        message = f"{text!r} is no rate; write 500/s, 30000/min or leave it out."
        raise DeskError(message)
    return rate / seconds


def emit(
    files: Annotated[
        list[Path], typer.Argument(help="JSON events, one a line; .gz too; - reads standard input.")
    ],
    rate: Annotated[
        str | None, typer.Option(help="At most, like 500/s; as fast as it goes if not said.")
    ] = None,
) -> None:
    """Send events of your own: no router, no registry, no keys.

    A line is an event (tenant_id, agent_id, bundle_id, occurred_at, event_id and what was
    measured) or an outcome. Unreadable lines are named at the end and stop nothing.
    """
    speed = parse_rate(rate)
    missing = [one for one in files if str(one) != "-" and (one.is_dir() or not one.exists())]
    if missing:
        first = missing[0]
        fault = (
            f"{first} is a folder; name its files"
            if first.is_dir()
            else f"There is no file {first}"
        )
        complain(f"{fault}; nothing was sent.")
        raise typer.Exit(2)
    settings = find.of_running()
    tally = desk.Tally()
    stopped = False
    try:
        with _progress(files, tally) as report:
            run(desk.emit(settings, files, tally, rate=speed, progress=report))
    except KeyboardInterrupt:
        stopped = True
    finally:
        _say(tally, stopped)
    if stopped:
        raise typer.Exit(130)
    if tally.failed or not tally.sent:
        raise typer.Exit(1)


def _say(tally: desk.Tally, stopped: bool) -> None:
    """Print what became of the lines."""
    for bad in tally.shown:
        complain(f"{bad.file}, line {bad.number}: {bad.reason}")
    if tally.bad > len(tally.shown):
        complain(f"… and {counted(tally.bad - len(tally.shown), 'more unreadable line')}.")
    head = "Stopped. " if stopped else ""
    tail = f", {tally.failed} refused by Kafka" if tally.failed else ""
    out.print(
        f"{head}{counted(tally.lines, 'line')}: {tally.sent:,} sent, {tally.bad:,} unreadable{tail}.",
        highlight=False,
    )
    if tally.sent and not stopped:
        out.print("See what is watched and what moved with `holdfast status`.", highlight=False)


@contextmanager
def _progress(files: list[Path], tally: desk.Tally) -> Iterator[Callable[[int], None]]:
    """Show a progress bar of the bytes read while the block runs."""
    sizes = [path.stat().st_size for path in files if path.is_file()]
    columns = (
        TextColumn("Sending"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[sent]:>9,} sent"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("emit", total=sum(sizes) or None, sent=0)
        yield lambda read: bar.update(task, completed=read, sent=tally.sent)
