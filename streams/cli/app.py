"""The command line: every command in its place, every error one clear line."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version

import pydantic
import typer
from aiokafka.errors import KafkaError

from control.errors import ControlError
from streams.cli import (
    backtest,
    demo,
    emit,
    keys,
    letters,
    people,
    registry,
    roles,
    rollout,
    status,
    topics,
)
from streams.cli.say import complain, out
from streams.errors import StreamsError

__all__ = ["app", "main"]

app = typer.Typer(
    name="holdfast",
    help="Holds every tenant fast to the model behaviour it validated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for part in (roles, emit, backtest, status, people, demo):
    part.attach(app)
app.add_typer(rollout.app, name="rollout", help="Change an agent for its tenants, in waves.")
app.add_typer(keys.app, name="keys", help="Keys that sign commands and requests.")
app.add_typer(registry.app, name="registry", help="Bundles, tenants and policies.")
app.add_typer(
    letters.app, name="letters", help="Messages that could not be read, requests that were refused."
)
topics.attach(app)


@app.command("version", rich_help_panel="About")
def show_version() -> None:
    """Say which Holdfast this is."""
    try:
        out.print(f"holdfast {version('holdfast')}", highlight=False)
    except PackageNotFoundError:
        out.print("holdfast, not installed", highlight=False)


def main() -> None:
    """Run the command; an error is one line and what to do, a traceback with HOLDFAST_DEBUG."""
    try:
        app()
    except KeyboardInterrupt:
        complain("Stopped.")
        sys.exit(130)
    except pydantic.ValidationError as error:
        if os.environ.get("HOLDFAST_DEBUG"):
            raise
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "a value"
        complain(f"{error.title}: {name}: {first['msg']}")
        sys.exit(2)
    except (StreamsError, ControlError, KafkaError, OSError) as error:
        if os.environ.get("HOLDFAST_DEBUG"):
            raise
        if isinstance(error, KafkaError):
            complain(f"Kafka: {error}; look at HOLDFAST_KAFKA and at the rights of its user.")
        else:
            complain(str(error) or type(error).__name__)
        sys.exit(1)
