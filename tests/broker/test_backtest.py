"""A backtest straight from ClickHouse: what measure has stored says the same as the text."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest

from streams.backtest.known import Known
from streams.backtest.report import as_dict
from streams.backtest.run import Request, run
from streams.backtest.sources import source
from streams.backtest.stored import stored
from streams.clickhouse.client import connect_async
from streams.clickhouse.migrate import migrate
from streams.clickhouse.rows import read
from streams.settings import Settings
from tests.agents import MeasureDesk
from tests.histories import history, stamped, write
from tests.recorded import Stored
from tests.unit.test_backtest import PHASE, outcomes

pytestmark = pytest.mark.broker

BEGUN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)


async def land(settings: Settings, desk: MeasureDesk, events: list[dict[str, Any]]) -> None:
    """Have measure and record do their part for these events."""
    migrate(settings)
    records = []
    for number, event in enumerate(events):
        key = f"{event['tenant_id']}/{event['agent_id']}".encode()
        at = int(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1000)
        raw = json.dumps(event).encode()
        records.append(Stored(f"{settings.namespace}events", 0, number, at, key, raw))
    await desk.feed(records)
    features = [
        Stored(f"{settings.namespace}features", 0, number, records[0].timestamp, one.key, one.value)
        for number, one in enumerate(await desk.sent("features"))
    ]
    client = await connect_async(settings)
    try:
        for topic, mine in (("events", records), ("features", features)):
            for table, rows in read(topic, mine).tables.items():
                await client.insert_arrow(table, rows)
    finally:
        await client.close()


def lately(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events as if they had come within the last hours: older ones are not kept."""
    first = datetime.fromisoformat(events[0]["occurred_at"])
    return [
        event | {"occurred_at": (BEGUN + (datetime.fromisoformat(event["occurred_at"]) - first))
                 .isoformat()}
        for event in events
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["watch", "concurrent"])
async def test_stored_features_say_what_the_text_says(
    settings: Settings, tmp_path: Path, way: Literal["watch", "concurrent"]
) -> None:
    events = lately(outcomes(history([("v1", 150, {}), ("v2", 150, {"longer": 2.0})], turns=2)))
    desk = MeasureDesk(tmp_path / "live")
    try:
        await land(settings, desk, events)
    finally:
        desk.close()
    end = BEGUN + timedelta(hours=12)
    found = run(Request(source=lambda r: stored(settings, BEGUN, end, None, None, r), way=way))
    files = source([write(tmp_path / "f", events)], None, None, None, None)
    expected = as_dict(run(Request(source=files.lines, way=way)))
    report = as_dict(found)
    assert report["input"]["events"] == expected["input"]["events"]
    assert report["verdict"] == expected["verdict"] != "none"
    (mine, theirs) = (
        next(s for s in one["comparisons"][0]["subjects"] if s["baseline"] == "v1")
        for one in (report, expected)
    )
    assert mine["units"] == theirs["units"]
    assert mine["moved"][0] == theirs["moved"][0]


def surrounded(events: list[dict[str, Any]], moved: str) -> list[dict[str, Any]]:
    """Return the events with everything that surrounds them, which from `moved` on is another."""
    rng, found = Random(7), list[dict[str, Any]]()
    for number, event in enumerate(events):
        later, share = event["bundle_id"] == moved, rng.random()
        tools = [{"name": rng.choice(["find", "buy"])} for _ in range(rng.randrange(3))]
        more: dict[str, Any] = {
            "prompt": f"{rng.choice(['Please find', 'Bitte finde', 'найди'])} order {number % 90}",
            "cached_input_tokens": round(900 * share), "input_tokens": 900 + rng.randrange(99),
            "cost_usd": 0.01 * (1.5 - share), "latency_ms": event["latency_ms"] * (1.5 - share),
            "retrieval": {"index_version": "2" if later else "1", "chunks": rng.randrange(6),
                          "top_score": rng.random()},
            "model_served": "m-2" if later and share < 0.9 else "m-1", "provider": "p",
            "deployment": rng.choice(["east", "west"]), "attempts": rng.choice([1, 1, 1, 2]),
            "finish_reason": "stop", "tool_calls": tools if number % 7 else None,
            "labels": {"team": "a"},
        }  # fmt: skip
        if number % 3 == 0:
            more["parent_event_id"] = f"parent-{number}"
        if number % 5 == 0:
            more |= {"embedding": [rng.gauss(0, 1) for _ in range(8)], "embedding_model": "own"}
        if number % 11 == 0:
            more |= {"error": {"kind": "timeout"}, "output": None, "output_tokens": None}
        if number % 13 == 0:
            more["cache"] = True
        whole = event | more
        found.append({name: value for name, value in whole.items() if value is not None})
    return found


def said(request: Request) -> dict[str, Any]:
    """Return the report without what differs from run to run."""
    report = as_dict(run(request))
    return {name: report[name] for name in report if name not in {"speed", "input"}}


@pytest.mark.parametrize("way", ["watch", "concurrent", "paired", "rollout"])
async def test_what_was_recorded_gives_the_report_of_its_file(
    settings: Settings, tmp_path: Path, way: Literal["watch", "concurrent", "paired", "rollout"]
) -> None:
    if way == "rollout":
        events = stamped(700, hurt=("acme",))
        for number, event in enumerate(events):
            if number % 2:  # its first half a warm-up on the pin, which learns what caching saves
                event["stamp"]["phase_id"] = "pin" if number < 500 else event["stamp"]["phase_id"]
        events, phases = outcomes(surrounded(events, "new")), [PHASE]
    else:
        changed = history([("v1", 150, {}), ("v2", 150, {"longer": 2.0})], turns=2)
        events, phases = outcomes(surrounded(changed, "v2")), []
    events = lately(events)
    desk = MeasureDesk(tmp_path / "live", phases)
    try:
        await land(settings, desk, events)
    finally:
        desk.close()
    end = BEGUN + timedelta(hours=24)
    known = Known(phases={one.phase_id: one for one in phases})
    asked: dict[str, Any] = {"known": known, "way": None if way == "rollout" else way}
    files = source([write(tmp_path / "f", events)], None, None, None, None)
    mine = said(Request(source=lambda r: stored(settings, BEGUN, end, None, None, r), **asked))
    theirs = said(Request(source=files.lines, **asked))
    assert theirs["verdict"] in {"different", "worse"}
    assert mine == theirs


async def test_a_range_a_tenant_and_recorded_phases(settings: Settings, tmp_path: Path) -> None:
    events = lately(stamped(900, hurt=("acme",)))
    desk = MeasureDesk(tmp_path / "live", [PHASE])
    try:
        await land(settings, desk, events)
    finally:
        desk.close()
    end = BEGUN + timedelta(hours=1)
    known = Known(phases={"p1": PHASE})
    whole = Request(source=lambda r: stored(settings, BEGUN, end, None, None, r), known=known)
    rollout, *_ = as_dict(run(whole))["comparisons"][0]["subjects"]
    assert (rollout["subject"], rollout["verdict"] != "none") == ("r1", True)
    one = Request(source=lambda r: stored(settings, BEGUN, end, "bravo", "care", r), known=known)
    result = run(one)
    assert result.events == 900
    assert as_dict(result)["verdict"] == "none"
    years = BEGUN - timedelta(days=10_000)  # hours in which there was nothing are not read
    ever = Request(source=lambda r: stored(settings, years, end, "bravo", "care", r), known=known)
    assert run(ever).events == 900
    early = BEGUN - timedelta(hours=1)
    empty = Request(source=lambda r: stored(settings, early, BEGUN, None, None, r), known=known)
    assert run(empty).events == 0
