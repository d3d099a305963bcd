"""What is computed of an embedding, as its formulas say in double precision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.clusters import Clusters
from detectors.directions import Vector, direction
from detectors.features.categories import CLUSTERS
from detectors.lean import DIMS, Lean
from detectors.references import Reference

SIZES = st.sampled_from([1, 2, 3, 5, 31, 32, 33, 63, 64, 65, 256, 384])


@st.composite
def vectors(draw: st.DrawFn, size: int | None = None) -> Vector:
    """Return a vector of normal numbers, some of them 0 or alike."""
    size = draw(SIZES) if size is None else size
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    drawn = rng.normal(size=size) * 10.0 ** draw(st.integers(-12, 12))
    drawn[rng.random(size) < draw(st.sampled_from([0.0, 0.5, 0.9]))] = draw(
        st.sampled_from([0.0, 0.5, -1.0])
    )
    return drawn.astype(np.float32)


def rounded(vector: Vector) -> np.ndarray:
    """Return what a BFloat16 keeps of each number."""
    return (vector.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32).astype(float)


def padded(unit: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate([unit, np.zeros(size)])[:size].astype(float)


@given(st.data())
def test_a_direction_has_length_1_and_a_cosine(data: st.DataObject) -> None:
    vector = data.draw(vectors())
    total, unit = data.draw(vectors(len(vector))), np.empty_like(vector)
    distance, kept = direction(vector, total, unit), rounded(vector)
    if not kept.any():
        assert distance == np.inf
        return
    np.testing.assert_allclose(unit, kept / np.linalg.norm(kept), rtol=1e-6)
    if total.any():
        wide = total.astype(float)
        expected = 1.0 - unit.astype(float) @ wide / np.linalg.norm(wide)
        assert distance == pytest.approx(expected, abs=1e-12)
    else:
        assert np.isnan(distance)
    read_only = vector.copy()
    read_only.flags.writeable = False
    again = np.empty_like(vector)
    assert np.array_equal([direction(read_only, total, again)], [distance], equal_nan=True)
    assert again.tobytes() == unit.tobytes()


@given(vectors(), st.integers(0, 383), st.sampled_from([np.inf, -np.inf, np.nan, 1e25, -3e38]))
def test_what_overflows_has_no_direction(vector: Vector, place: int, wild: float) -> None:
    vector[place % len(vector)] = wild
    unit = np.empty_like(vector)
    assert direction(vector, vector, unit) == np.inf
    reference = Reference()
    near, _, hand = reference.distances(vector, None, "e")
    assert np.isnan(near)
    assert hand == (None, None)
    assert reference.static.size == 0


def test_a_total_of_another_size_gives_no_distance() -> None:
    one, unit = np.ones(3, np.float32), np.empty(3, np.float32)
    assert np.isnan(direction(one, np.ones(2, np.float32), unit))
    assert direction(np.empty(0, np.float32), one, np.empty(0, np.float32)) == np.inf


@settings(deadline=None)
@given(st.integers(0, 2**32), SIZES)
def test_a_cluster_is_the_nearest_centre(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    clusters = Clusters()
    for _ in range(210):
        placed = clusters.place(rng.normal(size=size).astype(np.float32))
    assert placed is not None
    centres = clusters.centres.astype(float)
    np.testing.assert_allclose(clusters.norms, (centres**2).sum(axis=1) / 2, rtol=1e-5)
    unit = rng.normal(size=size).astype(np.float32)
    away = ((centres - padded(unit, centres.shape[1])) ** 2).sum(axis=1)
    found = clusters.place(unit)
    assert found is not None
    assert away[found] <= away.min() + 1e-5


def test_of_centres_alike_the_first_is_taken() -> None:
    clusters = Clusters()
    for _ in range(CLUSTERS):
        assert clusters.place(np.ones(4, np.float32)) is None
    assert clusters.place(np.ones(4, np.float32)) is None
    assert clusters.taken == [2, *[1] * (CLUSTERS - 1)]


@settings(deadline=None)
@given(st.integers(0, 2**32), SIZES, st.lists(st.booleans(), max_size=20))
def test_a_lesson_sums_leading_components_by_arm(seed: int, size: int, arms: list[bool]) -> None:
    rng = np.random.default_rng(seed)
    lean, units = Lean(), rng.normal(size=(len(arms), size)).astype(np.float32)
    lean.open(0)
    for unit, arm in zip(units, arms, strict=True):
        lean.learn(0, unit, arm)
    lesson, total, square = lean.lessons[0], np.zeros((2, DIMS)), np.zeros(DIMS)
    for unit, arm in zip(units, arms, strict=True):
        total[int(arm)] += padded(unit, DIMS)
        square += padded(unit, DIMS) ** 2
    np.testing.assert_allclose(lesson.total, total, atol=1e-4)
    np.testing.assert_allclose(lesson.square, square, rtol=1e-5)
    assert lesson.count == [arms.count(False), arms.count(True)]


@given(st.data())
def test_a_score_weighs_leading_components(data: st.DataObject) -> None:
    unit, weights = data.draw(vectors()), data.draw(vectors(DIMS))
    wide = padded(unit, DIMS) * weights.astype(float)
    score = Lean(count=[1, 1], weights=weights).score(unit)
    assert score == pytest.approx(wide.sum(), abs=1e-12 * float(np.abs(wide).sum()))
