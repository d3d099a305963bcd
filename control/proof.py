"""Proof that a command was obeyed: acked by every live router, then seen in traffic.

commanded -> acked -> proven, or proven-without-traffic; or late, with the routers named that
have not answered. Late is not the end: what is shown afterwards is still published.

* Acked: every live router that owes an answer has flipped to this epoch; where none owes one,
  as where services start after their first pin was commanded, one that came later has.
* Proven: acked, some router's traffic was seen at this epoch, and no router still sends an
  older one. Sessions that drain may do so for a while: a wrong event after a right one has to
  be followed by `SETTLE_MS` without another.
* Proven without traffic: acked, and by the deadline no traffic came at all.

A router that lived when the command was given and has fallen silent without an answer is
named as missing. It holds up nothing, for it may be gone for good; if it is not, then its
traffic at the old epoch shows.
"""

from control.routers import Routers, dumps_routers, loads_routers
from control.shown import ProofState, Shown, dumps, loads
from schemas import Ack, Command, Proof, RouterProof, Sighting
from schemas.base import BEYOND

__all__ = [
    "ProofState",
    "Routers",
    "dumps",
    "dumps_routers",
    "fold_ack",
    "fold_command",
    "fold_sighting",
    "fold_tick",
    "loads",
    "loads_routers",
    "unsettled",
]

SETTLE_MS = 1_500
"""So long no wrong event after the last one before it counts as the last."""
MOST_ROUTERS = 1_000
"""Routers that are remembered without a heartbeat: whoever answers may call itself anything."""
MOST_EARLY = 4


def fold_command(
    state: ProofState,
    command: Command,
    routers: Routers,
    now_ms: int,
    deadline_seconds: float = 60,
) -> list[Proof]:
    """Begin the proof of a command; an older or a repeated one changes nothing.

    Args:
        state: Of the command's (tenant, agent); changed in place.
        command: As read from the control topic, verified.
        routers: Heartbeats so far.
        now_ms: Broker time of the command.
        deadline_seconds: `proof_seconds` of the policy.
    """
    if command.epoch <= state.epoch:
        return []
    state.epoch, state.command_id = command.epoch, command.command_id
    state.tenant_id, state.agent_id = command.tenant_id, command.agent_id
    state.action = command.action
    state.commanded_at = now_ms
    state.deadline_at = now_ms + round(deadline_seconds * 1000)
    state.expected = routers.live(now_ms)
    state.shown = state.early.get(command.epoch, {})
    state.early = {epoch: shown for epoch, shown in state.early.items() if epoch > command.epoch}
    state.said = []
    return _judge(state, routers, now_ms)


def fold_ack(state: ProofState, ack: Ack, routers: Routers, now_ms: int) -> list[Proof]:
    """Fold a router's answer in; answers to other epochs do not count.

    Args:
        state: Of the ack's (tenant, agent); changed in place.
        ack: What a router answered.
        routers: Heartbeats so far.
        now_ms: Broker time of the ack.
    """
    shown = _shown(state, ack.epoch, ack.router_id, routers)
    if shown is None:
        return []
    if not shown.flipped() or ack.status in {"flipped", "lease-expired"}:
        shown.status = ack.status
        shown.acked_at = now_ms if shown.acked_at is None else shown.acked_at
    return _judge(state, routers, now_ms) if ack.epoch == state.epoch else []


def fold_sighting(
    state: ProofState, sighting: Sighting, routers: Routers, now_ms: int
) -> list[Proof]:
    """Fold in what traffic has shown of a router; other epochs do not count.

    Args:
        state: Of the sighting's (tenant, agent); changed in place.
        sighting: First right and last wrong event of an epoch, by router.
        routers: Heartbeats so far.
        now_ms: Broker time of the sighting.
    """
    shown = _shown(state, sighting.epoch, sighting.router_id, routers)
    if shown is None:
        return []
    if max(sighting.first_right_at or 0, sighting.last_wrong_at or 0) >= BEYOND:
        return []
    if sighting.first_right_at is not None:
        shown.right_at = max(shown.right_at or 0, sighting.first_right_at)
    if sighting.last_wrong_at is not None:
        shown.wrong_at = max(shown.wrong_at or 0, sighting.last_wrong_at)
    return _judge(state, routers, now_ms) if sighting.epoch == state.epoch else []


def fold_tick(state: ProofState, now_ms: int, routers: Routers) -> list[Proof]:
    """Let time pass: what has settled, what is late."""
    return _judge(state, routers, now_ms)


def unsettled(state: ProofState) -> bool:
    """Whether a tick may still say something new; the others need none."""
    return bool(state.command_id) and not {"proven", "proven-without-traffic"} & set(state.said)


def _shown(state: ProofState, epoch: int, router_id: str, routers: Routers) -> Shown | None:
    """Return the place for what a router shows of an epoch; None if that is past."""
    if epoch == state.epoch and state.command_id:
        place = state.shown
    elif state.epoch < epoch < BEYOND:
        place = state.early.setdefault(epoch, {})
        if len(state.early) > MOST_EARLY:  # the next commands are near; a liar's epochs need not be
            del state.early[max(state.early)]
    else:
        return None
    known = router_id in place or router_id in routers.lives
    if not known and len(place) >= MOST_ROUTERS:
        return None
    return place.setdefault(router_id, Shown())


def _judge(state: ProofState, routers: Routers, now_ms: int) -> list[Proof]:
    """Say every state that has newly been reached."""
    if not unsettled(state):
        return []
    owing = routers.owing(state.commanded_at, now_ms, state.expected)
    late = [name for name in owing if not _has_flipped(state, name)]
    acked = not late and any(shown.flipped() for shown in state.shown.values())
    reached = ["acked"] if acked else []
    if acked and _seen(state, now_ms):
        reached.append("proven")
    elif now_ms >= state.deadline_at:
        quiet = all(one.right_at is None and one.wrong_at is None for one in state.shown.values())
        reached.append("proven-without-traffic" if acked and quiet else "late")
    proofs: list[Proof] = []
    for name in reached:
        if name not in state.said:
            state.said.append(name)
            proofs.append(_proof(state, name, routers, late, now_ms))
    return proofs


def _has_flipped(state: ProofState, router_id: str) -> bool:
    shown = state.shown.get(router_id)
    return shown is not None and shown.flipped()


def _seen(state: ProofState, now_ms: int) -> bool:
    """Whether traffic came at this epoch, and none at an older one any more."""
    if all(one.right_at is None for one in state.shown.values()):
        return False
    return all(
        one.wrong_at is None
        or (one.right_at is not None and one.right_at > one.wrong_at)
        or now_ms - one.wrong_at >= SETTLE_MS
        for one in state.shown.values()
    )


def _proof(state: ProofState, name: str, routers: Routers, late: list[str], now_ms: int) -> Proof:
    live = set(routers.live(now_ms))
    names = sorted({*state.shown, *state.expected, *late})
    rows = [
        RouterProof(
            router_id=router_id,
            acked_at=shown.acked_at,
            status=shown.status,
            first_right_at=shown.right_at,
            last_wrong_at=shown.wrong_at,
            missing=router_id not in live and not shown.flipped(),
        )
        for router_id in names
        for shown in [state.shown.get(router_id, Shown())]
    ]
    acks = [one.acked_at for one in state.shown.values() if one.acked_at is not None]
    return Proof.model_validate(
        {
            "proof_id": f"{state.command_id}:{name}",
            "command_id": state.command_id,
            "tenant_id": state.tenant_id,
            "agent_id": state.agent_id,
            "epoch": state.epoch,
            "action": state.action,
            "state": name,
            "commanded_at": state.commanded_at,
            "acked_at": max(acks) if acks and name != "late" else None,
            "proven_at": now_ms if name.startswith("proven") else None,
            "routers": rows,
            "late": late,
        }
    )
