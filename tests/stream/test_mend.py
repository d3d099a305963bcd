"""Control records of a process that was cut off, appended after its successor's."""

from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from control.signing import sign
from schemas import Cause, Command, Contract, Hold
from tests.agents import CONTROL, DecideDesk, bundle
from tests.stream.kafka_fakes import FakeRecord

PIN = bundle("old")
CAUSE = Cause(kind="request", id="q")


def command(epoch: int) -> Command:
    return Command(
        command_id=f"c{epoch}", tenant_id="t1", agent_id="care", epoch=epoch, mode="pinned",
        action="revert", baseline=PIN, cause=CAUSE, issued_at=epoch,
    )  # fmt: skip


def hold(epoch: int, agent: str = "care") -> Hold:
    return Hold(
        hold_id=f"h{epoch}", agent_id=agent, rollout_id="r1", epoch=epoch, state="halted",
        cause=CAUSE, issued_at=epoch,
    )  # fmt: skip


class Log:
    """A partition of control, read by prove, from which records may be compacted away."""

    def __init__(self, folder: Path) -> None:
        self.desk = DecideDesk(folder)
        self.records: list[FakeRecord] = []
        self.taken = 0
        self.desk.app.owned = lambda topic: frozenset({0})  # type: ignore[method-assign]
        self.desk.prove.mend.reread = self.reread  # type: ignore[assignment]
        self.up, self.asked = True, 0

    def append(self, one: Contract, key: str) -> None:
        raw = sign(one, CONTROL).model_dump_json().encode()
        offset = len(self.records)
        self.records.append(FakeRecord(offset, key.encode(), raw, "x.control", timestamp=offset))
        self.desk.prove.record(self.records[-1])

    async def reread(self, partition: int, offset: int, key: bytes) -> bytes | None:
        self.asked += 1
        if not self.up:
            raise KafkaConnectionError
        record = self.records[offset]
        return record.value if record.key == key else None

    async def mended(self) -> list[str]:
        """Let a tick pass; return the keys of what was appended again, unchanged."""
        await self.desk.prove.mend.mend()
        sent = (await self.desk.sent("control"))[self.taken :]
        self.taken += len(sent)
        for one in sent:
            key = one.key or b""
            assert one.value in {r.value for r in self.records if r.key == key}
            offset = len(self.records)
            again = FakeRecord(offset, key, one.value, "x.control", timestamp=offset)
            self.records.append(again)
            self.desk.prove.record(again)
        return [(one.key or b"").decode() for one in sent]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


async def test_a_command_that_an_older_one_has_buried_is_appended_again(log: Log) -> None:
    for epoch in (1, 2, 1):
        log.append(command(epoch), "t1/care")
    assert await log.mended() == ["t1/care"]
    assert log.records[-1].value == log.records[1].value
    assert await log.mended() == []
    assert log.desk.metrics.stepped_back._value.get() == 1


async def test_a_hold_too(log: Log) -> None:
    for one in (hold(1), hold(2), hold(1)):
        log.append(one, "care/*")
    log.append(hold(3, "tick"), "tick/*")
    log.append(hold(1, "other"), "tick/*")  # another's key: of no account
    assert await log.mended() == ["care/*"]
    assert log.records[-1].value == log.records[1].value
    assert await log.mended() == []


async def test_a_repeat_of_the_newest_is_no_step_back(log: Log) -> None:
    for epoch in (1, 2, 2):
        log.append(command(epoch), "t1/care")
    assert await log.mended() == []


async def test_what_is_behind_is_known_to_the_next_process(log: Log) -> None:
    for epoch in (1, 2, 1):
        log.append(command(epoch), "t1/care")
    log.append(hold(2), "care/*")
    log.append(hold(1), "care/*")
    desk = log.desk
    stored = await desk.states("proofs")
    await desk.rebalance()
    desk.prove.mend.behind.clear()
    assert {key for _, key in stored} == {b"t1/care", b"\0hold/care/*"}
    await desk.prove._reopen()
    assert sorted(await log.mended()) == ["care/*", "t1/care"]


async def test_brokers_that_are_away_are_asked_again(log: Log) -> None:
    for epoch in (2, 1):
        log.append(command(epoch), "t1/care")
        log.append(hold(epoch), "care/*")
    log.up = False
    assert await log.mended() == []
    assert log.asked == 1, "once a partition"
    log.up = True
    assert sorted(await log.mended()) == ["care/*", "t1/care"]


async def test_what_is_gone_is_told_once(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    for epoch in (2, 1):
        log.append(command(epoch), "t1/care")
    log.records[0] = FakeRecord(0, b"another")
    assert await log.mended() == await log.mended() == []
    assert caplog.text.count("is gone") == 1


async def test_who_does_not_serve_the_partition_appends_nothing(log: Log) -> None:
    for epoch in (2, 1):
        log.append(command(epoch), "t1/care")
    log.desk.app.owned = lambda topic: frozenset({1})  # type: ignore[method-assign]
    assert await log.mended() == []


async def test_what_no_key_of_ours_has_signed_moves_nothing(log: Log) -> None:
    log.append(command(2), "t1/care")
    forged = sign(command(1), CONTROL).model_copy(update={"payload": "e30="})
    raw = forged.model_dump_json().encode()
    log.desk.prove.record(FakeRecord(1, b"t1/care", raw, "x.control"))
    assert await log.mended() == []
