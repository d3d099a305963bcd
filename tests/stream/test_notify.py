"""Notices to people: none of them ends the process, and the rare one is told among many."""

import logging

import pytest

from schemas import Cause, Hold, Proof
from streams.agents.notify import Notify
from streams.kafka.logs import Damper
from streams.kafka.metrics import Metrics
from streams.settings import Settings

HALTED = Hold(
    hold_id="h", agent_id="care", rollout_id="r1", epoch=1, state="halted", issued_at=1,
    cause=Cause(kind="alert", id="a"),
)  # fmt: skip


def late(number: int) -> Proof:
    return Proof(
        proof_id="p", command_id="c", tenant_id=f"t{number}", agent_id="care", epoch=1,
        action="assign", state="late", commanded_at=1, routers=[],
    )  # fmt: skip


def test_many_notices_of_one_kind_do_not_hide_another(caplog: pytest.LogCaptureFixture) -> None:
    notify, damper = Notify(Settings(), Metrics()), Damper()
    for number in range(10):
        notify.tell(late(number))
    notify.tell(HALTED)
    written = [record.getMessage() for record in caplog.records if damper.filter(record)]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 11
    assert len(written) == 4
    assert '"halted"' in written[-1]


@pytest.mark.parametrize("url", ["http://a..b", "http://" + "a" * 300, "nowhere", "http://[::1"])
async def test_a_webhook_that_is_none_is_counted_and_ends_nothing(url: str) -> None:
    metrics = Metrics()
    await Notify(Settings(webhook=url), metrics)._post({"what": "halted"})
    assert metrics.records.labels("notices", "undelivered")._value.get() == 1
