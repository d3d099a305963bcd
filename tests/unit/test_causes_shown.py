"""How a cause is told to people."""

import base64
import json

from schemas import Alert, Baseline, Contract, MonitorReading, Scores, Signal, Units
from streams.agents.notify import notice
from streams.cli.status import cause
from streams.desk import requests
from streams.desk.requests import Kind
from streams.kafka.records import Record
from streams.settings import Settings
from tests.stream.kafka_fakes import FakeRecord


def alert(**more: object) -> Alert:
    given = {
        "alert_id": "a", "kind": "watch", "scope": "tenant", "agent_id": "desk", "subject": "b",
        "tenant_id": "t", "sequence": 1, "at": 1, "signal_id": "s", "signal_at": 1,
        "scores": Scores(display=100), "components": {}, "units": Units(), **more,
    }  # fmt: skip
    return Alert.model_validate(given)


def test_status_says_the_cause_and_the_first_reason() -> None:
    told = alert(cause="provider", reasons=["model_served changed from a to b at unit 312", "x"])
    assert cause(told) == "provider: model_served changed from a to b at unit 312"
    assert cause(alert(cause="input", contested=True)) == "input (contested)"
    assert cause(alert()) == "", "of a version that looked for none"


def test_a_notice_carries_cause_and_reasons() -> None:
    told: Contract = alert(
        cause="upstream", reasons=["why"], moved=[MonitorReading(metric="refused", component="E")]
    )
    found = notice(told)
    assert found is not None
    assert (found["cause"], found["reasons"], found["moved"]) == ("upstream", ["why"], ["refused"])
    assert found["alert"] == "a", "what to approve, where it waits for a person"


def test_an_acceptance_is_answered_by_the_watch_that_begins_again() -> None:
    kind: Kind = "accept"
    request = requests.build(kind, "desk", "ann", tenants=["t"], reason="so it is")
    settings = Settings()

    def answered(accepted: str | None) -> bool:
        signal = Signal(
            signal_id="s", kind="watch", tenant_id="t", agent_id="desk", subject="b", sequence=1,
            reason="accept", at=1, partition=0, offset=0, units=Units(), readings=[],
            baseline=Baseline(fingerprint="f", since=1, version=2, accepted=accepted),
        )  # fmt: skip
        record: Record = FakeRecord(
            0, b"desk", signal.model_dump_json().encode(), settings.topic("signals")
        )
        return requests._answers(settings, request, b"", record)

    assert answered(request.request_id)
    assert not answered("another")
    assert not answered(None)


def test_an_approval_is_answered_by_the_command_that_its_alert_caused() -> None:
    settings = Settings()
    request = requests.build("approve", "desk", "ann", alert_id="alert-1")

    def answered(cause_id: str | None) -> bool:
        payload = base64.b64encode(json.dumps({"cause": {"id": cause_id}}).encode()).decode()
        value = json.dumps({"payload": payload}).encode()
        record: Record = FakeRecord(0, b"t/desk", value, settings.topic("control"))
        return requests._answers(settings, request, b"", record)

    assert answered("alert-1")
    assert not answered("alert-2")
    assert not answered(None)
