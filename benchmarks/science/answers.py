"""The changes of embeddings of 384 dimensions: where answers lie."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.science.case import Case, Draw, drawn, mixed, moved_share, same, shifted
from benchmarks.science.oracle import Ratios
from detectors.evidence.adaptive import Direction
from detectors.evidence.standing import Detector, Learning, embedding

__all__ = ["embeddings"]

Floats = NDArray[np.float64]
Rng = np.random.Generator

CLUSTERS = np.array([0.30, 0.20, 0.15, 0.11, 0.09, 0.07, 0.05, 0.03])
DIMENSIONS = 384
AXES = np.arange(1.0, DIMENSIONS + 1.0)
VARIANCES: Floats = AXES**-0.6 * np.exp(-3.0 * AXES / DIMENSIONS)
"""Fitted to the spectrum of the static embedding of public answers (../shared/data)."""
ALONG_AXIS, ANYWHERE, LOUDER = 1.15, 3.7, 1.6
"""Lengths of the shifts in standard deviations, and the leading ten axes' factor of variance."""


def embeddings() -> list[Case]:
    """Return them in the table's order."""
    return [_along_axis(), _clusters(), _spread(), _anywhere()]


def _answers(shares: Floats, scale: Floats | float = 1.0, shift: Floats | float = 0.0) -> Draw:
    """Return what draws embeddings: the cluster as a one-hot row, then whitened distances."""
    cluster = drawn(shares)

    def draw(rng: Rng, n: int) -> Floats:
        within = rng.normal(size=(n, DIMENSIONS)) * scale + shift
        return np.concatenate([cluster(rng, n), within], axis=-1)

    return draw


def _distance(value: Floats) -> Floats:
    """Return the distance to the cluster's centre before whitening: a companion of section 3."""
    raw = value[..., len(CLUSTERS) :] ** 2 @ VARIANCES
    distance: Floats = np.sqrt(raw)
    return distance


def _embedded(
    name: str, changes: Callable[[Rng], Draw], ratios: tuple[Ratios, Ratios], optimum: float,
    scalar: Callable[[Floats], Floats], blind: Callable[[int], Detector] | None = None,
) -> Case:  # fmt: skip
    return Case(
        f"embeddings: {name}", _answers(CLUSTERS), changes, ratios,
        lambda n: embedding(CLUSTERS, VARIANCES, (n,)), scalar,
        {1e5: optimum}, 3.0, 120, costly=40, blind=blind,
    )  # fmt: skip


def _along_axis() -> Case:
    draw = _answers(CLUSTERS, shift=ALONG_AXIS * np.eye(DIMENSIONS)[0])
    return _embedded(
        "mean along a principal axis", same(draw), shifted(ALONG_AXIS), 15,
        lambda value: value[..., len(CLUSTERS)],
    )  # fmt: skip


def _anywhere() -> Case:
    """Return the case whose shift has no known direction before whitening."""
    scales = 1.0 / VARIANCES

    def changes(rng: Rng) -> Draw:
        shift = rng.normal(size=DIMENSIONS) * np.sqrt(scales)
        return _answers(CLUSTERS, shift=shift * ANYWHERE / np.linalg.norm(shift))

    def blind(n: int) -> Detector:
        prior = Direction(ANYWHERE**2 * scales / scales.sum())
        return Detector([], [Learning(prior, lambda value: value[..., len(CLUSTERS) :])], (n,))

    return _embedded("mean in a random direction", changes, shifted(ANYWHERE), 2, _distance, blind)


def _clusters() -> Case:
    changed = moved_share(CLUSTERS, 0.15, 2)
    return _embedded(
        "cluster mix, TV .15", same(_answers(changed)), mixed(CLUSTERS, changed), 73,
        lambda value: value[..., : len(CLUSTERS)].argmax(axis=-1).astype(float),
    )  # fmt: skip


def _spread() -> Case:
    """Return the case whose ten leading axes carry more variance."""
    scale = np.where(AXES <= 10, np.sqrt(LOUDER), 1.0)

    def ratios(factor: float) -> Ratios:
        return lambda rng, n: (
            (rng.chisquare(10, n) * factor * (1 - 1 / LOUDER) - 10 * np.log(LOUDER)) / 2
        )

    return _embedded(
        "covariance, ten leading axes", same(_answers(CLUSTERS, scale)),
        (ratios(1.0), ratios(LOUDER)), 15, _distance,
    )  # fmt: skip
