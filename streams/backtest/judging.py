"""From signals to scores, decisions and their course: what score and decide would have made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from control.bundles import declared
from control.policy import SAMPLE_RATIO
from detectors.admission import cohort_of
from detectors.rollout import AgentScores, fold
from schemas import Alert, Signal, Tier
from streams.backtest.deciding import Act, Deciding
from streams.backtest.known import Known

__all__ = ["KINDS", "LEVELS", "Course", "Judging", "Point", "Subject"]

LEVELS: Final = (33, 50, 67, 83, 100)
"""Scores whose first crossing is noted: once in 100, 1,000, 10^4, 10^5, 10^6 by chance."""
KINDS: Final = ("display", "pause", "action")
_POINTS: Final = 400
"""Of a course; when there are more, every second one is let go."""
_TICK_MS: Final = 1000


class Point(NamedTuple):
    """Scores at a moment."""

    at: int
    baseline: int
    candidate: int
    display: float
    pause: float
    action: float


@dataclass(slots=True)
class Course:
    """The scores of one tenant, or of the fleet, in one rollout or watch, over time.

    Args:
        points: In order of time, thinned.
        crossed: Candidate units at the first crossing of each level, by kind of evidence.
        highest: Highest score of each kind.
        loudest: The alert at the highest display score.
        last: The last alert.
        signal: The last signal; None for a fleet.
        lossy_at: Candidate units at which units were seen to be lost on one side.
    """

    points: list[Point] = field(default_factory=list)
    crossed: dict[str, dict[int, int]] = field(default_factory=lambda: {k: {} for k in KINDS})
    highest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    loudest: Alert | None = None
    last: Alert | None = None
    signal: Signal | None = None
    lossy_at: int | None = None
    _step: int = 1
    _count: int = 0

    def add(self, alert: Alert, signal: Signal | None) -> None:
        """Note an alert."""
        scores, units = alert.scores, alert.units
        point = Point(
            alert.at, units.baseline, units.candidate, scores.display, scores.pause, scores.action
        )
        self._keep(point)
        self.last = alert
        self.signal = signal or self.signal
        if self.lossy_at is None and alert.sample_ratio >= SAMPLE_RATIO:
            self.lossy_at = units.candidate
        for kind in KINDS:
            now = getattr(scores, kind)
            if now > self.highest[kind]:
                self.highest[kind] = now
                if kind == "display":
                    self.loudest = alert
            for level in LEVELS:
                # 33 and 67 stand for thirds, log10 W of 2 and 4; scores are told to three places.
                if now >= round(level * 6 / 100) * 100 / 6 - 1e-3:
                    self.crossed[kind].setdefault(level, units.candidate)

    def _keep(self, point: Point) -> None:
        if self._count % self._step == 0:
            self.points.append(point)
        self._count += 1
        if len(self.points) > _POINTS:
            self.points, self._step = self.points[::2], 2 * self._step


@dataclass(slots=True)
class Subject:
    """One rollout or watched bundle of an agent."""

    kind: Literal["rollout", "watch"]
    agent_id: str
    name: str
    fleet: Course = field(default_factory=Course)
    tenants: dict[str, Course] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)


class _Tiers(Mapping[str, Tier]):
    def __init__(self, known: Known) -> None:
        self._known = known

    def __getitem__(self, tenant_id: str) -> Tier:
        return self._known.tenants[tenant_id].tier

    def __iter__(self) -> Iterator[str]:
        return iter(self._known.tenants)

    def __len__(self) -> int:
        return len(self._known.tenants)


class Judging:
    """Scores and decisions of every agent.

    Args:
        known: Tenants, policies, phases.
        watches: Whether watches are judged; beside arms made of labels they say nothing.
    """

    def __init__(self, known: Known, *, watches: bool = True) -> None:
        self._known, self._watches = known, watches
        self._tiers = _Tiers(known)
        self._scores: dict[str, AgentScores] = {}
        self._deciding: dict[str, Deciding] = {}
        self._ticked = 0
        self.subjects: dict[tuple[str, str, str], Subject] = {}
        """By kind, agent and name."""

    def hear(self, signal: Signal) -> None:
        """Fold one signal into scores and decisions."""
        if signal.kind == "watch" and not self._watches:
            return
        known, phase = self._known, self._known.phases.get(signal.phase_id or "")
        agent = signal.agent_id
        scores = self._scores.setdefault(agent, AgentScores())
        alerts = fold(
            scores, signal, known.policy(signal.phase_id), self._tiers,
            phase.retry if phase else 1, declared(phase, signal.tenant_id, known.bundles),
            every=True,
        )  # fmt: skip
        if not alerts:
            return
        deciding = self._deciding.get(agent)
        if deciding is None:
            deciding = self._deciding[agent] = Deciding(agent, known.tenants, known.policies)
        if phase is not None:
            cohort = cohort_of(phase, signal.tenant_id)
            if cohort is not None:
                deciding.enter(phase, cohort, signal.tenant_id, signal.at)
        subject = self._subject(signal.kind, agent, signal.subject)
        for alert in alerts:
            fleet = alert.tenant_id is None
            course = (
                subject.fleet if fleet else subject.tenants.setdefault(signal.tenant_id, Course())
            )
            course.add(alert, None if fleet else signal)
            subject.acts += deciding.fold(alert)

    def tick(self, at: int) -> None:
        """Let time pass, in steps of a second at least."""
        if at < self._ticked + _TICK_MS:
            return
        self._ticked = at
        for agent, deciding in self._deciding.items():
            for act in deciding.tick(at):
                self._subject("rollout", agent, act.subject).acts.append(act)

    def _subject(self, kind: Literal["rollout", "watch"], agent: str, name: str) -> Subject:
        key = kind, agent, name
        if key not in self.subjects:
            self.subjects[key] = Subject(kind, agent, name)
        return self.subjects[key]
