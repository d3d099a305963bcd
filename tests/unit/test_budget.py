import random

import pytest

from detectors.budget import Bucket

MINUTE = 60_000


def run(gaps_ms: list[int], *, per_minute: float = 6.0, burst: float = 60.0) -> list[bool]:
    bucket, at, taken = Bucket(), 1_000_000, []
    for number, gap in enumerate(gaps_ms):
        at += gap
        taken.append(bucket.take(f"event-{number}", at, per_minute=per_minute, burst=burst))
    return taken


def test_a_quiet_tenant_gives_every_event() -> None:
    assert all(run([10_000] * 2_000))


def test_a_busy_tenant_gives_no_more_than_its_budget() -> None:
    taken = run([10] * 60_000)
    minutes = 60_000 * 10 / MINUTE
    assert sum(taken) <= 60 + 6 * minutes
    assert sum(taken[-30_000:]) == pytest.approx(6 * minutes / 2, rel=0.5)


def test_the_sample_of_a_busy_tenant_is_spread_over_each_burst() -> None:
    # Ten minutes of silence, then 400 events within four seconds, a hundred times over.
    taken = run(([600_000] + [10] * 399) * 100)
    bursts = [taken[i : i + 400] for i in range(0, len(taken), 400)]
    usual = bursts[20:]
    first, last = (sum(sum(burst[i : i + 100]) for burst in usual) for i in (0, 300))
    assert sum(map(sum, usual)) > 40 * len(usual)
    assert last > 0.5 * first


def test_the_sample_favours_neither_arm() -> None:
    rng = random.Random(5)
    arms = [rng.random() < 0.05 for _ in range(200_000)]
    taken = run([30] * len(arms))
    share = sum(a for a, t in zip(arms, taken, strict=True) if t) / sum(taken)
    assert share == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / sum(taken)) ** 0.5)


def test_a_replay_takes_the_same_events() -> None:
    gaps = [random.Random(1).randrange(500) for _ in range(500)]
    assert run(gaps) == run(gaps)


def test_three_numbers_carry_it_over_a_restart() -> None:
    whole, before = Bucket(), Bucket()
    for number in range(300):
        whole.take(str(number), number * 50, per_minute=6, burst=60)
        before.take(str(number), number * 50, per_minute=6, burst=60)
    after = Bucket(tokens=before.tokens, last_ms=before.last_ms, recent=before.recent)
    for number in range(300, 600):
        at = number * 50
        assert whole.take(str(number), at, per_minute=6, burst=60) == after.take(
            str(number), at, per_minute=6, burst=60
        )


def test_no_budget_takes_nothing() -> None:
    assert not any(run([60_000] * 10, per_minute=0))


def test_time_that_goes_back_refills_nothing() -> None:
    bucket = Bucket(tokens=0.5, last_ms=100_000)
    assert not bucket.take("a", 1_000, per_minute=6, burst=60)
    assert (bucket.tokens, bucket.last_ms) == (0.5, 100_000)
