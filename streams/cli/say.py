"""How commands speak: tables and colour on a terminal, plain text and JSON in a pipe."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["BEYOND", "as_json", "complain", "err", "factor", "out", "table"]

BEYOND = 1_000.0
"""Factors from which on nobody asks how large, or how small, they are."""

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def as_json(value: object) -> None:
    """Print a value as JSON."""
    text = json.dumps(value, default=str, indent=1)
    if out.is_terminal:
        out.print_json(text)
    else:
        typer.echo(text)


def complain(line: str) -> None:
    """Print one line on stderr."""
    err.print(line, style="red" if err.is_terminal else None, markup=False, highlight=False)


def factor(times: float) -> str:
    """Return an effect in words, like `x1.62`."""
    if not 1 / BEYOND <= times <= BEYOND:
        return f"over x{BEYOND:,.0f}" if times > 1.0 else f"under x{1 / BEYOND:g}"
    return f"x{times:.3g}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows: a table on a terminal, tab-separated lines in a pipe."""
    if not out.is_terminal:
        typer.echo("\t".join(columns))
        for row in rows:
            cells = ("" if cell is None else str(cell) for cell in row)
            typer.echo("\t".join(cells))
        return
    shown = Table(*columns, title=title, title_justify="left", box=None, header_style="bold")
    for row in rows:
        # As text: what comes off the wire may look like markup.
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(shown)
