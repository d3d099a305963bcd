"""Ours on many streams side by side: events from the change to the alarm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.science.case import Case

__all__ = ["Delay", "delays", "overshoot"]

Floats = NDArray[np.float64]

PATIENCE = 20
"""Optima after which a stream without an alarm is given up and counted as long as that."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Events from the change to the alarm at one threshold.

    Args:
        mean: Over the streams that had not alarmed before the change.
        error: Its standard error.
        early: Share of the streams that had.
        missed: Share of the others that never alarmed.
    """

    mean: float
    error: float
    early: float
    missed: float


def delays(
    case: Case,
    thresholds: list[float],
    streams: int,
    *,
    before: int | None = None,
    batches: int = 4,
) -> list[Delay]:
    """Return the delay at each threshold of R, all on the same streams.

    Args:
        case: What changes.
        thresholds: R at the alarm, which is also the mean run that it guarantees, rising.
        streams: In all.
        before: Events without a change at the start; None: until the state is stationary.
        batches: Each with a change of its own, where the case draws one.
    """
    quiet = case.before if before is None else before
    limits = np.log(thresholds)
    parts = [
        _batch(case, limits, streams // batches, quiet, np.random.default_rng([5, batch]))
        for batch in range(batches)
    ]
    first = np.concatenate([part[0] for part in parts], axis=1)
    early = np.concatenate([part[1] for part in parts], axis=1)
    return [_delay(a[~b], b) for a, b in zip(first, early, strict=True)]


def _delay(first: Floats, early: NDArray[np.bool_]) -> Delay:
    return Delay(
        float(np.abs(first).mean()),
        float(np.abs(first).std() / np.sqrt(len(first))),
        float(early.mean()),
        float((first < 0).mean()),
    )


def _batch(
    case: Case, limits: Floats, n: int, quiet: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return events to each limit, [limit, stream], negative where given up, and who was early."""
    detector, changed = case.detector(n), case.changes(rng)
    early = np.zeros((len(limits), n), bool)
    for _ in range(quiet):
        early |= detector.step(case.baseline(rng, n)) >= limits[:, None]
    patience = int(PATIENCE * max(case.optima.values())) + 100
    first, rows = np.full((len(limits), n), -float(patience)), np.arange(n)
    for t in range(1, patience + 1):
        above = detector.step(changed(rng, len(rows))) >= limits[:, None]
        known = first[:, rows]
        first[:, rows] = np.where(above & (known < 0), t, known)
        waiting = first[-1, rows] < 0
        # Leaving streams out copies what is left, so not at every event.
        if waiting.mean() < 0.75:
            detector.keep(waiting)
            rows = rows[waiting]
        if not len(rows):
            break
    return first, early


def overshoot(case: Case, threshold: float, streams: int) -> float:
    """Return the mean run over the threshold, which guarantees no more than 1.

    R_t - t is a martingale while nothing changes, so the mean run is the mean of R at the alarm,
    which varies far less from stream to stream than the run does. It hardly depends on the
    threshold, so a low one tells what a high one would take hours to.
    """
    rng = np.random.default_rng(23)
    detector, total, alive = case.detector(streams), 0.0, streams
    while alive:
        log_r = detector.step(case.baseline(rng, alive))
        over = log_r >= np.log(threshold)
        if over.any():
            total += np.exp(log_r[over]).sum()
            detector.keep(~over)
            alive -= int(over.sum())
    return float(total / streams / threshold)
