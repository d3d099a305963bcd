"""`python -m benchmarks.science`: what STATISTICS.md 6 holds the detectors to, every row.

    python -m benchmarks.science [--full] [--only alone,way,…] [--report FILE] [--plots DIR]

Ours beside the best possible detector and beside River's defaults, all measured in this run.
Quick by default; `--full` repeats what is random far more often. A false reversion or a false alarm
on what did not change fails the run; other targets missed are listed.
"""

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.report import arguments, write
from benchmarks.science.parts import PARTS, PLOTS, measured
from benchmarks.science.rows import Row

__all__ = ["main"]

NEVER = "0"
"""Target of what must not happen even once: missing it fails the run."""


def main() -> None:
    """Measure the parts, show each as it is done, and say what was missed."""
    parser = arguments(__doc__)
    parser.add_argument("--full", action="store_true", help="an hour instead of minutes")
    parser.add_argument("--only", help=f"parts, comma-separated: {', '.join([*PARTS, PLOTS])}")
    parser.add_argument("--plots", type=Path, default=Path("docs/science"), help="their folder")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [*PARTS, PLOTS]
    if unknown := set(names) - {*PARTS, PLOTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    console, begun, rows = Console(), time.monotonic(), list[Row]()
    try:
        for name, found in measured(names, not options.full, options.plots):
            if name == PLOTS:
                continue
            console.print(f"[{time.monotonic() - begun:.0f} s]", markup=False)
            show(console, name, found)
            rows += found
            if options.report:
                write(options.report, PARTS[name], found)
    except KeyboardInterrupt:
        sys.exit(130)
    console.print(summary(rows, time.monotonic() - begun), markup=False)
    if wolves := [row.case for row in rows if row.target == NEVER and row.met is False]:
        console.print(f"cried wolf: {'; '.join(wolves)}", style="bold", markup=False)
        sys.exit(1)


def show(console: Console, name: str, rows: list[Row]) -> None:
    """Print a part's rows, and below them what else is to be said of them."""
    console.print(table(PARTS[name], rows))
    for row in rows:
        if row.note:
            console.print(f"  {row.case}: {row.note}", style="dim", markup=False)


def table(title: str, rows: list[Row]) -> Table:
    """Return the rows as a table for the terminal."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    shown.add_column("case", overflow="fold")
    for heading in ("ours", "target", "met", "oracle", "River"):
        shown.add_column(heading, justify="left" if heading == "target" else "right")
    for row in rows:
        met = {True: "yes", False: "[bold]MISSED[/bold]", None: ""}[row.met]
        ours = f"{_number(row.ours)} {row.unit}".strip()
        shown.add_row(row.case, ours, row.target, met, _number(row.oracle), _number(row.river))
    return shown


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def summary(rows: list[Row], seconds: float) -> str:
    """Return in one line how many targets are met, and the cases that missed theirs."""
    missed = [row.case for row in rows if row.met is False]
    held = sum(row.met is not None for row in rows)
    met = f"{held - len(missed)} of {held} targets met in {seconds:.0f} s"
    return f"{met}; missed: {'; '.join(missed)}" if missed else met


if __name__ == "__main__":
    main()
