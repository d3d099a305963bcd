"""The fold of every (tenant, agent) of a record of traffic, as measure does it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from detectors.closing import close
from detectors.monitor import TenantAgent, fold, fresh
from detectors.seen import Seen
from detectors.skim import skim
from schemas import Phase, Signal
from streams.backtest.lines import Line
from streams.backtest.reader import Reader

__all__ = ["Key", "Label", "Measuring", "Traffic"]

Key = tuple[str, str]
"""Tenant, agent."""


_MORE = 1.05
_FEW = 4


@dataclass(slots=True)
class Label:
    """What was met of one bundle label."""

    first_at: int
    last_at: int
    events: int = 0
    stamped: int = 0


@dataclass(slots=True)
class Traffic:
    """What was met of one (tenant, agent).

    Args:
        first_at: Time of the first event, ms.
        last_at: Of the last.
        labels: By bundle label, in the order in which they were met.
        newest: Label of the last event.
        switches: How often another label than the last came, of unstamped events.
        counted: Why events counted or did not.
    """

    first_at: int
    last_at: int
    labels: dict[str, Label] = field(default_factory=dict)
    newest: str = ""
    switches: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def meet(self, seen: Seen) -> None:
        """Count an event."""
        self.last_at = seen.at
        if seen.outcome:
            return
        label = self.labels.get(seen.bundle_id)
        if label is None:
            label = self.labels[seen.bundle_id] = Label(seen.at, seen.at)
        label.last_at = seen.at
        label.events += 1
        if seen.stamp is not None:
            label.stamped += 1
        elif seen.bundle_id != self.newest:
            self.switches += 1
            self.newest = seen.bundle_id


class Measuring:
    """Monitors of all tenants and agents.

    Live, evidence is told at once when its band changes, every 50 candidate units, and besides
    every 10 seconds. Of the last kind a backtest leaves out what adds less than a twentieth of
    units: over a long record most signals are of that kind, and each costs as much as 20 events.

    Args:
        reader: Reads answers.
        phases: By id; as live, an event of one that is unknown gives no evidence.
        exact: Tell everything that live tells.
    """

    def __init__(self, reader: Reader, phases: Mapping[str, Phase], *, exact: bool = False) -> None:
        self.reader, self.phases, self._exact = reader, phases, exact
        self.states: dict[Key, TenantAgent] = {}
        self.traffic: dict[Key, Traffic] = {}
        self._last: dict[Key, Seen] = {}
        self.unknown: Counter[str] = Counter()
        """Events of phases that are not known, by phase."""

    def fold(self, seen: Seen, line: Line | None = None) -> list[Signal]:
        """Fold one event or outcome in; return what the monitors say.

        Args:
            seen: As the fold takes it, but for the answer's values where there is a `line`.
            line: Whose answer is still to be read; None: `seen` has it all.
        """
        key = seen.tenant_id, seen.agent_id
        state = self.states.get(key)
        if state is None:
            state = self.states[key] = fresh()
            self.traffic[key] = Traffic(seen.at, seen.at)
        traffic = self.traffic[key]
        traffic.meet(seen)
        if not self._exact:
            _hold_back(state, seen)
        rest = skim(state, seen, self.phases)
        if rest == "nothing":
            traffic.counted["repeat"] += 1
            return []
        if line is not None and rest == "embedding":
            seen.values = seen.values.copy()
            self.reader.embed(line, seen)
        elif line is not None:
            self.reader.read(line, seen)
        # Nobody here looks at the rolling statistics: a bundle without any has none to update.
        state.rolling.setdefault(seen.bundle_id, {})
        folded = fold(state, seen, self.phases)
        traffic.counted[folded.counted] += 1
        if folded.counted == "unknown-phase" and seen.stamp is not None:
            self.unknown[seen.stamp.phase_id] += 1
        self._last[key] = seen
        return folded.signals

    def close(self) -> list[Signal]:
        """Return what was not yet said, in the order of time."""
        found = [
            signal for key, last in self._last.items() for signal in close(self.states[key], last)
        ]
        return sorted(found, key=lambda signal: signal.at)


def _hold_back(state: TenantAgent, seen: Seen) -> None:
    """Put off what only time would have told, until there is more to tell."""
    monitors, said = state.concurrent, state.said
    if monitors is not None and said is not None and monitors.units[1] < _MORE * said.units + _FEW:
        said.at = max(said.at, seen.at)
    watched = state.watches.get(seen.bundle_id)
    if watched is not None and watched.watch.units < _MORE * watched.said.units + 2 * _FEW:
        watched.said.at = max(watched.said.at, seen.at)
