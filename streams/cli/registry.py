"""`holdfast registry`: what bundles, tenants and policies there are."""

from asyncio import run
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.say import as_json, out, table
from streams.desk import find, keys
from streams.desk import registry as desk
from streams.words import counted

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("apply")
def apply_file(
    file: Annotated[Path, typer.Argument(help="JSON with bundles, tenants and policies.")],
    person: Annotated[str | None, typer.Option(help="Who signs; you if not said.")] = None,
) -> None:
    """Write a file's bundles, tenants and policies, and ask for the tenants' first pins.

    {"bundles": {"main": {"provider": "…", "model": "…", "prompt_version": "…"}},
     "tenants": [{"tenant_id": "acme", "tier": "gold",
                  "pins": {"support": "main"}}],
     "policies": [{"policy_id": "default", "approval": ["platinum"]}]}

    Every field: docs/contracts/Bundle, Tenant and Policy. A tenant that is
    pinned already keeps its pin until a rollout moves it: a file that gives it
    another one is refused.
    """
    entries = desk.load(file)
    asked = run(desk.apply(find.of_running(), entries, person or keys.me()))
    out.print(
        f"Wrote {counted(len(entries.bundles), 'bundle')}, "
        f"{counted(len(entries.tenants), 'tenant')} and "
        f"{counted(len(entries.policies), 'policy', 'policies')}.",
        highlight=False,
    )
    for agent, tenants in asked.items():
        out.print(
            f"Asked for the first pin of {counted(len(tenants), 'tenant')} on {agent}; "
            "whoever has one keeps it.",
            highlight=False,
        )


@app.command()
def show(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show what the registry holds."""
    entries = run(desk.read(find.of_running()))
    if json:
        groups = ("bundles", "tenants", "policies", "phases")
        as_json(
            {
                group: [one.model_dump(mode="json") for one in getattr(entries, group).values()]
                for group in groups
            }
        )
        return
    if not (entries.bundles or entries.tenants or entries.policies):
        out.print("Nothing is registered yet; see `holdfast registry apply --help`.")
        return
    table(
        "Bundles",
        ("bundle", "provider", "model", "prompt", "tools"),
        (
            (b.bundle_id[:19], b.provider, b.model, b.prompt_version, b.tools_version)
            for b in entries.bundles.values()
        ),
    )
    table(
        "Tenants",
        ("tenant", "tier", "stakes", "text", "first pins"),
        (
            (
                t.tenant_id, t.tier, t.stakes, t.text,
                ", ".join(f"{agent}: {pin[:19]}" for agent, pin in t.pins.items()),
            )
            for t in entries.tenants.values()
        ),
    )  # fmt: skip
    table(
        "Policies",
        ("policy", "revision", "pause", "halt"),
        ((p.policy_id, p.revision, p.pause_fleet, p.halt_fleet) for p in entries.policies.values()),
    )
