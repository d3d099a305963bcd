"""Pins of a registry file beside those that tenants have: the registry gives the first only."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from control.bundles import differing
from schemas import Bundle, Command, Tenant
from streams.desk import keys, wire
from streams.desk.errors import PinnedError
from streams.desk.state import State
from streams.settings import Settings

__all__ = ["Changed", "changed", "check", "commanded"]

NAMED = 5
"""Tenants that a refusal names."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A pin that is written anew, of a tenant that is on another bundle."""

    tenant_id: str
    agent_id: str
    pin: str
    serves: Bundle


async def commanded(settings: Settings) -> Mapping[str, Command]:
    """Return the newest command of each tenant/agent."""
    ring = keys.ring(settings.data_dir, "control")
    state = State(ring=ring if len(ring) else None)
    for record in await wire.read(settings, "control"):
        state.add("control", record)
    return state.commands


def changed(
    wanted: Mapping[str, Tenant], known: Mapping[str, Tenant], commands: Mapping[str, Command]
) -> list[Changed]:
    """Return the pins that differ from the registry's and from what the tenant is on.

    Args:
        wanted: Tenants as they are to be written.
        known: As the registry has them.
        commands: The newest of each tenant/agent.
    """
    found: list[Changed] = []
    for name, tenant in wanted.items():
        before = known[name].pins if name in known else {}
        for agent, pin in tenant.pins.items():
            command = commands.get(f"{name}/{agent}")
            if command is None or pin in {before.get(agent), command.baseline.bundle_id}:
                continue
            found.append(Changed(name, agent, pin, command.baseline))
    return found


def check(found: list[Changed], bundles: Mapping[str, Bundle]) -> None:
    """Refuse pins that would be shown and serve nobody.

    Raises:
        PinnedError: There are some; it says how to move the tenants.
    """
    if not found:
        return
    first = found[0]
    named = list(dict.fromkeys(one.tenant_id for one in found if one.agent_id == first.agent_id))
    more = len({(one.tenant_id, one.agent_id) for one in found}) - len(named[:NAMED])
    who = ", ".join(named[:NAMED]) + (f" (and {more} more pins)" if more else "")
    tenants = " ".join(f"--tenant {shlex.quote(name)}" for name in named[:NAMED])
    sets = " ".join(_sets(first.serves, bundles[first.pin]))
    message = (
        f"Nothing was written: {who} have been given another pin on {first.agent_id} than the one "
        f"they are on ({first.serves.bundle_id[:19]}…). Only a rollout moves who is pinned: leave "
        f"the pin as it was, run `holdfast rollout start {shlex.quote(first.agent_id)} {sets} "
        f"{tenants}` and finish it; then the new pin may stand in the file."
    )
    raise PinnedError(message)


def _sets(serves: Bundle, wanted: Bundle) -> list[str]:
    """Return the options of `rollout start` that make the one bundle of the other."""
    words: list[str] = []
    for name in sorted(differing(serves, wanted) - {"configuration"}):
        words.append(f"{name}={getattr(wanted, name) or ''}")
    old, new = serves.configuration, wanted.configuration
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            words.append(f"configuration.{key}={json.dumps(new.get(key))}")
    return [f"--set {shlex.quote(word)}" for word in words]
