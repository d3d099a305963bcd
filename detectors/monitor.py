"""The fold of one (tenant, agent): every event and outcome, in the order of its partition.

A pure function of the topic: times are the broker's, chance is seeded by names and counts.
"""

from collections.abc import Mapping

import numpy as np

from detectors.accepting import accept
from detectors.admission import Entered, enter, plausible
from detectors.arms import Arms
from detectors.codec import dumps, loads
from detectors.compare.units import unit_digest
from detectors.metrics import INDEX
from detectors.outcomes import fold_outcome
from detectors.recent import WATCHED
from detectors.references import NO_HAND, Hand
from detectors.seen import PIN, Folded, Seen
from detectors.speaking import say_rollout
from detectors.state import TenantAgent, fresh
from detectors.watching import roll, step, watched_of
from schemas import Phase

__all__ = ["PIN", "Folded", "Seen", "TenantAgent", "dumps", "fold", "fresh", "loads"]

_NEAR, _FAR = INDEX["embedding_distance"], INDEX["transformer_distance"]
_HUGE = 1e30
_BESIDE = 4
"""Beside a rollout the watch takes one in so many units of the baseline, at random: the
concurrent way sees more, for less."""


def fold(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase]) -> Folded:
    """Fold one event or outcome in.

    Args:
        state: Changed in place.
        seen: Read and measured; the embedding distances are written into its values.
        phases: Known so far, by id; one not among them gives no evidence.
    """
    if not seen.bounded:
        _clean(state, seen)
    folded = Folded("")
    monitors, said = state.concurrent, state.said
    if monitors is not None and said is not None and seen.at >= monitors.due:
        monitors.close_due(seen.at, state.reference)
        folded.signals += say_rollout(state, monitors, said, seen, closed=True)
    if seen.accept is not None:
        accept(state, seen, seen.accept, folded)
    elif seen.outcome:
        fold_outcome(state, seen, phases, folded)
    else:
        _event(state, seen, phases, folded)
    return folded


def _clean(state: TenantAgent, seen: Seen) -> None:
    """Take out what is not finite: one such value would silence a detector for ever."""
    values = seen.values
    if np.fmax.reduce(values) > _HUGE or np.fmin.reduce(values) < -_HUGE:
        wild = np.abs(values) > _HUGE
        state.absent += int(wild.sum())
        values[wild] = np.nan


def _event(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase], folded: Folded) -> None:
    stamp = seen.stamp
    if stamp is not None and (stamp.epoch <= state.routers.epoch or plausible(seen, phases)):
        sighting = state.routers.meet(seen.tenant_id, seen.agent_id, stamp, seen.bundle_id, seen.at)
        if sighting is not None:
            folded.sightings.append(sighting)
    roll(state, seen)
    if not seen.evidence or (stamp is not None and stamp.traffic != "live"):
        folded.counted = "not-live"
        return
    if stamp is None or stamp.phase_id == PIN:
        digest = unit_digest(seen.unit_id if stamp is None else stamp.unit_id)
        _watch(state, seen, digest, folded)
        return
    entered = enter(state, seen, stamp, phases)
    if isinstance(entered, str):
        folded.counted = entered
        return
    _evidence(state, seen, entered, folded)


def _evidence(state: TenantAgent, seen: Seen, entered: Entered, folded: Folded) -> None:
    """Fold in a live event that the rollout has issued."""
    monitors, said, candidate, digest = entered
    hand = _measure(state, seen)
    index = monitors.stratum(seen.stratum)
    name = monitors.strata[index].name
    state.recent.note(seen.event_id, digest, int(candidate), name)
    if not monitors.seen.add(digest):
        folded.counted = "repeat"
        folded.signals += say_rollout(state, monitors, said, seen, closed=False)
        return
    folded.counted = "evidence"
    said.news = True
    if seen.context is not None:
        if state.arms is None or state.arms.rollout_id != monitors.rollout_id:
            state.arms = Arms(monitors.rollout_id)
        state.arms.take(seen.context, candidate)
    row = seen.values.astype(np.float32)
    closed = monitors.add(seen.at, index, row, candidate, state.reference, hand)
    folded.signals += say_rollout(state, monitors, said, seen, closed)
    if not candidate and digest[0] % _BESIDE == 0:
        watched = watched_of(state, seen)
        step(state, seen, watched, seen.bundle_id, name, folded)


def _watch(state: TenantAgent, seen: Seen, digest: bytes, folded: Folded) -> None:
    """Fold in a live event of no rollout."""
    reference = state.reference
    if not reference.bundle or seen.stamp is not None:
        reference.of(seen.bundle_id)
    hand = _measure(state, seen)
    state.recent.note(seen.event_id, digest, WATCHED, seen.bundle_id)
    watched = watched_of(state, seen)
    if not watched.new(digest):
        folded.counted = "repeat"
        return
    folded.counted = "watch"
    if seen.bundle_id == reference.bundle:
        reference.take(hand)
    step(state, seen, watched, seen.bundle_id, seen.stratum, folded)


def _measure(state: TenantAgent, seen: Seen) -> Hand:
    """Write the embedding distances into the values; return the unit vectors."""
    if seen.static is None and seen.transformer is None:
        return NO_HAND
    near, far, hand = state.reference.distances(seen.static, seen.transformer, seen.embedder or "")
    seen.values[_NEAR], seen.values[_FAR] = near, far
    return hand
