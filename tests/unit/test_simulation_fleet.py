"""The truth that the simulation is asked for is in the events."""

import json
from collections import Counter
from itertools import islice
from typing import Any

import pytest

from schemas import Event, Outcome
from simulation import Effects, Fleet, Scenario, World, bad, good, make_tenants, single

BASE = {"bundle_id": "sha256:base", "model": "m-1", "prompt_version": "v1", "provider": "p"}
AT = "2026-01-01T00:00:00Z"


def fleet(*scenarios: Scenario, seed: int = 3, tenants: int = 10, **options: Any) -> Fleet:
    return Fleet(make_tenants(tenants, 1), World(scenarios), seed, **options)


def events(source: Fleet, bundle: dict[str, Any], count: int) -> list[dict[str, Any]]:
    return [source.event(source.call(), bundle, AT) for _ in range(count)]


def changed(scenario: Scenario) -> dict[str, Any]:
    return {**BASE, **scenario.overlay, "bundle_id": "sha256:changed"}


def refused(event: dict[str, Any]) -> bool:
    text = event.get("output", "")
    return any(
        sign in text for sign in ("sorry", "Sorry", "cannot", "not able", "decline", "n't share")
    )


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_same_seed_same_events_and_another_seed_others() -> None:
    one, same, other = (events(fleet(seed=s), BASE, 300) for s in (3, 3, 4))
    assert one == same
    assert one != other


def test_every_event_and_outcome_is_valid() -> None:
    source = fleet()
    for _ in range(500):
        call = source.call()
        Event.model_validate_json(json.dumps(source.event(call, BASE, AT)))
        outcome = source.feedback(call, BASE, share=1.0)
        assert outcome is not None
        Outcome.model_validate({**outcome, "occurred_at": AT})


def test_ids_are_unique_and_turns_count_up_within_a_session() -> None:
    seen = events(fleet(), BASE, 3000)
    assert len({event["event_id"] for event in seen}) == 3000
    last: dict[str, int] = {}
    for event in seen:
        assert event["turn"] == last.get(event["session_id"], 0) + 1
        last[event["session_id"]] = event["turn"]


@pytest.mark.parametrize("turns", [2.0, 5.0])
def test_sessions_have_the_mean_number_of_turns(turns: float) -> None:
    seen = events(fleet(mean_turns=turns), BASE, 20_000)
    sessions = len({event["session_id"] for event in seen})
    assert 20_000 / sessions == pytest.approx(turns, rel=0.1)


def test_traffic_is_by_share_and_all_tiers_are_there() -> None:
    traits = make_tenants(40, 1)
    assert sum(one.share for one in traits) == pytest.approx(1)
    assert Counter(one.tier for one in traits) == {"platinum": 4, "gold": 12, "free": 24}
    seen = Counter(event["tenant_id"] for event in events(fleet(tenants=40), BASE, 20_000))
    assert seen["tenant-001"] / seen["tenant-040"] == pytest.approx(40**0.5, rel=0.5)


def test_bad_refuses_five_times_as_often_and_answers_sixty_per_cent_longer() -> None:
    scenario = bad(["tenant-001"])
    before = [e for e in events(fleet(scenario), BASE, 12_000) if e["tenant_id"] == "tenant-001"]
    after = [
        e for e in events(fleet(scenario), changed(scenario), 12_000)
        if e["tenant_id"] == "tenant-001"
    ]  # fmt: skip
    assert mean([refused(e) for e in before]) == pytest.approx(0.05, abs=0.02)
    assert mean([refused(e) for e in after]) == pytest.approx(0.25, abs=0.04)
    lengths = [
        mean([e["output_tokens"] for e in arm if "output" in e and not refused(e)])
        for arm in (before, after)
    ]
    assert lengths[1] / lengths[0] == pytest.approx(1.6, rel=0.08)


def test_bad_leaves_the_others_alone() -> None:
    scenario = bad(["tenant-001"])
    arms = [events(fleet(scenario), bundle, 5000) for bundle in (BASE, changed(scenario))]
    texts = [[e.get("output") for e in arm if e["tenant_id"] == "tenant-007"] for arm in arms]
    rates = [mean([refused(e) for e in arm if e["tenant_id"] != "tenant-001"]) for arm in arms]
    assert len(texts[0]) == len(texts[1])
    assert rates[0] == pytest.approx(rates[1], abs=0.015)


def test_single_breaks_every_tool_call_of_one_tenant_and_nearly_all_its_first_turns() -> None:
    scenario = single("tenant-002")
    seen = events(fleet(scenario), changed(scenario), 6000)
    calls = [(e["tenant_id"], c["ok"]) for e in seen for c in e.get("tool_calls", [])]
    assert not any(ok for tenant, ok in calls if tenant == "tenant-002")
    assert mean([ok for tenant, ok in calls if tenant != "tenant-002"]) > 0.97
    first = [e for e in seen if e["turn"] == 1 and e["tenant_id"] == "tenant-002"]
    assert mean(["tool_calls" in e for e in first]) > 0.9


def test_good_is_shorter_has_more_bullets_and_other_tools() -> None:
    scenario = good()
    arms = [
        [e for e in events(fleet(scenario), bundle, 8000) if "output" in e]
        for bundle in (BASE, changed(scenario))
    ]
    plain, new = ([e for e in arm if not refused(e)] for arm in arms)
    tokens = [mean([e["output_tokens"] for e in arm]) for arm in (plain, new)]
    assert tokens[1] / tokens[0] == pytest.approx(0.92, rel=0.04)
    bullets = [mean(["\n- " in e["output"] for e in arm]) for arm in (plain, new)]
    assert bullets[1] > bullets[0] + 0.2
    tools = [
        Counter(c["name"] for e in arm for c in e.get("tool_calls", [])) for arm in (plain, new)
    ]
    share = [count["find_customer"] / count.total() for count in tools]
    assert share[1] > share[0] + 0.15


def test_a_bundle_of_two_changes_has_the_effects_of_both() -> None:
    one = Scenario(name="a", title="", overlay={"model": "m-2"}, everyone=Effects(length=0.5))
    two = Scenario(
        name="b", title="", overlay={"tools_version": "t"}, everyone=Effects(tool_failure=1.0)
    )
    both = World([one, two]).effects({**BASE, "model": "m-2", "tools_version": "t"}, "tenant-001")
    assert (both.length, both.tool_failure) == (0.5, 1.0)
    assert World([one, two]).effects(BASE, "tenant-001") == Effects()


def test_turns_of_a_session_are_alike_in_refusals_when_asked_to() -> None:
    def agreement(alike: float) -> float:
        by_session: dict[str, list[bool]] = {}
        for event in events(fleet(alike=alike, mean_turns=4), BASE, 20_000):
            by_session.setdefault(event["session_id"], []).append(refused(event))
        pairs = [islice(turns, 2) for turns in by_session.values() if len(turns) > 1]
        after_refusal = [second for first, second in pairs if first]
        return mean([float(value) for value in after_refusal])

    assert agreement(0.0) < 0.15
    assert agreement(0.8) > 0.5


def test_incidents_make_every_bundle_slow() -> None:
    source = fleet(incidents=[(100.0, 200.0)])
    calm = [source.answer(source.call(10.0), BASE, 10.0)["latency_ms"] for _ in range(800)]
    busy = [source.answer(source.call(150.0), BASE, 150.0)["latency_ms"] for _ in range(800)]
    assert mean(busy) > 1.8 * mean(calm)


def test_drift_moves_the_mix_of_tasks() -> None:
    source = fleet(drift=1.5)
    day = {name: Counter[str]() for name in ("morning", "evening")}
    for name, seconds in (("morning", 21_600.0), ("evening", 64_800.0)):
        for _ in range(4000):
            call = source.call(seconds)
            if call.turn == 1:
                day[name][call.task] += 1
    share = {name: count["extract"] / count.total() for name, count in day.items()}
    assert share["morning"] > 3 * share["evening"]
