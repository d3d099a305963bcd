"""Turns: measure gives way between any two records, and that makes no difference."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from streams.kafka import turns
from tests.agents import MeasureDesk
from tests.stream.test_measure import PHASE, event, everything, rows

EVENTS = 150


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[MeasureDesk, MeasureDesk]]:
    found = MeasureDesk(tmp_path / "a", [PHASE]), MeasureDesk(tmp_path / "b", [PHASE])
    yield found
    for desk in found:
        desk.close()


async def test_others_have_their_turn_between_any_two_records_and_states(
    desks: tuple[MeasureDesk, MeasureDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flush that comes in the middle of a chunk, at each of its turns, is one of them."""
    calm, torn = desks
    events = [replace(event(n), partition=n % 3) for n in range(EVENTS)]
    await calm.feed(events)
    monkeypatch.setattr(turns, "SECONDS", 0.0)
    flushes = 0

    async def flush() -> None:
        nonlocal flushes
        while True:
            await torn.states("tenants")
            flushes += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(flush())
    await torn.feed(events)
    other.cancel()
    with suppress(asyncio.CancelledError):
        await other
    assert flushes >= EVENTS / 20
    assert await everything(torn) == await everything(calm)
    offsets = [(row["partition"], row["offset"]) for row in rows(await torn.sent("features"))]
    assert sorted(offsets) == sorted((n % 3, n) for n in range(EVENTS))


async def test_a_turn_ends_by_time_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS", 60.0)
    turn, met = turns.Turn(), list[str]()

    async def other() -> None:
        met.append("other")

    waiting = asyncio.create_task(other())
    assert turn.over, "who has just come gives way first"
    await turn.next()
    assert met == ["other"]
    assert not turn.over
    monkeypatch.setattr(turns, "SECONDS", 0.0)
    await turn.next()
    assert turn.over
    await waiting
