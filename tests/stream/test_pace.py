"""Rounds come at their interval where they are cheap, and later where they are dear."""

from time import thread_time
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter

from streams.kafka.membership import QUIET, BatchThread
from streams.kafka.metrics import Tally
from streams.kafka.pace import MOST, Pace

SHARE = 0.03


def _work(seconds: float) -> None:
    begun = thread_time()
    while thread_time() - begun < seconds:
        pass


def test_a_cheap_round_keeps_the_interval() -> None:
    pace = Pace(SHARE)
    assert pace.pause(20.0) == 20.0
    with pace:
        pass
    assert pace.pause(20.0) == 20.0


def test_a_dear_round_waits_longer_but_not_for_ever() -> None:
    pace = Pace(SHARE)
    with pace:
        _work(0.02)
    with pace:
        _work(0.02)
    assert pace.pause(1.0) >= 0.04 / SHARE
    assert pace.pause(1.0) == 1.0, "each pause answers for its own round"
    with pace:
        _work(0.05)
    assert pace.pause(0.1) == MOST * 0.1


def test_a_tally_tells_all_it_has_counted() -> None:
    registry = CollectorRegistry()
    tally = Tally(Counter("folds", "Folds.", registry=registry))
    for _ in range(250):
        tally.add()
    assert registry.get_sample_value("folds_total") == 200.0
    tally.tell()
    assert registry.get_sample_value("folds_total") == 250.0


class _Fetcher:
    _fetch_max_wait_ms = _fetch_min_bytes = 0


class _Consumer:
    _fetcher = _Fetcher()


@pytest.mark.parametrize(
    ("found", "rebalancing", "wanted"),
    [
        ({"a record": 1}, False, (30, 65_536)),
        ({}, False, QUIET),
        ({}, True, (30, 65_536)),
    ],
)
async def test_a_consumer_that_finds_nothing_asks_more_seldom_and_waits_for_a_single_record(
    found: dict[str, int], rebalancing: bool, wanted: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    async def fetched(*_: object, **__: object) -> dict[str, int]:
        return found

    class _App:
        fetching = (30, 65_536)

    thread: Any = BatchThread.__new__(BatchThread)
    thread.app = _App()
    thread.app.rebalancing = rebalancing
    monkeypatch.setattr(BatchThread.__base__, "_fetch_records", fetched)
    consumer = _Consumer()
    assert await thread._fetch_records(consumer, set()) == found
    fetcher = consumer._fetcher
    assert (fetcher._fetch_max_wait_ms, fetcher._fetch_min_bytes) == wanted
