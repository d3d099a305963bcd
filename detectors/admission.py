"""Admission: was this event issued by the phase it names, and is that phase the current one?"""

from collections.abc import Mapping
from typing import NamedTuple

from detectors.bands import Said
from detectors.compare.units import unit_digest
from detectors.concurrent import Concurrent, begin
from detectors.margins import tenant_margins
from detectors.seen import PIN, Seen
from detectors.state import TenantAgent
from schemas import Cohort, Phase, Stamp

__all__ = ["Entered", "cohort_of", "enter", "plausible"]


class Entered(NamedTuple):
    """An admitted event: where it counts, for which arm, and its unit's digest."""

    monitors: Concurrent
    said: Said
    candidate: bool
    digest: bytes


def cohort_of(phase: Phase, tenant_id: str) -> Cohort | None:
    """Return the cohort of a phase that a tenant is in."""
    for cohort in phase.cohorts:
        if tenant_id in cohort.tenants:
            return cohort
    return None


def enter(
    state: TenantAgent, seen: Seen, stamp: Stamp, phases: Mapping[str, Phase]
) -> Entered | str:
    """Admit an event or outcome; return why not otherwise.

    A phase of a newer rollout starts its monitors afresh; a newer phase of the same rollout keeps
    the evidence and closes its blocks.
    """
    phase = phases.get(stamp.phase_id)
    if phase is None:
        return "unknown-phase"
    cohort = cohort_of(phase, seen.tenant_id)
    if cohort is None or phase.agent_id != seen.agent_id or not _issued(cohort, seen, stamp):
        return "not-issued"
    monitors, said = state.concurrent, state.said
    if monitors is None or said is None or phase.rollout_id != monitors.rollout_id:
        if monitors is not None and (phase.opened_at, phase.wave) <= monitors.order:
            return "old-phase"
        monitors, said = _begin(state, seen, phase, cohort)
    elif phase.phase_id != monitors.phase_id:
        if (phase.opened_at, phase.wave) <= monitors.order:
            return "old-phase"
        monitors.enter(phase, state.reference)
        # Units of another weight would no longer be random among those of this one.
        state.recent.clear()
    return Entered(monitors, said, stamp.arm == "candidate", unit_digest(stamp.unit_id))


def plausible(seen: Seen, phases: Mapping[str, Phase]) -> bool:
    """Return whether a stamp may be right about its epoch; a phase says so, a pin says nothing."""
    stamp = seen.stamp
    if stamp is None or stamp.phase_id == PIN:
        return True
    phase = phases.get(stamp.phase_id)
    cohort = None if phase is None else cohort_of(phase, seen.tenant_id)
    return cohort is not None and stamp.epoch == cohort.tenants[seen.tenant_id]


def _issued(cohort: Cohort, seen: Seen, stamp: Stamp) -> bool:
    """Return whether epoch and bundle are those that the phase gave the tenant."""
    expected = cohort.candidate if stamp.arm == "candidate" else cohort.baseline
    # An outcome does not say which bundle answered.
    served = seen.outcome or seen.bundle_id == expected
    return served and stamp.epoch == cohort.tenants[seen.tenant_id]


def _begin(state: TenantAgent, seen: Seen, phase: Phase, cohort: Cohort) -> tuple[Concurrent, Said]:
    watched = state.watches.get(cohort.baseline)
    margins = tenant_margins(watched.watch.levels, phase.margins) if watched else phase.margins
    state.concurrent = begin(f"{seen.tenant_id}/{seen.agent_id}", phase, margins)
    state.said = Said(seen.at)
    state.recent.clear()
    state.reference.of(cohort.baseline)
    state.reference.begin()
    return state.concurrent, state.said
