"""Reference centroids: past only, bounded, one embedder at a time."""

import numpy as np

from detectors.references import Reference

EAST, NORTH = np.array([2, 0, 0], np.float32), np.array([0, 3, 0], np.float32)


def test_a_block_teaches_only_when_it_has_closed() -> None:
    reference = Reference()
    reference.open(0)
    for _ in range(3):
        near, far, hand = reference.distances(EAST, None, "model")
        assert np.isnan(near)
        assert np.isnan(far)
        reference.learn(0, hand, candidate=False)
    reference.close(0)
    assert reference.distances(EAST, None, "model")[0] == 0.0
    assert reference.distances(NORTH, None, "model")[0] == 1.0
    assert reference.static.count == 3


def test_at_most_two_blocks_teach_at_a_time() -> None:
    reference = Reference()
    for stratum in range(16):
        reference.open(stratum)
    assert [lesson.stratum for lesson in reference.static.lessons] == [0, 1]
    reference.close(0)
    reference.open(9)
    assert [lesson.stratum for lesson in reference.static.lessons] == [1, 9]


def test_another_embedder_or_size_starts_afresh_even_within_a_block() -> None:
    reference = Reference()
    reference.open(0)
    for vector, embedder in ((EAST, "a"), (EAST, "b"), (np.ones(5, np.float32), "b")):
        hand = reference.distances(vector, None, embedder)[2]
        reference.learn(0, hand, candidate=False)
    reference.close(0)
    assert reference.static.count == 1
    assert reference.distances(np.ones(5, np.float32), None, "b")[0] < 1e-6


def test_a_zero_vector_has_no_distance_and_teaches_nothing() -> None:
    reference = Reference()
    reference.open(0)
    near, _, hand = reference.distances(np.zeros(3, np.float32), None, "a")
    assert np.isnan(near)
    reference.learn(0, hand, candidate=False)
    reference.close(0)
    assert reference.static.total is None


def test_another_bundle_starts_afresh() -> None:
    reference = Reference()
    reference.of("old")
    reference.take(reference.distances(EAST, EAST, "a")[2])
    reference.of("old")
    assert reference.distances(EAST, EAST, "a")[:2] == (0.0, 0.0)
    reference.of("new")
    assert np.isnan(reference.distances(EAST, EAST, "a")[0])
