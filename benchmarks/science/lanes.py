"""Lanes: tenants of one rollout, driven through the product's comparison, signals and score.

A lane is what `detectors.monitor.fold` does with the first event of a unit in a rollout, without
the contracts of the wire: the same `Concurrent`, the same signals, the same fold into scores.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from control.policy import halts, pauses, reverts
from detectors import rollout
from detectors.bands import Said
from detectors.concurrent import begin
from detectors.metrics import INDEX, SIZE
from detectors.references import NO_HAND
from detectors.seen import Seen
from detectors.speaking import say_rollout
from detectors.state import fresh
from schemas import Alert, Cohort, Phase, Policy, Signal, Tenant, Tier
from simulation.streams import COLUMNS, NOTHING, Shift, Stream

__all__ = ["AGENT", "POLICY", "Judge", "Lane", "Rows", "phase", "rows_of"]

AGENT = "agent"
POLICY = Policy()
Rows = NDArray[np.float32]

_CHUNK = 2_000
_PLACES = np.array([INDEX[column.name] for column in COLUMNS])


def phase(tenants: Mapping[str, int], weight: float, controls: int) -> Phase:
    """Return the one phase of a rollout."""
    return Phase(
        phase_id="phase", rollout_id="rollout", agent_id=AGENT, wave=1, weight=weight,
        controls=controls, opened_at=0,
        cohorts=[Cohort(baseline="old", candidate="new", tenants=dict(tenants))],
    )  # fmt: skip


def rows_of(values: NDArray[np.float64], columns: int = len(COLUMNS)) -> Rows:
    """Return rows in the order of the catalogue, NaN where a stream has no such metric."""
    rows = np.full((len(values), SIZE), np.nan, np.float32)
    rows[:, _PLACES[:columns]] = values[:, :columns]
    return rows


class Lane:
    """One tenant of a rollout.

    Args:
        tenant_id: Whose.
        issued: The phase.
        stream: Of the tenant.
        shift: What the candidate does to it.
        columns: How many of the stream's columns it has; 20 are of the event itself.
        seconds: Between two units, for the daily cycle and incidents.
        ms: Of broker time between two units; 0: signals go out by band and by units alone.
    """

    def __init__(
        self, tenant_id: str, issued: Phase, stream: Stream, shift: Shift = NOTHING, *,
        columns: int = len(COLUMNS), seconds: float = 0.0, ms: int = 0,
    ) -> None:  # fmt: skip
        self.tenant_id, self.monitors = tenant_id, begin(f"{tenant_id}/{AGENT}", issued, {})
        self.state = fresh()
        self.state.concurrent, self.state.said = self.monitors, Said(0)
        self._stream, self._shift = stream, shift
        self._columns, self._seconds, self._ms = columns, seconds, ms
        self._weight, self._met = issued.weight, 0
        self._rows: Iterator[tuple[Rows, bool, int]] = iter(())
        self._seen = Seen(
            tenant_id=tenant_id, agent_id=AGENT, bundle_id="old", stamp=None, unit_id="",
            event_id="", stratum="", values=np.zeros(SIZE), at=0, partition=0, offset=0,
        )  # fmt: skip

    @property
    def candidates(self) -> int:
        """Candidate units so far."""
        return self.monitors.units[1]

    def take(self, units: int) -> list[Signal]:
        """Take so many units more; return the signals."""
        signals = []
        for _ in range(units):
            row, candidate, stratum = self._next()
            index = self.monitors.stratum(f"task-{stratum}|1")
            at = self._met * self._ms
            closed = self.monitors.add(at, index, row, candidate, self.state.reference, NO_HAND)
            if closed and self.state.said is not None:
                self._seen.offset, self._seen.at = self._met, at
                self.state.said.news = True
                signals += say_rollout(
                    self.state, self.monitors, self.state.said, self._seen, closed
                )
        return signals

    def _next(self) -> tuple[Rows, bool, int]:
        found = next(self._rows, None)
        if found is None:
            arms = self._stream.arms(_CHUNK, self._weight)
            at = (self._met + np.arange(_CHUNK)) * self._seconds
            values, strata = self._stream.rows(arms, at, self._shift)
            rows = rows_of(values, self._columns)
            self._rows = iter(zip(rows, arms.tolist(), strata.tolist(), strict=True))
            found = next(self._rows)
        self._met += 1
        return found


class Judge:
    """The score of one rollout, and what the policy makes of it.

    Args:
        tiers: Of the tenants.
        policy: Thresholds.
    """

    def __init__(self, tiers: Mapping[str, Tier], policy: Policy = POLICY) -> None:
        self.scores, self.policy, self.tiers = rollout.AgentScores(), policy, tiers
        self.paused = self.halted = False
        self.convicted: set[str] = set()
        """Tenants whose own action score reached their tier's threshold."""
        self.selected: set[str] = set()
        """Tenants that e-BH selected."""
        self.shown: dict[str, Alert] = {}
        """First alert of each tenant whose own display score reached 67, that is 10,000 to 1."""
        self.causes: dict[str, str | None] = {}
        """What the first alert that showed or convicted a tenant names as the cause."""

    @property
    def reverted(self) -> set[str]:
        """Tenants that went back."""
        return self.convicted | self.selected

    def hear(self, signal: Signal) -> None:
        """Fold a signal in; act as `control.alerts` would, but for people and breakers."""
        for alert in rollout.fold(self.scores, signal, self.policy, self.tiers):
            self._act(alert)

    def _act(self, alert: Alert) -> None:
        self.paused |= pauses(alert, self.policy)
        if alert.scope == "fleet":
            self.halted |= halts(alert, self.policy)
            self.selected.update(alert.breadth.selected)
            return
        name = alert.tenant_id or ""
        if reverts(alert, Tenant(tenant_id=name, tier=self.tiers[name]), self.policy):
            self.convicted.add(name)
            self.causes.setdefault(name, alert.cause)
        if alert.scores.display >= self.policy.pause_tenant:
            self.shown.setdefault(name, alert)
            self.causes.setdefault(name, alert.cause)
