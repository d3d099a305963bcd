"""Agent measure, fed with records: what it sends, sets aside, waits for and forgets."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from schemas import Cohort, DeadLetter, Phase
from streams.agents.measure import TURN, TURN_BYTES, turns
from streams.agents.park import MAX_KEY
from streams.features import decode
from tests.agents import MeasureDesk, Sent, bundle
from tests.stream.kafka_fakes import FakeRecord

OLD, NEW = bundle("old"), bundle("new")
PHASE = Phase(
    phase_id="p1", rollout_id="r1", agent_id="care", wave=1, weight=0.25, controls=3, opened_at=0,
    cohorts=[Cohort(baseline=OLD.bundle_id, candidate=NEW.bundle_id, tenants={"t1": 2, "t2": 2})],
)  # fmt: skip
WORDS = ("the", "order", "was", "found", "and", "will", "be", "sent", "to", "you", "as", "soon")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MeasureDesk]:
    made = MeasureDesk(tmp_path, [PHASE])
    yield made
    made.close()


def event(offset: int, phase_id: str | None = "p1", **changes: Any) -> FakeRecord:
    rng = Random(offset)
    candidate = rng.random() < 0.25
    body: dict[str, Any] = {
        "event_id": f"e{offset}", "occurred_at": "2026-11-21T12:00:00Z", "tenant_id": "t1",
        "agent_id": "care", "bundle_id": (NEW if candidate else OLD).bundle_id,
        "session_id": f"s{offset}", "output_tokens": round(rng.lognormvariate(5, 0.6)),
        "latency_ms": rng.lognormvariate(6, 0.5), "refused": rng.random() < 0.3 * candidate,
        "output": " ".join(rng.choices(WORDS, k=12)),
    }  # fmt: skip
    if phase_id is not None:
        body["stamp"] = {
            "phase_id": phase_id, "arm": "candidate" if candidate else "baseline", "epoch": 2,
            "router_id": "r", "unit_id": f"u{offset}",
        }  # fmt: skip
    body |= changes
    key = f"{body['tenant_id']}/{body['agent_id']}".encode()
    at = 1_790_000_000_000 + 300 * offset
    return FakeRecord(offset, key, json.dumps(body).encode(), timestamp=at)


def outcome(offset: int, of: int, **changes: Any) -> FakeRecord:
    body = {
        "outcome_id": f"o{offset}", "occurred_at": "2026-11-21T12:00:00Z", "tenant_id": "t1",
        "agent_id": "care", "event_id": f"e{of}", "name": "feedback", "value": 1.0, **changes,
    }  # fmt: skip
    return FakeRecord(offset, b"t1/care", json.dumps(body).encode(), timestamp=offset)


def letters(sent: list[Sent]) -> dict[int, str]:
    found = [DeadLetter.model_validate_json(one.value or b"") for one in sent]
    return {letter.offset: letter.reason for letter in found}


def rows(sent: list[Sent]) -> list[dict[str, Any]]:
    return [row for one in sent for row in decode(one.value or b"").to_pylist()]


def by_id(sent: list[Sent], name: str) -> dict[str, bytes]:
    return {json.loads(one.value or b"")[name]: one.value or b"" for one in sent}


async def everything(desk: MeasureDesk) -> tuple[Any, ...]:
    """Return what is durable in the end, repeats left out."""
    states = await desk.states("tenants")
    return (
        {key: (entry.stamps, entry.blob) for key, entry in states.items()},
        by_id(await desk.sent("signals"), "signal_id"),
        by_id(await desk.sent("acks"), "sighting_id"),
        {row["offset"]: str(row) for row in rows(await desk.sent("features"))},
        letters(await desk.sent("dead-letters")),
    )


POISON = {
    b"": "empty",
    b"{not json": "not-json",
    b"\xff\xfe\x00": "not-json",
    b"null": "not-an-event",
    b"[]": "not-an-event",
    b'"text"': "not-an-event",
    b"[" * 100_000: "not-json",
    b'{"event_id": "e"}': "not-an-event",
    b'{"outcome_id": "o"}': "not-an-event",
    b'{"outcome_id": ': "not-json",
    b" " * 2_000_001: "too-large",
}


@pytest.mark.parametrize("value", POISON)
async def test_poison_is_parked_with_its_reason_and_the_stream_goes_on(
    desk: MeasureDesk, value: bytes
) -> None:
    await desk.feed([FakeRecord(0, b"t1/care", value), FakeRecord(1, None, value), event(2)])
    found = await desk.sent("dead-letters")
    assert letters(found) == {0: POISON[value], 1: POISON[value]}
    assert [one.key for one in found] == [b"t1/care", None]
    assert desk.counted("events") == {"parked": 2, "processed": 1}
    assert [row["event_id"] for row in rows(await desk.sent("features"))] == ["e2"]


async def test_a_key_of_any_length_is_parked_too(desk: MeasureDesk) -> None:
    await desk.feed([FakeRecord(0, b"\0" * 3_000_000, b"x"), event(1)])
    (one,) = await desk.sent("dead-letters")
    assert len(one.key or b"") == MAX_KEY
    assert DeadLetter.model_validate_json(one.value or b"").detail.startswith("cut from 3000001 ")
    assert desk.counted("events") == {"parked": 1, "processed": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"output_tokens": -1}, {"output_tokens": 10**9}, {"latency_ms": 1e300}, {"turn": 0},
        {"occurred_at": "yesterday"}, {"occurred_at": "2026-11-21T12:00:00"}, {"tenant_id": "a b"},
        {"bundle_id": ""}, {"stamp": {"phase_id": "p1"}}, {"embedding": []},
        {"latency_ms": None, "output_tokens": None, "output": None, "refused": None},
    ],
)  # fmt: skip
async def test_an_event_that_is_none_says_where_and_nothing_of_its_text(
    desk: MeasureDesk, changes: dict[str, Any]
) -> None:
    await desk.feed([event(0, prompt="my secret", **changes), event(1)])
    (one,) = await desk.sent("dead-letters")
    letter = DeadLetter.model_validate_json(one.value or b"")
    assert letter.reason == "not-an-event"
    assert letter.detail
    assert "secret" not in letter.detail
    assert desk.counted("events") == {"parked": 1, "processed": 1}


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize(
    "changes",
    [
        {"embedding": [0.0, 0.0]}, {"embedding": [1e300, 1.0]}, {"embedding": [1e-300] * 3},
        {"embedding": [1.0], "embedding_model": "own"}, {"output": "\x00"}, {"output": ""},
        {"output": "\U0001f600" * 5000}, {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": "9999-12-31T23:59:59-14:00"}, {"labels": {"a": "b" * 10_000}},
        {"unheard_of": {"deep": [1e308, 10**40]}}, {"latency_ms": 1e9, "output_tokens": 10**8},
    ],
)  # fmt: skip
async def test_an_odd_event_spoils_nothing_that_comes_after(
    desk: MeasureDesk, changes: dict[str, Any]
) -> None:
    await desk.feed([event(0), event(1, **changes), *map(event, range(2, 60))], size=7)
    assert desk.counted("events") == {"processed": 60}
    found = rows(await desk.sent("features"))
    assert [row["offset"] for row in found] == list(range(60))
    assert all(abs(row["embedding_distance"] or 0.0) <= 2.0 for row in found)
    ((_, entry),) = (await desk.states("tenants")).items()
    assert entry.stamps == {"x.events": 59}


async def test_an_epoch_that_no_state_holds_is_parked(desk: MeasureDesk) -> None:
    stamp = {"phase_id": "pin", "arm": "baseline", "router_id": "r", "unit_id": "u"}
    absurd = [event(0, stamp={**stamp, "epoch": 2**64}), event(1, stamp={**stamp, "epoch": 2**63})]
    await desk.feed([*absurd, event(2, stamp={**stamp, "epoch": 2**63 - 1})])
    assert letters(await desk.sent("dead-letters")) == {0: "absurd-epoch", 1: "absurd-epoch"}
    assert len(await desk.states("tenants")) == 1


async def test_a_message_under_another_key_is_parked(desk: MeasureDesk) -> None:
    strangers = [event(0), outcome(1, 0)]
    await desk.feed([FakeRecord(r.offset, b"t2/care", r.value) for r in strangers])
    assert letters(await desk.sent("dead-letters")) == {0: "wrong-key", 1: "wrong-key"}
    assert await desk.states("tenants") == {}


async def test_a_phase_that_the_registry_has_only_now_counts(desk: MeasureDesk) -> None:
    desk.late = [PHASE.model_copy(update={"phase_id": "p2", "wave": 2, "opened_at": 5})]
    await desk.feed([event(0), event(1, "p2")])
    assert desk.asked == 1
    assert [row["counted"] for row in rows(await desk.sent("features"))] == ["evidence"] * 2
    assert await desk.sent("dead-letters") == []


async def test_a_phase_that_nobody_issued_is_looked_up_once_and_parked(desk: MeasureDesk) -> None:
    forged = [event(n, f"forged-{n % 3}") for n in range(60)]
    await desk.feed(forged[:30])
    await desk.feed([*forged[30:], event(60)])
    assert desk.asked == 1
    assert set(letters(await desk.sent("dead-letters")).values()) == {"unknown-phase"}
    assert desk.counted("events") == {"parked": 60, "processed": 1}
    counted = [row["counted"] for row in rows(await desk.sent("features"))]
    assert counted == ["unknown-phase"] * 60 + ["evidence"]
    desk.tell(PHASE.model_copy(update={"phase_id": "forged-0", "wave": 2, "opened_at": 5}))
    await desk.feed([event(63, "forged-0")])
    assert rows(await desk.sent("features"))[-1]["counted"] == "evidence"


async def test_other_epochs_arms_bundles_and_tenants_give_no_evidence(desk: MeasureDesk) -> None:
    stamp = json.loads(event(0).value or b"")["stamp"]
    await desk.feed([
        event(0, stamp=stamp | {"epoch": 3}),
        event(1, bundle_id="sha256:other"),
        event(2, tenant_id="t9"),
        event(3, stamp=stamp | {"traffic": "shadow"}),
        event(4, cache=True),
    ])  # fmt: skip
    counted = [row["counted"] for row in rows(await desk.sent("features"))]
    assert counted == ["not-issued"] * 3 + ["not-live", "cached"]


async def test_what_comes_again_is_skipped_and_says_nothing(desk: MeasureDesk) -> None:
    records = [event(n) for n in range(40)]
    await desk.feed(records)
    before = await everything(desk)
    count = len(await desk.sent())
    await desk.feed(records, size=11)
    assert desk.counted("events") == {"processed": 40, "skipped": 40}
    assert len(await desk.sent()) == count
    assert await everything(desk) == before


async def test_repeats_under_new_offsets_are_no_new_evidence(desk: MeasureDesk) -> None:
    first = [event(n) for n in range(200)]
    again = [FakeRecord(200 + r.offset, r.key, r.value, timestamp=r.timestamp) for r in first]
    await desk.feed(first + again)
    counted = [row["counted"] for row in rows(await desk.sent("features"))]
    assert counted == ["evidence"] * 200 + ["repeat"] * 200
    units = [json.loads(o.value or b"")["units"] for o in await desk.sent("signals")]
    assert max(sum(unit.values()) for unit in units) <= 200


async def test_clocks_of_services_are_only_data(tmp_path: Path) -> None:
    ends = []
    for number, wild in enumerate((False, True)):
        desk = MeasureDesk(tmp_path / str(number), [PHASE])
        rng = Random(7)
        years = [rng.randrange(1, 9999) if wild else 2026 for _ in range(300)]
        await desk.feed(
            [event(n, occurred_at=f"{y:04}-03-01T00:00:00Z") for n, y in enumerate(years)]
        )
        ends.append(await everything(desk))
        desk.close()
    assert ends[0] == ends[1]
    assert ends[0][1]


async def test_out_of_order_and_outcomes_before_their_events(desk: MeasureDesk) -> None:
    shuffled = [event(n) for n in range(100)]
    Random(3).shuffle(shuffled)
    moved = [FakeRecord(n, r.key, r.value, timestamp=n) for n, r in enumerate(shuffled)]
    early = [outcome(100, 500), outcome(101, 3), outcome(102, 3), outcome(103, 4, name="own")]
    await desk.feed(moved + early, size=13)
    assert desk.counted("events") == {"processed": 104}
    assert [row["counted"] for row in rows(await desk.sent("features"))] == ["evidence"] * 100


@pytest.mark.parametrize("seed", range(4))
async def test_crashes_anywhere_change_nothing_that_is_durable(tmp_path: Path, seed: int) -> None:
    """A flush may come in the middle of a chunk, and a crash at any moment after it."""
    rng = Random(seed)
    records = [event(n) for n in range(240)] + [outcome(240, 200), FakeRecord(241, b"t1/care")]
    calm = MeasureDesk(tmp_path / "calm", [PHASE])
    await calm.feed(records)
    desk = MeasureDesk(tmp_path / "rough", [PHASE])
    committed = 0
    while committed < len(records):
        size = rng.randrange(20, 120)
        chunk, done = [desk.here(record) for record in records[committed:]][:size], False
        fold, left = desk.agent.tenants.fold_at, rng.randrange(size)

        def folding(record: Any, *rest: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise InterruptedError
            return fold(record, *rest)  # noqa: B023

        desk.agent.tenants.fold_at = folding  # type: ignore[method-assign,assignment]
        try:
            await desk.agent.chunk(chunk)
            done = True
        except InterruptedError:
            pass
        desk.agent.tenants.fold_at = fold  # type: ignore[method-assign]
        if rng.random() < 0.7:
            await desk.states("tenants")
            committed += size * done
        await desk.outbox.drain()
        await desk.rebalance()
    assert await everything(desk) == await everything(calm)
    calm.close()
    desk.close()


async def test_after_a_rebalance_in_the_middle_the_rest_of_a_chunk_is_left(
    desk: MeasureDesk,
) -> None:
    """The partition may be back by then, with a state that lacks the chunk's beginning."""
    await desk.feed([event(n) for n in range(10)])
    await desk.states("tenants")
    late = [desk.here(event(n)) for n in range(10, 60)]
    embed = desk.embedders.embed

    async def embed_through_a_rebalance(plan: Any) -> Any:
        await desk.rebalance()
        return await embed(plan)

    desk.embedders.embed = embed_through_a_rebalance  # type: ignore[method-assign]
    await desk.agent.chunk(late[20:])
    desk.embedders.embed = embed  # type: ignore[method-assign]
    assert desk.agent.tenants.contains(late[0]) is False
    await desk.agent.chunk(late)
    assert [r["offset"] for r in rows(await desk.sent("features"))] == list(range(60))


async def test_whenever_a_rebalance_comes_no_state_is_looked_at_after_it(
    desk: MeasureDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be read back by then, by halves: what is touched would be kept."""

    def touched(*_: Any, **__: Any) -> None:
        message = "a state was touched after the rebalance"
        raise AssertionError(message)

    monkeypatch.setattr("streams.kafka.turns.SECONDS", 0.0)  # as many turns on any machine
    chunk = [desk.here(event(n)) for n in range(120)]
    for passes in range(1, 40):
        taken = asyncio.create_task(desk.agent.chunk(chunk))
        for _ in range(passes):
            await asyncio.sleep(0)
        assert not taken.done()
        await desk.rebalance()
        with monkeypatch.context() as patched:
            for name in ("get", "contains", "fold_at"):
                patched.setattr(desk.agent.tenants, name, touched)
            await taken


@pytest.mark.parametrize("sizes", [[], [700] * 70, [1_700] * 30, [100_000, 10, 10, 100_000]])
def test_a_turn_is_short_whatever_the_events_weigh(sizes: list[int]) -> None:
    records = [FakeRecord(i, b"t1/care", b"x" * size) for i, size in enumerate(sizes)]
    found = list(turns(records))
    assert [record for few in found for record in few] == records
    for few in found:
        assert 1 <= len(few) <= TURN
        assert len(few) == 1 or sum(len(one.value or b"") for one in few) <= TURN_BYTES
