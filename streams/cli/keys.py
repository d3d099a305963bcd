"""`holdfast keys`: make and show keys."""

from typing import Annotated

import typer

from streams.cli.say import as_json, out, table
from streams.desk import find
from streams.desk import keys as desk

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command()
def create(
    name: Annotated[
        str | None, typer.Argument(help="`control` or a person; without: whatever is missing.")
    ] = None,
) -> None:
    """Make a key pair; the private half never leaves this machine."""
    data_dir = find.load().data_dir
    made = desk.ensure(data_dir) if name is None else [desk.create(data_dir, name)]
    for info in made:
        out.print(f"Made the key {info.keyid} of {info.name}.", highlight=False)
    if made and name is not None:
        out.print(
            "A decide that reads this keys/ring.json takes its word from now on.", highlight=False
        )
    if not made:
        out.print(f"Nothing is missing in {desk.folder(data_dir)}.", highlight=False)


@app.command("list")
def listing(json: Json = False) -> None:
    """Show every public key of the ring."""
    infos = desk.listed(find.load().data_dir)
    if json:
        as_json([{"name": i.name, "keyid": i.keyid, "private_here": i.here} for i in infos])
        return
    if not infos:
        out.print("No keys yet; make them with `holdfast keys create`.")
        return
    table("Keys", ("name", "key id", "private half"), (_row(info) for info in infos))


@app.command()
def show() -> None:
    """Print the ring of public keys as JSON: what a router needs (its file is keys/ring.json)."""
    as_json(
        {
            "version": 1,
            "keys": {
                i.keyid: {"name": i.name, "kind": desk.kind(i.name), "public": i.public}
                for i in desk.listed(find.load().data_dir)
            },
        }
    )


def _row(info: desk.KeyInfo) -> tuple[str, str, str]:
    return info.name, info.keyid, "here" if info.here else "elsewhere"
