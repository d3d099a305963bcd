"""The backtest: the same core as live, whatever the order and shape of what it is given."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from control.bundles import identified
from schemas import Alert, Cohort, Event, Outcome, Phase, Policy, Scores, Signal, Units
from streams.backtest import sources
from streams.backtest.contract import at_ms, decode
from streams.backtest.errors import BacktestError
from streams.backtest.judging import Course, Subject
from streams.backtest.known import Known, load
from streams.backtest.lines import Line, Reading, in_order
from streams.backtest.measuring import Measuring
from streams.backtest.reader import Reader
from streams.backtest.report import as_dict
from streams.backtest.run import Request, run
from streams.backtest.verdicts import of_tenant
from streams.desk.errors import UnreadableFileError
from streams.embedding.static import StaticEmbedder, Vector
from tests.agents import MeasureDesk
from tests.histories import history, stamped, write
from tests.stream.kafka_fakes import FakeRecord

PHASE = Phase(
    phase_id="p1", rollout_id="r1", agent_id="care", wave=1, weight=0.4, controls=1, opened_at=0,
    cohorts=[Cohort(baseline="old", candidate="new", tenants={"acme": 2, "bravo": 2})],
)  # fmt: skip


def backtest(path: Path, **options: Any) -> dict[str, Any]:
    given = {name: options.pop(name) for name in ("known_good",) if name in options}
    source = sources.source([path], None, None, None, None)
    return as_dict(run(Request(source=source.lines, **options)), **given)


def outcomes(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events with feedback on some of them."""
    found, rng = list[dict[str, Any]](), Random(3)
    for event in events:
        found.append(event)
        if rng.random() < 0.3:
            given = {name: event[name] for name in ("tenant_id", "agent_id", "occurred_at")}
            found.append(
                given | {"outcome_id": f"o-{event['event_id']}", "event_id": event["event_id"],
                         "name": "feedback", "value": float(rng.random() < 0.7)}
            )  # fmt: skip
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MeasureDesk]:
    made = MeasureDesk(tmp_path / "live", [PHASE])
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["rollout", "watch", "labels to and fro"])
async def test_signals_are_those_that_live_measure_sends(desk: MeasureDesk, kind: str) -> None:
    if kind == "rollout":
        events = outcomes(stamped(700, hurt=("acme",)))
    elif kind == "watch":
        labels = [("v1", 150, {}), ("v2", 150, {"longer": 2.0})]
        events = outcomes(history(labels, turns=3, tenants=("acme", "bravo"), seconds=4.0))
    else:
        events = history([(f"v{i % 2}", 20, {}) for i in range(8)], turns=2, seconds=40.0)
    records, lines = [], []
    for number, event in enumerate(events):
        raw = json.dumps(event).encode()
        line = Line(at_ms(decode(raw)), decode(raw), len(raw), offset=number)
        key = f"{event['tenant_id']}/{event['agent_id']}".encode()
        records.append(FakeRecord(number, key, raw, timestamp=line.timestamp))
        lines.append(line)
    await desk.feed(records)
    live = [one.value for one in await desk.sent("signals")]
    reader = Reader(StaticEmbedder())
    measuring, found = Measuring(reader, {"p1": PHASE}, exact=True), list[Signal]()
    for line in lines:
        seen = reader.glance(line)
        if seen is not None:
            found += measuring.fold(seen, line)
    assert len(live) > 20
    assert [one.model_dump_json().encode() for one in found] == live
    assert sum(one.counted["repeat"] for one in measuring.traffic.values()) > 100


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"latency_ms": "5"}, {"occurred_at": 1767225600}, {"occurred_at": "2026-01-01"},
        {"occurred_at": "2026-01-01T00:00:00"}, {"tenant_id": "a b"}, {"turn": 0}, {"turn": 2.0},
        {"turn": 1.5}, {"embedding": []}, {"tool_calls": [{"name": "x"}]}, {"tool_calls": [{}]},
        {"stamp": {"phase_id": "p"}}, {"unheard_of": 1}, {"output_tokens": 10**9}, {"refused": 1},
        {"error": {"kind": "timeout"}}, {"labels": {"a": "b"}}, {"labels": {"a": 1}},
        {"output": None, "output_tokens": None, "latency_ms": None, "refused": None},
        {"task": ""}, {"version": 2}, {"cost_usd": float("inf")}, {"output": "\ud800"},
    ],
)  # fmt: skip
def test_a_line_is_read_as_the_contract_reads_it(changes: dict[str, Any]) -> None:
    raw = json.dumps(history([("v1", 1, {})])[0] | changes).encode()
    try:
        expected = Event.model_validate_json(raw)
    except ValidationError:
        with pytest.raises(ValidationError):
            decode(raw)
        return
    found = decode(raw)
    plain = {name for name in Event.model_fields if name not in {"stamp", "tool_calls", "error"}}
    assert {name: getattr(found, name) for name in plain} == expected.model_dump(include=plain)
    assert [call.name for call in getattr(found, "tool_calls", None) or ()] == [
        call.name for call in expected.tool_calls or ()
    ]


def test_an_outcome_is_told_from_an_event_and_broker_time_goes_before() -> None:
    (event,) = history([("v1", 1, {})])
    given = {name: event[name] for name in ("tenant_id", "agent_id", "occurred_at")}
    outcome = given | {"outcome_id": "o", "event_id": "e", "name": "feedback", "value": 1}
    assert isinstance(decode(json.dumps(outcome).encode()), Outcome)
    for logged in ("2026-03-01T00:00:00Z", "2026-03-01 00:00:00.000", 1772323200000):
        found = decode(json.dumps(event | {"logged_at": logged}).encode())
        assert at_ms(found) == 1772323200000


def lines_at(*times: int) -> list[Line]:
    return [Line(at, None, 10) for at in times]


def test_lines_are_put_in_order_within_the_window_and_time_never_goes_back() -> None:
    times = [5, 1, 4, 4, 2, 9, 3, 8]
    reading = Reading()
    whole = list(in_order(lines_at(*times), reading))
    assert [line.timestamp for line in whole] == sorted(times)
    assert [line.offset for line in whole] == list(range(len(times)))
    assert reading.late == 0
    narrow = [line.timestamp for line in in_order(lines_at(*times), reading, window=20)]
    assert narrow == sorted(narrow)
    assert len(narrow) == len(times)
    assert reading.late > 0


def test_a_change_of_label_is_found_in_time_and_side_by_side(tmp_path: Path) -> None:
    path = write(tmp_path / "f", history([("v1", 600, {}), ("v2", 400, {"longer": 1.8})]))
    watch, arms = backtest(path), backtest(path, way="concurrent")
    assert watch["verdict"] == "different"
    assert not watch["labels_side_by_side"]
    (after,) = [s for s in watch["comparisons"][0]["subjects"] if s["baseline"] == "v1"]
    assert after["moved"][0]["metric"] == "output_tokens"
    assert arms["verdict"] == "worse"
    (subject,) = arms["comparisons"][0]["subjects"]
    assert {act["kind"] for act in subject["would_have"]} >= {"pause", "revert"}
    (tokens,) = [one for one in subject["moved"] if one["metric"] == "output_tokens"]
    assert tokens["low"] < 1.8 < tokens["high"]
    at = subject["units_at"]["display"]
    crossed = [at[level] for level in ("33", "50", "67", "83", "100")]
    assert crossed == sorted(crossed)


@pytest.mark.parametrize("turns", [1, 4])
def test_no_change_is_let_be(tmp_path: Path, turns: int) -> None:
    labels: list[Any] = [("v1", 300, {}), ("v2", 300, {})]
    path = write(tmp_path / "f", history(labels, tenants=("acme", "bravo"), turns=turns))
    for way in ("watch", "concurrent"):
        report = backtest(path, way=way, known_good=True)
        assert report["verdict"] == "none"
        assert report["known_good"]["reversions"] == 0
        days = 1200 * turns * 60 / 86_400
        assert report["known_good"]["tenant_days"] == pytest.approx(2 * days, rel=0.01)


def test_labels_that_serve_together_are_compared_as_arms_unasked(tmp_path: Path) -> None:
    events = history([("v1", 300, {}), ("v2", 300, {"longer": 2.0})])
    rng = Random(1)
    times = [event["occurred_at"] for event in events]
    rng.shuffle(times)
    path = write(tmp_path / "f", [e | {"occurred_at": at} for e, at in zip(events, times)])  # noqa: B905
    report = backtest(path)
    assert [one["way"] for one in report["comparisons"]] == ["in time", "side by side"]
    assert report["verdict"] == "worse"
    assert backtest(path, way="watch")["verdict"] == "none"


def test_arms_do_not_depend_on_the_order_of_the_labels_in_the_file(tmp_path: Path) -> None:
    events = history([("v1", 200, {}), ("v2", 200, {"longer": 1.5})])
    late = [event | {"occurred_at": "2026-05-01T00:00:00Z"} for event in events]
    options: dict[str, Any] = {"way": "concurrent", "baseline": "v1", "candidate": "v2"}
    straight = backtest(write(tmp_path / "a", late), **options)
    turned = backtest(write(tmp_path / "b", late[200:] + late[:200]), **options)
    subjects = straight["comparisons"][0]["subjects"]
    assert subjects == turned["comparisons"][0]["subjects"]
    other = backtest(write(tmp_path / "a", late), **options, seed=2)
    assert other["comparisons"][0]["subjects"] != subjects


def test_a_session_under_both_labels_is_a_unit_of_each(tmp_path: Path) -> None:
    events = history([("v1", 60, {}), ("v2", 60, {})])
    for number, event in enumerate(events):
        event["session_id"] = f"s{number % 60}"
    report = backtest(write(tmp_path / "f", events), way="concurrent")
    (subject,) = report["comparisons"][0]["subjects"]
    assert subject["units"] == {"baseline": 60, "candidate": 60}


def test_outcomes_join_their_unit_in_arms(tmp_path: Path) -> None:
    events = history([("v1", 400, {}), ("v2", 400, {})])
    given = ("tenant_id", "agent_id", "occurred_at")
    judged = [
        {name: event[name] for name in given}
        | {"outcome_id": f"o{n}", "event_id": event["event_id"], "name": "task_success",
           "value": float(event["bundle_id"] == "v1")}
        for n, event in enumerate(events)
    ]  # fmt: skip
    report = backtest(write(tmp_path / "f", events + judged), way="concurrent")
    assert report["verdict"] == "worse"
    assert report["comparisons"][0]["subjects"][0]["moved"][0]["metric"] == "task_failed"


def test_prompts_under_both_labels_are_counted(tmp_path: Path) -> None:
    events = history([("v1", 50, {}), ("v2", 40, {})])
    for number, event in enumerate(events):
        event["prompt"] = f"question {number % 50}"
    report = backtest(write(tmp_path / "f", events), way="concurrent")
    assert report["comparisons"][0]["prompts"] == {"under_both_labels": 40, "in_all": 50}


def test_a_recorded_rollout_is_judged_by_its_registry(tmp_path: Path) -> None:
    path = write(tmp_path / "f", stamped(1600, hurt=("acme",)))
    known = Known(phases={"p1": PHASE})
    report = backtest(path, known=known)
    subjects = report["comparisons"][0]["subjects"]
    (rollout,) = [one for one in subjects if one["kind"] == "rollout"]
    assert rollout["subject"] == "r1"
    reverted = {a["tenant_id"] for a in rollout["would_have"] if a["kind"] == "revert"}
    assert reverted == {"acme"}
    assert {one["tenant"]: one["verdict"] for one in rollout["tenants"]} == {
        "acme": "worse", "bravo": "none"
    }  # fmt: skip


def test_what_the_bundles_do_not_say_is_told_as_live(tmp_path: Path) -> None:
    fields = {"provider": "p", "model": "m-1", "prompt_version": "v1"}
    old, new = identified(fields), identified(fields | {"model": "m-2"})
    names = {"old": old.bundle_id, "new": new.bundle_id}
    events = stamped(1600, hurt=("acme",))
    for event in events:
        event["retrieval"] = {"index_version": f"index of {event['bundle_id']}"}
        event["bundle_id"] = names[event["bundle_id"]]
    cohort = Cohort(
        baseline=old.bundle_id, candidate=new.bundle_id, tenants={"acme": 2, "bravo": 2}
    )
    phase = PHASE.model_copy(update={"cohorts": [cohort]})
    path, registry = write(tmp_path / "f", events), tmp_path / "registry.json"
    shown = [one.model_dump(mode="json") for one in (old, new)]
    registry.write_text(json.dumps({"bundles": shown, "phases": [phase.model_dump(mode="json")]}))
    causes = []
    for known in (load(registry), Known(phases={"p1": phase})):
        report = backtest(path, known=known)
        rollout = next(s for s in report["comparisons"][0]["subjects"] if s["kind"] == "rollout")
        causes.append(rollout["cause"])
    assert causes[0]["cause"] == "retrieval"
    assert causes[1]["cause"] == "candidate", "nobody knows the bundles"
    registry.write_text(json.dumps({"bundles": [shown[0] | {"model": "m-9"}]}))
    with pytest.raises(UnreadableFileError, match="bundle number 1"):
        load(registry)


def test_phases_that_nobody_tells_of_are_put_together_from_the_stamps(tmp_path: Path) -> None:
    path = write(tmp_path / "f", stamped(1600, hurt=("acme", "bravo")))
    report = backtest(path)
    (one,) = report["comparisons"]
    assert one["phases_from_stamps"] == ["p1"]
    assert report["verdict"] == "worse"
    piped = backtest(path, again=False)
    assert piped["comparisons"][0]["events_of_unknown_phases"] == {"p1": 3200}


def test_lost_units_are_said_and_nothing_else_is_believed(tmp_path: Path) -> None:
    events = stamped(4000, turns=1, tenants=("acme",))
    rng = Random(5)
    kept = [e for e in events if e["bundle_id"] == "old" or rng.random() < 0.5]
    report = backtest(write(tmp_path / "f", kept), known=Known(phases={"p1": PHASE}))
    (rollout,) = [s for s in report["comparisons"][0]["subjects"] if s["kind"] == "rollout"]
    assert rollout["tenants"][0]["units"]["candidate"] > 500
    assert any("sample ratio" in act["reason"] for act in rollout["would_have"])


def test_one_label_has_no_arms(tmp_path: Path) -> None:
    path = write(tmp_path / "f", history([("v1", 20, {})]))
    with pytest.raises(BacktestError, match="two labels"):
        backtest(path, way="concurrent")
    with pytest.raises(BacktestError, match="'v9'"):
        backtest(path, way="concurrent", candidate="v9")


def test_a_label_is_said_to_come_after_the_one_it_is_compared_with(tmp_path: Path) -> None:
    came = [("v1", 200, {}), ("v2", 200, {}), ("v1", 200, {}), ("v3", 200, {"longer": 2.0})]
    path = write(tmp_path / "history.jsonl", history(came))
    report = backtest(path, way="watch", static=False)
    after = {s["subject"]: s["baseline"] for s in report["comparisons"][0]["subjects"]}
    assert after == {"v1": None, "v2": "v1", "v3": "v1"}


def test_a_tenant_is_judged_by_the_policy_of_its_rollout() -> None:
    given = {
        "alert_id": "a", "kind": "rollout", "scope": "tenant", "agent_id": "care", "subject": "r1",
        "tenant_id": "acme", "sequence": 1, "at": 1, "signal_id": "s", "signal_at": 1,
        "scores": Scores(action=80), "components": {}, "units": Units(baseline=90, candidate=60),
    }  # fmt: skip
    course = Course()
    course.add(Alert.model_validate(given), None)
    subject = Subject("rollout", "care", "r1", tenants={"acme": course})
    words = [
        of_tenant(
            subject, "acme",
            Known(
                phases={"p1": PHASE.model_copy(update={"policy_id": "own"})},
                policies={"own": Policy(policy_id="own", revert=revert)},
            ),
            alone=True,
        ).word
        for revert in ({"gold": 90.0}, {"gold": 70.0}, {"free": 90.0})
    ]  # fmt: skip
    assert words == ["none", "worse", "worse"]


def test_answers_of_new_units_are_embedded_together_as_they_are_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedder, together = StaticEmbedder(), list[int]()
    whole = embedder.embed_all

    def noted(texts: Sequence[str], *, short: bool = True) -> list[Vector | None]:
        together.append(len(texts))
        return whole(texts, short=short)

    monkeypatch.setattr(embedder, "embed_all", noted)
    events = [
        event | {"event_id": f"{event['event_id']}-{turn}"}
        for event in history([("v1", 60, {})])
        for turn in (1, 2)
    ]
    lines = [
        Line(0, decode(json.dumps(event).encode()), 0, offset=number)
        for number, event in enumerate(events)
    ]
    reader = Reader(embedder)
    found = [(line, seen) for line, seen in reader.glances(lines) if seen is not None]
    assert together == [32]
    for number, (line, seen) in enumerate(found):
        assert (line.static is not None) == (number < 64 and number % 2 == 0)
        reader.embed(line, seen)
        (expected,) = whole([events[number]["output"]])
        assert seen.static is not None
        assert expected is not None
        assert seen.static.tolist() == expected.tolist()
