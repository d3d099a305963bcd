"""A watch: what hours of the day have been is no change, and what lies beyond is."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from detectors.compare.baseline import Watch
from detectors.compare.hours import Hours
from detectors.metrics import INDEX, SIZE

HOUR = 60 * 60 * 1000
DAY = 24 * HOUR
START = 1_700_000_000_000
SLOW = INDEX["latency_ms"]
LONG = INDEX["output_tokens"]


def loudest(
    watch: Watch, begun: float, days: float, level: Callable[[float], float], a_day: int = 1200,
    metric: int = SLOW,
) -> float:  # fmt: skip
    """Feed answers of some level by the day's time; return the most that is said of a metric."""
    rng, most = np.random.default_rng(int(begun * 10)), 0.0
    for i in range(int(days * a_day)):
        day = begun + i / a_day
        unit = np.full(SIZE, np.nan)
        unit[metric] = (
            900.0 * level(day) * math.exp((0.35 if metric == SLOW else 0.6) * rng.normal())
        )
        if watch.step("ask|1", unit, START + int(day * DAY)):
            most = max(most, float(watch.evidence()[metric]))
    return most


def cycle(depth: float, first: float) -> Callable[[float], float]:
    return lambda day: 1.0 + depth * math.sin(2 * math.pi * (day + first))


@pytest.mark.parametrize("first", [0.0, 0.25, 0.5, 0.75])
def test_days_that_are_slow_at_noon_are_no_change(first: float) -> None:
    assert loudest(Watch(f"cycle {first}"), 0.0, 6.0, cycle(0.3, first)) < 3.0


def test_a_night_that_is_as_slow_as_noon_is_a_change() -> None:
    watch, day = Watch("slow"), cycle(0.3, 0.0)
    assert loudest(watch, 0.0, 4.0, day) < 3.0
    assert loudest(watch, 4.0, 0.2, lambda at: 2.0 * day(at)) > 4.0


def test_before_the_first_hour_is_over_a_margin_is_all_there_is() -> None:
    watch = Watch("replayed")
    assert loudest(watch, 0.0, 0.01, lambda _: 1.0, 40_000) < 2.0
    assert loudest(watch, 0.01, 0.01, lambda _: 1.1, 40_000) < 2.0
    assert loudest(watch, 0.02, 0.005, lambda _: 1.6, 40_000) > 4.0


def test_what_lasts_for_a_day_is_how_it_is() -> None:
    watch = Watch("settled")
    loudest(watch, 0.0, 2.0, lambda _: 1.0)
    assert loudest(watch, 2.0, 0.5, lambda _: 2.0) > 4.0
    loudest(watch, 2.5, 0.7, lambda _: 2.0)
    assert loudest(watch, 3.2, 0.5, lambda _: 2.0) <= 0.0


def test_an_hour_of_trouble_is_forgotten_in_weeks() -> None:
    watch = Watch("incident")
    loudest(watch, 0.0, 2.0, lambda _: 1.0)
    assert loudest(watch, 2.0, 0.1, lambda _: 2.5) > 4.0
    loudest(watch, 2.1, 28.0, lambda _: 1.0)
    assert loudest(watch, 30.1, 0.2, lambda _: 2.0) > 4.0


@pytest.mark.parametrize("first", [0.0, 0.25, 0.5, 0.75])
def test_days_with_longer_answers_at_noon_are_no_change(first: float) -> None:
    watch = Watch(f"long {first}")
    assert loudest(watch, 0.0, 4.0, cycle(0.15, first), 2000, LONG) < 3.0


def test_answers_longer_than_ever_are_a_change_and_stay_one() -> None:
    watch, day = Watch("longer"), cycle(0.15, 0.0)
    assert loudest(watch, 0.0, 3.0, day, 2000, LONG) < 3.0
    assert loudest(watch, 3.0, 0.5, lambda at: 1.8 * day(at), 2000, LONG) > 4.0
    loudest(watch, 3.5, 1.5, lambda at: 1.8 * day(at), 2000, LONG)
    assert watch.evidence()[LONG] > 4.0


def test_evidence_of_what_has_gone_back_is_thrown_away() -> None:
    watch = Watch("gone")
    loudest(watch, 0.0, 2.0, lambda _: 1.0, 2000, LONG)
    assert loudest(watch, 2.0, 0.1, lambda _: 2.5, 2000, LONG) > 4.0
    loudest(watch, 2.1, 0.5, lambda _: 1.0, 2000, LONG)
    assert watch.evidence()[LONG] <= 0.0


def test_nights_of_three_thousand_that_differ_a_little_are_no_change() -> None:
    watch, rng = Watch("batch"), np.random.default_rng(5)
    for night in range(8):
        level = math.exp(0.08 * rng.normal())
        assert loudest(watch, float(night), 0.01, lambda _, held=level: held, 300_000, LONG) < 3.0


@pytest.mark.parametrize("seed", range(3))
def test_services_with_clocks_of_their_own_are_no_change(seed: int) -> None:
    watch, rng, most, day = Watch(f"clocks {seed}"), np.random.default_rng(seed), 0.0, cycle(0.3, 0)
    for i in range(6000):
        at, service, unit = i / 1500, int(rng.integers(3)), np.full(SIZE, np.nan)
        unit[SLOW] = 900.0 * day(at + service / 3) * math.exp(0.35 * rng.normal())
        if watch.step(f"task-{service}|1", unit, START + int(at * DAY)):
            most = max(most, float(watch.evidence()[SLOW]))
    assert most < 3.0


def taken(found: Hours, *levels: float) -> list[bool]:
    """Take an hour of a hundred units at each level; return after which of them odd hours joined."""
    joined = []
    for level in levels:
        at = START + int(found.gone + 1.5) * HOUR
        found.take((at, at), np.full(SIZE, 100.0 * level), np.full(SIZE, 100.0), np.zeros(SIZE))
        back = found.take((at + HOUR, at + HOUR), np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE))
        joined.append(LONG in back)
    return joined


def test_who_goes_beyond_at_noon_and_at_night_is_not_told_for_ever() -> None:
    found = Hours()
    taken(found, *[0.0] * 12)
    day = [1.0] * 9 + [0.0] * 3 + [-1.0] * 9 + [0.0] * 3
    assert sum(taken(found, *day, 1.0)) == 1
    low, high = found.band(np.array([LONG]))
    assert low[0] <= -1.0
    assert high[0] >= 1.0


def test_what_stays_beyond_does_not_join() -> None:
    found = Hours()
    taken(found, *[0.0] * 12)
    assert not any(taken(found, *[1.0] * 48))
    assert found.band(np.array([LONG]))[1][0] < 0.5


def hours(*times: tuple[int, int]) -> Hours:
    """Return the hours after a block of forty units at each broker time and service's time."""
    found, number = Hours(), np.full(SIZE, 40.0)
    for at in times:
        found.take(at, np.zeros(SIZE), number, np.zeros(SIZE))
    return found


@pytest.mark.parametrize(
    ("times", "ended"),
    [
        ([(START, START), (START + HOUR, START + HOUR)], 1),
        ([(START, START - 9 * DAY), (START + 5, START - 9 * DAY + HOUR)], 1),  # sent as logs
        ([(START, 1), (START + HOUR, 1), (START + 2 * HOUR, 1)], 2),  # a clock that stands still
        ([(START, START), (START + 5, START - DAY), (START + 9, START + 9)], 0),  # comes late
        ([(START, START), (START + HOUR, START - DAY), (START + HOUR + 9, START + HOUR + 9)], 2),
    ],
)
def test_an_hour_ends_when_either_clock_says_so(times: list[tuple[int, int]], ended: int) -> None:
    assert hours(*times).known[LONG] == ended
