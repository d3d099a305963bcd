"""`holdfast up`, `measure`, `decide`, `record`: the processes."""

import importlib

import typer

from streams.cli.say import out
from streams.desk import find, keys

__all__ = ["attach"]

ROLES = {
    "measure": ("streams.roles.measure", "run_measure"),
    "decide": ("streams.roles.decide", "run_decide"),
    "record": ("streams.clickhouse.record", "run_record"),
}
PANEL = "Processes"


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel=PANEL)(up)
    app.command(rich_help_panel=PANEL)(measure)
    app.command(rich_help_panel=PANEL)(decide)
    app.command(rich_help_panel=PANEL)(record)


def up() -> None:
    """Start Kafka, ClickHouse and every role on this machine; Ctrl-C stops them, data stay."""
    from streams.embedded.up import run_up

    settings = find.load()
    for info in keys.ensure(settings.data_dir):
        out.print(f"Made the key {info.keyid} of {info.name}.", highlight=False)
    run_up(settings)


def measure() -> None:
    """Run the role that reads events and measures behaviour."""
    _run("measure")


def decide() -> None:
    """Run the role that scores, decides, commands and proves."""
    _run("decide")


def record() -> None:
    """Run the role that writes every topic into ClickHouse."""
    _run("record")


def _run(role: str) -> None:
    module, name = ROLES[role]
    result = getattr(importlib.import_module(module), name)(find.load())
    if isinstance(result, int) and result:
        raise typer.Exit(result)
