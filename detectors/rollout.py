"""The fold of one agent's signals into the ALERT score, per tenant and for the fleet.

W_alert is the weighted mean of W over A, L, E, R (this tenant's monitors, or of the fleet's
each) and T (the fleet's). The fleet confirms and never convicts: in a tenant's scores T counts no
more than the tenant's own evidence, so that what hurts others reverts nobody who is well. What
the fleet does to tenants is said by the fleet's own alert: its scores, and e-BH's selection.
"""

import hashlib
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.fleet import breadth
from detectors.metrics import CATALOGUE
from detectors.naming import ROOM, part
from detectors.rollout_state import AgentScores, Subject, Voice, dumps, loads
from detectors.scoring import Crier, fleet_thresholds, score, scores, spend, tenant_thresholds
from detectors.tenants import COMPONENTS, blend, by_component
from detectors.verdicts import Attribution
from detectors.voices import chorus, listen
from schemas import Alert, Breadth, MonitorReading, Policy, Signal, Tier, Units

__all__ = ["ROLLOUTS", "WATCHES", "AgentScores", "dumps", "fold", "loads"]

Floats = NDArray[np.float64]

ROLLOUTS = 2
"""Rollouts an agent's state holds: the current one and the one before."""
WATCHES = 256
"""Watched bundles it holds: tenants may have a label each."""
_PROGRESS_MS = 1000
_ASTRAY_MS = 3_600_000
"""Signals so much older than one before were not late: a clock was ahead then."""
_TOLD_READINGS = 5
_TOLD_REASONS = 8
_LN10 = float(np.log(10.0))
_ALONE = float(np.log(500.0))
"""ln W from which on e-BH may select a single tenant."""


def fold(
    state: AgentScores,
    signal: Signal,
    policy: Policy,
    tiers: Mapping[str, Tier],
    retry: int = 1,
    declared: Collection[str] | None = None,
    *,
    every: bool = False,
) -> list[Alert]:
    """Fold one signal in; return what is worth telling, the tenant's alert before the fleet's.

    A signal that is not newer than its tenant's last changes nothing, and so does one of a
    rollout that later ones have displaced.

    Args:
        state: The agent's, changed in place.
        signal: Of any tenant of the agent.
        policy: Thresholds and weights.
        tiers: Tenant -> tier; gold where absent.
        retry: How often the overlay has been tried, 1 at first; of rollouts.
        declared: Fields in which candidate and baseline bundle differ; None: not known.
        every: Tell also what is not worth an alert: a backtest wants the whole course.
    """
    subject = _subject(state, signal)
    if subject is None:
        return []
    row = subject.tenants.take(signal)
    if row is None:
        return []
    if row == len(subject.criers):
        subject.criers.append(Crier())
        subject.voices.append(Voice())
    astray = signal.at < subject.at - _ASTRAY_MS
    subject.at = signal.at if astray else max(subject.at, signal.at)
    subject.told_at = min(subject.told_at, subject.at)
    spent = spend(retry) if signal.kind == "rollout" else 0.0
    verdict = listen(state, subject, row, signal, declared)
    scene = _Scene(subject, signal, policy, spent, verdict, every)
    alerts = [
        scene.tenant(row, tiers.get(signal.tenant_id, "gold")),
        scene.whole(),
    ]
    return [alert for alert in alerts if alert is not None]


def _subject(state: AgentScores, signal: Signal) -> Subject | None:
    """Return the signal's subject, begun if it is new; None if it has been displaced."""
    key = (signal.kind, signal.subject)
    if key in state.subjects:
        return state.subjects[key]
    peers = [name for name in state.subjects if name[0] == signal.kind]
    if len(peers) >= (ROLLOUTS if signal.kind == "rollout" else WATCHES):
        oldest = min(peers, key=lambda name: state.subjects[name].at)
        if 0 < state.subjects[oldest].at - signal.at <= _ASTRAY_MS:
            return None
        del state.subjects[oldest]
    return state.subjects.setdefault(key, Subject())


class _Scene:
    """One signal's view of its subject: the evidence of the fleet, computed once."""

    def __init__(
        self,
        subject: Subject,
        signal: Signal,
        policy: Policy,
        spent: float,
        verdict: Attribution,
        every: bool,
    ) -> None:
        self.verdict, self.every = verdict, every
        self.subject, self.signal, self.policy, self.spent = subject, signal, policy, spent
        self.weights = np.array([policy.weights.get(c, 1.0) for c in COMPONENTS])
        tenants = subject.tenants
        self.log_t, self.present = tenants.fleet()
        self.fleet_mean = tenants.fleet_mean(self.log_t, self.present)
        kind = 0 if signal.kind == "watch" else 2
        self.own = tenants.blended(self.weights[:-1])
        selected = breadth(self.own[:, kind] - spent, policy.breadth_alpha)
        # Alone in its rollout a tenant would be selected at 1 / alpha, 20 to 1: too soon to act.
        if len(selected) == 1 and self.own[selected[0], kind] - spent < _ALONE:
            selected = selected[:0]
        self.selected = selected

    def tenant(self, row: int, tier: Tier) -> Alert | None:
        """Return the tenant's alert, if it is worth one."""
        subject, tenants = self.subject, self.subject.tenants
        components = np.vstack([tenants.own[row], self.fleet_mean])
        counted = np.vstack([tenants.own[row], np.minimum(self.fleet_mean, self.own[row])])
        ratio = float(tenants.ratio[row]) / _LN10
        chosen = bool((self.selected == row).any())
        total = blend(counted, self.weights) - self.spent
        thresholds = tenant_thresholds(self.policy, tier)
        crier, voice = subject.criers[row], subject.voices[row]
        news = crier.worth(score(total), thresholds, self.policy.clear_below, ratio, int(chosen))
        told = self.verdict.cause + ("!" if self.verdict.contested else "")
        news = news or (told != voice.told and any(crier.latched))
        if not (news or self.every):
            return None
        voice.told = told
        readings = sorted(self.signal.readings, key=_evidence, reverse=True)
        return self._alert(
            crier, total, components, ratio,
            (tenants.units[row], tenants.cached[row]), [self.signal.tenant_id] if chosen else [], readings, self.verdict,
        )  # fmt: skip

    def whole(self) -> Alert | None:
        """Return the fleet's alert, if it is worth one or the waves wait for news."""
        subject, tenants = self.subject, self.subject.tenants
        components = np.vstack([by_component(self.log_t, self.present), self.fleet_mean])
        ratio = tenants.lost()
        total = blend(components, self.weights) - self.spent
        news = subject.fleet.worth(
            score(total), fleet_thresholds(self.policy), self.policy.clear_below, ratio,
            len(self.selected),
        )  # fmt: skip
        rollout = self.signal.kind == "rollout"
        progress = rollout and subject.at >= subject.told_at + _PROGRESS_MS
        if not (news or progress or self.every):
            return None
        subject.told_at = subject.at
        names, turn = list(tenants.index), subject.fleet.sequence
        now = part(names, turn, 2 * ROOM)
        return self._alert(
            subject.fleet, total, components, ratio,
            (_total(tenants.units), _total(tenants.cached)),
            [names[row] for row in self.selected], self._fleet_readings(), chorus(subject),
            dict(zip(names[now], tenants.units[now], strict=True)) if rollout else {},
        )  # fmt: skip

    def _fleet_readings(self) -> list[MonitorReading]:
        log10_t = np.clip(self.log_t / _LN10, -400.0, 400.0)
        order = np.argsort(-log10_t.max(axis=1), kind="stable")[:_TOLD_READINGS]
        return [
            MonitorReading(
                metric=metric.name, component=metric.component, harmful=metric.harmful,
                display=log10_t[row, 0], pause=log10_t[row, 1], action=log10_t[row, 2],
            )
            for row in order if self.present[row] for metric in (CATALOGUE[row],)
        ]  # fmt: skip

    def _alert(
        self,
        crier: Crier,
        total: Floats,
        components: Floats,
        ratio: float,
        units: tuple[Units, Units],
        selected: list[str],
        readings: list[MonitorReading],
        verdict: Attribution,
        by_tenant: dict[str, Units] | None = None,
    ) -> Alert:
        signal = self.signal
        tenant_id = signal.tenant_id if by_tenant is None else None
        scope = "fleet" if by_tenant is not None else "tenant"
        named = selected[part(selected, crier.sequence)]
        sequence = crier.tell(score(total))
        name = (signal.agent_id, signal.kind, signal.subject, scope, tenant_id or "", str(sequence))
        return Alert(
            alert_id=hashlib.sha256("\n".join(name).encode()).hexdigest()[:32],
            kind=signal.kind, scope=scope, agent_id=signal.agent_id, subject=signal.subject,
            tenant_id=tenant_id, phase_id=signal.phase_id, sequence=sequence, at=signal.at,
            signal_id=signal.signal_id, signal_at=signal.at, scores=scores(total),
            components={c: scores(log_w) for c, log_w in zip(COMPONENTS, components, strict=True)},
            units=units[0], cached=units[1], sample_ratio=round(ratio, 4),
            breadth=Breadth(
                tenants=len(self.subject.tenants.index), selected=named,
                left_out=len(selected) - len(named),
            ),
            units_by_tenant=by_tenant or {},
            moved=[r for r in readings if _evidence(r) > 0.0][:_TOLD_READINGS],
            cause=verdict.cause, reasons=list(verdict.reasons[:_TOLD_REASONS]),
            contested=verdict.contested,
        )  # fmt: skip


def _evidence(reading: MonitorReading) -> float:
    return max(reading.display, reading.pause, reading.action)


def _total(units: list[Units]) -> Units:
    return Units(baseline=sum(u.baseline for u in units), candidate=sum(u.candidate for u in units))
