"""`holdfast rollout`: start, status, finish, abort."""

from asyncio import run
from collections.abc import Sequence
from typing import Annotated

import typer

from control import bundles
from schemas import Bundle, Policy, Tenant
from streams.cli.people import asked
from streams.cli.rollouts import ROLLOUT_COLUMNS, known_agent, rollout_rows, say_paused
from streams.cli.say import as_json, complain, out, table
from streams.desk import estimates, find, keys, plan, registry, requests, traffic
from streams.desk import state as desk
from streams.desk.errors import DeskError
from streams.desk.near import near
from streams.desk.registry import Entries
from streams.desk.state import State
from streams.settings import Settings
from streams.words import counted

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
SHOWN = 50
"""Busiest and quietest tenants in a forecast."""
Agent = Annotated[str, typer.Argument(help="The agent.")]
Person = Annotated[str | None, typer.Option(help="Who signs; you if not said.")]
RolloutId = Annotated[
    str | None, typer.Option("--rollout", help="Its id; the current one if not said.")
]


@app.command()
def start(
    agent: Agent,
    change: Annotated[
        list[str], typer.Option("--set", help="field=value of the bundle; configuration.key=value.")
    ],
    weight: Annotated[str, typer.Option(help="Share of each tenant's traffic.")] = "5%",
    waves: Annotated[
        str, typer.Option(help="How many tenants take part after each wave.")
    ] = "10%,50%,100%",
    tenant: Annotated[
        list[str] | None, typer.Option(help="Only these, in this order; all if not said.")
    ] = None,
    min_units: Annotated[int, typer.Option(min=0, help="Candidate units before a wave.")] = 100,
    min_seconds: Annotated[int, typer.Option(min=0, help="Time before the next wave.")] = 0,
    rollout: Annotated[str | None, typer.Option("--rollout", help="An id of your choice.")] = None,
    policy: Annotated[str, typer.Option(help="Policy of the registry.")] = "default",
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Serve nobody with it: services call it beside.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what to expect.")] = False,
    person: Person = None,
) -> None:
    """Change an agent for its tenants, wave by wave, and say how long noticing will take."""
    settings = find.of_running()
    overlay = plan.overlay_of(change)
    share = plan.share(weight)
    entries = run(registry.read(settings))
    state = run(desk.load(settings))
    chosen = _tenants(entries, agent, tenant)
    pins = {one.tenant_id: _pin(state, entries, one, agent) for one in chosen}
    order = [one.tenant_id for one in chosen] if tenant else plan.in_order(chosen)
    candidates = {bundles.overlay(pin, overlay).bundle_id for pin in pins.values()}
    asked_for = plan.start(
        agent,
        overlay,
        pins,
        share,
        plan.waves(waves, order, min_units, min_seconds),
        rollout_id=rollout,
        retry=plan.retry_of(candidates, state.phases.values()),
        policy_id=policy,
        shadow=shadow,
    )
    _foretell(settings, agent, chosen, share, entries.policies.get(policy) or Policy())
    if dry_run:
        out.print("Nothing was started (--dry-run).")
        return
    request = requests.build("start", agent, person or keys.me(), start=asked_for)
    sizes = [len(wave.tenants) for wave in asked_for.waves]
    who = counted(sizes[0], "tenant") if len(sizes) == 1 else f"waves of {_listed(sizes)} tenants"
    how = "beside the baseline (shadow)" if shadow else f"at {share * 100:g} % of their traffic"
    effect = f"{asked_for.rollout_id} runs, {who} {how}"
    asked(settings, request, effect)


@app.command()
def status(
    agent: Annotated[str | None, typer.Argument(help="Only this agent.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show every rollout: wave, tenants, reversions and their proofs.

    ALERT, 0-100: how sure it is that the candidate differs / is worse by more
    than a margin. proven: reversions seen in the tenants' traffic.
    """
    state = run(desk.load(find.of_running()))
    rows = rollout_rows(state, agent)
    if json:
        as_json([dict(zip(ROLLOUT_COLUMNS, row, strict=True)) for row in rows])
    elif not known_agent(state, agent):
        raise typer.Exit(1)
    elif rows:
        table("Rollouts", ROLLOUT_COLUMNS, rows)
        say_paused(state, agent)
    else:
        whose = f" of {agent}" if agent else ""
        out.print(f"No rollout{whose} yet; start one with `holdfast rollout start`.")


@app.command()
def finish(agent: Agent, rollout: RolloutId = None, person: Person = None) -> None:
    """Make the candidate the pin of every tenant that has not gone back."""
    _end("finish", agent, rollout, person, "")


@app.command()
def abort(
    agent: Agent,
    reason: Annotated[str, typer.Option(help="Why; it is kept for ever.")] = "",
    rollout: RolloutId = None,
    person: Person = None,
) -> None:
    """Take every tenant back to its baseline and end the rollout."""
    _end("abort", agent, rollout, person, reason)


def _end(
    kind: requests.Kind, agent: str, rollout: str | None, person: str | None, reason: str
) -> None:
    settings = find.of_running()
    if rollout is None:
        state = run(desk.load(settings))
        opened = [phase for phase in state.phases.values() if phase.agent_id == agent]
        if not opened:
            agents = {phase.agent_id for phase in state.phases.values()}
            hint = near(agent, agents)
            complain(f"{agent} has no rollout; see `holdfast rollout status`.{hint}")
            raise typer.Exit(1)
        rollout = max(opened, key=lambda phase: phase.opened_at).rollout_id
    request = requests.build(kind, agent, person or keys.me(), rollout_id=rollout, reason=reason)
    effect = (
        "everyone still in is pinned to the candidate" if kind == "finish" else "everyone is back"
    )
    asked(settings, request, f"{rollout}: {effect}")


def _listed(sizes: Sequence[int]) -> str:
    """Return sizes as people say them, like `5, 10 and 25`."""
    return f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"


def _tenants(entries: Entries, agent: str, wanted: Sequence[str] | None) -> list[Tenant]:
    """Return the tenants of the rollout.

    Raises:
        DeskError: One is not pinned on the agent, or there are none.
    """
    pinned = {one.tenant_id: one for one in entries.tenants.values() if agent in one.pins}
    for name in wanted or ():
        if name not in pinned:
            hint = near(name, pinned)
            message = f"{name} has no pin on {agent}; see `holdfast registry show`.{hint}"
            raise DeskError(message)
    if not pinned:
        message = (
            f"No tenant has a pin on {agent}; write them with `holdfast registry apply FILE.json`."
            f"{near(agent, entries.agents())}"
        )
        raise DeskError(message)
    return [pinned[name] for name in wanted] if wanted else list(pinned.values())


def _pin(state: State, entries: Entries, tenant: Tenant, agent: str) -> Bundle:
    """Return what a tenant is pinned to now: by the last command, else by the registry."""
    command = state.commands.get(f"{tenant.tenant_id}/{agent}")
    if command is not None:
        return command.baseline
    bundle = entries.bundles.get(tenant.pins[agent])
    if bundle is None:
        message = f"The registry has no bundle {tenant.pins[agent]} that {tenant.tenant_id} names."
        raise DeskError(message)
    return bundle


def _foretell(
    settings: Settings, agent: str, tenants: Sequence[Tenant], weight: float, policy: Policy
) -> None:
    """Say per tenant how long it will take to notice what."""
    seen = traffic.seen(settings, agent)
    if seen is None:
        out.print("ClickHouse does not answer, so the traffic is not known: no forecast.")
        return
    found = [
        estimates.estimate(
            one.tenant_id,
            one.tier,
            seen.get(one.tenant_id),
            weight,
            policy.revert,
        )
        for one in tenants
    ]
    found.sort(key=lambda one: -(one.units_per_hour or 0.0))
    columns = ["tenant", "tier", "units/h", *(case.name for case in estimates.CASES)]
    rows = []
    for one in found if len(found) <= 2 * SHOWN else [*found[:SHOWN], *found[-SHOWN:]]:
        times = (
            f"{estimates.spoken(one.notice[case.name])} / {estimates.spoken(one.revert[case.name])}"
            for case in estimates.CASES
        )
        rows.append([one.tenant_id, one.tier, f"{one.units_per_hour or 0:.0f}", *times])
    table("Noticed / reverted after so long, by the traffic seen", columns, rows)
    if len(found) > len(rows):
        out.print(
            f"… and {counted(len(found) - len(rows), 'tenant')} between those.", highlight=False
        )
    out.print(estimates.summary(found), highlight=False)
