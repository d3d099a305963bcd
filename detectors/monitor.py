"""The fold of one (tenant, agent): every event and outcome, in the order of its partition.

A pure function of the topic: times are the broker's, chance is seeded by names and counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detectors.admission import Entered, enter
from detectors.bands import Said
from detectors.codec import dumps, loads
from detectors.compare.baseline import Watch
from detectors.compare.units import unit_digest
from detectors.layout import OUTCOMES
from detectors.metrics import CATALOGUE, INDEX
from detectors.references import NO_HAND, Hand
from detectors.river import Rolling
from detectors.seen import Seen
from detectors.speaking import say_rollout, say_watch
from detectors.state import TenantAgent, Watched, fresh
from schemas import Phase, Sighting, Signal

__all__ = ["PIN", "Folded", "Seen", "TenantAgent", "dumps", "fold", "fresh", "loads"]

PIN = "pin"
"""Phase of a stamp that belongs to no rollout: the router serves the tenant's pin."""
_ROLLING = (INDEX["output_tokens"], INDEX["latency_ms"])
_NEAR, _FAR = INDEX["embedding_distance"], INDEX["transformer_distance"]
_WATCHES = 2
_BUNDLES = 3
_HUGE = 1e30
_WATCHED = 2
_BESIDE = 4
"""Beside a rollout the watch takes one in so many units of the baseline, at random: the
concurrent way sees more, for less."""


@dataclass(slots=True)
class Folded:
    """What one record gave.

    Args:
        counted: `evidence`, `watch`, or why it gave none: `repeat` (of a unit already counted),
            `not-live`, `unknown-phase`, `not-issued`, `old-phase`, `late`, `not-known`.
        signals: For `signals`, key the agent.
        sightings: For `acks`, key `tenant/agent`.
    """

    counted: str
    signals: list[Signal] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)


def fold(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase]) -> Folded:
    """Fold one event or outcome in.

    Args:
        state: Changed in place.
        seen: Read and measured; the embedding distances are written into its values.
        phases: Known so far, by id; one not among them gives no evidence.
    """
    _clean(state, seen)
    folded = Folded("")
    monitors, said = state.concurrent, state.said
    if monitors is not None and said is not None and seen.at >= monitors.due:
        monitors.close_due(seen.at, state.reference)
        folded.signals += say_rollout(state, monitors, said, seen, closed=True)
    if seen.outcome:
        _outcome(state, seen, phases, folded)
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
    if stamp is not None:
        sighting = state.routers.meet(seen.tenant_id, seen.agent_id, stamp, seen.bundle_id, seen.at)
        if sighting is not None:
            folded.sightings.append(sighting)
    _roll(state, seen)
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
    row = seen.values.astype(np.float32)
    closed = monitors.add(seen.at, index, row, candidate, state.reference, hand)
    folded.signals += say_rollout(state, monitors, said, seen, closed)
    if not candidate and digest[0] % _BESIDE == 0:
        _step(state, seen, folded)


def _watch(state: TenantAgent, seen: Seen, digest: bytes, folded: Folded) -> None:
    """Fold in a live event of no rollout."""
    reference = state.reference
    if not reference.bundle or seen.stamp is not None:
        reference.of(seen.bundle_id)
    hand = _measure(state, seen)
    state.recent.note(seen.event_id, digest, _WATCHED, seen.bundle_id)
    watched = _watched(state, seen)
    if not watched.new(digest):
        folded.counted = "repeat"
        return
    folded.counted = "watch"
    if seen.bundle_id == reference.bundle:
        reference.take(hand)
    _step(state, seen, folded)


def _step(state: TenantAgent, seen: Seen, folded: Folded) -> None:
    """Compare the first event of a unit with the past of its own bundle."""
    watched = _watched(state, seen)
    watched.said.news = True
    watched.watch.step(seen.stratum, seen.values)
    folded.signals += say_watch(state, watched, seen.bundle_id, seen)


def _watched(state: TenantAgent, seen: Seen) -> Watched:
    """Return the watch of the event's bundle; the two newest are kept.

    In observe mode a new label is compared with the label before.
    """
    bundle = seen.bundle_id
    watched = state.watches.get(bundle)
    if watched is None:
        watch = Watch(f"{seen.tenant_id}/{seen.agent_id}/{bundle}")
        if seen.stamp is None and state.watches:
            watch.follow(next(reversed(state.watches.values())).watch)
        if len(state.watches) >= _WATCHES:
            del state.watches[next(iter(state.watches))]
        watched = state.watches[bundle] = Watched(watch, Said(seen.at))
    return watched


def _outcome(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase], folded: Folded) -> None:
    """Fold in what became known later: once per unit and metric."""
    metrics = [int(i) for i in OUTCOMES if not np.isnan(seen.values[i])]
    stamp = seen.stamp
    unit = stamp.unit_id if stamp is not None else seen.unit_id
    digest = unit_digest(unit) if unit else None
    origin = state.recent.find(seen.event_id, digest)
    if not metrics:
        folded.counted = "not-known"
    elif stamp is not None and stamp.phase_id != PIN:
        entered = enter(state, seen, stamp, phases)
        if isinstance(entered, str):
            folded.counted = entered
            return
        name = origin[2] if origin is not None and origin[1] != _WATCHED else "other"
        _judge(state, seen, (entered.digest[:8], int(entered.candidate), name), metrics, folded)
    elif origin is None:
        folded.counted = "late"
    else:
        _judge(state, seen, origin, metrics, folded)


def _judge(
    state: TenantAgent, seen: Seen, origin: tuple[bytes, int, str], metrics: list[int],
    folded: Folded,
) -> None:  # fmt: skip
    head, side, name = origin
    monitors, said = state.concurrent, state.said
    if side == _WATCHED:
        _judge_watched(state, seen, head, name, folded)
        return
    if monitors is None or said is None:
        folded.counted = "late"
        return
    folded.counted = "repeat"
    index = monitors.stratum(name)
    closed = False
    for metric in metrics:
        if monitors.judged.add(unit_digest(head.hex(), CATALOGUE[metric].name)):
            folded.counted = "evidence"
            said.news = True
            row = np.full(len(seen.values), np.nan, np.float32)
            row[metric] = seen.values[metric]
            closed |= monitors.add_outcome(seen.at, index, row, metric, side == 1)
    folded.signals += say_rollout(state, monitors, said, seen, closed)


def _judge_watched(
    state: TenantAgent, seen: Seen, head: bytes, bundle: str, folded: Folded
) -> None:
    watched = state.watches.get(bundle)
    name = ",".join(CATALOGUE[i].name for i in OUTCOMES if not np.isnan(seen.values[i]))
    if watched is None:
        folded.counted = "late"
    elif not watched.new(unit_digest(head.hex(), name)):
        folded.counted = "repeat"
    else:
        folded.counted = "watch"
        watched.said.news = True
        watched.watch.step("other", seen.values)
        folded.signals += say_watch(state, watched, bundle, seen)


def _measure(state: TenantAgent, seen: Seen) -> Hand:
    """Write the embedding distances into the values; return the unit vectors."""
    if seen.static is None and seen.transformer is None:
        return NO_HAND
    near, far, hand = state.reference.distances(seen.static, seen.transformer, seen.embedder or "")
    seen.values[_NEAR], seen.values[_FAR] = near, far
    return hand


def _roll(state: TenantAgent, seen: Seen) -> None:
    """Update the statistics that take every event."""
    rolling = state.rolling.get(seen.bundle_id)
    if rolling is None:
        if len(state.rolling) >= _BUNDLES:
            del state.rolling[next(iter(state.rolling))]
        rolling = state.rolling[seen.bundle_id] = {i: Rolling() for i in _ROLLING}
    for metric, statistics in rolling.items():
        value = float(seen.values[metric])
        if value == value:
            statistics.update(value)
