"""`holdfast backtest`: what recorded events would have set off."""

import gc
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer

from streams.backtest.errors import BacktestError
from streams.cli.backtest_progress import progress
from streams.cli.say import complain, out
from streams.desk import find
from streams.desk.errors import DeskError

__all__ = ["attach"]

Way = Literal["concurrent", "paired", "watch"]

YOUNG = 20_000
"""New objects between two looks of the garbage collector, as in measure."""
TIMED = 1000
"""Events from which on speed is worth a comparison with live."""


class Expect(StrEnum):
    """What a history should show; anything else is exit status 1."""

    none = "none"
    change = "change"


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backtest", rich_help_panel="Observe")(backtest)


def backtest(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="JSON events, one a line; .gz too; - reads standard input."),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(help="File or folder of registry files: tenants, policies, phases, bundles."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write everything as JSON.")] = None,
    concurrent: Annotated[
        bool, typer.Option("--concurrent", help="Two labels as arms, side by side.")
    ] = False,
    paired: Annotated[
        bool, typer.Option("--paired", help="Two labels' answers to the same prompts, as pairs.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="In time order only, even if labels overlap.")
    ] = False,
    baseline: Annotated[str | None, typer.Option(help="Label of the baseline.")] = None,
    candidate: Annotated[str | None, typer.Option(help="Label of the candidate.")] = None,
    seed: Annotated[int, typer.Option(help="Of the order in which arms are merged.")] = 1,
    known_good: Annotated[
        bool, typer.Option("--known-good", help="Count what would have gone back as false.")
    ] = False,
    expect: Annotated[
        Expect | None, typer.Option(help="Exit with 1 if the history shows otherwise.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="From ClickHouse: 2026-11-01T00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to; now if not said.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent.")] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Every signal that live would have sent; slower.")
    ] = False,
    embeddings: Annotated[
        bool, typer.Option("--embeddings/--no-embeddings", help="Embed the answers.")
    ] = True,
) -> None:
    """Say what recorded events would have set off: scores, pauses, reversions, causes.

    Events come from files or, with --from, from ClickHouse. Stamped events are folded into the
    rollouts they name. Without stamps a change of label (bundle_id) is compared in time as a
    watch does and, with --concurrent, as two arms side by side. Unreadable lines are named and
    stop nothing. Exit status: 0 it ran, 1 --expect was not met, 2 nothing could be compared.
    """
    try:
        status = _run(
            _Asked(
                files or [], registry, report, (concurrent, paired, watch), (baseline, candidate), seed,
                known_good, expect, (since, until), (tenant, agent), exact, embeddings,
            )
        )  # fmt: skip
    except DeskError as error:
        complain(str(error))
        status = 2
    except KeyboardInterrupt:
        complain("Stopped.")
        status = 130
    if status:
        raise typer.Exit(status)


class _Asked(NamedTuple):
    """The options."""

    files: list[Path]
    registry: Path | None
    report: Path | None
    ways: tuple[bool, bool, bool]
    labels: tuple[str | None, str | None]
    seed: int
    known_good: bool
    expect: Expect | None
    span: tuple[str | None, str | None]
    whose: tuple[str | None, str | None]
    exact: bool
    embeddings: bool


def _run(asked: _Asked) -> int:
    """Run, report and print; return the exit status."""
    # Only here, and after the rest: the core takes some seconds to load.
    from streams.backtest.sources import source as find_source

    source = find_source(asked.files, *asked.span, *asked.whose)
    way = _way(asked.ways, again=source.again)
    from streams.backtest import run as engine
    from streams.backtest import timing
    from streams.backtest.known import Known, load
    from streams.backtest.report import as_dict
    from streams.cli.backtest_show import show

    known = Known() if asked.registry is None else load(asked.registry)
    request = engine.Request(
        source=source.lines, again=source.again, known=known, way=way, seed=asked.seed,
        baseline=asked.labels[0], candidate=asked.labels[1], exact=asked.exact,
        static=asked.embeddings and find.load().static,
    )  # fmt: skip
    # What is loaded by now stays; the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    with progress(source) as step:
        result = engine.run(request, step)
    if result.events >= TIMED and not result.stopped:
        sample = result.reading.sample[: max(TIMED, result.events // 5)]
        result.live_us = timing.live_us(sample, known.phases, request.static)
    said = as_dict(result, known_good=asked.known_good)
    if asked.report is not None:
        _write(asked.report, said)
    show(said)
    if asked.report is not None:
        out.print(f"Everything is in {asked.report}.", markup=False, highlight=False)
    return _status(said, asked.expect)


def _way(ways: tuple[bool, bool, bool], *, again: bool) -> Way | None:
    """Return the way that was asked for; what can be read once only is folded in time.

    Raises:
        BacktestError: More than one.
    """
    names: tuple[Way, ...] = "concurrent", "paired", "watch"
    asked: list[Way] = [name for name, wanted in zip(names, ways, strict=True) if wanted]
    if len(asked) > 1:
        message = f"Say --{asked[0]} or --{asked[1]}, not both."
        raise BacktestError(message)
    return asked[0] if asked else None if again else "watch"


def _write(path: Path, said: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(said, indent=1) + "\n")
    except OSError as error:
        message = f"Cannot write {path}: {error.strerror}."
        raise BacktestError(message) from error


def _status(said: dict[str, Any], expect: Expect | None) -> int:
    """Return the exit status, complaining where it is not 0."""
    if said["stopped_early"]:
        complain("Stopped; what is said rests on what had been read.")
        return 130
    if not any(one["subjects"] for one in said["comparisons"]):
        why = said["summary"].removeprefix("nothing was compared: ")
        complain(f"Nothing could be compared: {why}.")
        return 2
    broken = said["input"]["broken_files"]
    if expect is not None and broken:
        complain(f"Expected {expect.value}, but the input could not be read to its end.")
        return 1
    changed = said["verdict"] in {"different", "worse"}
    if expect is not None and changed != (expect is Expect.change):
        complain(f"Expected {expect.value}; the verdict is: {said['summary']}.")
        return 1
    return 0
