"""Reference centroids: past only, bounded, one embedder, whatever else comes."""

import numpy as np

from detectors.references import STAY, Reference

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


def test_an_embedder_that_comes_and_goes_is_left_out_and_one_that_stays_takes_over() -> None:
    reference = Reference()
    reference.take(reference.distances(EAST, None, "a")[2])
    for number in range(500):
        near, _, (unit, _) = reference.distances(NORTH, None, "b")
        assert unit is None
        assert np.isnan(near)
        if number % 3 == 2:
            reference.distances(np.ones(5, np.float32), None, "a")
        assert reference.distances(EAST, None, "a")[0] == 0.0
    assert 0.4 < reference.left_out < 0.7
    for _ in range(3 * STAY):
        reference.distances(np.ones(5, np.float32), None, "a")
    assert (reference.static.embedder, reference.static.size) == ("a", 5)
    assert reference.changes == (1, 0)
    assert reference.static.total is None, "what it had learned was of the other"
    assert reference.left_out < 0.1
    reference.distances(NORTH, None, "b")
    assert reference.static.size == 5


def test_who_takes_over_is_in_use_now_not_the_first_that_was_strange() -> None:
    reference = Reference()
    for embedder in ("a", "once", "a", "typo", *["b"] * (STAY + 2)):
        reference.distances(EAST, None, embedder)
    assert reference.static.embedder == "b"


def test_an_embedder_in_use_is_kept_for_another_bundle() -> None:
    reference = Reference()
    reference.of("old")
    reference.distances(EAST, None, "a")
    reference.of("new")
    assert reference.distances(NORTH, None, "b")[2] == (None, None)


def test_a_zero_vector_has_no_distance_and_teaches_nothing() -> None:
    reference = Reference()
    reference.open(0)
    near, _, hand = reference.distances(np.zeros(3, np.float32), None, "a")
    assert np.isnan(near)
    reference.learn(0, hand, candidate=False)
    reference.close(0)
    assert reference.static.total is None
    assert reference.left_out > 0


def test_another_bundle_starts_afresh() -> None:
    reference = Reference()
    reference.of("old")
    reference.take(reference.distances(EAST, EAST, "a")[2])
    reference.of("old")
    assert reference.distances(EAST, EAST, "a")[:2] == (0.0, 0.0)
    reference.of("new")
    assert np.isnan(reference.distances(EAST, EAST, "a")[0])
