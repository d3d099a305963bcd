"""`holdfast demo`: the whole way, on this machine."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["attach"]


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", rich_help_panel="Processes")(demo)


def demo(
    report: Annotated[Path | None, typer.Option(help="Write figures here as JSON.")] = None,
    rate: Annotated[float, typer.Option(help="Events per second.", min=100)] = 1500,
    data: Annotated[
        Path | None, typer.Option(help="Keep the data in this folder; a temporary one if not said.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the simulated fleet.")] = 7,
) -> None:
    """Start everything, simulate 40 tenants and try a good, a partly bad and a bad candidate."""
    from streams.demo.run import run_demo

    raise typer.Exit(run_demo(report=report, rate=rate, data=data, seed=seed))
