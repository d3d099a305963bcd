import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from control.signing import CONTROL_TYPE, Signer, encoding, sign
from holdfast_client import KeysError, NoAssignmentError, Router, read_keys
from holdfast_client.book import Book, Received, Verdict
from tests.unit.router_world import (
    BASE,
    BROKER_NOW,
    CAND,
    KEYS,
    SIGNER,
    World,
    command,
    hold,
    lease,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def test_it_serves_what_is_commanded_and_says_so(world: World) -> None:
    router = world.router()
    with pytest.raises(NoAssignmentError, match="acme/desk"):
        router.assign("acme", "desk")
    world.say(command(1))
    world.until(lambda: world.acks)
    serving = router.assign("acme", "desk", session="s1")
    assert (serving.bundle["model"], serving.bundle_id) == ("m1", BASE.bundle_id)
    assert (serving.arm, serving.stale, serving.reset) == ("baseline", False, False)
    assert serving.stamp == {
        "phase_id": "pin", "arm": "baseline", "traffic": "live", "epoch": 1,
        "router_id": "ra", "unit_id": "s1",
    }  # fmt: skip
    (ack,) = world.acks
    assert (ack.status, ack.epoch, ack.bundle_id) == ("flipped", 1, BASE.bundle_id)
    assert ack.command_id == "command-acme-1"
    assert ack.flip_ms is not None
    assert router.statistics()["flipped"] == 1


def test_a_new_epoch_flips_and_an_old_one_is_refused(world: World) -> None:
    router = world.router()
    old = world.say(command(1))
    world.say(command(2, baseline=CAND))
    world.until(lambda: len(world.acks) == 2)
    world.say(old, key="acme/desk")
    world.until(lambda: len(world.acks) == 3)
    assert world.statuses() == [("flipped", 1), ("flipped", 2), ("stale", 1)]
    assert world.acks[-1].reason == "epoch 1 is not above 2"
    assert router.assign("acme", "desk").bundle_id == CAND.bundle_id


def test_another_command_of_the_same_epoch_is_refused_and_a_repeat_is_not(world: World) -> None:
    router = world.router()
    envelope = world.say(command(1))
    world.until(lambda: world.acks)
    world.say(envelope, key="acme/desk")
    world.say(command(1, command_id="another", baseline=CAND))
    world.until(lambda: len(world.acks) == 2)
    assert world.statuses() == [("flipped", 1), ("stale", 1)]
    assert router.assign("acme", "desk").bundle_id == BASE.bundle_id


def signed(changes: dict[str, Any]) -> bytes:
    """Return a second command with changes that no contract would let through."""
    payload = json.dumps({**command(2).model_dump(mode="json"), **changes}).encode()
    signature = SIGNER.signature(encoding(CONTROL_TYPE, payload))
    envelope = {
        "payloadType": CONTROL_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": SIGNER.keyid, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope).encode()


RAW = {
    "a number beyond all": signed({"in_flight": {"drain_seconds": 10**400}}),
    "a name that is no text": signed(
        {"baseline": {**BASE.model_dump(mode="json"), "configuration": {"\ud800": 1}}}
    ),
    "nonsense": b"\xff{",
    "a deep one": b"[" * 100_000,
}


def forged(world: World, kind: str) -> None:
    sound = sign(command(2, baseline=CAND), SIGNER)
    if kind == "a stranger's":
        world.say(command(2, baseline=CAND), signer=Signer("stranger", bytes(32)))
    elif kind == "a borrowed key id":
        world.say(command(2, baseline=CAND), signer=Signer("control-1", bytes(32)))
    elif kind == "another payload":
        other = sign(command(3, baseline=CAND), SIGNER)
        world.say(sound.model_copy(update={"payload": other.payload}), key="acme/desk")
    elif kind == "another tenant's":
        world.say(command(2, tenant="other", baseline=CAND), key="acme/desk")
    elif kind == "another type":
        envelope = sign(command(2), SIGNER, "application/vnd.holdfast.request+json")
        world.say(envelope, key="acme/desk")
    elif kind == "a bundle that is not its id":
        false = BASE.model_copy(update={"bundle_id": CAND.bundle_id})
        world.say(command(2, baseline=false))
    elif kind == "no candidate":
        world.say(command(2, mode="canary"))
    elif kind == "another version":
        world.say(command(2).model_copy(update={"version": 2}))
    else:
        world.say_raw("acme/desk", RAW[kind])


@pytest.mark.parametrize(
    "kind",
    [
        "a stranger's", "a borrowed key id", "another payload", "another tenant's",
        "another type", "a bundle that is not its id", "no candidate", "another version", *RAW,
    ],
)  # fmt: skip
def test_what_is_not_sound_is_refused_and_said_so(world: World, kind: str) -> None:
    router = world.router()
    world.say(command(1))
    world.until(lambda: world.acks)
    forged(world, kind)
    world.until(lambda: len(world.acks) == 2)
    ack = world.acks[-1]
    assert (ack.status, ack.epoch) == ("refused", 0)
    assert ack.reason
    assert router.assign("acme", "desk").bundle_id == BASE.bundle_id
    assert router.assign("acme", "desk").stamp["epoch"] == 1


def test_forged_holds_and_leases_change_nothing(world: World) -> None:
    router = world.router()
    stranger = Signer("control-1", bytes(32))
    world.say(command(1, canary=True, weight=1))
    world.say(lease(), signer=stranger)
    world.settle()
    assert router.assign("acme", "desk").arm == "baseline"
    world.say(lease())
    world.say(hold("halted"), signer=stranger)
    world.settle()
    assert router.assign("acme", "desk").arm == "candidate"


def test_of_a_burst_none_waits_for_the_last(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A halt commands hundreds of tenants at once, and to verify one takes a fraction of a ms."""
    router = world.router()
    tenants = [f"tenant-{number:03}" for number in range(100)]
    burst = [
        (f"{one}/desk", sign(command(1, tenant=one), SIGNER).model_dump_json().encode(), BROKER_NOW)
        for one in tenants
    ]
    behind = list[int]()
    apply = Book.apply

    def looked_at(book: Book, record: Received) -> Verdict:
        behind.append(len(behind) - len(router._follower.view.served))
        return apply(book, record)

    monkeypatch.setattr(Book, "apply", looked_at)
    world.log += burst
    world.until(lambda: len(router._follower.view.served) == len(tenants))
    assert len(behind) == len(tenants)
    assert max(behind) < 10


def test_a_tombstone_takes_no_pin_away(world: World) -> None:
    router = world.router()
    world.say(command(1))
    world.until(lambda: world.acks)
    world.log.append(("acme/desk", None, 0))  # type: ignore[arg-type]
    world.settle()
    assert router.assign("acme", "desk").bundle_id == BASE.bundle_id


def test_a_late_start_needs_only_the_end_of_history(world: World) -> None:
    for epoch in (1, 2, 3):
        world.say(command(epoch, baseline=CAND if epoch == 2 else BASE))
    world.say(command(7, tenant="other"))
    router = world.router()
    world.until(lambda: len(world.acks) == 2)
    assert world.statuses() == [("flipped", 3)]
    assert world.statuses("other") == [("flipped", 7)]
    assert world.acks[0].flip_ms is None, "when it was commanded nobody was there to flip"
    assert router.assign("acme", "desk").stamp["epoch"] == 3


def test_a_topic_that_lost_its_end_is_refused_openly(world: World) -> None:
    world.say(command(5))
    world.router().close()
    world.log.clear()
    world.acks.clear()
    world.say(command(2, baseline=CAND))
    router = world.router()
    world.until(lambda: world.acks)
    assert world.statuses() == [("stale", 2)]
    assert router.assign("acme", "desk").stamp["epoch"] == 5


def test_acks_that_are_not_taken_wait_and_hold_up_nothing(world: World) -> None:
    router = world.router()
    world.talks = False
    world.say(command(1))
    world.until(lambda: router.statistics().get("unanswered"))
    assert router.assign("acme", "desk").bundle_id == BASE.bundle_id
    world.talks = True
    world.seconds += 1
    world.until(lambda: world.statuses() == [("flipped", 1)])


def test_heartbeats_tell_what_is_served_and_when_it_leaves(world: World) -> None:
    world.say(command(1))
    router = world.router()
    world.until(lambda: world.heartbeats and world.heartbeats[-1].assignments == 1)
    assert world.heartbeats[0].assignments == 0, "it brought nothing with it"
    router.close()
    assert world.heartbeats[-1].stopping
    assert not any(beat.stopping for beat in world.heartbeats[:-1])


def test_names_and_keys_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="slash"):
        Router("k:1", KEYS, tmp_path, router_id="a/b")
    for keys in ({}, {"k": b"short"}):
        with pytest.raises(KeysError):
            Router("k:1", keys, tmp_path)
    with pytest.raises(KeysError):
        Router("k:1", {"k": "text"}, tmp_path)  # type: ignore[dict-item]
    with pytest.raises(KeysError, match=r"nowhere/ring\.json"):
        read_keys("nowhere/ring.json")
