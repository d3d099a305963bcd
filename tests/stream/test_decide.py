"""Agents decide and prove, fed with records: what they hear, and from whom."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from control.signing import KeyRing, Signer
from schemas import Alert, DeadLetter, Heartbeat, Policy, Scores, Tenant, Tick, Units
from streams.desk import keys
from streams.desk.ring import People
from tests.agents import PERSON, DecideDesk, bundle, key_of, request
from tests.stream.kafka_fakes import FakeRecord

AT = 1_790_000_000_000
PIN = bundle("old")


@pytest.fixture
def desk(tmp_path: Path) -> DecideDesk:
    pins = {"tick": PIN.bundle_id, "care": PIN.bundle_id}
    return DecideDesk(tmp_path, [PIN, Tenant(tenant_id="t1", pins=pins)])


def assigning(agent: str, offset: int = 0, signer: Signer = PERSON, **more: Any) -> FakeRecord:
    fields = {"kind": "assign", "agent_id": agent, "at": datetime.fromtimestamp(AT / 1000, UTC)}
    raw = request(signer, request_id=f"q{offset}", **(fields | more))
    return FakeRecord(offset, agent.encode(), raw, "x.requests", timestamp=AT)


def alert(agent: str, **more: Any) -> FakeRecord:
    fields = {
        "alert_id": "a1", "kind": "watch", "scope": "tenant", "agent_id": agent,
        "subject": PIN.bundle_id, "tenant_id": "stranger", "sequence": 1, "at": AT,
        "signal_id": "s1", "signal_at": AT, "scores": Scores(), "components": {}, "units": Units(),
    }  # fmt: skip
    raw = Alert.model_validate(fields | more).model_dump_json().encode()
    return FakeRecord(0, agent.encode(), raw, "x.alerts", timestamp=AT)


async def test_an_agent_called_tick_is_heard_like_any_other(desk: DecideDesk) -> None:
    await desk.decide.chunk([assigning("tick")])
    (sent,) = await desk.sent("control")
    assert sent.key == b"t1/tick"
    await desk.decide.chunk([alert("tick")])
    assert desk.counted("alerts") == {"processed": 1}


async def test_a_router_called_tick_lives(desk: DecideDesk) -> None:
    beat = Heartbeat(router_id="tick", at=AT).model_dump_json().encode()
    desk.prove.record(FakeRecord(0, b"tick", beat, "x.acks", timestamp=AT))
    assert desk.counted("acks") == {"processed": 1}
    tick = Tick(at=AT).model_dump_json().encode()
    desk.prove.record(FakeRecord(1, b"tick", tick, "x.acks", timestamp=AT))
    assert desk.counted("acks") == {"processed": 1}


async def test_a_request_in_the_name_of_somebody_else_is_refused(desk: DecideDesk) -> None:
    bob = Signer("bob-1", b"\x03" * 32)
    ring = KeyRing(
        {PERSON.keyid: PERSON.public, bob.keyid: bob.public},
        {PERSON.keyid: "ann", bob.keyid: "bob"},
    )
    desk.decide.people = lambda: ring
    await desk.decide.chunk([assigning("care", 0, bob), assigning("care", 1)])
    (sent,) = await desk.sent("control")
    assert sent.key == b"t1/care"
    (one,) = await desk.sent("dead-letters")
    letter = DeadLetter.model_validate_json(one.value or b"")
    assert (letter.offset, letter.reason) == (0, "bad-signature")
    assert "speaks for ann" in letter.detail


def tick(offset: int) -> FakeRecord:
    raw = Tick(at=AT).model_dump_json().encode()
    return FakeRecord(offset, b"tick", raw, "x.alerts", timestamp=AT)


async def test_a_bundle_that_went_holds_up_its_command_and_nothing_else(
    desk: DecideDesk, caplog: pytest.LogCaptureFixture
) -> None:
    other = bundle("other")
    desk.tell(other, Tenant(tenant_id="t2", pins={"care": other.bundle_id}))
    start = {"rollout_id": "r1", "overlay": {"model": "new"}, "waves": [{"tenants": ["t1", "t2"]}]}
    await desk.decide.chunk([assigning("care"), assigning("care", 1, kind="start", start=start)])
    desk.directory.apply(key_of(other), None)
    halting = alert("care", kind="rollout", scope="fleet", subject="r1", tenant_id=None,
        scores=Scores(action=100.0))  # fmt: skip
    said = len(await desk.sent("control"))
    await desk.decide.chunk([halting, tick(1), tick(2)])
    assert [one.key for one in (await desk.sent("control"))[said:]] == [b"care/*", b"t1/care"]
    assert caplog.text.count("The command for t2/care waits: the registry has no bundle") == 1
    await desk.rebalance()
    await desk.decide._resend()
    said = len(await desk.sent("control"))
    desk.tell(other)
    await desk.decide.chunk([tick(3), tick(4)])
    assert [one.key for one in (await desk.sent("control"))[said:]] == [b"t2/care"]


async def test_keys_that_are_made_and_removed_count_at_once(
    desk: DecideDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    keys.create(folder, keys.CONTROL)
    desk.decide.people = People(folder)
    keys.create(folder, "ann")
    ann, path = keys.signer(folder, "ann"), keys.folder(folder) / keys.RING

    async def heard(offset: int) -> bool:
        letters = len(await desk.sent("dead-letters"))
        await desk.decide.chunk([assigning("care", offset, ann)])
        return len(await desk.sent("dead-letters")) == letters

    assert await heard(0)
    whole = path.read_text()
    path.write_text("{")
    assert await heard(1)
    assert await heard(2)
    assert caplog.text.count("can no longer be read") == 1
    ring = json.loads(whole)
    del ring["keys"][ann.keyid]
    path.write_text(json.dumps(ring))
    assert not await heard(3)


async def test_a_proof_is_late_by_the_policy_of_its_rollout(desk: DecideDesk) -> None:
    desk.tell(Policy(policy_id="slow", proof_seconds=600))
    start = {
        "rollout_id": "r1", "overlay": {"model": "new"}, "waves": [{"tenants": ["t1"]}],
        "policy_id": "slow",
    }  # fmt: skip
    await desk.decide.chunk([assigning("care"), assigning("care", 1, kind="start", start=start)])
    await desk.decide.chunk([assigning("care", 2, kind="abort")])
    for one in await desk.sent("registry"):
        desk.directory.apply(one.key or b"", one.value)
    waits: list[int] = []
    for offset, one in enumerate(await desk.sent("control")):
        desk.prove.record(FakeRecord(offset, one.key, one.value, "x.control", timestamp=AT))
        if one.key == b"t1/care":
            waits.append((desk.prove.proofs.get(0, b"t1/care").proof.deadline_at - AT) // 1000)
    assert waits == [60, 600, 600]
