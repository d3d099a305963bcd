"""Signals: when the monitors of a rollout or a watch speak, and what they say."""

import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detectors.arms import answered
from detectors.bands import SIGNAL_UNITS, Said
from detectors.compare.baseline import Watch
from detectors.compare.watch_readings import readings as watch_readings
from detectors.concurrent import Concurrent
from detectors.fingerprints import fingerprint
from detectors.metrics import INDEX, SIZE
from detectors.readings import log10, overall, readings
from detectors.seen import Seen
from detectors.state import TenantAgent, Watched
from detectors.surroundings import INDEX as VARIABLE
from schemas import Baseline, ContextReading, MonitorReading, Signal, Units

__all__ = ["say_rollout", "say_watch", "tell_watch"]

Floats = NDArray[np.float64]
Reason = Literal["band", "units", "time", "accept"]
_LN10 = float(np.log(10.0))
_BETS = float(np.log10(14.0))
_LIMIT = 400.0
_AUDIBLE = 1.0
"""log10 of a metric's evidence from which on its context is worth a word."""


def say_rollout(
    state: TenantAgent, monitors: Concurrent, said: Said, seen: Seen, closed: bool
) -> list[Signal]:
    """Return the rollout's signal, if one is due.

    Args:
        state: Of the (tenant, agent); counts its signals.
        monitors: Of the rollout.
        said: Of its last signal.
        seen: The record at hand.
        closed: Whether it closed a block, so that evidence may have changed.
    """
    reason: Reason | None = None
    loudness = None
    if closed:
        said.compared = True
        loudness = _loudness(monitors)
        reason = "band" if said.moved(loudness) else None
    if reason is None and monitors.units[1] - said.units >= SIGNAL_UNITS:
        reason = "units"
    if reason is None and said.due(seen.at, soon=said.compared):
        reason = "time"
    if reason is None:
        return []
    if loudness is None:
        loudness = _loudness(monitors)
    said.tell(seen.at, monitors.units[1], loudness)
    state.sequence += 1
    log10_w = loudness[: 3 * SIZE].reshape(3, SIZE)
    told = _with_own_past(state, readings(monitors, log10_w, state.labels))
    beside = state.watches.get(state.reference.bundle) if _audible(told) else None
    context = _apart(state, monitors) if _audible(told) else []
    return [
        Signal(
            signal_id=_signal_id(seen, monitors.rollout_id, state.sequence),
            kind="rollout",
            tenant_id=seen.tenant_id,
            agent_id=seen.agent_id,
            subject=monitors.rollout_id,
            phase_id=monitors.phase_id,
            sequence=state.sequence,
            reason=reason,
            at=seen.at,
            partition=seen.partition,
            offset=seen.offset,
            units=Units(baseline=monitors.units[0], candidate=monitors.units[1]),
            sample_ratio=min(max(monitors.ratio.log10(), -_LIMIT), _LIMIT),
            readings=told,
            embedder=state.reference.static.embedder or None,
            embeddings_left_out=state.reference.left_out,
            context=context,
            cached=Units(baseline=monitors.ratio.cached[0], candidate=monitors.ratio.cached[1]),
            baseline=_baseline(beside, state.reference.bundle) if beside else None,
        )
    ]


def _apart(state: TenantAgent, monitors: Concurrent) -> list[ContextReading]:
    """Return in what the units of the arms differ, though they are assigned at random."""
    arms = state.arms
    found = arms.readings() if arms and arms.rollout_id == monitors.rollout_id else []
    return answered(monitors.ratio) + found


def say_watch(
    state: TenantAgent, watched: Watched, bundle: str, seen: Seen, compared: bool
) -> list[Signal]:
    """Return the watch's signal, if one is due; `compared`: whether evidence may have changed."""
    said, watch = watched.said, watched.watch
    # The richest bet is a bound on W that costs nothing to know.
    moved = compared and said.moved(_bound(watch))
    reason: Reason | None = "band" if moved else None
    if reason is None and watch.units >= 2 * said.units + SIGNAL_UNITS:
        reason = "units"  # seldom, but at once: who sends a file wants to see that it is watched
    if reason is None and said.due(seen.at, soon=said.loud):
        reason = "time"
    return [] if reason is None else [tell_watch(state, watched, bundle, seen, reason)]


def tell_watch(
    state: TenantAgent, watched: Watched, bundle: str, seen: Seen, reason: Reason
) -> Signal:
    """Return the watch's signal."""
    said, watch = watched.said, watched.watch
    said.tell(seen.at, watch.units, _bound(watch))
    state.sequence += 1
    told = watch_readings(watch, state.labels)
    return Signal(
        signal_id=_signal_id(seen, bundle, state.sequence),
        kind="watch",
        tenant_id=seen.tenant_id,
        agent_id=seen.agent_id,
        subject=bundle,
        sequence=state.sequence,
        reason=reason,
        at=seen.at,
        partition=seen.partition,
        offset=seen.offset,
        units=Units(candidate=watch.units),
        readings=told,
        embedder=state.reference.static.embedder or None,
        embeddings_left_out=state.reference.left_out,
        model=watched.context.common(VARIABLE["model_served"]),
        context=watched.context.readings() if _audible(told) else [],
        baseline=_baseline(watched, watched.origin.bundle),
    )


def _baseline(watched: Watched, bundle: str) -> Baseline:
    origin = watched.origin
    return Baseline(
        version=origin.version,
        fingerprint=fingerprint(watched.watch),
        since=origin.since,
        units=watched.watch.units,
        bundle_id=bundle or None,
        accepted=origin.accepted or None,
        previous=origin.previous or None,
    )


def _audible(told: list[MonitorReading]) -> bool:
    return any(reading.display >= _AUDIBLE for reading in told)


def _with_own_past(state: TenantAgent, told: list[MonitorReading]) -> list[MonitorReading]:
    """Add what the baseline arm's own watch says of the metrics that differ between the arms."""
    watched = state.watches.get(state.reference.bundle)
    if watched is None or not _audible(told):
        return told
    evidence = watched.watch.evidence()
    found = []
    for reading in told:
        row = INDEX[reading.metric]
        if reading.display >= _AUDIBLE <= evidence[row]:
            effect = None if reading.effect is None else watched.watch.levels.effect(row).ratio
            own = {"own_past": float(min(evidence[row], _LIMIT)), "own_effect": effect}
            reading = reading.model_copy(update=own)
        found.append(reading)
    return found


def _loudness(monitors: Concurrent) -> Floats:
    """Return log10 of all that has a band: W of each kind and metric, their means, the ratio."""
    now = monitors.wealth()
    total = overall(now, monitors.active())
    return log10(np.concatenate([now.ravel(), total, [10.0 ** monitors.ratio.log10()]]))


def _bound(watch: Watch) -> Floats:
    bound: Floats = watch.best.astype(np.float64) / _LN10 - _BETS
    return bound


def _signal_id(seen: Seen, subject: str, sequence: int) -> str:
    name = "/".join((seen.tenant_id, seen.agent_id, subject, str(sequence)))
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
