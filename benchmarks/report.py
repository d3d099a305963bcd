"""Rows of a benchmark: printed as a table, written as JSON.

Absolute numbers belong to one machine. What carries over is the ratio to a peer that was measured
in the same run: how many times better we are, so above 1 is good.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

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
        ratio: How many times better than the peer; None without one.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None


def row(
    name: str,
    value: float,
    unit: str,
    *,
    peer: str | None = None,
    peer_value: float | None = None,
    better: Literal["less", "more"] = "less",
) -> Row:
    """Return a row with its ratio; `better` says which way `value` is good."""
    ratio = None
    if peer_value is not None:
        good, bad = (peer_value, value) if better == "less" else (value, peer_value)
        ratio = good / bad if bad else None
    return Row(name, value, unit, peer, peer_value, ratio)


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
        if each.peer:
            line += f"   against {each.peer}"
        if each.peer_value is not None:
            line += f" {each.peer_value:,.4g}"
        if each.ratio is not None:
            line += f": {each.ratio:.2f} x"
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
