"""Injected changes of seven kinds: whose doing is each said to be?"""

import pytest

from benchmarks.science.stories import verdict
from simulation.causes import CAUSES, Story, inject

SEEDS = range(20, 26)


def story(cause: str, seed: int) -> Story:
    known = next(name for name in CAUSES if name == cause)
    if known == "candidate":
        return inject(known, seed, change=300, units=1700)
    return inject(known, seed)


def test_nine_in_ten_are_attributed_rightly() -> None:
    wrong, seen = [], 0
    for cause in CAUSES:
        for seed in SEEDS:
            told = story(cause, seed)
            alert = verdict(told)
            assert alert is not None, f"{told.title} is not seen"
            seen += 1
            if alert.cause != cause:
                wrong.append(f"{told.title}: {alert.cause} for {cause}, {alert.reasons}")
            assert not alert.contested, alert.reasons
    assert len(wrong) <= 0.1 * seen, wrong


@pytest.mark.parametrize("seed", [2, 4, 5, 7])
def test_what_the_baseline_arm_does_too_is_contested(seed: int) -> None:
    told = inject("candidate", seed, change=700, units=2300, contested=True)
    alert = verdict(told)
    assert alert is not None
    assert alert.contested
    assert "baseline arm" in alert.reasons[0]
