"""What an auditor asks: what served whom and when, who ordered it, and on what evidence."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from control.signing import KeyRing, read_control, sign
from detectors.features.extract import extract
from detectors.metrics import INDEX, SIZE
from schemas import Envelope
from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.features import FeaturesSeen, columns, pack
from streams.settings import Settings
from tests.recorded import (
    AT,
    BUNDLE,
    BUNDLES,
    Sent,
    command,
    event,
    reading,
    signed,
    told,
)
from tests.stored import fill, logged
from tests.unit import router_world

pytestmark = pytest.mark.broker
HERE = {"tenant_id": "t1", "agent_id": "helper"}
ADA = "ada@example.org"
RESET = {"policy": "reset"}
CANDIDATE: dict[str, Any] = {
    "candidate": BUNDLE | {"bundle_id": BUNDLES[1]},
    "mode": "canary",
    "weight": 0.25,
    "in_flight": {"policy": "reset"},
}
SECOND = timedelta(seconds=1)


def asked(settings: Settings, sql: str, **given: Any) -> list[dict[str, Any]]:
    client = connect(settings)
    try:
        return list(client.query(sql, parameters=given).named_results())
    finally:
        client.close()


def served(settings: Settings, moment: datetime) -> dict[str, Any]:
    sql = "SELECT * FROM v_served(tenant = 't1', agent = 'helper', moment = {m:String})"
    (found,) = asked(settings, sql, m=moment.isoformat())
    return found


def hold(state: str, number: int, cause: dict[str, Any]) -> Sent:
    body = {
        "kind": "hold", "hold_id": f"ho-{number}", "agent_id": "helper", "rollout_id": "ro-1",
        "epoch": number, "state": state, "cause": cause, "issued_at": AT,
    }  # fmt: skip
    return signed("control", b"helper/*", body, "holds")


def lease(until: int) -> Sent:
    body = {
        "kind": "lease", "agent_id": "helper", "rollout_id": "ro-1", "issued_at": AT,
        "expires_at": until,
    }  # fmt: skip
    return signed("control", b"helper/lease", body, "leases")


def ack(number: int, epoch: int, status: str) -> Sent:
    body = {
        "kind": "ack", "ack_id": f"ac-{number}", "command_id": f"co-{epoch}", "router_id": "r1",
        **HERE, "epoch": epoch, "status": status, "bundle_id": BUNDLES[0], "at": AT,
    }  # fmt: skip
    return told("acks", "t1/helper", body, "acks")


def alert(name: str, tenant: str | None, moved: list[dict[str, Any]], sequence: int = 1) -> Sent:
    scores = {"display": 90.0, "pause": 70.0, "action": 58.3}
    body = {
        "alert_id": name, "kind": "rollout", "scope": "tenant" if tenant else "fleet",
        "agent_id": "helper", "subject": "ro-1", "tenant_id": tenant, "sequence": sequence,
        "at": AT + sequence, "signal_id": "s", "signal_at": AT, "scores": scores,
        "components": {"A": scores}, "units": {}, "moved": moved, "cause": "candidate",
    }  # fmt: skip
    return told("alerts", "helper", body, "alerts")


def request(name: str, kind: str, **more: Any) -> Sent:
    body = {
        "request_id": name, "kind": kind, "agent_id": "helper", "person": ADA,
        "at": "2026-11-21T11:00:00Z",
    } | more  # fmt: skip
    return signed("requests", b"helper", body, "requests")


async def test_between_commands_and_before_the_first_the_answer_says_so(
    settings: Settings,
) -> None:
    """A second passes from message to message."""
    first = command(1, "assign", approved_by=ADA)
    joined = command(2, "join", **CANDIDATE)
    last = command(3, in_flight=RESET)
    messages = [first, ack(1, 1, "flipped"), lease(AT + 5_500), joined, ack(2, 2, "flipped")]
    messages += [event(n, tenant_id="other") for n in range(4)] + [last, ack(3, 3, "flipped")]
    await fill(settings, messages)
    begun, tried, ended = (logged(messages, one) for one in (first, joined, last))
    before = served(settings, begun - SECOND)
    assert (before["epoch"], before["answer"]) == (0, "nothing was commanded by then")
    assert (before["commanded_at"], before["superseded_at"]) == (None, begun)
    pinned = served(settings, begun + SECOND)
    assert (pinned["answer"], pinned["ordered_by"]) == ("the pin alone", ADA)
    flipping = served(settings, tried)
    assert flipping["answer"] == "the pin and the candidate; not yet at r1"
    both = served(settings, tried + SECOND)
    assert (both["answer"], both["ordered_by"]) == ("the pin and the candidate", "holdfast")
    assert (both["superseded_at"], both["weight"]) == (ended, 0.25)
    leaseless = served(settings, tried + 4 * SECOND)
    assert leaseless["answer"] == "the pin alone; the candidate had no fresh lease"
    after = served(settings, ended + SECOND)
    assert (after["epoch"], after["answer"], after["superseded_at"]) == (3, "the pin alone", None)


async def test_sessions_under_way_are_spoken_of(settings: Settings) -> None:
    drained = command(2, in_flight={"policy": "drain", "drain_seconds": 2})
    finished = command(3, in_flight={"policy": "finish"})
    messages = [command(1, "assign"), drained, *(event(n) for n in range(3)), finished]
    await fill(settings, messages)
    at = logged(messages, drained)
    answers = [served(settings, at + n * SECOND)["answer"] for n in (-1, 1, 3, 5)]
    assert answers == [
        "the pin alone",
        "the pin alone; sessions under way may be on the bundle before for 2 s",
        "the pin alone",
        "the pin alone; sessions under way stay on the bundle before to their end",
    ]


async def test_a_router_without_a_lease_and_an_ended_rollout_serve_the_pin(
    settings: Settings,
) -> None:
    joined, without = command(2, "join", **CANDIDATE), ack(2, 2, "lease-expired")
    halted = hold("halted", 2, {"kind": "alert", "id": "al-1"})
    messages = [lease(AT + 60_000), joined, ack(1, 2, "flipped"), without, halted]
    await fill(settings, messages)
    apart = served(settings, logged(messages, without))
    assert apart["answer"] == "the pin and the candidate; the pin alone for want of a lease at r1"
    ended = served(settings, logged(messages, halted))
    assert ended["answer"].startswith("the pin alone; the rollout was halted")


async def test_an_old_command_that_a_router_met_again_is_not_its_last_word(
    settings: Settings,
) -> None:
    met = ack(3, 2, "stale")
    messages = [command(2), command(3, in_flight=RESET), ack(2, 3, "flipped"), met]
    await fill(settings, messages)
    found = served(settings, logged(messages, met))
    assert [(epoch, status) for _, epoch, status, *_ in found["routers"]] == [(3, "flipped")]
    assert found["answer"] == "the pin alone"


async def test_the_chain_of_an_approved_reversion_is_whole(settings: Settings) -> None:
    waits = {"kind": "alert", "id": "al-1/t1", "reason": "reversion of t1 waits for a person"}
    proof = {
        "kind": "proof", "proof_id": "pr", "command_id": "co-3", **HERE, "epoch": 3,
        "action": "revert", "state": "proven", "commanded_at": AT, "acked_at": AT, "proven_at": AT,
        "routers": [{"router_id": "r1", "status": "flipped", "first_right_at": AT + 200}],
    }  # fmt: skip
    cause = {"kind": "alert", "id": "al-1/t1", "evidence": ["output_tokens"]}
    messages = [
        alert("al-1", "t1", [reading()]),
        hold("paused", 1, waits),
        request("rq-0", "approve", alert_id="al-1/t1", person="eve@example.org"),
        request("rq-1", "approve", alert_id="al-1/t1", reason="ticket 12"),
        command(3, cause=cause, approved_by=ADA),
        ack(1, 3, "flipped"),
        told("proofs", "t1/helper", proof, "proofs"),
    ]
    await fill(settings, messages)
    sql = "SELECT * FROM v_audit WHERE command_id = 'co-3' ORDER BY step, at"
    rows = asked(settings, sql)
    assert [(row["step"], row["who"], row["id"]) for row in rows] == [
        ("evidence", "score", "al-1"), ("hold", "decide", "ho-1"), ("request", ADA, "rq-1"),
        ("command", ADA, "al-1/t1"), ("ack", "r1", "ac-1"), ("traffic", "r1", "pr"),
        ("proof", "prove", "pr"),
    ]  # fmt: skip
    assert "moved: output_tokens; cause: candidate" in rows[0]["what"]
    assert rows[2]["what"] == "approve: ticket 12"
    assert [bool(row["keyids"]) for row in rows] == [False, True, True, True, False, False, False]
    (found,) = queries.causes(settings)
    assert found.command_ids == ["co-3"]


async def test_what_is_stored_is_the_signed_record_itself(settings: Settings) -> None:
    raw = sign(router_world.command(3), router_world.SIGNER).model_dump_json().encode()
    await fill(settings, [Sent("control", b"acme/desk", raw, {"commands": 1})])
    (row,) = asked(settings, "SELECT envelope, keyids FROM commands FINAL")
    assert row["keyids"] == [router_world.SIGNER.keyid]
    ring = KeyRing(router_world.KEYS)
    found = read_control(Envelope.model_validate_json(row["envelope"]), ring)
    assert found == router_world.command(3)


async def test_what_an_alert_led_to_includes_pauses_and_the_breaker(settings: Settings) -> None:
    breaker = {"kind": "breaker", "id": "al-2"}
    messages = [
        alert("al-1", "t1", [reading()]),
        hold("paused", 1, {"kind": "alert", "id": "al-1"}),
        alert("al-2", None, [], 2),
        hold("halted", 2, breaker),
        command(3, "halt", cause=breaker),
        alert("al-3", None, [], 3),
    ]
    await fill(settings, messages)
    rows = asked(settings, "SELECT alert_id, led_to, hold_ids FROM v_alert_causes ORDER BY at")
    assert [(row["led_to"], row["hold_ids"]) for row in rows] == [
        (["pause"], ["ho-1"]), (["halt"], ["ho-2"]), ([], []),
    ]  # fmt: skip


async def test_a_fleets_alert_that_led_to_something_says_by_how_much(settings: Settings) -> None:
    bare = {"metric": "refused", "component": "E", "action": 5.0}
    messages = [
        alert("a1", "t1", [reading("refused") | {"effect": 9.0}]),
        alert("a2", "t1", [reading("refused") | {"effect": 3.0}], 2),
        alert("a3", "t2", [reading("refused") | {"effect": 5.0}], 2),
        alert("a4", "t3", [reading("latency_ms")], 2),
        alert("fleet", None, [bare], 3),
        alert("a5", "t2", [reading("refused") | {"effect": 50.0}], 4),
        hold("paused", 1, {"kind": "alert", "id": "fleet"}),
    ]
    await fill(settings, messages)
    sql = "SELECT * FROM v_alert_causes WHERE scope = 'fleet'"
    (found,) = asked(settings, sql)
    assert (found["top_metric"], found["top_effect"], found["top_effect_tenants"]) == (
        "refused", 4.0, 2,
    )  # fmt: skip
    assert found["causes"] == ["refused x4 (median of 2 tenants), log10 evidence of harm 5"]


async def test_what_was_told_stands_beside_what_is_compared(settings: Settings) -> None:
    values = np.full(SIZE, np.nan)
    values[INDEX["cost_usd"]] = 0.0001
    names = ("e1", "t1", "helper", BUNDLES[0])
    seen = FeaturesSeen(names, 0, AT, "chat|1", "evidence", values, extract("Yes."))
    messages = [
        event(1, tenant_id="t1", input_tokens=8, cached_input_tokens=2),
        Sent("features", b"events/0/0", pack(list(columns(0, [seen]))), {"features": 1}),
    ]
    await fill(settings, messages)
    sql = "SELECT * FROM v_adjusted(tenant = 't1', agent = 'helper', since = {a:String}, until = {b:String})"
    since, until = logged(messages, messages[0]) - SECOND, logged(messages, messages[0]) + SECOND
    (row,) = asked(settings, sql, a=since.isoformat(), b=until.isoformat())
    assert (row["cached_share"], row["cost_usd"], row["counted"]) == (0.25, 0.000125, "evidence")
    assert (row["cost_usd_adjusted"], row["latency_ms_adjusted"]) == (0.0001, None)
    assert row["latency_ms"] == pytest.approx(101.5)
