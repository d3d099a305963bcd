"""When a change of evidence is worth a signal."""

import numpy as np
from numpy.typing import NDArray

from detectors.bands import Said


def of(*log10_w: float) -> NDArray[np.float64]:
    return np.array(log10_w)


def test_evidence_that_wavers_about_an_edge_is_told_once() -> None:
    said = Said(0)
    told = [said.moved(of(height, 0.0)) for height in (0.5, 1.1, 0.6, 1.2, 0.1, 1.0, 0.3, 1.9)]
    assert told == [False, True, False, False, False, False, False, False]


def test_a_higher_band_is_told_at_once_and_each_metric_has_its_own() -> None:
    said = Said(0)
    assert said.moved(of(1.0, 0.0))
    assert said.moved(of(2.0, 0.0))
    assert said.moved(of(2.0, 1.0))
    assert not said.moved(of(0.0, 1.5))


def test_what_sank_is_told_with_the_next_signal_and_news_again_when_it_rises() -> None:
    said = Said(0)
    assert said.moved(of(3.0))
    assert said.loud
    said.tell(1_000, 7, of(0.2))
    assert (said.at, said.units, said.news, said.loud) == (1_000, 7, False, False)
    assert said.moved(of(1.0))
