"""What a backtest found, for a person."""

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.backtest.verdicts import FEW
from streams.cli.bars import WIDTH, sparkline
from streams.cli.say import BEYOND, complain, factor, out
from streams.words import counted

__all__ = ["show"]

PIPE_WIDTH: Final = 150
MOST: Final = 20
"""Comparisons and tenants that are shown; the report has all."""
TIMED: Final = 100
"""Events from which on speed is worth a line."""
WORDS: Final = {
    "none": "no change shown", "hint": "a hint, no more", "lossy": "units are lost",
    "different": "different", "worse": "worse",
}  # fmt: skip
STYLES: Final = {
    "none": "green", "hint": "yellow", "lossy": "yellow", "different": "yellow", "worse": "red"
}  # fmt: skip


def show(report: dict[str, Any]) -> None:
    """Print the report."""
    _input(report)
    for one in report["comparisons"]:
        _comparison(one)
        if one["way"] == "in time" and report["labels_side_by_side"]:
            _line(
                "The labels serve side by side, so in time each is seen against itself alone; "
                "as arms (--concurrent) they are seen against one another.", "yellow",
            )  # fmt: skip
    if "known_good" in report:
        _known_good(report["known_good"])
    _speed(report)
    if not any(one["subjects"] for one in report["comparisons"]):
        return
    style = f"bold {STYLES[report['verdict']]}"
    _line()
    _line(f"Verdict: {report['summary']}.", style)


def _input(report: dict[str, Any]) -> None:
    given = report["input"]
    for bad in given["unreadable_shown"]:
        complain(f"{bad['file']}, line {bad['number']}: {bad['reason']}")
    if given["unreadable"] > len(given["unreadable_shown"]):
        left = given["unreadable"] - len(given["unreadable_shown"])
        complain(f"… and {counted(left, 'more unreadable line')}.")
    for broken in given["broken_files"]:
        complain(broken)
    head = "Stopped; so far " if report["stopped_early"] else ""
    tail = f", {given['unreadable']:,} unreadable" if given["unreadable"] else ""
    read = f"{counted(given['lines'], 'line')}: {counted(given['events'], 'event')}"
    _line(f"{head}{read}{tail}.")
    if given["too_late_to_reorder"]:
        _line(
            f"Too far out of order to be put in place: {counted(given['too_late_to_reorder'], 'event')}; "
            "they count as of the moment they came. Sort the file by occurred_at first.",
            "yellow",
        )
    elif given["out_of_order"]:
        _line(f"Out of order, and put in place: {counted(given['out_of_order'], 'event')}.")


def _comparison(one: dict[str, Any]) -> None:
    _notes(one)
    if not one["subjects"]:
        return
    table = Table(box=None, header_style="bold", title_justify="left", pad_edge=False)
    for name in ("comparison", "units", "score over time", "display", "action", "verdict"):
        right, line = name in {"display", "action"}, name == "score over time"
        table.add_column(
            name, justify="right" if right else "left", min_width=WIDTH if line else None
        )
    for subject in one["subjects"][:MOST]:
        units, high = subject["units"], subject["highest"]
        both = f"{units['baseline']:,} + " if subject["kind"] == "rollout" else ""
        table.add_row(
            subject["title"], f"{both}{units['candidate']:,}", sparkline(subject["course"]),
            f"{high['display']:.0f}", f"{high['action']:.0f}",
            Text(_word(subject), style=STYLES[subject["verdict"]]),
        )  # fmt: skip
    _print(table)
    left = len(one["subjects"]) - MOST
    if left > 0:
        _line(f"… and {left} more, none graver; the report has them.")
    for subject in one["subjects"][:MOST]:
        if subject["verdict"] != "none":
            _subject(subject)


def _word(subject: dict[str, Any]) -> str:
    few = subject["verdict"] == "none" and subject["fewest"] < FEW
    return "few units, no change shown" if few else WORDS[subject["verdict"]]


def _notes(one: dict[str, Any]) -> None:
    _line()
    if one["way"] != "in time":
        for agent, pair in one["labels"].items():
            left = f" (left out: {', '.join(pair['left_out'])})" if pair["left_out"] else ""
            _line(
                f"{one['way'].capitalize()} on {agent}: {pair['candidate']} against {pair['baseline']}{left}."
            )
        prompts = one["prompts"]
        if prompts["under_both_labels"] and one["way"] == "side by side":
            _line(
                f"{prompts['under_both_labels']:,} of {prompts['in_all']:,} prompts were answered "
                "under both labels: --paired compares answer with answer and sees smaller changes."
            )
    elif one["subjects"]:
        _line("In the order of time:")
    repeats, events = one["counted"].get("repeat", 0), sum(one["counted"].values())
    if repeats and events - repeats < FEW:
        _line(
            f"{repeats:,} of {events:,} events are of units already counted: they have the "
            "unit_id, session_id or event_id of one before.", "yellow",
        )  # fmt: skip
    rebuilt = one["phases_from_stamps"]
    if rebuilt:
        _line(
            f"{counted(len(rebuilt), 'phase is', 'phases are')} put together from the stamps, margins and tiers are the "
            "default ones; name the registry with --registry to have the real ones."
        )
    for phase, events in list(one["events_of_unknown_phases"].items())[:5]:
        _line(
            f"{counted(events, 'event names', 'events name')} the phase {phase}, of which no registry tells (--registry) and "
            "of which both arms were not seen: no evidence.", "yellow",
        )  # fmt: skip


def _subject(subject: dict[str, Any]) -> None:
    _line()
    _line(f"{subject['title']}: {subject['text']}", STYLES[subject["verdict"]])
    for act in subject["would_have"][:MOST]:
        who = act["tenant_id"] or "the whole rollout"
        when = f" at {act['at']}" if act["at"] else ""
        given = act["units"]["candidate"]
        _line(
            f"  would have {_did(act['kind'])} {who}{when}, {counted(given, 'candidate unit')}: {act['reason']}"
        )
    crossed = [
        f"{kind} {', '.join(f'{level} at {n:,}' for level, n in at.items() if n is not None)}"
        for kind, at in subject["units_at"].items()
        if any(n is not None for n in at.values())
    ]
    if crossed:
        _line(f"  units at scores: {'; '.join(crossed)}")
    cause = subject["cause"]
    if cause:
        reasons = "; ".join(map(str, cause["reasons"]))
        _line(f"  cause: {cause['cause']}{f' ({reasons})' if reasons else ''}")
    if subject["moved"]:
        _moved(subject["moved"])
    if len(subject["tenants"]) > 1:
        _tenants(subject["tenants"])


def _did(kind: str) -> str:
    return {
        "pause": "paused for", "revert": "taken back", "halt": "halted for", "fallback": "moved to its fallback"
    }[kind]  # fmt: skip


def _moved(rows: Sequence[dict[str, Any]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("  metric", "before", "after", "effect", "95 % interval", "odds", "strata"):
        right = name in {"before", "after", "effect"}
        table.add_column(name, justify="right" if right else "left")
    for row in rows:
        known = row["low"] is not None and row["effect"] <= BEYOND
        interval = f"{row['low']:.3g} to {row['high']:.3g}" if known else ""
        effect = "" if row["effect"] is None else factor(row["effect"])
        table.add_row(
            f"  {row['title']}", _value(row["baseline"]), _value(row["candidate"]), effect,
            interval, _odds(max(row["evidence"], row["action"])), ", ".join(row["strata"]),
        )  # fmt: skip
    _print(table)


def _print(table: Table) -> None:
    """Print a table, in a pipe as wide as it wants to be."""
    console = out if out.is_terminal else Console(width=PIPE_WIDTH)
    console.print(table)


def _tenants(rows: Sequence[dict[str, Any]]) -> None:
    loud = [row for row in rows if row["verdict"] != "none"]
    loud.sort(key=lambda row: -row["highest"]["display"])
    for row in loud[:MOST]:
        style = STYLES[row["verdict"]]
        _line(f"  {row['tenant']}: {sparkline(row['course'])} {row['text']}", style)
    quiet = len(rows) - len(loud)
    more = f"; {len(loud) - MOST} more are in the report" if len(loud) > MOST else ""
    _line(f"  {quiet} of {len(rows)} tenants show no change{more}.")


def _known_good(found: dict[str, Any]) -> None:
    _line()
    days = f"{found['tenant_days']:,g} tenant-days"
    if found["per_1000_tenant_days"] is None:
        _line(f"False reversions: {found['reversions']}; the times span nothing, so no rate.")
        return
    _line(
        f"False reversions: {found['reversions']} in {days}, {found['per_1000_tenant_days']:,g} per "
        f"1,000 (95 %: below {found['upper_95']:,g}); {found['pauses']} pauses, {found['halts']} halts."
    )


def _speed(report: dict[str, Any]) -> None:
    speed = report["speed"]
    if report["input"]["events"] < TIMED:
        return
    _line()
    beside = ""
    if "times_live_measure_without_kafka" in speed:
        live = f"{speed['live_measure_us_per_event_without_kafka']:,.0f} us"
        times = f"{speed['times_live_measure_without_kafka']:.1f} x as fast"
        beside = f"; measure's own path takes {live} here, Kafka not counted: {times}"
    _line(
        f"{speed['events_per_second_per_core']:,} events/s on one core, "
        f"{speed['us_per_event']:,.0f} us each{beside}."
    )


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}"


def _odds(log10_w: float) -> str:
    if log10_w >= 6.0:
        return "over 1,000,000 to 1"
    return f"{10**log10_w:,.0f} to 1"


def _line(text: str = "", style: str | None = None) -> None:
    out.print(text, style=style, markup=False, highlight=False)
