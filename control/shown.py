"""What routers have shown of the newest command of one (tenant, agent)."""

import msgspec

from control.codec import decoded
from control.places import Place

__all__ = ["ProofState", "Shown", "dumps", "loads"]


class Shown(msgspec.Struct, array_like=True):
    """What one router has shown of an epoch; times are the broker's, in ms."""

    acked_at: int | None = None
    status: str | None = None
    right_at: int | None = None
    wrong_at: int | None = None

    def flipped(self) -> bool:
        """Whether it has said that it obeys."""
        return self.acked_at is not None and self.status in {"flipped", "lease-expired"}


class ProofState(msgspec.Struct):
    """What is known of the newest command of one (tenant, agent); fresh when empty."""

    version: int = 1
    epoch: int = 0
    command_id: str = ""
    tenant_id: str = ""
    agent_id: str = ""
    action: str = ""
    commanded_at: int = 0
    deadline_at: int = 0
    expected: list[str] = []
    """Routers that lived when the command was given."""
    shown: dict[str, Shown] = {}
    early: dict[int, dict[str, Shown]] = {}
    """By epoch, what came before its command did, for acks travel on another topic."""
    said: list[str] = []
    """States that were published."""
    place: Place = msgspec.field(default_factory=Place)


_DECODER = msgspec.msgpack.Decoder(ProofState)


def dumps(state: ProofState) -> bytes:
    """Return `state` as bytes."""
    return msgspec.msgpack.encode(state)


def loads(data: bytes) -> ProofState:
    """Return the state that `dumps` wrote.

    Raises:
        StateError: Another version, or no state at all.
    """
    return decoded(_DECODER, data, 1)
