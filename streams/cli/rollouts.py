"""Rollouts as status and `rollout status` show them."""

from datetime import UTC, datetime
from typing import Any

from streams.cli.say import complain, out
from streams.desk.near import near
from streams.desk.state import State
from streams.words import counted

__all__ = ["ROLLOUT_COLUMNS", "known_agent", "rollout_rows", "say_paused"]

ROLLOUT_COLUMNS = (
    "rollout", "agent", "state", "wave", "tenants", "reverted", "ALERT", "proven",
)  # fmt: skip


def known_agent(state: State, agent: str | None) -> bool:
    """Return whether anything is known of an agent; if not, say so. None: all agents."""
    agents = state.agents()
    if agent is None or agent in agents:
        return True
    complain(f"Nothing is known of an agent {agent}.{near(agent, agents)}")
    return False


def rollout_rows(state: State, agent: str | None = None) -> list[tuple[Any, ...]]:
    """Return a row per rollout: where it stands and what it did."""
    rows = []
    ids = dict.fromkeys(
        [
            *(phase.rollout_id for phase in state.phases.values()),
            *state.by_rollout,
        ]
    )
    for rollout_id in ids:
        phases = state.waves(rollout_id)
        commands = state.by_rollout.get(rollout_id, [])
        name = phases[-1].agent_id if phases else commands[-1].agent_id
        if agent is not None and name != agent:
            continue
        fleet = state.alerts.get((name, rollout_id, None))
        tenants = {t for phase in phases for cohort in phase.cohorts for t in cohort.tenants}
        back = [c for c in commands if c.action in ("revert", "halt", "abort")]
        proven = sum(
            state.proofs[c.command_id].state.startswith("proven")
            for c in back
            if c.command_id in state.proofs
        )
        rows.append(
            (
                rollout_id,
                name,
                _standing(state, name, rollout_id),
                phases[-1].wave if phases else "-",
                len(tenants),
                len({c.tenant_id for c in back}),
                "-" if fleet is None else f"{fleet.scores.display:.0f}/{fleet.scores.action:.0f}",
                f"{proven} of {len(back)}" if back else "-",
            )
        )
    return rows


def say_paused(state: State, agent: str | None = None) -> None:
    """Print why a rollout is paused, and so which alert waits for a person, and what next."""
    for hold in state.holds.values():
        if hold.state == "paused" and agent in {None, hold.agent_id}:
            why = hold.cause.reason or "a person asked for it"
            since = datetime.fromtimestamp(hold.issued_at / 1000, UTC).strftime("%F %H:%M")
            done = [
                c for c in state.commands.values() if c.cause.id.partition("/")[0] == hold.cause.id
            ]
            went = f" {counted(len(done), 'tenant')} went back by it." if done else ""
            line = f"{hold.rollout_id} is paused since {since} UTC: {why}.{went}"
            out.print(
                f"{line} To go on: holdfast resume {hold.agent_id}", highlight=False, markup=False
            )


def _standing(state: State, agent: str, rollout_id: str) -> str:
    """Return how a rollout stands: its own word, else what its last commands did.

    The control topic keeps one such word an agent, so an earlier rollout's is gone.
    """
    hold = state.holds.get(agent)
    if hold is not None and hold.rollout_id == rollout_id:
        return hold.state
    ends = {"finish": "finished", "halt": "halted", "abort": "aborted"}
    for command in reversed(state.by_rollout.get(rollout_id, [])):
        if command.action in ends:
            return ends[command.action]
    return "ended"
