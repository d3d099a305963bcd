"""The start of a rollout: what is refused, and what is said first."""

import hashlib

import msgspec

from control.bundles import FIELDS
from control.errors import BundleError, Refusal, RequestRefusedError, UnknownFieldError
from control.outputs import Publish, candidate, hold, identity, lease
from control.phases import open_wave
from control.policy import REACH
from control.registry import Registry
from control.state import AgentState, Reason, RolloutState, RolloutWave, Standing
from schemas import Request, Start

__all__ = ["start_rollout"]

PAST = 128
"""Names of rollouts that cannot be used again, and overlays whose tries are counted."""


def start_rollout(
    state: AgentState, request: Request, registry: Registry, reason: Reason
) -> list[Publish]:
    """Begin a rollout: its records, the hold that says it runs, the first lease, the first wave.

    Raises:
        RequestRefusedError: It cannot be carried out; nothing changed.
    """
    start = request.start
    if start is None:
        raise RequestRefusedError(Refusal.NO_START, "a start needs its overlay, weight and waves")
    _startable(state, start, registry)
    try:
        changes = msgspec.json.encode(start.overlay, order="deterministic")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        detail = f"the overlay is no plain JSON ({error}); give texts, numbers, lists and objects"
        raise RequestRefusedError(Refusal.BAD_OVERLAY, detail) from error
    name = hashlib.sha256(changes).hexdigest()[:16]
    tries = state.tries.pop(name, 0) + 1
    previous, state.rollout = state.rollout, _rollout(state, start, reason, changes, tries)
    named = [tenant_id for wave in start.waves for tenant_id in wave.tenants]
    try:
        _candidates_differ(state, registry, named)
    except RequestRefusedError:
        state.rollout = previous
        if tries > 1:
            state.tries[name] = tries - 1
        raise
    state.tries[name] = tries
    for old in list(state.tries)[:-PAST]:
        del state.tries[old]
    state.past = [*state.past, start.rollout_id][-PAST:]
    for tenant_id, held in state.tenants.items():
        held.standing = Standing.WAITING if tenant_id in named else Standing.APART
        held.phase, held.baseline_units, held.candidate_units = -1, 0, 0
        held.previous = b""
    joins = open_wave(state, registry)
    policy = registry.policy(start.policy_id)
    opening = [hold(state, "running", reason), lease(state, policy.lease_seconds)]
    records = [one for one in joins if one.topic == "registry"]
    return [*records, *opening, *(one for one in joins if one.topic == "control")]


def _rollout(
    state: AgentState, start: Start, reason: Reason, changes: bytes, tries: int
) -> RolloutState:
    return RolloutState(
        rollout_id=start.rollout_id,
        overlay=changes,
        weight=start.weight,
        waves=[
            RolloutWave(list(wave.tenants), wave.min_units, wave.min_seconds)
            for wave in start.waves
        ],
        retry=max(min(start.retry, REACH), tries),
        policy_id=start.policy_id,
        person=reason.person or "",
        started_at=state.now,
        shadow=start.shadow,
    )


def _startable(state: AgentState, start: Start, registry: Registry) -> None:
    """Refuse a start that cannot be carried out.

    Raises:
        RequestRefusedError: It cannot.
    """
    if state.rollout is not None and state.rollout.active:
        detail = f"finish or abort {state.rollout.rollout_id} first"
        raise RequestRefusedError(Refusal.ROLLOUT_ACTIVE, detail)
    if start.rollout_id in state.past:
        raise RequestRefusedError(Refusal.NAME_SPENT, "give the rollout a name of its own")
    unknown = [name for name in start.overlay if name not in FIELDS]
    if unknown:
        raise RequestRefusedError(
            Refusal.BAD_OVERLAY, str(UnknownFieldError(unknown, list(FIELDS)))
        )
    if start.policy_id != "default" and start.policy_id not in registry.policies:
        detail = f"register policy {start.policy_id}, or use the default one"
        raise RequestRefusedError(Refusal.UNKNOWN_POLICY, detail)
    named = [tenant_id for wave in start.waves for tenant_id in wave.tenants]
    if not all(wave.tenants for wave in start.waves) or len(set(named)) != len(named):
        raise RequestRefusedError(Refusal.BAD_WAVES, "name every tenant once, and one in each wave")
    if max(max(wave.min_units, wave.min_seconds) for wave in start.waves) >= REACH:
        detail = "have a wave wait for fewer units and seconds: for so many it would wait for ever"
        raise RequestRefusedError(Refusal.BAD_WAVES, detail)
    strangers = sorted(name for name in named if name not in state.tenants)
    if strangers:
        detail = f"assign {', '.join(strangers[:5])} first: a rollout starts from a pin"
        raise RequestRefusedError(Refusal.NOT_ASSIGNED, detail)


def _candidates_differ(state: AgentState, registry: Registry, named: list[str]) -> None:
    for tenant_id in named:
        held = state.tenants[tenant_id]
        try:
            made = candidate(state, registry, held)
        except BundleError as error:
            raise RequestRefusedError(Refusal.BAD_OVERLAY, str(error)) from error
        if made.bundle_id == identity(held.pin):
            detail = f"the overlay changes nothing for {tenant_id}; leave that tenant out"
            raise RequestRefusedError(Refusal.NO_CHANGE, detail)
