"""Real outputs through `holdfast backtest`: every graded change found, every control silent."""

import json
import tempfile
from pathlib import Path
from typing import Any, Literal

from benchmarks.science.recorded import Case, cases, events
from benchmarks.science.rows import Row
from streams.backtest import sources
from streams.backtest.report import as_dict
from streams.backtest.run import Request, run

__all__ = ["judged", "rows", "ways"]

PART = "real"
Way = Literal["watch", "concurrent", "paired"]
SEEDS = 3
"""Orders of each history, when there is time; the figure is the median."""


def judged(case: Case, way: Way, seed: int = 1) -> dict[str, Any]:
    """Return the report of one history in one way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl"
        path.write_text("\n".join(json.dumps(event) for event in events(case, seed)))
        source = sources.source([path], None, None, None, None)
        return as_dict(run(Request(source=source.lines, way=way, seed=seed)), known_good=True)


def ways(case: Case) -> list[Way]:
    """Return the ways in which a history can be compared: pairs need prompts in common."""
    sides = [{row["prompt"] for row in rows} for _, rows in (case.baseline, case.candidate)]
    whole = len(sides[0] & sides[1]) > len(sides[1]) / 2
    return ["watch", "concurrent", "paired"] if whole else ["watch", "concurrent"]


def rows(quick: bool) -> list[Row]:
    """Return what each history shows, in both ways; one row where the files are absent.

    Args:
        quick: One order of each history, not the median of several.
    """
    found = cases()
    if not found:
        return [Row(PART, "recorded answers of real models", None, note="files are absent")]
    seeds = range(1, 2 if quick else SEEDS + 1)
    made = []
    for case in found:
        for way in ways(case):
            reports = [judged(case, way, seed) for seed in seeds]
            made.append(_row(case, way, reports))
    return made


def _row(case: Case, way: str, reports: list[dict[str, Any]]) -> Row:
    name = f"{case.name}, {way}"
    words = [one["verdict"] for one in reports]
    said = ", ".join(f"{words.count(word)} {word}" for word in sorted(set(words)))
    if case.changed is False:
        false = sum(_reverted(one) for one in reports)
        silent = all(word in {"none", "hint"} for word in words) and not false
        note = f"{said}; loudest score {max(map(_loudest, reports)):.0f}"
        return Row(PART, name, false, "0", silent, "false reversions", note=note)
    units = sorted(one for one in map(_units, reports) if one is not None)
    middle = units[len(units) // 2] if len(units) == len(reports) else None
    reverts = sorted(one for one in map(_units_to_revert, reports) if one is not None)
    note = f"{said}; {_size(case)} answers"
    if reverts:
        note += f"; reverted after {reverts[len(reverts) // 2]}"
    if middle is None:
        note += f"; loudest score {max(map(_loudest, reports)):.0f}"
    met = None if case.changed is None else all(w in {"different", "worse"} for w in words)
    return Row(PART, name, middle, "found" if case.changed else "", met, "units", note=note)


def _subject(report: dict[str, Any]) -> dict[str, Any]:
    """Return what compares the two labels."""
    subjects = report["comparisons"][-1]["subjects"]
    return next(one for one in subjects if one["baseline"] is not None)


def _units(report: dict[str, Any]) -> int | None:
    """Return the units after which the change was shown, 1,000 to 1."""
    at = _subject(report)["units_at"]
    found = [at[kind]["50"] for kind in ("display", "pause") if at[kind]["50"] is not None]
    return min(found, default=None)


def _units_to_revert(report: dict[str, Any]) -> int | None:
    acts = _subject(report)["would_have"]
    return next((a["units"]["candidate"] for a in acts if a["kind"] in {"revert", "halt"}), None)


def _reverted(report: dict[str, Any]) -> int:
    found: int = report["known_good"]["reversions"] + report["known_good"]["halts"]
    return found


def _loudest(report: dict[str, Any]) -> float:
    found: float = _subject(report)["highest"]["display"]
    return found


def _size(case: Case) -> str:
    return f"{len(case.baseline[1]):,} + {len(case.candidate[1]):,}"
