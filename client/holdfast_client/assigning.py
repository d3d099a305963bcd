"""Which bundle serves a unit: at random, yet always the same, on every router."""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from holdfast_client.errors import NoAssignmentError
from holdfast_client.records import Command, Side
from holdfast_client.view import Served, View

__all__ = ["Assigner", "Assignment", "Pair", "share"]

PIN = "pin"
"""Phase of what is served outside any rollout: no evidence of one."""


@dataclass(slots=True)
class Assignment:
    """What serves one call.

    Args:
        bundle: Its content: provider, model, prompt_version, configuration, tools_version, …;
            shared between calls, so do not change what lies inside.
        bundle_id: Its id, for the event.
        arm: Baseline or candidate.
        stamp: For the event, as it is.
        stale: The control topic could not be read lately; this is the last that was verified.
        reset: The session was under way on another bundle and is to be begun anew.
    """

    bundle: dict[str, Any]
    bundle_id: str
    arm: str
    stamp: dict[str, Any]
    stale: bool
    reset: bool = False


@dataclass(slots=True)
class Pair:
    """The same prompt for both bundles: call both, emit both with their stamps.

    Args:
        baseline: Of a live call, what answers it; of a probe, the half to compare with.
        candidate: Called beside it; its answer is shown to nobody.
    """

    baseline: Assignment
    candidate: Assignment


def share(phase_id: str, unit_id: str) -> float:
    """Return where in [0, 1) a unit falls in a phase.

    Every router computes the same, so a unit sticks to its arm without anyone remembering it;
    another phase deals anew. To those who do not choose their ids it is as good as random.
    """
    named = f"{phase_id}\0{unit_id}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(named).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


class Assigner:
    """Assigns units under a view; safe in threads.

    Args:
        router_id: For the stamps.
        now: Running seconds.
        sessions: How many sessions under way are remembered, for draining and finishing.
    """

    def __init__(self, router_id: str, now: Callable[[], float], sessions: int) -> None:
        self._router_id, self._now, self._most = router_id, now, sessions
        self._sessions: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def assign(
        self,
        view: View,
        tenant_id: str,
        agent_id: str,
        session: str | None,
        user: str | None,
        stale: bool,
    ) -> Assignment:
        """Return what serves a call.

        Raises:
            NoAssignmentError: Nothing is known of the tenant and agent.
        """
        served = view.served.get((tenant_id, agent_id))
        if served is None:
            raise NoAssignmentError(tenant_id, agent_id)
        now = self._now()
        unit_id = str(session or user or os.urandom(16).hex())
        command = served.command
        side, phase_id, arm = _serve(view, command, unit_id, now)
        reset = False
        before = self._met(served, (tenant_id, agent_id, session)) if session else None
        if before is not None:
            old = _serve(view, before, unit_id, now)
            differs = old[0].bundle_id != side.bundle_id
            if differs and _stays(command, served.flipped_at, now):
                command, (side, phase_id, arm) = before, old
            else:
                self._moved((tenant_id, agent_id, session or ""), command.epoch)
                reset = differs and command.in_flight == "reset"
        stamp = {
            "phase_id": phase_id,
            "arm": arm,
            "traffic": "live",
            "epoch": command.epoch,
            "router_id": self._router_id,
            "unit_id": unit_id,
        }
        return Assignment(dict(side.bundle), side.bundle_id, arm, stamp, stale, reset)

    def pair(
        self, view: View, tenant_id: str, agent_id: str, live: Assignment | None, stale: bool
    ) -> Pair | None:
        """Return both arms of the tenant's phase for one prompt; None: nothing to compare with.

        Raises:
            NoAssignmentError: Nothing is known of the tenant and agent.
        """
        served = view.served.get((tenant_id, agent_id))
        if served is None:
            raise NoAssignmentError(tenant_id, agent_id)
        command = served.command
        if command.candidate is None or not view.lets(command, self._now()):
            return None
        if live is not None and live.bundle_id != command.baseline.bundle_id:
            return None
        stamp = {
            "phase_id": command.phase_id,
            "epoch": command.epoch,
            "router_id": self._router_id,
            "unit_id": live.stamp["unit_id"] if live else os.urandom(16).hex(),
            "pair_id": os.urandom(16).hex(),
        }
        sides = (
            (command.baseline, "baseline", "live" if live else "probe"),
            (command.candidate, "candidate", "shadow" if live else "probe"),
        )
        baseline, candidate = (
            Assignment(
                dict(side.bundle), side.bundle_id, arm,
                {**stamp, "arm": arm, "traffic": traffic}, stale,
            )
            for side, arm, traffic in sides
        )  # fmt: skip
        return Pair(baseline, candidate)

    def _met(self, served: Served, key: tuple[str, str, str]) -> Command | None:
        """Return the command before, if that is the one the session was last served under."""
        previous = served.previous
        with self._lock:
            epoch = self._sessions.get(key)
            if previous is not None and epoch == previous.command.epoch:
                self._sessions.move_to_end(key)
                return previous.command
            self._sessions[key] = served.command.epoch
            self._sessions.move_to_end(key)
            if len(self._sessions) > self._most:
                self._sessions.popitem(last=False)
        return None

    def _moved(self, key: tuple[str, str, str], epoch: int) -> None:
        with self._lock:
            self._sessions[key] = epoch


def _serve(view: View, command: Command, unit_id: str, now: float) -> tuple[Side, str, str]:
    """Return bundle, phase and arm of a unit under a command.

    A candidate that may not be served now takes its whole phase along: were its units counted
    as the baseline's, the shares of the arms would look wrong.
    """
    candidate, phase_id = command.candidate, command.phase_id
    if (
        candidate is None
        or phase_id is None
        or command.mode in {"pinned", "shadow"}
        or not view.lets(command, now)
    ):
        return command.baseline, PIN, "baseline"
    if share(phase_id, unit_id) < command.weight:
        return candidate, phase_id, "candidate"
    return command.baseline, phase_id, "baseline"


def _stays(command: Command, flipped_at: float, now: float) -> bool:
    """Whether a session under way stays on its old bundle."""
    if command.in_flight == "finish":
        return True
    return command.in_flight == "drain" and now < flipped_at + command.drain_seconds
