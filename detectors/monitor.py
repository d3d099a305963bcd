"""The fold of one (tenant, agent): every event and outcome, in the order of its partition.

A pure function of the topic: times are the broker's, chance is seeded by names and counts.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detectors.accepting import accept
from detectors.admission import Entered, enter, plausible
from detectors.arms import Arms
from detectors.codec import dumps, loads
from detectors.compare.units import Units, unit_digest
from detectors.embedders import measure, unsettled
from detectors.features.categories import code
from detectors.metrics import INDEX
from detectors.outcomes import fold_outcome
from detectors.recent import WATCHED
from detectors.references import NO_HAND
from detectors.seen import PIN, Folded, Seen
from detectors.speaking import say_rollout
from detectors.state import TenantAgent, fresh
from detectors.watching import in_flight, roll, step, watched_of
from schemas import Phase, Stamp

__all__ = ["PIN", "Folded", "Seen", "TenantAgent", "dumps", "fold", "fresh", "loads"]

_LEAN, _FAR_LEAN = INDEX["embedding_lean"], INDEX["transformer_lean"]
_LABELS = 128
"""Labels of categories kept for people, at most."""
_HUGE = 1e30
_BESIDE = 4
"""Beside a rollout the watch takes one in so many units of the baseline, at random: the
concurrent way sees more, for less."""
_TOGETHER = 16
"""And compares so many of a stratum together, more than alone: nobody waits for it there."""


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
    wild = np.abs(seen.values) > _HUGE
    if number := np.count_nonzero(wild):
        state.absent += int(number)
        seen.values[wild] = np.nan


def _event(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase], folded: Folded) -> None:
    stamp = seen.stamp
    live = stamp is None or stamp.traffic == "live"
    if (
        stamp is not None
        and live
        and (stamp.epoch <= state.routers.epoch or plausible(seen, phases))
    ):
        sighting = state.routers.meet(seen.tenant_id, seen.agent_id, stamp, seen.bundle_id, seen.at)
        if sighting is not None:
            folded.sightings.append(sighting)
    roll(state, seen)
    if not (live or _paired(stamp)):
        folded.counted = "not-live"
        return
    if not seen.evidence:
        _cached(state, seen, phases, folded)
        return
    _label(state, seen)
    if stamp is None or stamp.phase_id == PIN:
        digest = unit_digest(seen.unit_id if stamp is None else stamp.unit_id)
        _watch(state, seen, digest, folded)
        return
    entered = enter(state, seen, stamp, phases)
    if isinstance(entered, str):
        folded.counted = entered
    elif _paired(stamp):
        _pair(state, seen, entered, folded)
    else:
        _evidence(state, seen, entered, folded)


def _cached(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase], folded: Folded) -> None:
    """Count a unit that a cache has answered: it gives no evidence, and is not lost either."""
    folded.counted, stamp = "cached", seen.stamp
    if stamp is None or stamp.phase_id == PIN or _paired(stamp):
        return
    entered = enter(state, seen, stamp, phases)
    if isinstance(entered, str):
        folded.counted = entered
        return
    monitors, said, candidate, digest = entered
    if not monitors.seen.holds(digest) and monitors.seen.add(_from_cache(digest)):
        monitors.ratio.count(candidate, monitors.weight, cached=True)
        said.news = True
    folded.signals += say_rollout(state, monitors, said, seen, closed=False)


def _from_cache(digest: bytes) -> bytes:
    """Return what stands for a unit among those that a cache has answered.

    The end says which units are thinned out: the same as are without a cache.
    """
    return unit_digest("cache", digest.hex())[:-1] + digest[-1:]


def _paired(stamp: Stamp | None) -> bool:
    """Return whether the same prompt is answered under both bundles."""
    return stamp is not None and stamp.pair_id is not None and stamp.phase_id != PIN


def _label(state: TenantAgent, seen: Seen) -> None:
    """Write the codes of labels into the values; keep the labels for people."""
    values, labels = seen.values, state.labels
    for metric, label in seen.labels:
        values[metric] = number = code(label)
        if number not in labels and len(labels) < _LABELS:
            labels[int(number)] = label


def _pair(state: TenantAgent, seen: Seen, entered: Entered, folded: Folded) -> None:
    """Fold in one half of a pair: all it says, it says beside the other half."""
    assert seen.stamp is not None
    monitors, said, candidate, _ = entered
    digest = unit_digest("pair", seen.stamp.pair_id or "")
    # The end says which units are thinned out: of a pair both halves or none.
    half = unit_digest("pair", seen.stamp.pair_id or "", seen.stamp.arm)[:-1] + digest[-1:]
    if not monitors.seen.add(half):
        folded.counted = _left_out(monitors.seen, half)
        return
    folded.counted = "evidence"
    said.news = True
    measure(state, seen)
    if seen.cached is not None:
        state.cached.adjust(seen.cached, seen.values)
    index = monitors.stratum(seen.stratum)
    row = seen.values.astype(np.float32)
    closed = monitors.add_pair(index, digest, row, candidate)
    folded.signals += say_rollout(state, monitors, said, seen, closed)


def _evidence(state: TenantAgent, seen: Seen, entered: Entered, folded: Folded) -> None:
    """Fold in a live event that the rollout has issued."""
    monitors, said, candidate, digest = entered
    hand, values = measure(state, seen), seen.values
    if hand is not NO_HAND:
        values[_LEAN], values[_FAR_LEAN] = state.reference.lean(hand)
    came = values
    if seen.cached is not None:
        came = values.copy()
        state.cached.adjust(seen.cached, values)
    index = monitors.stratum(seen.stratum)
    name = monitors.strata[index].name
    state.recent.note(seen.event_id, digest, int(candidate), name)
    if not monitors.seen.add(digest):
        folded.counted = _left_out(monitors.seen, digest)
        folded.signals += say_rollout(state, monitors, said, seen, closed=False)
        return
    folded.counted = "evidence"
    said.news = True
    ratio = monitors.ratio
    if not (any(ratio.cached) and monitors.seen.holds(_from_cache(digest))):
        ratio.count(candidate, monitors.weight)
    if seen.context is not None:
        if state.arms is None or state.arms.rollout_id != monitors.rollout_id:
            state.arms = Arms(monitors.rollout_id)
        state.arms.take(seen.context(), candidate)
    row = values.astype(np.float32)
    closed = monitors.add(seen.at, index, row, candidate, state.reference, hand)
    folded.signals += say_rollout(state, monitors, said, seen, closed)
    if not candidate and digest[0] % _BESIDE == 0:
        if came is not values:
            seen = replace(seen, values=came)  # as in the watch's past
        unsettled(state, seen)
        watched = watched_of(state, seen)
        if watched is not None:
            step(state, seen, watched, seen.bundle_id, name, folded, _TOGETHER)


def _left_out(units: Units, digest: bytes) -> str:
    """Return why a unit gives no evidence: it has given it, or others are remembered instead."""
    return "thinned" if units.spares(digest) and not units.holds(digest) else "repeat"


def _watch(state: TenantAgent, seen: Seen, digest: bytes, folded: Folded) -> None:
    """Fold in a live event of no rollout."""
    reference = state.reference
    if not reference.bundle or seen.stamp is not None:
        reference.of(seen.bundle_id)
    hand = measure(state, seen)
    unsettled(state, seen)
    if seen.cached is not None and seen.stamp is not None:
        state.cached.learn(seen.cached, seen.values)
    watched = watched_of(state, seen)
    if watched is None:
        folded.counted = "crowded"
        return
    if in_flight(state, seen, watched, digest):
        folded.counted = "in-flight"
        return
    state.recent.note(seen.event_id, digest, WATCHED, seen.bundle_id)
    if not watched.new(digest):
        folded.counted = "repeat"
        return
    folded.counted = "watch"
    if seen.bundle_id == reference.bundle:
        reference.take(hand)
    step(state, seen, watched, seen.bundle_id, seen.stratum, folded)
