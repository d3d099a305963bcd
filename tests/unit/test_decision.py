from typing import Any

import pytest

from control.decision import (
    AgentState,
    RequestRefusedError,
    dumps,
    fold_alert,
    fold_request,
    loads,
    pending,
    published,
)
from control.errors import Refusal, StateError
from control.signing import canonical
from schemas import Alert, Hold, Policy, Start, Tenant, Units, Wave
from tests.unit.control_world import (
    AGENT,
    FIRST,
    OTHER,
    PIN,
    SAFE,
    World,
    bundle,
    commands,
    holds,
    leases,
    names,
    phases,
    tenant,
)

CANDIDATE = bundle("m2")


def fleet(count: int, **policy: object) -> World:
    return World([tenant(name) for name in names(count)], **policy)


def refused(world: World, kind: str, **more: object) -> Refusal:
    before = dumps(world.state)
    with pytest.raises(RequestRefusedError) as caught:
        world.request(kind, **more)
    after = loads(dumps(world.state))
    after.asked = loads(before).asked
    assert dumps(after) == before, "a refusal changes nothing"
    return caught.value.code


def test_first_pins_come_from_the_registry_once_at_an_epoch_no_lost_cluster_has_reached() -> None:
    world = fleet(3)
    made = commands(world.request("assign"))
    assert sorted(made) == names(3)
    one = made["t0"]
    assert (one.epoch, one.mode, one.action, one.baseline) == (FIRST, "pinned", "assign", PIN)
    assert one.candidate is None
    assert one.approved_by == "ann"
    assert world.request("assign") == []
    assert refused(world, "assign", tenants=["nobody"]) == Refusal.NO_PIN


def test_a_start_says_records_then_hold_and_lease_then_joins() -> None:
    world = fleet(3)
    world.request("assign")
    outputs = world.start(Wave(tenants=["t0", "t1"]), Wave(tenants=["t2"]))
    kinds = [type(one.record).__name__ for one in outputs]
    assert kinds == ["Bundle", "Phase", "Hold", "Lease", "Command", "Command"]
    (phase,) = phases(outputs)
    assert phase.cohorts[0].tenants == {"t0": FIRST + 1, "t1": FIRST + 1}
    (held,) = [one.record for one in outputs if isinstance(one.record, Hold)]
    assert held.epoch == FIRST, "above that of any cluster that was lost"
    assert phase.cohorts[0].candidate == CANDIDATE.bundle_id
    assert (phase.wave, phase.weight, phase.controls) == (1, 0.05, 19)
    command = commands(outputs)["t0"]
    assert (command.mode, command.weight, command.epoch) == ("canary", 0.05, FIRST + 1)
    assert (command.baseline, command.candidate) == (PIN, CANDIDATE)
    assert command.phase_id == phase.phase_id
    assert {one.key for one in outputs if one.topic == "control"} == {
        f"t0/{AGENT}", f"t1/{AGENT}", f"{AGENT}/*", f"{AGENT}/lease",
    }  # fmt: skip


def test_tenants_with_margins_of_their_own_get_phases_of_their_own() -> None:
    world = World([tenant("t0"), tenant("t1", margins={"refused": 1.2}), tenant("t2")])
    world.request("assign")
    made = phases(world.start(Wave(tenants=names(3))))
    assert [(p.margins, list(p.cohorts[0].tenants)) for p in made] == [
        ({}, ["t0", "t2"]),
        ({"refused": 1.2}, ["t1"]),
    ]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ({"overlay": {"modell": "m2"}}, Refusal.BAD_OVERLAY),
        ({"overlay": {"model": 7}}, Refusal.BAD_OVERLAY),
        ({"overlay": {"configuration": {"seed": 2**70}}}, Refusal.BAD_OVERLAY),
        ({"overlay": {"configuration": {"\ud800": 1}}}, Refusal.BAD_OVERLAY),
        ({"overlay": {"configuration": {"stop": "\ud800"}}}, Refusal.BAD_OVERLAY),
        ({"overlay": {"model": "m1"}}, Refusal.NO_CHANGE),
        ({"waves": [{"tenants": ["stranger"]}]}, Refusal.NOT_ASSIGNED),
        ({"waves": [{"tenants": ["t0"]}, {"tenants": ["t0"]}]}, Refusal.BAD_WAVES),
        ({"waves": [{"tenants": []}]}, Refusal.BAD_WAVES),
        ({"waves": [{"tenants": ["t0"], "min_units": 2**70}]}, Refusal.BAD_WAVES),
        ({"policy_id": "nowhere"}, Refusal.UNKNOWN_POLICY),
    ],
)
def test_a_start_that_cannot_be_carried_out_is_refused(start: object, code: Refusal) -> None:
    world = fleet(2)
    world.request("assign")
    base = {"rollout_id": "r1", "overlay": {"model": "m2"}, "waves": [{"tenants": ["t0"]}]}
    assert isinstance(start, dict)
    assert refused(world, "start", start=Start.model_validate({**base, **start})) == code


def test_one_rollout_at_a_time_and_a_name_once() -> None:
    world = fleet(1).began()
    start = Start(rollout_id="r2", overlay={"model": "m3"}, waves=[Wave(tenants=["t0"])])
    assert refused(world, "start", start=start) == Refusal.ROLLOUT_ACTIVE
    world.request("abort")
    again = start.model_copy(update={"rollout_id": "r1"})
    assert refused(world, "start", start=again) == Refusal.NAME_SPENT
    assert commands(world.request("start", start=start))["t0"].epoch == FIRST + 3


def test_a_tenth_try_of_an_overlay_says_so() -> None:
    world = fleet(1).began()
    world.request("abort")
    assert phases(world.start(Wave(tenants=["t0"]), rollout_id="r2"))[0].retry == 2
    world.request("abort")
    assert phases(world.start(Wave(tenants=["t0"]), rollout_id="r3", retry=9))[0].retry == 9
    world.request("abort")
    other = world.start(Wave(tenants=["t0"]), rollout_id="r4", overlay={"model": "m4"})
    assert phases(other)[0].retry == 1


def test_one_tenant_goes_back_alone_and_the_rollout_goes_on() -> None:
    world = fleet(3).began()
    outputs = world.alert(tenant_id="t1", action=70)
    command = commands(outputs)["t1"]
    assert list(commands(outputs)) == ["t1"]
    assert (command.action, command.mode, command.epoch) == ("revert", "pinned", FIRST + 2)
    assert (command.candidate, command.phase_id, command.weight) == (None, None, 0)
    assert (command.cause.kind, command.cause.score) == ("alert", 70)
    assert command.cause.evidence == ["refused"]
    assert command.issued_at == world.now
    assert holds(outputs) == []
    assert world.alert(tenant_id="t1", action=90) == []


def test_breadth_takes_back_whom_it_selects() -> None:
    world = fleet(5).began()
    assert sorted(commands(world.alert(selected=["t1", "t3", "stranger"]))) == ["t1", "t3"]


def test_stakes_alert_and_continue_commands_nothing() -> None:
    world = World([tenant("t0", stakes="alert-and-continue"), tenant("t1")]).began()
    assert world.alert(tenant_id="t0", action=100) == []


def test_stakes_shadow_and_hold_goes_back_and_pauses() -> None:
    world = World([tenant("t0", stakes="shadow-and-hold"), tenant("t1")]).began()
    outputs = world.alert(tenant_id="t0", action=70)
    assert commands(outputs)["t0"].mode == "pinned"
    assert holds(outputs) == ["paused"]


def test_approval_waits_and_is_made_or_denied_by_a_person() -> None:
    world = fleet(3, approval=["gold"]).began()
    alert = world.crying("t0", action=70)
    outputs = fold_alert(world.state, alert, world.registry, world.now)
    assert (commands(outputs), holds(outputs)) == ({}, ["paused"])
    assert world.alert(tenant_id="t0", action=80) == [], "asked once"
    made = commands(world.request("approve", alert_id=alert.alert_id))["t0"]
    assert (made.action, made.approved_by, made.cause.id) == ("revert", "ann", alert.alert_id)
    assert refused(world, "approve", alert_id=alert.alert_id) == Refusal.NOT_ASKED
    second = world.crying("t1", action=70)
    fold_alert(world.state, second, world.registry, world.now)
    assert world.request("deny", alert_id=second.alert_id) == []
    assert world.alert(tenant_id="t1", action=90) == [], "denied until the score has cleared"
    world.alert(tenant_id="t1", action=10)
    assert holds(world.alert(tenant_id="t1", action=90)) == ["paused"]


def test_lost_units_pause_and_let_nothing_else_act() -> None:
    world = fleet(3).began()
    outputs = world.alert(tenant_id="t0", action=100, pause=100, ratio=3.0)
    assert (commands(outputs), holds(outputs)) == ({}, ["paused"])
    assert world.alert(selected=["t0"]) == [], "not by way of the fleet either"
    assert world.alert(action=100, ratio=4.0, selected=["t1"]) == []
    assert list(commands(world.alert(tenant_id="t1", action=70))) == ["t1"]


def test_a_pause_stays_until_a_person_resumes_and_the_same_evidence_does_not_repeat_it() -> None:
    world = fleet(2).began()
    assert holds(world.alert(pause=40)) == ["paused"]
    assert world.alert(pause=0) == [], "evidence gone, still paused"
    assert world.state.rollout is not None
    assert world.state.rollout.state == "paused"
    assert refused(world, "finish") == Refusal.PAUSED
    assert holds(world.request("resume")) == ["running"]
    assert holds(world.alert(pause=40)) == ["paused"]
    assert holds(world.request("resume")) == ["running"]
    assert world.alert(pause=45) == [], "latched"
    assert world.alert(pause=20) == [], "not 17 under"
    assert world.alert(pause=40) == []
    world.alert(pause=16)
    assert holds(world.alert(pause=40)) == ["paused"]


def test_hold_by_request_and_reverting_goes_on_while_paused() -> None:
    world = fleet(3).began()
    assert holds(world.request("hold")) == ["paused"]
    assert world.request("hold") == []
    assert list(commands(world.alert(tenant_id="t0", action=70))) == ["t0"]


def test_halt_takes_everyone_back_who_joined_and_nobody_else() -> None:
    world = fleet(4).began(Wave(tenants=["t0", "t1"]), Wave(tenants=["t2", "t3"]))
    outputs = world.alert(action=100)
    assert holds(outputs) == ["halted"]
    assert outputs[0].key == f"{AGENT}/*", "the hold first: it acts at once"
    assert sorted(commands(outputs)) == ["t0", "t1"]
    assert world.alert(action=100) == []
    assert world.tick(1000) == []


def test_breaker_share_halts() -> None:
    world = fleet(5).began()
    for name in ("t0", "t1"):
        assert holds(world.alert(tenant_id=name, action=70)) == []
    outputs = world.alert(tenant_id="t2", action=70)
    assert holds(outputs) == ["halted"]
    assert sorted(commands(outputs)) == ["t2", "t3", "t4"]
    assert {one.cause.kind for one in commands(outputs).values()} == {"breaker"}


def test_breaker_of_the_hour_stops_single_reversions_and_pauses() -> None:
    world = fleet(8, reverts_per_hour=2).began()
    for name in ("t0", "t1"):
        assert list(commands(world.alert(tenant_id=name, action=70))) == [name]
    outputs = world.alert(tenant_id="t2", action=70)
    assert (commands(outputs), holds(outputs)) == ({}, ["paused"])
    assert world.alert(tenant_id="t3", action=70) == [], "a person has to look"
    world.request("resume")
    assert list(commands(world.alert(tenant_id="t3", action=70))) == ["t3"]


def test_old_reversions_leave_the_hour() -> None:
    world = fleet(8, reverts_per_hour=1, silence_seconds=10_000).began()
    world.alert(tenant_id="t0", action=70)
    world.tick(3_601)
    assert list(commands(world.alert(tenant_id="t1", action=70))) == ["t1"]


def test_waves_join_when_units_and_seconds_are_there() -> None:
    waves = (
        Wave(tenants=["t0", "t1"], min_units=50, min_seconds=30),
        Wave(tenants=["t2"]),
    )
    world = fleet(3).began(*waves)
    assert commands(world.alert(units={"t0": 60, "t1": 60})) == {}, "too early"
    assert commands(world.tick(29)) == {}
    assert commands(world.tick(1)) != {}
    assert world.state.tenants["t2"].epoch == FIRST + 1


def test_waves_wait_for_the_slowest_who_is_still_in() -> None:
    world = fleet(4).began(Wave(tenants=["t0", "t1", "t3"], min_units=50), Wave(tenants=["t2"]))
    assert commands(world.alert(units={"t0": 60, "t1": 49, "t3": 50})) == {}
    world.alert(tenant_id="t1", action=70)
    assert list(commands(world.tick())) == ["t2"], "who was taken back is waited for no more"


def test_no_wave_joins_a_rollout_that_nobody_is_in() -> None:
    world = fleet(2).began(Wave(tenants=["t0"], min_units=0), Wave(tenants=["t1"]))
    world.alert(tenant_id="t0", action=70)
    assert world.tick(5) == []


def test_a_paused_rollout_lets_nobody_join() -> None:
    world = fleet(2).began(Wave(tenants=["t0"], min_units=1), Wave(tenants=["t1"]))
    world.request("hold")
    assert commands(world.alert(units={"t0": 500})) == {}
    assert commands(world.tick(100)) == {}
    world.request("resume")
    assert list(commands(world.tick())) == ["t1"]


def test_silence_pauses_and_ends_the_leases() -> None:
    world = fleet(2, silence_seconds=120, lease_seconds=50).began()
    assert len(leases(world.tick(10))) == 1
    assert leases(world.tick(9)) == []
    world.tick(91)
    outputs = world.tick(10)
    assert (holds(outputs), leases(outputs)) == (["paused"], [])
    assert world.tick(20) == []
    world.request("resume")
    assert len(leases(world.tick(1))) == 1


def spoken(world: World, baseline: int, candidate: int) -> list[str]:
    """Ten seconds later the fleet has given so many units."""
    outputs = world.tick(10)
    fields = world.crying().model_dump()
    fields["units_by_tenant"] = {"t0": {"baseline": baseline, "candidate": candidate}}
    fold_alert(world.state, Alert.model_validate(fields), world.registry, world.now)
    return holds(outputs + world.tick(0))


def test_a_silent_candidate_beside_a_speaking_baseline_pauses() -> None:
    world = fleet(1, silence_seconds=60).began()
    assert [spoken(world, 200 + 40 * step, 10) for step in range(7)] == [[]] * 6 + [["paused"]]


def answered(world: World, step: int) -> list[str]:
    """Ten seconds later a cache has answered some units of both arms, and nobody else has."""
    outputs = world.tick(10)
    told = world.crying().model_copy(
        update={"cached": Units(baseline=40 * step, candidate=2 * step)}
    )
    fold_alert(world.state, told, world.registry, world.now)
    return holds(outputs + world.tick(0))


def test_a_candidate_that_a_cache_answers_is_not_silent_until_the_cache_is() -> None:
    world = fleet(1, silence_seconds=60).began()
    assert [answered(world, 1 + step) for step in range(20)] == [[]] * 20
    assert [answered(world, 20) for _ in range(7)] == [[]] * 5 + [["paused"], []]


def test_a_rare_candidate_of_a_quiet_tenant_is_not_silence() -> None:
    world = fleet(1, silence_seconds=60).began()
    assert [spoken(world, 1 + step, 0) for step in range(20)] == [[]] * 20


def test_finish_makes_candidates_pins_of_those_still_in() -> None:
    world = fleet(3).began(Wave(tenants=["t0", "t1"]), Wave(tenants=["t2"]))
    world.alert(tenant_id="t1", action=70)
    outputs = world.request("finish")
    (command,) = commands(outputs).values()
    assert (command.tenant_id, command.action, command.mode) == ("t0", "finish", "pinned")
    assert command.baseline == CANDIDATE
    assert holds(outputs) == ["finished"]
    assert refused(world, "finish") == Refusal.NO_ROLLOUT


def test_abort_puts_everyone_back() -> None:
    world = fleet(3).began()
    outputs = world.request("abort")
    assert holds(outputs) == ["aborted"]
    assert {c.action for c in commands(outputs).values()} == {"abort"}
    assert all(c.baseline == PIN for c in commands(outputs).values())


def test_revert_by_request() -> None:
    world = fleet(3).began(Wave(tenants=["t0", "t1"], min_units=0), Wave(tenants=["t2"]))
    made = commands(world.request("revert", tenants=["t0", "t2"], reason="they called"))
    assert list(made) == ["t0"], "t2 had not joined"
    assert made["t0"].cause.reason == "they called"
    assert commands(world.tick()) == {}, "and does not join any more"
    assert refused(world, "revert", tenants=["t0"]) == Refusal.NOTHING_TO_REVERT
    assert refused(world, "revert", tenants=["stranger"]) == Refusal.NOT_ASSIGNED
    assert list(commands(world.request("revert"))) == ["t1"]


def test_revert_after_a_finish_returns_to_the_pin_before() -> None:
    world = fleet(1).began()
    world.request("finish")
    made = commands(world.request("revert", tenants=["t0"]))["t0"]
    assert (made.baseline, made.action, made.epoch) == (PIN, "revert", FIRST + 3)
    assert refused(world, "revert", tenants=["t0"]) == Refusal.NOTHING_TO_REVERT, "not back again"
    assert refused(world, "finish", rollout_id="r1") == Refusal.NO_ROLLOUT


def test_requests_for_others_and_old_ones_are_refused() -> None:
    world = fleet(1).began()
    assert refused(world, "hold", rollout_id="r9") == Refusal.WRONG_ROLLOUT
    assert refused(world, "hold", agent_id="other") == Refusal.WRONG_AGENT
    request = world.asking("hold")
    world.tick(3_601)
    with pytest.raises(RequestRefusedError, match="too-old"):
        fold_request(world.state, request, world.registry, world.now)
    ahead, before = world.asking("hold"), fleet(1).began()
    with pytest.raises(RequestRefusedError, match="too-early"):
        fold_request(before.state, ahead, before.registry, before.now)


def test_a_broker_whose_clock_was_ahead_keeps_nobody_from_asking() -> None:
    world = fleet(1).began()
    world.tick(86_400)
    world.now -= 86_000_000
    assert holds(world.request("abort")) == ["aborted"]


def test_repeats_change_nothing() -> None:
    world = fleet(3).began()
    alert, request = world.crying(pause=50), world.asking("resume")
    assert fold_alert(world.state, alert, world.registry, world.now)
    assert fold_request(world.state, request, world.registry, world.now)
    world.alert(pause=0)
    before = dumps(world.state)
    assert fold_alert(world.state, alert, world.registry, world.now) == []
    assert fold_request(world.state, request, world.registry, world.now) == []
    assert dumps(world.state) == before


def watched(stakes: str, **more: object) -> World:
    one = Tenant.model_validate(
        {**tenant("t0").model_dump(), "stakes": stakes, "fallbacks": {AGENT: SAFE.bundle_id}}
    )
    world = World([one], **more)
    world.request("assign")
    return world


def test_a_watch_moves_a_hard_pinned_tenant_to_its_fallback() -> None:
    world = watched("hard-pin-and-escalate")
    drifted = {"kind": "watch", "subject": PIN.bundle_id, "tenant_id": "t0"}
    assert world.alert(display=99, **drifted) == []
    made = commands(world.alert(display=100, **drifted))["t0"]
    assert (made.baseline, made.action, made.epoch) == (SAFE, "revert", FIRST + 1)
    assert world.alert(display=100, **drifted) == [], "another pin is watched now"
    assert refused(world, "revert", tenants=["t0"]) == Refusal.NOTHING_TO_REVERT, "it has drifted"


def test_a_watch_asks_where_the_hour_is_spent() -> None:
    pin = {"fallbacks": {AGENT: SAFE.bundle_id}}
    tenants = [Tenant.model_validate({**tenant(name).model_dump(), **pin}) for name in names(3)]
    world = World(tenants, reverts_per_hour=1)
    world.request("assign")
    drifted: dict[str, Any] = {"kind": "watch", "subject": PIN.bundle_id, "display": 100}
    assert list(commands(world.alert(tenant_id="t0", **drifted))) == ["t0"]
    alert = world.crying("t1", **drifted)
    assert fold_alert(world.state, alert, world.registry, world.now) == []
    made = commands(world.request("approve", alert_id=alert.alert_id))
    assert made["t1"].baseline == SAFE
    world.start(Wave(tenants=["t2"]))
    assert holds(world.alert(tenant_id="t2", **drifted)) == ["paused", "paused"]


def test_a_watch_commands_nothing_without_stakes_or_fallback() -> None:
    drifted = {"kind": "watch", "subject": PIN.bundle_id, "tenant_id": "t0", "display": 100}
    for stakes in ("alert-and-continue", "shadow-and-hold"):
        assert watched(stakes).alert(**drifted) == []
    world = fleet(1)
    world.request("assign")
    assert world.alert(**drifted) == []
    other = watched("hard-pin-and-escalate")
    assert other.alert(**{**drifted, "subject": OTHER.bundle_id}) == []


def test_a_watch_asks_where_the_tier_requires_it() -> None:
    world = watched("hard-pin-and-escalate", approval=["gold"])
    alert = world.crying("t0", kind="watch", subject=PIN.bundle_id, display=100)
    assert fold_alert(world.state, alert, world.registry, world.now) == []
    made = commands(world.request("approve", alert_id=alert.alert_id))["t0"]
    assert made.baseline == SAFE


def test_what_is_denied_of_a_watch_is_not_denied_of_a_rollout() -> None:
    world = watched("hard-pin-and-escalate", approval=["gold"])
    world.start(Wave(tenants=["t0"]))
    drifted = {"kind": "watch", "subject": PIN.bundle_id, "tenant_id": "t0", "display": 100}
    drift = world.crying("t0", kind="watch", subject=PIN.bundle_id, display=100)
    fold_alert(world.state, drift, world.registry, world.now)
    harm = world.crying("t0", action=100)
    assert fold_alert(world.state, harm, world.registry, world.now), "both may wait"
    assert world.alert(**drifted) == [], "asked once"
    world.request("deny", alert_id=drift.alert_id)
    assert world.alert(**drifted) == [], "denied until the watch has cleared"
    made = commands(world.request("approve", alert_id=harm.alert_id))["t0"]
    assert (made.action, made.baseline) == ("revert", PIN)


def test_what_waits_about_a_pin_is_settled_when_a_rollout_replaces_it() -> None:
    world = watched("hard-pin-and-escalate", approval=["gold"])
    world.start(Wave(tenants=["t0"]))
    world.alert(tenant_id="t0", kind="watch", subject=PIN.bundle_id, display=100)
    world.request("resume")
    world.request("finish")
    assert world.state.approvals == {}


def test_after_a_resume_the_same_drift_does_not_pause_again() -> None:
    world = watched("shadow-and-hold")
    world.start(Wave(tenants=["t0"]))
    drifted = {"kind": "watch", "subject": PIN.bundle_id, "tenant_id": "t0"}
    assert holds(world.alert(display=100, **drifted)) == ["paused"]
    world.request("resume")
    assert world.alert(display=100, **drifted) == []
    world.alert(display=10, **drifted)
    assert holds(world.alert(display=100, **drifted)) == ["paused"]
    world.request("abort")
    world.start(Wave(tenants=["t0"]), rollout_id="r2")
    assert holds(world.alert(display=100, **drifted)) == ["paused"], "news to another rollout"


def test_what_waits_is_said_again_unchanged_until_it_is_confirmed() -> None:
    world = fleet(3)
    world.request("assign")
    outputs = world.start(Wave(tenants=names(3)))
    again = loads(dumps(world.state))
    lasting = [one for one in outputs if not one.id.startswith("lease/")]
    replayed = pending(again, world.registry)
    assert [canonical(one.record) for one in replayed] == [canonical(o.record) for o in lasting]
    assert [one.id for one in replayed] == [one.id for one in lasting]
    published(again, [one.id for one in replayed[:3]])
    assert [one.id for one in pending(again, world.registry)] == [o.id for o in lasting[3:]]
    published(again, [one.id for one in replayed])
    assert pending(again, world.registry) == []


def test_confirming_an_older_command_does_not_confirm_the_newer() -> None:
    world = fleet(2)
    world.request("assign")
    first = world.start(Wave(tenants=names(2)))
    second = world.alert(tenant_id="t0", action=70)
    published(world.state, [one.id for one in first])
    assert [one.id for one in pending(world.state, world.registry)] == [second[0].id]


def test_state_of_a_thousand_tenants_is_small() -> None:
    world = World([tenant(f"tenant-{number:04}") for number in range(1000)])
    world.request("assign")
    outputs = world.start(Wave(tenants=list(world.registry.tenants)))
    assert len(dumps(world.state)) < 200_000, "everything waiting"
    published(world.state, [one.id for one in outputs])
    world.alert(action=100)
    assert len(dumps(world.state)) < 200_000


def test_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateError, match="version 7"):
        loads(dumps(AgentState(AGENT, version=7)))
    with pytest.raises(StateError):
        loads(b"\x00nonsense")


def test_the_policy_of_the_rollout_is_the_one_it_names() -> None:
    world = fleet(3)
    strict = Policy(policy_id="strict", halt_fleet=50)
    policies = dict(world.registry.policies) | {"strict": strict}
    object.__setattr__(world.registry, "policies", policies)
    world.began(policy_id="strict")
    assert holds(world.alert(action=50)) == ["halted"]
