"""What is served, as an immutable whole that one assignment of a reference flips."""

from dataclasses import dataclass

from holdfast_client.records import Command

__all__ = ["Gate", "Served", "View"]


class Served:
    """One (tenant, agent): its command, and the one before for sessions that are under way.

    Args:
        command: What holds now.
        flipped_at: Since when, in running seconds.
        previous: What held before; only one step is remembered.
    """

    __slots__ = ("command", "flipped_at", "previous")

    def __init__(self, command: Command, flipped_at: float, previous: "Served | None") -> None:
        self.command = command
        self.flipped_at = flipped_at
        self.previous = (
            None if previous is None else Served(previous.command, previous.flipped_at, None)
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """Leave to serve an agent's candidates.

    Args:
        rollout_id: Of which rollout.
        until: Running seconds at which the lease ends.
        barred: A hold says that the rollout is over.
    """

    rollout_id: str
    until: float
    barred: bool

    def lets(self, rollout_id: str | None, now: float) -> bool:
        """Whether a candidate of the rollout may be served at `now`."""
        return not self.barred and rollout_id == self.rollout_id and now < self.until


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is served; never changed once made."""

    served: dict[tuple[str, str], Served]
    gates: dict[str, Gate]

    def lets(self, command: Command, now: float) -> bool:
        """Whether the command's candidate may be served at `now`."""
        gate = self.gates.get(command.agent_id)
        return gate is not None and gate.lets(command.rollout_id, now)
