"""`holdfast letters`: what could not be read, and requests that were refused."""

from asyncio import run
from datetime import UTC, datetime
from typing import Annotated

import typer

from streams.cli.say import as_json, complain, out, table
from streams.desk import find
from streams.desk import letters as desk
from streams.words import counted

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def listing(
    json: Annotated[bool, typer.Option("--json", help="As JSON, with the messages.")] = False,
    limit: Annotated[int, typer.Option(help="Newest so many.", min=1)] = 50,
) -> None:
    """Show parked messages: why, and where they came from."""
    letters = run(desk.pending(find.of_running()))
    if json:
        as_json([letter.model_dump(mode="json") for letter in letters])
        return
    if not letters:
        out.print("No message is parked.")
        return
    if len(letters) > limit:
        complain(f"The newest {limit:,} of {len(letters):,}; `--limit` shows more.")
    table(
        counted(len(letters), "parked message"),
        ("letter", "at", "reason", "from", "detail"),
        (
            (
                one.letter_id,
                datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="seconds"),
                one.reason,
                f"{one.topic}/{one.partition}/{one.offset}",
                one.detail,
            )
            for one in letters[-limit:]
        ),
    )


@app.command()
def resend(
    letter: Annotated[list[str] | None, typer.Argument(help="Ids; none: see --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every letter.")] = False,
    reason: Annotated[str | None, typer.Option(help="Only those parked for this.")] = None,
) -> None:
    """Send parked messages again, as they came, to the topics they came from.

    It needs the right to write them, which a person's own user has for requests and registry only.
    """
    if not letter and not everything and reason is None:
        complain("Say which: ids, --reason or --all.")
        raise typer.Exit(2)
    done = run(desk.resend(find.of_running(), letter or [], reason))
    if not done.sent and not done.refused:
        what = f"for {reason}" if reason is not None else "at all"
        out.print(f"No message is parked {what}.", highlight=False, markup=False)
        return
    out.print(f"Sent {counted(done.sent, 'message')} again.", highlight=False)
    if done.refused:
        complain(
            f"{len(done.refused)} not sent, for they are cut or of no topic that is known: "
            f"{', '.join(done.refused[:3])}{', …' if len(done.refused) > 3 else ''}"
        )
        raise typer.Exit(1)
