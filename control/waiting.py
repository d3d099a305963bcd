"""What was decided and is not confirmed yet: said again unchanged, forgotten once it is."""

from collections.abc import Iterable

from control.errors import BundleError
from control.outputs import Publish, Whole, command, sayable, whole
from control.registry import Registry
from control.state import AgentState
from schemas import Accept, Bundle, Hold, Phase

__all__ = ["held_up", "pending", "published"]

KINDS: tuple[type[Whole], ...] = (Bundle, Phase, Hold, Accept)
RECORDS = {kind.__name__.lower(): kind for kind in KINDS}


def pending(state: AgentState, registry: Registry) -> list[Publish]:
    """Return what was said and not confirmed, in the order to send it, unchanged.

    A command that carries what the registry lacks waits on.
    Registry records come first: have them acked before the rest is sent.
    """
    wholes: list[Publish] = []
    for name, raw in state.waiting.records.items():
        kind = name.partition("/")[0]
        wholes.append(whole(state, kind, RECORDS[kind].model_validate_json(raw)))
    commands = sayable(state, registry, state.waiting.commands)
    order = {"registry": 0, "control": 1, "events": 2}
    return [*sorted(wholes, key=lambda one: order[one.topic]), *commands]


def published(state: AgentState, ids: Iterable[str]) -> None:
    """Forget outputs that the broker has confirmed; ids that do not wait are ignored."""
    waiting = state.waiting
    for name in ids:
        kind, _, rest = name.partition("/")
        if kind != "command":
            waiting.records.pop(name, None)
            continue
        tenant_id, _, epoch = rest.rpartition("/")
        held = state.tenants.get(tenant_id)
        if held is not None and str(held.epoch) == epoch:
            waiting.commands.pop(tenant_id, None)
    used = {unsent.reason for unsent in waiting.commands.values()}
    waiting.reasons = {number: why for number, why in waiting.reasons.items() if number in used}
    if not used:
        waiting.next_reason = 0


def held_up(state: AgentState, registry: Registry) -> dict[str, str]:
    """Return what the commands that cannot be said wait for, by tenant."""
    found: dict[str, str] = {}
    for tenant_id, unsent in state.waiting.commands.items():
        try:
            command(state, registry, tenant_id, unsent)
        except BundleError as error:
            found[tenant_id] = str(error)
    return found
