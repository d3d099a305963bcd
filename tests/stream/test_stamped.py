import asyncio
from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from streams.errors import CorruptEntryError, StaleStateError
from streams.kafka import turns
from streams.kafka.changelog import LARGE
from streams.kafka.entries import decode, entry_key
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import MAX_MESSAGE, Outbox
from streams.kafka.stamped import KeyedState
from tests.stream.kafka_fakes import FakeApp, FakeProducer, FakeRecord, make_app, own

CHANGELOG = "x.measure-tenants-changelog"


class Kit:
    """A state that is a list of bytes, its app, its producer."""

    def __init__(self, folder: Path, *, at_once: bool = True, rewarm: bool = False) -> None:
        self.producer = FakeProducer(at_once=at_once)
        self.app: FakeApp = make_app(folder, self.producer)
        self.metrics = Metrics()
        self.outbox = Outbox(self.app)
        self.recovered = 0
        self.blow: bytes | None = None
        self.state: KeyedState[list[bytes]] = KeyedState(
            self.app,
            "tenants",
            4,
            factory=list,
            dumps=self._dumps,
            loads=lambda blob: blob.split(b"|"),
            outbox=self.outbox,
            on_recovered=self._on_recovered,
            rewarm=rewarm,
            metrics=self.metrics,
        )
        own(self.app, CHANGELOG, 0, 1)

    def _dumps(self, values: list[bytes]) -> bytes:
        return self.blow if self.blow is not None else b"|".join(values)

    async def _on_recovered(self) -> None:
        self.recovered += 1

    async def commit(self, *offsets: TP) -> None:
        for hook in self.app.before_commit:
            await hook(dict.fromkeys(offsets or (TP("events", 0),), 1))

    def written(self) -> list[tuple[int | None, list[bytes]]]:
        return [
            (partition, decode(value or b"").blob.split(b"|"))
            for topic, _, value, partition in self.producer.sent
            if topic == CHANGELOG
        ]


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


def add(state: list[bytes], value: bytes) -> int:
    state.append(value)
    return len(state)


async def test_what_is_delivered_again_is_skipped(kit: Kit) -> None:
    assert kit.state.fold(FakeRecord(5), add, b"a") == 1
    assert kit.state.fold(FakeRecord(5), add, b"a") is None
    assert kit.state.fold(FakeRecord(4), add, b"z") is None
    assert kit.state.contains(FakeRecord(5))
    assert not kit.state.contains(FakeRecord(6))
    assert kit.state.get(0, b"t/a") == [b"a"]


async def test_stamps_are_of_a_topic_and_a_key(kit: Kit) -> None:
    kit.state.fold(FakeRecord(5), add, b"a")
    assert kit.state.fold(FakeRecord(2, topic="acks"), add, b"b") == 2
    assert kit.state.fold_at(FakeRecord(5), b"other", add, b"c") == 1
    assert kit.state.fold(FakeRecord(1, partition=1), add, b"d") == 1
    assert kit.state.get(0, b"t/a") == [b"a", b"b"]
    assert kit.state.get(1, b"t/a") == [b"d"]


async def test_a_commit_writes_what_changed_once_with_its_stamps(kit: Kit) -> None:
    kit.state.fold(FakeRecord(5), add, b"a")
    kit.state.fold(FakeRecord(6), add, b"b")
    await kit.commit()
    await kit.commit()
    assert kit.written() == [(0, [b"a", b"b"])]
    topic, key, value, _ = kit.producer.sent[0]
    assert (topic, key) == (CHANGELOG, entry_key(0, b"t/a"))
    assert decode(value or b"").stamps == {"events": 6}


async def test_a_commit_of_one_partition_leaves_the_others(kit: Kit) -> None:
    kit.state.fold(FakeRecord(5, partition=1), add, b"a")
    await kit.commit(TP("events", 0))
    assert kit.written() == []
    kit.app.answer = "lost"
    assert not await kit.state.flush({1})
    assert kit.written() == []
    kit.app.answer = "member"
    assert await kit.state.flush({1})
    assert kit.written() == [(1, [b"a"])]


async def test_entries_are_written_after_what_they_said_is_acked(tmp_path: Path) -> None:
    kit = Kit(tmp_path, at_once=False)
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.outbox.send("signals", b"k", b"said")
    writing = asyncio.create_task(kit.commit())
    await asyncio.sleep(0.02)
    assert kit.producer.topics() == ["signals"]
    kit.producer.ack_all()
    await asyncio.sleep(0.02)
    assert kit.producer.topics() == ["signals", CHANGELOG]
    assert not writing.done()
    kit.producer.ack_all()
    await writing


async def test_an_entry_knows_nothing_that_was_said_while_it_was_written(tmp_path: Path) -> None:
    kit = Kit(tmp_path, at_once=False)
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.outbox.send("signals", b"k", b"said")
    writing = asyncio.create_task(kit.commit())
    await asyncio.sleep(0.01)
    kit.state.fold(FakeRecord(2), add, b"b")
    kit.outbox.send("signals", b"k", b"later")
    kit.producer.ack_all()
    await asyncio.sleep(0.01)
    kit.producer.ack_all()
    await writing
    assert kit.written() == [(0, [b"a"])]


async def test_a_failed_write_is_written_again(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.producer.error = ConnectionError("gone")
    with pytest.raises(ConnectionError):
        await kit.commit()
    kit.producer.error = None
    await kit.commit()
    assert kit.written() == [(0, [b"a"])]


async def test_a_marked_state_is_written_without_a_record(kit: Kit) -> None:
    kit.state.get(0, b"t/a").append(b"tick")
    await kit.commit()
    assert kit.written() == []
    kit.state.mark(0, b"t/a")
    await kit.commit()
    assert kit.written() == [(0, [b"tick"])]


async def test_after_a_rebalance_it_starts_from_what_is_durable(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    await kit.commit()
    kit.state.fold(FakeRecord(2), add, b"lost")
    await kit.app.on_partitions_revoked.send({TP("events", 0)})
    assert kit.state.get(0, b"t/a") == [b"a"]
    assert kit.state.fold(FakeRecord(2), add, b"again") == 2
    await kit.state._recovered()
    assert kit.recovered == 1
    assert kit.state.get(0, b"t/a") == [b"a"]


async def test_keys_are_those_of_the_partitions_served(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    await kit.commit()
    kit.state.fold(FakeRecord(1, key=b"t/b", partition=1), add, b"a")
    assert kit.state.keys() == [(0, b"t/a"), (1, b"t/b")]
    own(kit.app, CHANGELOG, 1)
    assert kit.state.keys() == [(1, b"t/b")]


async def test_a_foreign_partition_is_never_written(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    own(kit.app, CHANGELOG, 1)
    with pytest.raises(StaleStateError):
        await kit.commit()
    assert not await kit.state.write_through(0, b"t/a")
    assert kit.written() == []


async def test_a_partition_that_goes_in_the_middle_of_a_flush_gets_no_further_entry(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its new owner may have written newer ones, and the last one written counts."""
    monkeypatch.setattr(turns, "SECONDS", 0.0)
    for number in range(20):
        kit.state.fold(FakeRecord(number, key=b"t/%d" % number), add, b"a")

    async def revoke() -> None:
        while len(kit.written()) < 5:  # noqa: ASYNC110  a turn of the loop is what it waits for
            await asyncio.sleep(0)
        await kit.app.on_partitions_revoked.send({TP("events", 0)})

    other = asyncio.create_task(revoke())
    with pytest.raises(StaleStateError):
        await kit.commit()
    await other
    assert 5 <= len(kit.written()) <= 7


async def test_write_through_is_durable_when_it_says_so(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    assert await kit.state.write_through(0, b"t/a")
    assert kit.written() == [(0, [b"a"])]
    await kit.commit()
    assert len(kit.written()) == 1


async def test_write_through_of_one_that_was_put_out_says_no(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.app.answer = "lost"
    assert not await kit.state.write_through(0, b"t/a")
    assert kit.written() == []


async def test_write_through_waits_for_a_coordinator(kit: Kit) -> None:
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.app.answer = "unknown"
    asked = asyncio.create_task(kit.state.write_through(0, b"t/a"))
    await asyncio.sleep(0.05)
    assert not asked.done()
    kit.app.answer = "member"
    assert await asked


async def test_write_through_overtaken_by_a_rebalance_says_no(tmp_path: Path) -> None:
    kit = Kit(tmp_path, at_once=False)
    kit.state.fold(FakeRecord(1), add, b"a")
    kit.outbox.send("signals", b"k", b"said")
    asked = asyncio.create_task(kit.state.write_through(0, b"t/a"))
    await asyncio.sleep(0.01)
    await kit.app.on_partitions_revoked.send({TP("events", 0)})
    kit.producer.ack_all()
    assert not await asked
    assert kit.written() == []


async def test_a_large_entry_is_written_and_reported(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    import random

    kit.state.fold(FakeRecord(1), add, b"a")
    kit.blow = random.Random(1).randbytes(LARGE + 10)
    await kit.commit()
    assert len(kit.producer.sent) == 1
    assert "bound what this state remembers" in caplog.text
    assert b'oversized_entries_total{state="tenants"} 1.0' in kit.metrics.render()


async def test_an_entry_no_broker_takes_does_not_stop_the_others(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    import random

    kit.state.fold(FakeRecord(1), add, b"a")
    await kit.commit()
    kit.state.fold(FakeRecord(2), add, b"b")
    kit.blow = random.Random(1).randbytes(MAX_MESSAGE)
    await kit.commit()
    assert len(kit.producer.sent) == 1
    assert "NOT written" in caplog.text
    assert kit.state.get(0, b"t/a") == [b"a", b"b"]


async def test_a_corrupt_entry_is_an_error_or_starts_anew(tmp_path: Path) -> None:
    for rewarm in (False, True):
        kit = Kit(tmp_path, rewarm=rewarm)
        table: Any = kit.state._changelog._table
        table.data.data[entry_key(0, b"t/a")] = b"\x01no entry"
        if rewarm:
            assert kit.state.get(0, b"t/a") == []
        else:
            with pytest.raises(CorruptEntryError, match="tenants on partition 0"):
                kit.state.get(0, b"t/a")
        assert b'corrupt_entries_total{state="tenants"} 1.0' in kit.metrics.render()
