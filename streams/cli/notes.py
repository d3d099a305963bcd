"""What a person should know before all else: who is silent, what is late, what is left out."""

from collections.abc import Iterable

from schemas import Proof, Signal
from streams.cli.say import complain, out
from streams.desk import state as desk
from streams.desk.state import State
from streams.words import counted

__all__ = ["late_proofs", "say_left_out", "say_processes"]

MOST = 5
"""Late commands, and tenants whose embeddings are left out, that are named."""
LEFT_OUT = 0.1
"""Share of embeddings left out from which on it is worth a word."""


def say_processes(state: State) -> None:
    """Print which processes live, and what is late."""
    now = desk.now_ms()
    routers = state.live_routers(now)
    deciding = "decide lives" if state.deciding(now) else "decide is silent"
    names = f": {', '.join(routers[:5])}{', …' if len(routers) > 5 else ''}" if routers else ""
    out.print(
        f"{deciding}; {counted(len(routers), 'live router')}{names}.", highlight=False, markup=False
    )
    if state.forged:
        records = counted(state.forged, "control record")
        complain(f"Left out: {records} without a signature of ours.")
    late = late_proofs(state)
    for proof in late[:MOST]:
        complain(
            f"{proof.tenant_id}/{proof.agent_id} epoch {proof.epoch} ({proof.action}) is late: "
            f"no answer of {', '.join(proof.late) or 'any router'}."
        )
    if len(late) > MOST:
        complain(f"… and {counted(len(late) - MOST, 'more is late', 'more are late')}.")


def late_proofs(state: State) -> list[Proof]:
    """Return what is late of the commands in force; what came after them has settled the rest."""
    epochs = {key: command.epoch for key, command in state.commands.items()}
    late = [
        proof
        for proof in state.proofs.values()
        if proof.state == "late"
        and epochs.get(f"{proof.tenant_id}/{proof.agent_id}") == proof.epoch
    ]
    return sorted(late, key=lambda proof: (proof.tenant_id, proof.agent_id))


def say_left_out(signals: Iterable[Signal]) -> None:
    """Print whose embeddings cannot be compared, so that their monitors see less than all."""
    last: dict[tuple[str, str], Signal] = {}
    for signal in signals:
        key = signal.tenant_id, signal.agent_id
        if key not in last or last[key].at <= signal.at:
            last[key] = signal
    blind = [signal for signal in last.values() if signal.embeddings_left_out >= LEFT_OUT]
    blind.sort(key=lambda signal: -signal.embeddings_left_out)
    for signal in blind[:MOST]:
        complain(
            f"{signal.tenant_id}/{signal.agent_id}: {signal.embeddings_left_out:.0%} of the latest "
            f"embeddings are left out: of another model than {signal.embedder or 'before'}, or zero."
        )
    if len(blind) > MOST:
        words = counted(len(blind) - MOST, "more leaves", "more leave")
        complain(f"… and {words} embeddings out.")
