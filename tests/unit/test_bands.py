"""When a change of evidence is worth a signal."""

import numpy as np
from numpy.typing import NDArray

from detectors.bands import Said


def of(*log10_w: float) -> NDArray[np.float64]:
    return np.array(log10_w)


def test_evidence_at_an_edge_does_not_flutter() -> None:
    said = Said(0)
    told = [said.moved(of(height, 0.0)) for height in (0.5, 1.1, 0.8, 1.2, 0.7, 1.9, 0.76)]
    assert told == [False, True, False, False, True, True, False]


def test_what_sinks_is_told_as_soon_as_what_rises() -> None:
    said = Said(0)
    assert said.moved(of(3.0, 0.0))
    assert said.moved(of(3.0, 1.0))
    assert said.moved(of(1.5, 1.0))
    assert not said.moved(of(1.5, 1.5))
    assert said.moved(of(1.5, 0.0))


def test_counts_alone_are_told_less_often_than_what_was_compared() -> None:
    said = Said(0, news=True)
    due = [said.due(at, soon) for at, soon in ((9_999, True), (10_000, True), (59_999, False))]
    assert (due, said.due(60_000, soon=False)) == ([False, True, False], True)
    said.compared = True
    said.tell(60_000, 9, of(0.2))
    assert (said.compared, said.due(999_999, soon=True)) == (False, False)


def test_a_watch_in_which_nothing_is_loud_any_more_is_calm() -> None:
    said = Said(0)
    assert said.moved(of(3.0))
    assert said.loud
    said.tell(1_000, 7, of(0.2))
    assert (said.at, said.units, said.news, said.loud) == (1_000, 7, False, False)
    assert said.moved(of(1.0))
