"""Whose doing it is: the rules, one by one."""

from typing import Any

import pytest

from detectors.attribution import attribute
from detectors.rollout import AgentScores, dumps, fold, loads
from detectors.verdicts import Peers
from schemas import Alert, Baseline, ContextReading, MonitorReading, Policy, Signal, Units


def reading(metric: str = "output_tokens", component: str = "A", **more: Any) -> MonitorReading:
    given = {
        "display": 6.0, "units": Units(baseline=900, candidate=900), "effect": 1.5,
        "changed_at_unit": 890, "changed_by_unit": 930, **more,
    }  # fmt: skip
    return MonitorReading.model_validate({"metric": metric, "component": component, **given})


def moved(variable: str, at: int | None = 900, **more: Any) -> ContextReading:
    given = {"baseline": "a", "recent": "b", "score": 20.0, "changed_at_unit": at,
             "changed_by_unit": at, "moving_until_unit": at, "units": 1000, **more}  # fmt: skip
    return ContextReading.model_validate({"variable": variable, **given})


def signal(*readings: MonitorReading, kind: str = "watch", **more: Any) -> Signal:
    given: dict[str, Any] = {
        "signal_id": "s", "tenant_id": "t0", "agent_id": "desk", "subject": "b", "sequence": 1,
        "reason": "band", "at": 1, "partition": 0, "offset": 0, "units": Units(candidate=1000),
        **more,
    }  # fmt: skip
    return Signal.model_validate({"kind": kind, "readings": list(readings), **given})


@pytest.mark.parametrize(
    ("variables", "cause"),
    [
        (["model_served"], "provider"),
        (["system_fingerprint", "input_tokens"], "provider"),
        (["index_version", "chunks", "top_score", "input_tokens"], "retrieval"),
        (["top_score"], "retrieval"),
        (["input_tokens"], "input"),
        (["prompt_script", "input_tokens"], "input"),
        (["upstream_tokens", "prompt_script"], "upstream"),
        (["upstream", "input_tokens"], "upstream"),
        (["fallback_from"], "provider"),
        (["index_version", "model_served"], "unknown"),
        (["task"], "unknown"),
        ([], "unknown"),
    ],
)
def test_a_watch_blames_what_moved_with_the_answers(variables: list[str], cause: str) -> None:
    found = attribute(signal(reading(), context=[moved(name) for name in variables]))
    assert found.cause == cause
    assert found.reasons


@pytest.mark.parametrize("at", [100, 700, 1040])
def test_what_moved_long_before_or_after_is_not_blamed(at: int) -> None:
    assert attribute(signal(reading(), context=[moved("model_served", at)])).cause == "unknown"


def test_of_two_that_moved_the_one_that_began_first_is_blamed() -> None:
    late = reading(changed_at_unit=850, changed_by_unit=990)
    context = [moved("index_version", 960), moved("model_served", 870)]
    found = attribute(signal(late, context=context))
    assert found.cause == "provider"
    assert "model_served changed from a to b at unit 870" in found.reasons


def test_latency_and_errors_alone_are_infrastructure() -> None:
    slow, failing = reading("latency_ms", "L"), reading("error", "E")
    assert attribute(signal(slow, failing)).cause == "infrastructure"
    assert attribute(signal(slow, context=[moved("deployment")])).cause == "infrastructure"
    assert attribute(signal(slow, reading("refused", "E"))).cause == "unknown"
    assert attribute(signal(slow, reading("refused", "E", display=1.2))).cause == "unknown"
    assert attribute(signal(slow, context=[moved("input_tokens")])).cause == "input"


@pytest.mark.parametrize(
    ("peers", "cause"),
    [
        (Peers("gpt-x", alike=11, moved=9), "provider"),
        (Peers("gpt-x", alike=11, moved=3), "unknown"),
        (Peers("gpt-x", alike=1, moved=1), "unknown"),
        (Peers("gpt-x", alike=4, moved=4, others=6, others_moved=1), "provider"),
        (Peers("gpt-x", alike=4, moved=4, others=6, others_moved=5), "unknown"),
    ],
)
def test_tenants_of_one_model_that_move_together_name_the_provider(
    peers: Peers, cause: str
) -> None:
    found = attribute(signal(reading()), lambda: peers)
    assert found.cause == cause
    told = " ".join(found.reasons)
    assert f"{peers.moved} of {peers.alike} other tenants of gpt-x moved within the same" in told


def test_a_label_that_came_after_another_is_the_candidate_unless_the_prompts_moved() -> None:
    began = reading(changed_at_unit=0, changed_by_unit=16)
    after = Baseline(fingerprint="f", since=0, bundle_id="v1")
    context = [moved("model_served", 0)]
    found = attribute(signal(began, context=context, baseline=after))
    assert (found.cause, found.reasons[0]) == ("candidate", "it began with the change from v1")
    context = [moved("prompt_script", 0)]
    assert attribute(signal(began, context=context, baseline=after)).cause == "input"
    late = signal(reading(), context=[moved("model_served")], baseline=after)
    assert attribute(late).cause == "provider"


def test_a_difference_between_arms_is_the_candidates() -> None:
    found = attribute(signal(reading(), kind="rollout"))
    assert (found.cause, found.contested) == ("candidate", False)
    slow = attribute(signal(reading("latency_ms", "L"), kind="rollout"))
    assert slow.cause == "candidate"
    assert "only operations moved" in slow.reasons[0]


@pytest.mark.parametrize(
    ("own", "apart", "past", "contested"),
    [
        (2.0, 1.5, 6.0, True), (1.2, 1.5, 6.0, False), (2.0, 1.5, 2.0, False),
        (0.5, 1.5, 6.0, False), (0.5, 0.6, 6.0, True), (None, 1.5, 6.0, False),
    ],
)  # fmt: skip
def test_it_is_contested_where_the_baseline_arm_moved_as_far_the_same_way(
    own: float | None, apart: float, past: float, contested: bool
) -> None:
    one = reading(effect=apart, own_effect=own, own_past=past)
    found = attribute(signal(one, kind="rollout"), beside="input")
    assert found.contested is contested
    assert found.cause == ("input" if contested else "candidate")


def test_arms_that_were_given_other_work_cannot_be_compared() -> None:
    found = attribute(signal(reading(), kind="rollout", context=[moved("task", None)]))
    assert (found.cause, found.contested) == ("input", True)


def test_what_the_bundles_do_not_say_is_said_and_not_contested() -> None:
    one = signal(reading(), kind="rollout", context=[moved("index_version", None)])
    found = attribute(one, declared={"model"})
    assert (found.cause, found.contested) == ("retrieval", False)
    assert attribute(one, declared={"configuration"}).cause == "candidate"
    assert attribute(one).cause == "candidate", "the bundles are not known"
    other = signal(reading(), kind="rollout", context=[moved("model_served", None)])
    assert attribute(other, declared={"model"}).cause == "candidate"
    assert attribute(other, declared={"prompt_version"}).cause == "provider"


def test_nothing_moved_is_no_verdict() -> None:
    assert attribute(signal(reading(display=1.5))).cause == "unknown"


def said(tenant: str, at: int, sequence: int = 1, model: str = "m1", **more: Any) -> Signal:
    one = signal(reading(**more), tenant_id=tenant, at=at, sequence=sequence, model=model)
    return one.model_copy(update={"signal_id": f"{tenant}-{sequence}"})


def told(state: AgentScores, *signals: Signal) -> list[Alert]:
    return [alert for one in signals for alert in fold(state, one, Policy(), {})]


def test_an_alert_is_told_again_when_others_have_moved_too() -> None:
    state = AgentScores()
    (first,) = (a for a in told(state, said("a", 1_000)) if a.scope == "tenant")
    assert first.cause == "unknown"
    told(state, said("b", 2_000), said("c", 3_000), said("d", 4_000, display=0.0))
    state = loads(dumps(state))
    (again,) = (a for a in told(state, said("a", 5_000, 2)) if a.scope == "tenant")
    assert again.cause == "provider"
    assert "2 of 3 other tenants of m1 moved within the same hour" in again.reasons
    assert not [a for a in told(state, said("a", 6_000, 3)) if a.scope == "tenant"]


def test_those_who_moved_hours_ago_are_no_witnesses() -> None:
    state = AgentScores()
    told(state, said("b", 1_000), said("c", 2_000))
    (alert,) = (a for a in told(state, said("a", 9_000_000)) if a.scope == "tenant")
    assert alert.cause == "unknown"


def test_the_fleets_alert_says_what_most_have_in_common() -> None:
    state = AgentScores()
    shared = {"kind": "rollout", "subject": "r1"}
    found: list[Alert] = []
    for number in range(5):
        one = reading(own_past=6.0, own_effect=2.0) if number < 3 else reading()
        found += told(state, signal(one, tenant_id=f"t{number}", at=2000 * number, **shared))
    fleet = [alert for alert in found if alert.scope == "fleet"][-1]
    assert fleet.contested
    assert "contested" not in fleet.reasons[0]
    assert "for 3" in fleet.reasons[0]
