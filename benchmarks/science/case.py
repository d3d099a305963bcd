"""One change of one metric, and the draws that several cases share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.science.oracle import Ratios
from detectors.evidence.standing import Detector

__all__ = ["Case", "Draw", "drawn", "mixed", "moved_share", "same", "shifted"]

Floats = NDArray[np.float64]
Rng = np.random.Generator
Draw = Callable[[Rng, int], Floats]


@dataclass(frozen=True, slots=True)
class Case:
    """One change of one metric.

    Args:
        name: For people.
        baseline: Draws events, [n, ...].
        changes: Returns, for a batch of streams, what draws their changed events.
        ratios: What draws ln(changed / baseline) under the baseline and under the change.
        detector: Ours, of n streams side by side.
        scalar: What River's detectors are given of events.
        optima: By mean run, as STATISTICS.md 6 has them.
        times: Ours may take so many times the optimum.
        before: Events without change that bring ours to its stationary state.
        costly: How many times dearer than a coin a stream is.
        binary: Whether River's detectors of error rates fit.
        blind: The best that knows all of the change but its direction, where that is the question.
    """

    name: str
    baseline: Draw
    changes: Callable[[Rng], Draw]
    ratios: tuple[Ratios, Ratios]
    detector: Callable[[int], Detector]
    scalar: Callable[[Floats], Floats]
    optima: dict[float, float]
    times: float
    before: int
    costly: int = 1
    binary: bool = False
    blind: Callable[[int], Detector] | None = None


def same(draw: Draw) -> Callable[[Rng], Draw]:
    """Return a change that is the same for every batch of streams."""
    return lambda _: draw


def shifted(d: float) -> tuple[Ratios, Ratios]:
    """Return what draws the log ratio of N(d, 1) to N(0, 1) under each."""
    return (
        lambda rng, n: rng.normal(-d * d / 2, d, n),
        lambda rng, n: rng.normal(d * d / 2, d, n),
    )


def drawn(shares: Floats) -> Draw:
    """Return what draws categories as one-hot rows."""
    edges, rows = np.cumsum(shares)[:-1], np.eye(len(shares))
    return lambda rng, n: rows[np.searchsorted(edges, rng.random(n))]


def moved_share(shares: Floats, distance: float, to: int) -> Floats:
    """Return the shares after the first category has lost `distance` to another."""
    changed = shares.copy()
    changed[0] -= distance
    changed[to] += distance
    return changed


def mixed(shares: Floats, changed: Floats) -> tuple[Ratios, Ratios]:
    """Return what draws ln(changed / baseline) of categories under each."""
    table = np.log(changed / shares)
    was, is_now = drawn(shares), drawn(changed)
    return lambda rng, n: was(rng, n) @ table, lambda rng, n: is_now(rng, n) @ table
