"""`holdfast status`: what is watched, what moved, and what was done about it."""

from asyncio import run
from typing import Annotated, Any

import typer

from schemas import Alert, MonitorReading, Signal
from streams.cli.notes import say_left_out, say_processes
from streams.cli.rollouts import ROLLOUT_COLUMNS, known_agent, rollout_rows, say_paused
from streams.cli.say import BEYOND, as_json, factor, out, table
from streams.desk import find
from streams.desk import state as desk
from streams.desk.state import State

__all__ = ["attach", "cause", "moved"]

NOTABLE = 2.0
"""log10 of the display evidence from which a metric is said to have moved."""
SHOWN = 3


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status", rich_help_panel="Observe")(status)


def status(
    agent: Annotated[str | None, typer.Argument(help="Only this agent.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Quiet tenants and what was watched before too.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show what is watched and what moved.

    ALERT, 0-100: how sure it is that something changed; action: that it is
    worse by more than a margin. 33 is once in 100 by chance, 67 once in 10,000.
    units: sessions or users of baseline / candidate; a watch has only the latter.
    """
    state = run(desk.load(find.of_running()))
    if json:
        as_json(_as_dict(state, agent))
        return
    say_processes(state)
    if not known_agent(state, agent):
        raise typer.Exit(1)
    say_left_out(_signals(state, agent))
    rows = [_row(state, signal) for signal in _signals(state, agent, everything)]
    rows.sort(key=lambda row: (-float(row[5]), -float(row[4]), row[0]))
    quiet = 0
    if not everything and len(rows) > 2 * SHOWN:
        loud = [row for row in rows if float(row[4]) > 0 or row[6]]
        quiet, rows = len(rows) - len(loud), loud
    if rows:
        columns = (
            "tenant", "agent", "watched", "units base/cand", "ALERT", "action", "moved", "cause",
        )  # fmt: skip
        table("Watched", columns, rows)
    elif not quiet:
        out.print("Nothing is watched yet: no signal has come. Send events with `holdfast emit`.")
    if quiet:
        more = f"{quiet} more" if rows else f"{quiet}"
        are, them = ("is", "it") if quiet == 1 else ("are", "them")
        out.print(f"{more} {are} watched and quiet; `holdfast status --all` shows {them}.")
    rollouts = rollout_rows(state, agent)
    if rollouts:
        table("Rollouts", ROLLOUT_COLUMNS, rollouts)
    say_paused(state, agent)


def moved(reading: MonitorReading) -> str:
    """Return one metric's move in words, like `output_tokens x1.62 (1.48-1.77)`."""
    text = reading.metric
    if reading.effect is not None:
        text += f" {factor(reading.effect)}"
        low, high = reading.effect_low, reading.effect_high
        if low is not None and high is not None and reading.effect <= BEYOND:
            text += f" ({low:.3g}-{high:.3g})"
    return text


def cause(alert: Alert) -> str:
    """Return whose doing it is and the first reason, like `provider: model_served changed …`."""
    if alert.cause is None:
        return ""
    name = alert.cause + (" (contested)" if alert.contested else "")
    return f"{name}: {alert.reasons[0]}" if alert.reasons else name


def _signals(state: State, agent: str | None, everything: bool = True) -> list[Signal]:
    """Return the last word on each tenant: of what serves now, or of all there was."""
    return [
        signal
        for signal in state.signals.values()
        if (agent is None or signal.agent_id == agent) and (everything or _current(state, signal))
    ]


def _current(state: State, signal: Signal) -> bool:
    """Return whether a signal is about what serves its tenant now."""
    command = state.commands.get(f"{signal.tenant_id}/{signal.agent_id}")
    if command is None:
        return True
    if signal.kind == "watch":
        return signal.subject == command.baseline.bundle_id
    return signal.subject == command.rollout_id


def _row(state: State, signal: Signal) -> tuple[str, ...]:
    alert = state.alerts.get((signal.agent_id, signal.subject, signal.tenant_id))
    loud = sorted((r for r in signal.readings if r.display >= NOTABLE), key=lambda r: -r.display)
    subject = signal.subject
    return (
        signal.tenant_id,
        signal.agent_id,
        subject[:19] if subject.startswith("sha256:") else subject,
        f"{signal.units.baseline}/{signal.units.candidate}",
        "0" if alert is None else f"{alert.scores.display:.0f}",
        "0" if alert is None else f"{alert.scores.action:.0f}",
        ", ".join(moved(reading) for reading in loud[:SHOWN]),
        "" if alert is None or not loud else cause(alert),
    )


def _as_dict(state: State, agent: str | None) -> dict[str, Any]:
    now = desk.now_ms()
    watched = []
    for signal in _signals(state, agent):
        alert = state.alerts.get((signal.agent_id, signal.subject, signal.tenant_id))
        watched.append(
            {
                "tenant": signal.tenant_id,
                "agent": signal.agent_id,
                "kind": signal.kind,
                "subject": signal.subject,
                "units": signal.units.model_dump(),
                "scores": None if alert is None else alert.scores.model_dump(),
                "cause": None if alert is None else alert.cause,
                "reasons": [] if alert is None else alert.reasons,
                "contested": alert is not None and alert.contested,
                "embedder": signal.embedder,
                "embeddings_left_out": signal.embeddings_left_out,
                "context": [reading.model_dump(mode="json") for reading in signal.context],
                "baseline": None if signal.baseline is None else signal.baseline.model_dump(),
                "readings": [reading.model_dump(mode="json") for reading in signal.readings],
            }
        )
    return {
        "routers": state.live_routers(now),
        "deciding": state.deciding(now),
        "watched": watched,
        "rollouts": [
            dict(zip(ROLLOUT_COLUMNS, row, strict=True)) for row in rollout_rows(state, agent)
        ],
    }
