"""What the control plane would have done: its own folds, over a registry of stand-ins.

A recorded label need not be a bundle whose content is known, and content decides nothing here: a
stand-in with the label's name takes its place, and the label's in what is told.
"""

from dataclasses import dataclass
from typing import Literal

from control.bundles import identified
from control.decision import AgentState, Publish, Registry, fold_alert, fold_tick, published
from control.outputs import digest
from control.state import Held, RolloutState, RolloutWave, Standing
from schemas import Alert, Bundle, Cohort, Command, Hold, Phase, Policy, Tenant, Tick, Units

__all__ = ["Act", "Deciding"]

STEP_MS = 30_000
"""A process ticks on while nothing comes."""
STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that would have been done.

    Args:
        kind: `fallback` is a watch's: the tenant moves to its validated fallback bundle.
        at: Time of the record that caused it, ms.
        subject: The rollout, or the watched bundle.
        tenant_id: Whom it concerns; None: the whole rollout.
        units: That had given evidence by then.
        score: That crossed.
        reason: In words.
    """

    kind: Literal["pause", "revert", "halt", "fallback"]
    at: int
    subject: str
    tenant_id: str | None
    units: Units
    score: float | None
    reason: str


class Deciding:
    """The decisions of one agent.

    Args:
        agent_id: Whose.
        tenants: Their tiers, stakes and fallbacks.
        policies: By id.
    """

    def __init__(
        self, agent_id: str, tenants: dict[str, Tenant], policies: dict[str, Policy]
    ) -> None:
        self._agent = agent_id
        self._bundles: dict[str, Bundle] = {}
        self._by_label: dict[str, Bundle] = {}
        self._state = AgentState(agent_id)
        self._ticked = 0
        mapped = {name: self._mapped(tenant) for name, tenant in tenants.items()}
        self._registry = Registry(self._bundles, mapped, policies)

    def enter(self, phase: Phase, cohort: Cohort, tenant_id: str, at: int) -> None:
        """Have a tenant's candidate serve, as the record says it did."""
        rollout = self._state.rollout
        if rollout is None or rollout.rollout_id != phase.rollout_id:
            for other in self._state.tenants.values():
                other.standing, other.flags = Standing.APART, 0
            rollout = self._state.rollout = RolloutState(
                rollout_id=phase.rollout_id, overlay=b"{}", weight=phase.weight,
                waves=[RolloutWave([], 0, 0)], retry=phase.retry, policy_id=phase.policy_id,
                person="", started_at=phase.opened_at, opened=1, opened_at=phase.opened_at,
                data_at=at, candidate_at=at, leased_at=at,
            )  # fmt: skip
        if phase.phase_id not in rollout.phases:
            rollout.phases.append(phase.phase_id)
        held = self._state.tenants.get(tenant_id)
        if held is None or held.standing == Standing.APART:
            self._state.tenants[tenant_id] = Held(
                epoch=cohort.tenants[tenant_id], pin=digest(self._stand_in(cohort.baseline)),
                standing=Standing.JOINED, phase=rollout.phases.index(phase.phase_id),
            )  # fmt: skip

    def fold(self, alert: Alert) -> list[Act]:
        """Return what an alert would have set off."""
        if alert.kind == "watch":
            alert = self._watched(alert)
        said = fold_alert(self._state, alert, self._registry, alert.at)
        return self._acts(said, alert)

    def tick(self, at: int) -> list[Act]:
        """Return what time alone would have set off."""
        before, self._ticked = self._ticked or at, at
        if self._state.rollout is None:
            return []
        between = range(before + STEP_MS, at, STEP_MS)[:STEPS]
        acts: list[Act] = []
        for moment in (*between, at):
            said = fold_tick(self._state, Tick(at=moment), self._registry, moment)
            acts += self._acts(said, None)
        return acts

    def _watched(self, alert: Alert) -> Alert:
        """Pin the tenant to the watched bundle where it has a fallback to go to."""
        tenant = self._registry.tenants.get(alert.tenant_id or "")
        if tenant is None or self._agent not in tenant.fallbacks:
            return alert
        stand_in = self._stand_in(alert.subject)
        if tenant.tenant_id not in self._state.tenants:
            self._state.tenants[tenant.tenant_id] = Held(epoch=1, pin=digest(stand_in))
        return alert.model_copy(update={"subject": stand_in})

    def _acts(self, said: list[Publish], alert: Alert | None) -> list[Act]:
        published(self._state, [one.id for one in said])
        found = [self._act(one, alert) for one in said]
        return [act for act in found if act is not None]

    def _act(self, one: Publish, alert: Alert | None) -> Act | None:
        record, rollout = one.record, self._state.rollout
        subject = rollout.rollout_id if rollout else ""
        units = Units() if alert is None else alert.units
        if isinstance(record, Hold) and record.state in {"paused", "halted"}:
            kind: Literal["pause", "halt"] = "pause" if record.state == "paused" else "halt"
            tenant = None if alert is None else alert.tenant_id
            text = record.cause.reason
            return Act(kind, self._state.now, subject, tenant, units, record.cause.score, text)
        if not isinstance(record, Command) or record.action != "revert":
            return None
        watched = alert is not None and alert.kind == "watch"
        held = self._state.tenants[record.tenant_id]
        given = Units(baseline=held.baseline_units, candidate=held.candidate_units)
        return Act(
            "fallback" if watched else "revert", self._state.now,
            subject if not watched else "", record.tenant_id, units if watched else given,
            record.cause.score, record.cause.reason,
        )  # fmt: skip

    def _mapped(self, tenant: Tenant) -> Tenant:
        fallbacks = {agent: self._stand_in(label) for agent, label in tenant.fallbacks.items()}
        return tenant.model_copy(update={"fallbacks": fallbacks})

    def _stand_in(self, label: str) -> str:
        """Return the id of the bundle that stands for a label."""
        bundle = self._by_label.get(label)
        if bundle is None:
            fields = {"provider": "recorded", "model": label, "prompt_version": "recorded"}
            bundle = self._by_label[label] = identified(fields)
            self._bundles[bundle.bundle_id] = bundle
        return bundle.bundle_id
