"""`holdfast topics`: what must exist on the brokers."""

from asyncio import run
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli.say import as_json, out, table
from streams.desk import find

__all__ = ["attach"]


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("topics", rich_help_panel="Processes")(topics)


def topics(
    create: Annotated[bool, typer.Option("--apply", help="Create what is missing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    commands: Annotated[
        bool, typer.Option("--commands", help="As kafka-topics.sh and kafka-acls.sh commands.")
    ] = False,
    command_config: Annotated[
        Path | None, typer.Option(help="Properties file with an administrator's credentials.")
    ] = None,
) -> None:
    """Print topics, changelogs and the least rights per role that the brokers must have."""
    from streams.kafka.required import required

    settings = find.of_running()
    needed = required(settings)
    if create:
        from streams.kafka.admin import ensure_topics

        made = run(ensure_topics(settings))
        out.print(
            f"Created {', '.join(made)}." if made else "Nothing was missing.", highlight=False
        )
        return
    if json:
        as_json(_as_dict(needed))
        return
    config = None if command_config is None else str(command_config)
    if commands:
        lines = needed.topic_commands(settings.kafka, config)
        for line in [*lines, *needed.acl_commands(settings.kafka, config)]:
            out.print(line, markup=False, highlight=False)
        return
    table(
        "Topics",
        ("topic", "partitions", "replication", "configuration"),
        (
            (
                t.name,
                t.partitions,
                t.replication,
                " ".join(f"{k}={v}" for k, v in t.configs.items()),
            )
            for t in needed.topics
        ),
    )
    table(
        "Least rights",
        ("role", "operation", "resource", "name"),
        ((r.role, r.operation, r.resource, r.name) for r in needed.rights),
    )
    if out.is_terminal:
        out.print(
            "Make the topics with `holdfast topics --apply`, or see `holdfast topics --commands`."
        )


def _as_dict(needed: Any) -> dict[str, Any]:
    return {
        "topics": [
            {
                "name": t.name,
                "partitions": t.partitions,
                "replication": t.replication,
                "configuration": dict(t.configs),
            }
            for t in needed.topics
        ],
        "groups": dict(needed.groups),
        "rights": [
            {"role": r.role, "operation": r.operation, "resource": r.resource, "name": r.name}
            for r in needed.rights
        ],
    }
