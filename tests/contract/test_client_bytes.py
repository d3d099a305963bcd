"""What the client sends is what the contracts say: it may import none of the floors, so it is
held to them here.
"""

import ast
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

import holdfast_client
from control.bundles import bundle_id
from control.signing import sign
from holdfast_client.answers import ack, heartbeat, refusal
from holdfast_client.assigning import Assigner
from holdfast_client.book import Received, Verdict
from holdfast_client.events import InvalidError, Sharing, Text, encoded_event, encoded_outcome
from holdfast_client.keys import Ring
from holdfast_client.records import Command as ClientCommand
from holdfast_client.records import parse
from holdfast_client.view import Served, View
from schemas import Ack, Contract, Event, Heartbeat, Outcome
from tests.unit.router_world import BASE, KEYS, SIGNER, command, hold, lease

EVENT: dict[str, Any] = {
    "tenant_id": "acme", "agent_id": "desk", "bundle_id": BASE.bundle_id, "session_id": "s1",
    "turn": 2, "prompt": "what?", "output": "naïve ✓", "output_tokens": 3, "latency_ms": 12.5,
    "tool_calls": [{"name": "search", "ok": True}], "labels": {"region": "eu"},
}  # fmt: skip


def valid(contract: type[Contract], value: bytes) -> Any:
    """Read `value` strictly, by the model and by its JSON Schema; no field may be unknown."""
    jsonschema.validate(json.loads(value), contract.model_json_schema())
    read = contract.model_validate_json(value, strict=True)

    def known(model: BaseModel) -> None:
        assert not model.model_extra
        for nested in vars(model).values():
            if isinstance(nested, BaseModel):
                known(nested)

    known(read)
    return read


def commanded(**more: Any) -> ClientCommand:
    envelope = sign(command(**more), SIGNER).model_dump_json().encode()
    read = parse(Ring(KEYS).open(envelope))
    assert isinstance(read, ClientCommand)
    return read


def test_events_are_valid_with_the_stamp_of_the_router() -> None:
    served = Served(commanded(), 0.0, None)
    view = View({("acme", "desk"): served}, {})
    serving = Assigner("ra", lambda: 0.0, 10).assign(view, "acme", "desk", "s1", None, False)
    key, value = encoded_event({**EVENT, "stamp": serving.stamp}, Sharing())
    assert key == b"acme/desk"
    event = valid(Event, value)
    assert (event.stamp.phase_id, event.stamp.unit_id) == ("pin", "s1")
    assert event.occurred_at.tzinfo is not None
    assert encoded_event(EVENT, Sharing())[1] != encoded_event(EVENT, Sharing())[1], "own ids"


@pytest.mark.parametrize("text", ["full", "hash", "none"])
@pytest.mark.parametrize("key", [None, b"secret"])
def test_no_more_is_shared_than_was_set(text: Text, key: bytes | None) -> None:
    stamp = {
        "phase_id": "p", "arm": "candidate", "epoch": 2, "router_id": "ra", "unit_id": "s1",
    }  # fmt: skip
    _, value = encoded_event({**EVENT, "stamp": stamp}, Sharing(text, key))
    event = valid(Event, value)
    assert (event.output == "naïve ✓") == (event.prompt == "what?") == (text == "full")
    assert (event.output_hash is not None) == (event.prompt_hash is not None) == (text == "hash")
    assert event.output_chars == (None if text == "full" else 7)
    assert (event.session_id == "s1") == (event.stamp.unit_id == "s1") == (key is None)
    assert event.session_id == event.stamp.unit_id, "one unit, one name"


def test_who_shares_no_text_shares_no_digest_of_the_services_own_either() -> None:
    given = {**EVENT, "prompt_hash": "p", "output_hash": "o"}
    for sharing, shown in ((Sharing("none"), False), (Sharing("full"), True)):
        value = json.loads(encoded_event(given, sharing)[1])
        assert ("prompt_hash" in value, "output_hash" in value) == (shown, shown)


def test_keyed_hashes_differ_by_key() -> None:
    values = [json.loads(encoded_event(EVENT, Sharing("hash", k))[1]) for k in (None, b"a", b"b")]
    assert len({value["output_hash"] for value in values}) == 3
    assert len({value["session_id"] for value in values}) == 3


def test_outcomes_are_valid() -> None:
    fields = {"tenant_id": "acme", "agent_id": "desk", "name": "feedback", "value": 1.0}
    at = datetime(2026, 11, 21, tzinfo=UTC)
    _, value = encoded_outcome({**fields, "event_id": "e1", "occurred_at": at}, Sharing())
    outcome = valid(Outcome, value)
    assert (outcome.event_id, outcome.occurred_at) == ("e1", at)


@pytest.mark.parametrize(
    "change",
    [
        {"tenant_id": None}, {"tenant_id": "a/b"}, {"tenant_id": 7}, {"agent_id": ""},
        {"bundle_id": ""}, {"bundle_id": None}, {"latency_ms": float("nan")},
        {"labels": {"x": object()}}, {"occurred_at": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)  # fmt: skip
def test_an_event_that_measure_would_park_is_not_sent(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        encoded_event({**EVENT, **change}, Sharing())


def test_an_event_without_any_metric_is_not_sent() -> None:
    with pytest.raises(InvalidError):
        encoded_event({k: EVENT[k] for k in ("tenant_id", "agent_id", "bundle_id")}, Sharing())


@pytest.mark.parametrize("change", [{"name": ""}, {"event_id": None}, {"value": None}])
def test_an_outcome_that_says_nothing_is_not_sent(change: dict[str, Any]) -> None:
    fields = {"tenant_id": "t", "agent_id": "a", "name": "n", "value": 1, "event_id": "e"}
    with pytest.raises(InvalidError):
        encoded_outcome({**fields, **change}, Sharing())


@pytest.mark.parametrize("status", ["flipped", "refused", "stale", "lease-expired"])
def test_acks_are_valid(status: str) -> None:
    key, value = ack("ra", commanded(), status, reason="r", bundle_id="b", flip_ms=1.5)
    read = valid(Ack, value)
    assert (key, read.status, read.command_id) == ("acme/desk", status, "command-acme-1")
    again = valid(Ack, ack("ra", commanded(), status, reason="r", bundle_id="b", flip_ms=2)[1])
    assert again.ack_id == read.ack_id, "the same answer has the same id"


def test_refusals_are_valid_or_silent() -> None:
    verdict = Verdict("refused", "bad signature")
    answer = refusal("ra", Received("acme/desk", b"?", 0), verdict)
    assert answer is not None
    assert valid(Ack, answer[1]).reason == "bad signature"
    assert refusal("ra", Received("no key of ours", b"?", 0), verdict) is None


@pytest.mark.parametrize("stopping", [True, False])
def test_heartbeats_are_valid(stopping: bool) -> None:
    beat = valid(Heartbeat, heartbeat("ra", 3, 1.23456, stopping=stopping))
    assert (beat.router_id, beat.assignments, beat.stopping) == ("ra", 3, stopping)


def test_what_the_control_plane_says_is_understood() -> None:
    for record in (command(3, canary=True, weight=0.25), hold("paused"), lease()):
        envelope = sign(record, SIGNER).model_dump_json(exclude_none=True).encode()
        read = parse(Ring(KEYS).open(envelope))
        for name in ("epoch", "mode", "weight", "state", "rollout_id", "expires_at"):
            if hasattr(read, name):
                assert getattr(read, name) == getattr(record, name)


def test_both_sides_compute_the_same_bundle_id() -> None:
    bundle = command().baseline
    assert commanded().baseline.bundle_id == bundle.bundle_id == bundle_id(bundle)


def test_the_client_imports_none_of_the_floors() -> None:
    folder = Path(holdfast_client.__file__).parent
    allowed = {"aiokafka", "cryptography", "rfc8785", "holdfast_client", *sys.stdlib_module_names}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, path.name
