"""What the control plane has said, verified: the newest command, hold and lease of everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from holdfast_client.clocks import BrokerClock
from holdfast_client.errors import RefusedError
from holdfast_client.keys import Ring
from holdfast_client.records import Command, Hold, Lease, parse
from holdfast_client.view import Gate, Served, View

__all__ = ["Book", "Received", "Verdict"]

MOST_LEASE_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Received:
    """One record of the control topic.

    Args:
        key: The message key.
        value: An envelope as it came; None: a tombstone.
        at: The broker's stamp, in milliseconds.
        history: It was there before this router connected.
    """

    key: str
    value: bytes | None
    at: int
    history: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a record.

    Args:
        kind: `flipped` a new command, `same` one that is held already, `stale` an older one,
            `refused` one not to be believed, `noted` a hold or a lease, `nothing`.
        reason: Why it was refused or is stale.
        command: The command, if one could be read.
    """

    kind: Literal["flipped", "same", "stale", "refused", "noted", "nothing"]
    reason: str = ""
    command: Command | None = None


class Book:
    """Folds the control topic; holds what was verified, and nothing else.

    An epoch of a (tenant, agent), of a hold, and the issue of a lease only grow: whoever sends
    an old record again, however well it was signed once, is refused.

    Args:
        ring: Keys of the control plane.
        clock: The broker's clock, for the age of leases.
        now: Running seconds.
    """

    def __init__(self, ring: Ring, clock: BrokerClock, now: Callable[[], float]) -> None:
        self._ring, self._clock, self._now = ring, clock, now
        self._served: dict[tuple[str, str], Served] = {}
        self._holds: dict[str, Hold] = {}
        self._leases: dict[str, tuple[Lease, float]] = {}
        self.raw: dict[str, Received] = {}
        """The verified records worth keeping, by key: commands and holds."""

    def apply(self, record: Received) -> Verdict:
        """Verify a record and take it in if it is news."""
        if record.value is None:
            return Verdict("nothing")
        try:
            said = parse(self._ring.open(record.value))
            if said.key != record.key:
                reason = "another key than its content's"
                raise RefusedError(reason)
        except RefusedError as error:
            return Verdict("refused", error.reason)
        if isinstance(said, Command):
            return self._command(said, record)
        return self._hold(said, record) if isinstance(said, Hold) else self._lease(said, record)

    def _command(self, command: Command, record: Received) -> Verdict:
        key = command.tenant_id, command.agent_id
        held = self._served.get(key)
        if held is not None and command.epoch <= held.command.epoch:
            if command.command_id == held.command.command_id:
                return Verdict("same", command=held.command)
            reason = f"epoch {command.epoch} is not above {held.command.epoch}"
            return Verdict("stale", reason, command)
        self._served[key] = Served(command, self._now(), held)
        self.raw[record.key] = record
        return Verdict("flipped", command=command)

    def _hold(self, hold: Hold, record: Received) -> Verdict:
        held = self._holds.get(hold.agent_id)
        if held is not None and hold.epoch <= held.epoch:
            return Verdict("nothing", "an older hold")
        self._holds[hold.agent_id] = hold
        self.raw[record.key] = record
        return Verdict("noted")

    def _lease(self, lease: Lease, record: Received) -> Verdict:
        """Take in a lease that has some of its life left.

        Its life runs from its issue to its expiry, both told by the broker's clock. What has
        gone of it when it reaches us is what the broker's clock shows now at least, less its
        issue; the rest is counted by our own running clock. So neither a wrong wall clock, nor
        a pause of the network, nor an old lease sent again makes it live longer. One that was
        there before us was issued when it was appended, at the latest, whatever it says.

        A newer one takes nothing from an older one of its rollout: a clock that was ahead
        would make it look spent.
        """
        held = self._leases.get(lease.agent_id)
        if held is not None and lease.issued_at <= held[0].issued_at:
            return Verdict("nothing", "an older lease")
        now = self._now()
        life = min(lease.expires_at - lease.issued_at, MOST_LEASE_MS)
        issued_at = min(lease.issued_at, record.at) if record.history else lease.issued_at
        age = max(0.0, self._clock.now_ms(now) - issued_at)
        until = now + (life - age) / 1000
        if held is not None and held[0].rollout_id == lease.rollout_id:
            until = max(until, held[1])
        self._leases[lease.agent_id] = lease, until
        return Verdict("noted")

    def view(self) -> View:
        """Return what is to be served from now on; later records do not change it."""
        return View(dict(self._served), {agent: self._gate(agent) for agent in self._leases})

    def _gate(self, agent_id: str) -> Gate:
        """Return when candidates of an agent may be served: the more conservative holds."""
        lease, until = self._leases[agent_id]
        hold = self._holds.get(agent_id)
        barred = hold is not None and (
            hold.rollout_id != lease.rollout_id or hold.state not in {"running", "paused"}
        )
        return Gate(lease.rollout_id, until, barred)
