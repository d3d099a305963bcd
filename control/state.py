"""What the control plane remembers of one agent: tenants, rollout, breaker, what waits to be sent.

An entry of 1,000 tenants stays below 200 KB: bundles are kept as digests, commands that wait
are kept as what is needed to say them again, not as they are said.
"""

import enum
import hashlib
from typing import Literal

import msgspec

from control.codec import decoded
from schemas import Mode

__all__ = [
    "AgentState",
    "Approval",
    "Flag",
    "Held",
    "Reason",
    "RolloutState",
    "RolloutWave",
    "Standing",
    "Unsent",
    "Waiting",
    "dumps",
    "known",
    "loads",
    "remember",
]

VERSION = 1
REMEMBERED = 512
"""Ids of alerts and requests that are remembered, so that a repeat changes nothing."""

RunState = Literal["running", "paused", "halted", "finished", "aborted"]
CauseKind = Literal["alert", "request", "wave", "lease", "breaker"]
Action = Literal["assign", "join", "revert", "halt", "finish", "abort"]


class Standing(enum.IntEnum):
    """Where a tenant stands in the agent's current rollout."""

    APART = 0
    """Not named by it, or done with it: pinned."""
    WAITING = 1
    """Named by a wave that has not opened: pinned."""
    JOINED = 2
    """Canary: the candidate serves its share."""
    REVERTED = 3
    """Was canary, is back on its pin."""


class Flag(enum.IntFlag):
    """What has already been said of a tenant, so that it is said once."""

    PAUSED = 1
    """Its pause score has crossed and not cleared."""
    DENIED = 4
    """A person said no to its reversion; not asked again until the score has cleared."""
    LOSSY = 8
    """Units are lost on one side: nothing else acts on it."""
    AUTOMATIC = 16
    """Was reverted without a person: counts for the breaker."""
    CONTESTED = 32
    """Its last alert says that something other than the candidate explains it as well."""
    KEPT = 64
    """A person said no to its fallback; not asked again until its watch has cleared."""
    DRIFTED = 128
    """Its watch has paused the rollout and not cleared."""


class Held(msgspec.Struct, array_like=True):
    """One tenant of the agent."""

    epoch: int
    pin: bytes
    """Digest of the baseline: what is served when nothing else may be."""
    standing: int = Standing.APART
    previous: bytes = b""
    """Digest of the pin before; empty: none, or a rollout or a reversion has come since."""
    phase: int = -1
    """Index in `RolloutState.phases`; -1: none."""
    baseline_units: int = 0
    candidate_units: int = 0
    flags: int = 0


class Reason(msgspec.Struct, array_like=True, frozen=True):
    """Why something is said: `schemas.Cause`, and who approved it."""

    kind: CauseKind
    id: str
    score: float | None = None
    evidence: tuple[str, ...] = ()
    text: str = ""
    person: str | None = None
    rollout_id: str | None = None
    drain_seconds: int = 0
    """As the rollout and the policy were then, so that what is said again is the same."""


class Unsent(msgspec.Struct, array_like=True, frozen=True):
    """A tenant's newest command, not yet confirmed; the rest follows from the tenant."""

    action: Action
    reason: int
    """Key in `Waiting.reasons`."""
    issued_at: int


class Waiting(msgspec.Struct):
    """Outputs that the broker has not confirmed, oldest first in each part."""

    records: dict[str, bytes] = {}
    """`bundle/id`, `phase/id` and `hold` -> JSON of the record."""
    commands: dict[str, Unsent] = {}
    reasons: dict[int, Reason] = {}
    next_reason: int = 0


class Approval(msgspec.Struct, array_like=True):
    """A reversion that waits for a person."""

    tenant: str
    score: float
    evidence: tuple[str, ...]
    asked_at: int
    fallback: bytes = b""
    """Digest of the bundle to move to; empty: the baseline of the rollout."""


class RolloutWave(msgspec.Struct, array_like=True):
    """Tenants that join together, and what must be seen before the next wave."""

    tenants: list[str]
    min_units: int
    min_seconds: int


class RolloutState(msgspec.Struct):
    """The agent's current rollout, or its last."""

    rollout_id: str
    overlay: bytes
    """JSON of the fields that change."""
    weight: float
    waves: list[RolloutWave]
    retry: int
    policy_id: str
    person: str
    started_at: int
    state: RunState = "running"
    opened: int = 0
    """Waves that have opened."""
    opened_at: int = 0  # by the state's `clock`, as all times below
    phases: list[str] = []
    fleet_latched: bool = False
    fleet_lossy: bool = False
    fleet_contested: bool = False
    """The fleet's action score would halt it, were the cause not in doubt."""
    breaker: bool = False
    """More reversions than the policy allows in an hour: no more without a person."""
    data_at: int = 0
    """When any arm last gave a unit."""
    candidate_at: int = 0
    """When a candidate last gave a unit."""
    baseline_since: int = 0
    """Baseline units since then."""
    leased_at: int = 0
    shadow: bool = False
    """The candidate serves nobody and is called beside the baseline."""
    cached: tuple[int, int] = (0, 0)
    """Units of both arms that a cache has answered: they give no evidence, and are not silent."""

    @property
    def mode(self) -> Mode:
        """How its tenants meet the candidate."""
        return "shadow" if self.shadow else "canary"

    @property
    def active(self) -> bool:
        """Whether it may still serve candidates."""
        return self.state in {"running", "paused"}


class AgentState(msgspec.Struct):
    """The control plane's state of one agent; fresh with nothing but the agent's name."""

    agent_id: str
    version: int = VERSION
    tenants: dict[str, Held] = {}
    rollout: RolloutState | None = None
    hold_epoch: int = 0
    approvals: dict[str, Approval] = {}
    """By the id of the alert that asked."""
    reverts: list[int] = []
    """Times of the automatic reversions of the last hour, by `clock`."""
    seen: list[int] = []
    """Alerts remembered."""
    asked: list[int] = []
    """Requests remembered."""
    past: list[str] = []
    """Rollouts that were: their names are spent."""
    drifted: list[int] = []
    """Tenants whose watch has alerted, remembered: in observe mode nobody else knows them."""
    tries: dict[str, int] = {}
    """Digest of an overlay -> how often it was started."""
    waiting: Waiting = msgspec.field(default_factory=Waiting)
    now: int = 0
    """What is stamped on what is said: the newest broker time folded in; each tick moves it on."""
    clock: int = 0
    """What durations are measured by; it goes on by ticks, as far as two clocks say."""
    ticked: tuple[int, int] = (0, 0)  # when the last tick was stamped, and when it was made


_DECODER = msgspec.msgpack.Decoder(AgentState)


def dumps(state: AgentState) -> bytes:
    """Return `state` as bytes."""
    return msgspec.msgpack.encode(state)


def loads(data: bytes) -> AgentState:
    """Return the state that `dumps` wrote.

    Raises:
        StateError: Another version, or no state at all.
    """
    return decoded(_DECODER, data, VERSION)


def remember(ring: list[int], record_id: str) -> bool:
    """Remember the id in a ring of `REMEMBERED`; return False if it is there already."""
    if known(ring, record_id):
        return False
    ring.append(_number(record_id))
    del ring[:-REMEMBERED]
    return True


def known(ring: list[int], record_id: str) -> bool:
    """Whether the ring remembers an id."""
    return _number(record_id) in ring


def _number(record_id: str) -> int:
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:6], "big")
