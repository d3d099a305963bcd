"""From a person's request to a watch that compares with the present."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from schemas import Accept, DeadLetter, Signal, Tenant
from tests.agents import DecideDesk, MeasureDesk, Sent, request
from tests.stream.kafka_fakes import FakeRecord

AT = 1_790_000_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MeasureDesk]:
    made = MeasureDesk(tmp_path)
    yield made
    made.close()


def event(offset: int, factor: float = 1.0) -> FakeRecord:
    rng = Random(offset)
    body = {
        "event_id": f"e{offset}", "occurred_at": "2026-11-21T12:00:00Z", "tenant_id": "t1",
        "agent_id": "care", "bundle_id": "v1", "session_id": f"s{offset}",
        "output_tokens": round(factor * rng.lognormvariate(5, 0.4)), "model_served": "m1",
    }  # fmt: skip
    return FakeRecord(offset, b"t1/care", json.dumps(body).encode(), timestamp=AT + 300 * offset)


def accept(offset: int, **changes: Any) -> FakeRecord:
    word = {
        "accept_id": "accept-1", "request_id": "request-1", "tenant_id": "t1", "agent_id": "care",
        "person": "ann", "reason": "longer answers were asked for", "at": AT, **changes,
    }  # fmt: skip
    body = Accept.model_validate(word).model_dump_json().encode()
    return FakeRecord(offset, b"t1/care", body, timestamp=AT + 300 * offset)


def said(sent: list[Sent]) -> list[Signal]:
    return [Signal.model_validate_json(one.value or b"") for one in sent]


def loudest(signals: list[Signal]) -> float:
    return max((reading.display for one in signals for reading in one.readings), default=0.0)


async def test_a_watch_is_quiet_after_the_present_was_accepted(desk: MeasureDesk) -> None:
    await desk.feed([event(n, 1.0 if n < 400 else 1.8) for n in range(600)])
    before = said(await desk.sent("signals"))
    assert loudest(before) > 6.0
    await desk.feed([accept(600), *(event(n, 1.8) for n in range(601, 1200))])
    after = said(await desk.sent("signals"))[len(before) :]
    answer, *later = after
    assert (answer.reason, answer.readings) == ("accept", [])
    assert later
    assert loudest(later) < 1.0
    assert desk.counted("events") == {"processed": 1200}
    old, new = before[-1].baseline, later[-1].baseline
    assert old is not None
    assert new is not None
    assert (old.version, new.version, new.accepted) == (1, 2, "request-1")
    assert new.since == AT + 300 * 600
    assert new.previous not in {None, new.fingerprint}
    tokens = later[-1].readings[0]
    assert tokens.baseline_value == pytest.approx(1.8 * 160, rel=0.15)


async def test_the_same_change_after_the_acceptance_is_seen_again(desk: MeasureDesk) -> None:
    records = [event(n, 1.0 if n < 400 else 1.8) for n in range(600)]
    await desk.feed([*records, accept(600), *(event(n, 1.8) for n in range(601, 900))])
    count = len(await desk.sent("signals"))
    await desk.feed([event(n) for n in range(901, 1100)])
    assert loudest(said(await desk.sent("signals"))[count:]) > 6.0


async def test_a_replay_gives_the_same_state_and_signals(tmp_path: Path) -> None:
    records = [event(n, 1.0 if n < 200 else 1.8) for n in range(300)]
    records += [accept(300), *(event(n, 1.8) for n in range(301, 500)), accept(500)]
    ends = []
    for number, size in enumerate((1000, 7, 113)):
        desk = MeasureDesk(tmp_path / str(number))
        await desk.feed(records, size=size)
        if number:
            await desk.states("tenants")
            await desk.rebalance()
            await desk.feed(records[-50:], size=size)
        states = await desk.states("tenants")
        signals = {one.signal_id: one for one in said(await desk.sent("signals"))}
        ends.append(({key: (e.stamps, e.blob) for key, e in states.items()}, signals))
        desk.close()
    assert ends[0] == ends[1] == ends[2]
    assert [one.baseline.version for one in ends[0][1].values() if one.baseline][-1] == 3


async def test_an_acceptance_of_what_is_not_watched_changes_nothing(desk: MeasureDesk) -> None:
    await desk.feed([event(n) for n in range(100)])
    before = await desk.states("tenants")
    count = len(await desk.sent("signals"))
    await desk.feed([accept(100, bundle_id="v9")])
    after = await desk.states("tenants")
    assert len(await desk.sent("signals")) == count
    assert [one.blob for one in after.values()] == [one.blob for one in before.values()]


async def test_a_broken_or_misplaced_acceptance_is_parked(desk: MeasureDesk) -> None:
    await desk.feed([
        FakeRecord(0, b"t1/care", b'{"accept_id": "a"}'),
        FakeRecord(1, b"t2/care", accept(1).value),
        event(2),
    ])  # fmt: skip
    letters = [
        DeadLetter.model_validate_json(o.value or b"") for o in await desk.sent("dead-letters")
    ]
    assert {one.offset: one.reason for one in letters} == {0: "not-an-event", 1: "wrong-key"}


def asking(offset: int, tenant: str, reason: str = "asked for") -> FakeRecord:
    raw = request(
        request_id=f"q{offset}", kind="accept", tenants=[tenant], reason=reason,
        at=datetime.fromtimestamp(AT / 1000, UTC),
    )  # fmt: skip
    return FakeRecord(offset, b"care", raw, "x.requests", timestamp=AT)


async def test_decide_puts_the_word_of_a_known_person_on_the_tenants_events(
    tmp_path: Path,
) -> None:
    desk = DecideDesk(tmp_path, [Tenant(tenant_id="t1")])
    await desk.decide.chunk([asking(0, "t1"), asking(1, "stranger"), asking(2, "t1", " ")])
    (sent,) = await desk.sent("events")
    assert sent.key == b"t1/care"
    word = Accept.model_validate_json(sent.value or b"")
    assert (word.request_id, word.person, word.reason) == ("q0", "ann", "asked for")
    letters = [
        DeadLetter.model_validate_json(o.value or b"") for o in await desk.sent("dead-letters")
    ]
    assert ["unknown-tenant" in one.detail for one in letters] == [True, False]
    assert ["no-reason" in one.detail for one in letters] == [False, True]
    await desk.decide.chunk([asking(0, "t1")])
    assert len(await desk.sent("events")) == 1, "a repeat is no second word"
