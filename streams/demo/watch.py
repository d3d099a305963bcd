"""Follows alerts, commands, acks and proofs as they happen, and keeps what the report needs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles

from schemas import Ack, Alert, Command, Contract, Hold, Proof
from streams.desk import wire
from streams.desk.state import TOPICS, State
from streams.settings import Settings

__all__ = ["Happening", "Watch", "percentiles"]

AWAY = frozenset({"revert", "halt", "abort"})
"""Actions that take a tenant back."""


@dataclass(slots=True)
class Happening:
    """What has happened in one rollout."""

    holds: list[Hold] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    scores: list[tuple[int, float, float, float]] = field(default_factory=list)
    """Of the fleet: (ms, display, pause, action)."""
    units: dict[str, int] = field(default_factory=dict)
    """Candidate units per tenant, as last told."""
    units_at_pause: dict[str, int] = field(default_factory=dict)
    paused_at: int | None = None

    def reverted(self) -> list[Command]:
        """Return the commands that took one tenant back by evidence."""
        return [one for one in self.commands if one.action == "revert"]

    def back(self) -> list[Command]:
        """Return every command that took a tenant back."""
        return [one for one in self.commands if one.action in AWAY]

    def of(self, action: str) -> list[Command]:
        """Return the commands with this action."""
        return [one for one in self.commands if one.action == action]

    def is_in(self, state: str) -> bool:
        """Return whether the rollout is now in this state."""
        return bool(self.holds) and self.holds[-1].state == state

    def was(self, state: str) -> Hold | None:
        """Return the first record that put the rollout into this state."""
        return next((one for one in self.holds if one.state == state), None)


class Watch:
    """The live view of one run.

    Args:
        settings: Where.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._news = asyncio.Event()
        self._error: Exception | None = None
        self.state = State()
        self.alerts: dict[str, Alert] = {}
        self.acks: list[Ack] = []
        self.proofs: dict[str, Proof] = {}
        self._rollouts: dict[str, Happening] = {}

    def rollout(self, name: str) -> Happening:
        """Return what has happened in a rollout so far."""
        return self._rollouts.setdefault(name, Happening())

    async def run(self) -> None:
        """Follow the topics until cancelled."""
        try:
            await self._follow()
        except Exception as error:
            self._error = error
            self._news.set()
            raise

    async def _follow(self) -> None:
        prefix = self._settings.namespace
        async for record in wire.follow(self._settings, *TOPICS, from_start=True):
            contract = self.state.add(record.topic.removeprefix(prefix), record)
            if contract is not None:
                self.take(contract, record.timestamp)
            self._news.set()

    async def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until `true()` holds; return whether it did within `seconds`.

        Raises:
            StreamsError: The topics can no longer be followed.
        """
        end = asyncio.get_running_loop().time() + seconds
        while not true():
            if self._error is not None:
                raise self._error
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(left, 0.5))
            except TimeoutError:
                continue
        return True

    def unproven(self, commands: list[Command]) -> list[Command]:
        """Return those of `commands` that are not proven yet."""
        return [
            one
            for one in commands
            if not self.proofs.get(one.command_id)
            or not self.proofs[one.command_id].state.startswith("proven")
        ]

    def take(self, contract: Contract, at: int) -> None:
        """Take in one record; `at` is the broker's stamp of it, ms."""
        match contract:
            case Alert():
                self._alert(contract, at)
            case Command() if contract.rollout_id:
                self.rollout(contract.rollout_id).commands.append(contract)
            case Hold():
                self._hold(contract, at)
            case Ack():
                self.acks.append(contract)
            case Proof():
                self.proofs[contract.command_id] = contract
            case _:
                return

    def flip_ms(self) -> list[float]:
        """Return command -> flipped of every flip, ms."""
        return [one.flip_ms for one in self.acks if one.flip_ms is not None]

    def proof_ms(self) -> list[float]:
        """Return decision -> proven of every proven reversion, ms."""
        return [
            float(one.proven_at - one.commanded_at)
            for one in self.proofs.values()
            if one.proven_at is not None and one.action in AWAY
        ]

    def _alert(self, alert: Alert, at: int) -> None:
        self.alerts[alert.alert_id] = alert
        if alert.kind != "rollout":
            return
        happening = self.rollout(alert.subject)
        if alert.scope == "fleet":
            scores = alert.scores
            happening.scores.append((at, scores.display, scores.pause, scores.action))
            for tenant, units in alert.units_by_tenant.items():
                happening.units[tenant] = max(units.candidate, happening.units.get(tenant, 0))
        elif alert.tenant_id is not None:
            happening.units[alert.tenant_id] = alert.units.candidate

    def _hold(self, hold: Hold, at: int) -> None:
        happening = self.rollout(hold.rollout_id)
        happening.holds.append(hold)
        if hold.state in ("paused", "halted") and happening.paused_at is None:
            happening.paused_at = at
            happening.units_at_pause = dict(happening.units)


def percentiles(values: list[float]) -> dict[str, float | int | None]:
    """Return how many there are, the median and the 99th percentile."""
    if not values:
        return {"count": 0, "p50": None, "p99": None}
    if len(values) == 1:
        return {"count": 1, "p50": round(values[0], 1), "p99": round(values[0], 1)}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"count": len(values), "p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}
