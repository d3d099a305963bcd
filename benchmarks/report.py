"""Rows of a benchmark: printed as a table, written as JSON.

Absolute numbers belong to one machine. What carries over is the ratio to a peer that was measured
in the same run.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Row", "arguments", "cpu_us", "report", "row", "write"]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number.

    Args:
        name: What was measured.
        value: In `unit`.
        unit: For people.
        peer: What it is compared with, measured in the same run; None: nothing.
        peer_value: Of the peer, in `unit`.
        ratio: How many times the peer's it is; None without one.
        most: What it is held to: the ratio at most, without a peer the value.
        met: Whether it is held; None: it is held to nothing.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    most: float | None = None
    met: bool | None = None


def row(
    name: str,
    value: float,
    unit: str,
    *,
    peer: str | None = None,
    peer_value: float | None = None,
    most: float | None = None,
) -> Row:
    """Return a row with its ratio to the peer, and whether it is what it is held to."""
    ratio = value / peer_value if peer_value else None
    judged = value if peer_value is None else ratio
    met = None if most is None or judged is None else judged <= most
    return Row(name, value, unit, peer, peer_value, ratio, most, met)


def arguments(about: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows `--report FILE`; a benchmark may add its own options."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--report", type=Path, help="JSON file to add the results to")
    return parser


def cpu_us(function: Callable[[Any], object], inputs: Iterable[Any], repeats: int = 3) -> float:
    """Return CPU microseconds of this process per input, the best of `repeats` passes."""
    inputs = list(inputs)
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        for each in inputs:
            function(each)
        best = min(best, time.process_time() - started)
    return best / len(inputs) * 1e6


def report(title: str, rows: Iterable[Row], path: Path | None = None) -> None:
    """Print the rows as a table; with `path` add them to that JSON file under `title`."""
    rows = list(rows)
    width = max((len(each.name) for each in rows), default=0)
    print(f"\n{title}")
    for each in rows:
        line = f"  {each.name:<{width}}  {each.value:>12,.4g} {each.unit}"
        if each.ratio is not None:
            line += f" = {each.ratio:.3g} x {each.peer} ({each.peer_value:,.4g})"
        if each.most is not None:
            held = f"{each.most:,.4g} x" if each.peer else f"{each.most:,.4g}"
            line += f"; at most {held}: {'met' if each.met else 'MISSED'}"
        print(line)
    if path is not None:
        write(path, title, rows)


def write(path: Path, title: str, rows: Iterable[Any]) -> None:
    """Add rows, any dataclass, to a JSON file under `title`."""
    content = json.loads(path.read_text()) if path.exists() else {"results": {}}
    content["machine"] = {
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }
    content["results"][title] = [asdict(each) for each in rows]
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
