"""How commands speak: tables and colour on a terminal, plain text and JSON in a pipe."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["as_json", "complain", "err", "out", "table"]

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
