"""`holdfast revert`, `hold`, `resume`, `approve`, `deny`, `accept`: what people ask of decide."""

from asyncio import run
from collections.abc import Sequence
from typing import Annotated

import typer

from schemas import Request
from streams.cli.say import complain, out
from streams.desk import find, keys, registry, requests
from streams.desk import state as desk
from streams.desk.errors import RefusedError
from streams.desk.near import near
from streams.errors import StreamsError
from streams.settings import Settings

__all__ = ["asked", "attach"]

PANEL = "People"
Agent = Annotated[str, typer.Argument(help="The agent.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept for ever.")]
Person = Annotated[str | None, typer.Option(help="Who signs; you if not said.")]
RolloutId = Annotated[str | None, typer.Option("--rollout", help="Of this rollout.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (revert, hold, resume, approve, deny, accept):
        app.command(rich_help_panel=PANEL)(command)


def revert(
    tenant: Annotated[str, typer.Argument(help="The tenant that goes back to its baseline.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept for ever.")],
    agent: Annotated[str | None, typer.Argument(help="Its agent; all of them if not said.")] = None,
    person: Person = None,
) -> None:
    """Take a tenant back to its baseline now."""
    settings, signer = find.of_running(), person or keys.me()
    wanted = [
        requests.build("revert", one, signer, tenants=[tenant], reason=reason)
        for one in ([agent] if agent else _agents_of(settings, tenant))
    ]
    _each(settings, wanted, f"{tenant} goes back")


def hold(
    agent: Agent, reason: Reason = "", rollout: RolloutId = None, person: Person = None
) -> None:
    """Let nobody join and no weight rise, until `holdfast resume`."""
    _ask("hold", agent, rollout, reason, person, f"the rollout of {agent} is held")


def resume(
    agent: Agent, reason: Reason = "", rollout: RolloutId = None, person: Person = None
) -> None:
    """Let a held rollout go on."""
    _ask("resume", agent, rollout, reason, person, f"the rollout of {agent} goes on")


def approve(
    agent: Agent,
    alert: Annotated[str, typer.Argument(help="The alert that waits; `holdfast status` names it.")],
    reason: Reason = "",
    person: Person = None,
) -> None:
    """Let a reversion that waits for a person happen."""
    request = requests.build("approve", agent, person or keys.me(), alert_id=alert, reason=reason)
    asked(find.of_running(), request, f"what {alert} proposes happens")


def deny(
    agent: Agent,
    alert: Annotated[str, typer.Argument(help="The alert that waits; `holdfast status` names it.")],
    reason: Reason = "",
    person: Person = None,
) -> None:
    """Let a reversion that waits for a person not happen."""
    request = requests.build("deny", agent, person or keys.me(), alert_id=alert, reason=reason)
    asked(find.of_running(), request, f"what {alert} proposes does not happen")


def accept(
    tenant: Annotated[str, typer.Argument(help="The tenant whose present is as it should be.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept for ever.")],
    agent: Annotated[str | None, typer.Argument(help="Its agent; all of them if not said.")] = None,
    bundle: Annotated[
        str | None, typer.Option(help="Whose watch; the one watched now if not said.")
    ] = None,
    person: Person = None,
) -> None:
    """Take the present as the new baseline of a watch, which then learns it afresh."""
    settings, signer = find.of_running(), person or keys.me()
    wanted = [
        requests.build("accept", one, signer, tenants=[tenant], bundle_id=bundle, reason=reason)
        for one in _watched(settings, tenant, agent, bundle)
    ]
    _each(settings, wanted, f"the present of {tenant} is the new baseline")


def _watched(settings: Settings, tenant: str, agent: str | None, bundle: str | None) -> list[str]:
    """Return the agents on which a tenant is watched, of those that are meant."""
    watches = [one for one in run(desk.load(settings)).signals.values() if one.kind == "watch"]
    watched = {signal.tenant_id for signal in watches} - {tenant}
    found = {
        signal.agent_id
        for signal in watches
        if signal.tenant_id == tenant
        and agent in {None, signal.agent_id}
        and bundle in {None, signal.subject}
    }
    if not found:
        what = " ".join(["watch of", tenant, *(["on " + agent] if agent else [])])
        what += f" and bundle {bundle}" if bundle else ""
        complain(f"There is no {what}; see `holdfast status --all`.{near(tenant, watched)}")
        raise typer.Exit(1)
    return sorted(found)


def _ask(
    kind: requests.Kind,
    agent: str,
    rollout: str | None,
    reason: str,
    person: str | None,
    effect: str,
) -> None:
    request = requests.build(kind, agent, person or keys.me(), rollout_id=rollout, reason=reason)
    asked(find.of_running(), request, effect)


def _each(settings: Settings, wanted: Sequence[Request], effect: str) -> None:
    """Submit a request for each agent; one that is refused keeps no other from its own."""
    refused = False
    for request in wanted:
        try:
            asked(settings, request, f"{effect} on {request.agent_id}")
        except RefusedError as error:
            complain(f"{request.agent_id}: {error}")
            refused = True
    if refused:
        raise typer.Exit(1)


def asked(settings: Settings, request: Request, effect: str) -> None:
    """Submit a request, wait a little for decide and say what came of it.

    Raises:
        RefusedError: decide has refused it; with names that may have been meant.
    """
    try:
        done = run(requests.ask(settings, request))
    except RefusedError as error:
        message = f"{error}{_meant(settings, request)}"
        raise RefusedError(message) from error
    decides = done or _decides(settings)
    if done or (decides and request.kind == "deny"):
        out.print(f"Done as {request.person}: {effect}.", highlight=False, markup=False)
        return
    why = {
        True: "Nothing has changed: it was so already; see `holdfast status`.",
        False: "decide is silent: it is done when decide is back, within an hour.",
        None: "Nothing has changed yet: it was so already, or decide is away; "
        "see `holdfast status`.",
    }[decides]
    out.print(
        f"Asked as {request.person} ({request.request_id}): {effect}. {why}",
        highlight=False,
        markup=False,
    )


def _decides(settings: Settings) -> bool | None:
    """Return whether decide lives; None: it cannot be told."""
    try:
        return run(desk.load(settings)).deciding(desk.now_ms())
    except StreamsError:
        return None


def _meant(settings: Settings, request: Request) -> str:
    """Return which agent or tenant of the registry a refused request may have meant."""
    try:
        entries = run(registry.read(settings))
    except StreamsError:
        return ""
    agents = entries.agents()
    if request.agent_id not in agents:
        return near(request.agent_id, agents)
    return "".join(
        near(name, agents[request.agent_id])
        for name in request.tenants
        if name not in entries.tenants
    )


def _agents_of(settings: Settings, tenant: str) -> list[str]:
    entries = run(registry.read(settings))
    found = entries.tenants.get(tenant)
    if found is None or not found.pins:
        hint = near(tenant, set(entries.tenants) - {tenant})
        complain(
            f"The registry has no tenant {tenant} with a pin; see `holdfast registry show`.{hint}"
        )
        raise typer.Exit(1)
    return list(found.pins)
