"""What status makes of the topics."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control.bundles import identified
from control.signing import KeyRing, Signer, sign
from schemas import (
    Alert,
    Cause,
    Command,
    Contract,
    Heartbeat,
    Hold,
    MonitorReading,
    Proof,
    RouterProof,
    Scores,
    Signal,
    Units,
)
from streams.cli.notes import late_proofs, say_left_out
from streams.cli.rollouts import rollout_rows, say_paused
from streams.cli.status import moved
from streams.desk.state import State
from streams.kafka.records import Record

PIN = identified({"provider": "p", "model": "m-1", "prompt_version": "v1"})
SIGNER = Signer("k", b"\x01" * 32)


def add(state: State, topic: str, one: Contract | dict[str, Any] | None, key: str = "k") -> None:
    """Add a record as it lies on the topic."""
    if isinstance(one, Contract) and topic == "control":
        one = sign(one, SIGNER)
    raw = one.model_dump_json().encode() if isinstance(one, Contract) else json.dumps(one).encode()
    value = None if one is None else raw
    state.add(topic, cast("Record", SimpleNamespace(key=key.encode(), value=value)))


def signal(sequence: int, units: int) -> Signal:
    return Signal(
        signal_id=f"s{sequence}", kind="watch", tenant_id="acme", agent_id="care", subject="v1",
        sequence=sequence, reason="units", at=1, partition=0, offset=sequence,
        units=Units(candidate=units), readings=[],
    )  # fmt: skip


def command(action: Any, epoch: int, tenant: str = "acme", rollout: str = "r1") -> Command:
    return Command(
        command_id=f"{tenant}-{epoch}", tenant_id=tenant, agent_id="care", epoch=epoch,
        mode="pinned", action=action, baseline=PIN, rollout_id=rollout,
        cause=Cause(kind="request", id="q"), issued_at=1,
    )  # fmt: skip


def hold(state: Any, rollout: str) -> Hold:
    return Hold(
        hold_id=f"{rollout}-{state}", agent_id="care", rollout_id=rollout, epoch=1, state=state,
        cause=Cause(kind="request", id="q"), issued_at=1,
    )  # fmt: skip


def test_the_latest_signal_counts_whatever_the_order() -> None:
    state = State()
    for sequence, units in ((2, 20), (3, 30), (1, 10)):
        add(state, "signals", signal(sequence, units))
    assert state.signals["acme", "care", "v1"].units.candidate == 30


@pytest.mark.parametrize("rubbish", [None, {}, {"kind": "command"}, {"payload": "!"}, []])
@pytest.mark.parametrize("topic", ["registry", "signals", "alerts", "control", "proofs", "acks"])
def test_what_cannot_be_read_is_left_out(topic: str, rubbish: Any) -> None:
    state = State()
    add(state, topic, rubbish, "phase/x")
    assert state == State()


def test_an_older_epoch_that_comes_later_changes_nothing() -> None:
    state = State()
    for epoch in (2, 1):
        add(state, "control", command("join", epoch))
        held = hold("running" if epoch == 1 else "halted", "r1").model_copy(update={"epoch": epoch})
        add(state, "control", held)
    assert state.commands["acme/care"].epoch == 2
    assert state.holds["care"].state == "halted"


def test_routers_are_live_until_they_are_silent_or_say_goodbye() -> None:
    state = State()
    for name, at, stopping in (("a", 100_000, False), ("b", 100_000, True), ("c", 1, False)):
        add(state, "acks", Heartbeat(router_id=name, at=at, stopping=stopping))
    assert state.live_routers(110_000) == ["a"]


def test_decide_lives_while_it_ticks() -> None:
    state = State()
    add(state, "alerts", {"version": 1, "kind": "tick", "at": 100_000}, "tick")
    assert state.deciding(105_000)
    assert not state.deciding(200_000)


def test_each_rollout_stands_as_its_own_last_word_or_commands_say() -> None:
    state = State()
    for epoch, action, rollout in (
        (1, "join", "old"), (2, "finish", "old"), (3, "join", "bad"), (4, "revert", "bad"),
    ):  # fmt: skip
        add(state, "control", command(action, epoch, rollout=rollout))
    add(state, "control", hold("finished", "old"))
    add(state, "control", hold("paused", "bad"))
    add(state, "proofs", Proof(
        proof_id="p", command_id="acme-4", tenant_id="acme", agent_id="care", epoch=4,
        action="revert", state="proven", commanded_at=1, proven_at=2,
        routers=[RouterProof(router_id="r")],
    ))  # fmt: skip
    add(state, "alerts", Alert(
        alert_id="a", kind="rollout", scope="fleet", agent_id="care", subject="bad", sequence=1,
        at=1, signal_id="s", signal_at=1, scores=Scores(display=60, action=41),
        components={}, units=Units(),
    ))  # fmt: skip
    rows = {row[0]: row[1:] for row in rollout_rows(state)}
    assert rows["old"] == ("care", "finished", "-", 0, 0, "-", "-")
    assert rows["bad"] == ("care", "paused", "-", 0, 1, "60/41", "1 of 1")
    assert rollout_rows(state, "another") == []


def test_a_pause_says_why_and_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    state = State()
    why = Cause(kind="alert", id="a1", reason="reversion of acme waits for approval of a1")
    add(state, "control", hold("paused", "r1").model_copy(update={"cause": why}))
    say_paused(state)
    line = f"r1 is paused since 1970-01-01 00:00 UTC: {why.reason}."
    assert capsys.readouterr().out == f"{line} To go on: holdfast resume care\n"
    back = command("revert", 2).model_copy(update={"cause": why})
    add(state, "control", back)
    say_paused(state)
    assert f"{line} 1 tenant went back by it. To go on" in capsys.readouterr().out
    say_paused(state, "another")
    add(state, "control", hold("running", "r1"))
    say_paused(state)
    assert capsys.readouterr().out == ""


def test_only_the_command_in_force_is_late() -> None:
    state = State()
    for tenant, epoch, said in (("acme", 1, "late"), ("acme", 2, "proven"), ("zeta", 1, "late")):
        add(state, "control", command("assign", epoch, tenant))
        add(state, "proofs", Proof(
            proof_id=f"{tenant}{epoch}", command_id=f"{tenant}-{epoch}", tenant_id=tenant,
            agent_id="care", epoch=epoch, action="assign", state=said, commanded_at=1, routers=[],
        ))  # fmt: skip
    assert [proof.tenant_id for proof in late_proofs(state)] == ["zeta"]


def test_embeddings_that_are_left_out_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    few = signal(1, 9).model_copy(update={"embeddings_left_out": 0.05, "embedder": "m"})
    say_left_out([few])
    assert capsys.readouterr().err == ""
    say_left_out([few.model_copy(update={"embeddings_left_out": 0.5})])
    said = capsys.readouterr().err
    assert "acme/care: 50% of the latest embeddings are left out: of another model than m" in said


def test_a_move_is_said_with_its_interval_if_there_is_one() -> None:
    reading = MonitorReading(metric="refused", component="E", effect=2.5)
    assert moved(reading) == "refused x2.5"
    both = reading.model_copy(update={"effect_low": 2.0, "effect_high": 3.0})
    assert moved(both) == "refused x2.5 (2-3)"
    assert moved(reading.model_copy(update={"effect": None})) == "refused"
    assert moved(both.model_copy(update={"effect": 2e5})) == "refused over x1,000"
    assert moved(both.model_copy(update={"effect": 0.0})) == "refused under x0.001 (2-3)"


def test_what_no_key_of_ours_has_signed_is_not_believed() -> None:
    public = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key().public_bytes_raw()
    state = State(ring=KeyRing({"k": public}))
    add(state, "control", command("assign", 3))
    forged = sign(command("revert", 50), Signer("k", b"\x02" * 32))
    add(state, "control", json.loads(forged.model_dump_json()))
    assert [one.epoch for one in state.commands.values()] == [3]
    assert [one.epoch for one in state.by_rollout["r1"]] == [3]
    assert state.forged == 1
