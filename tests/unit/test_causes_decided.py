"""What decisions make of causes, and of a person who accepts the present."""

import pytest

from control.decision import RequestRefusedError, dumps, fold_alert, loads, pending, published
from control.errors import Refusal
from schemas import Accept, Hold, Tenant, Wave
from tests.unit.control_world import (
    AGENT,
    FIRST,
    PIN,
    SAFE,
    World,
    commands,
    holds,
    names,
    tenant,
)


def fleet(count: int) -> World:
    return World([tenant(name) for name in names(count)]).began(Wave(tenants=names(count)))


def watched(stakes: str, **more: object) -> World:
    one = Tenant.model_validate(
        {**tenant("t0").model_dump(), "stakes": stakes, "fallbacks": {AGENT: SAFE.bundle_id}}
    )
    world = World([one, tenant("t1")], **more)
    world.request("assign")
    return world


def drifted(world: World, cause: str | None, display: float = 100.0) -> list[object]:
    return list(
        world.alert(
            tenant_id="t0", kind="watch", subject=PIN.bundle_id, display=display, cause=cause
        )
    )


@pytest.mark.parametrize("cause", ["input", "provider", "infrastructure", "upstream", "unknown"])
def test_a_contested_reversion_waits_for_a_person_with_its_reasons(cause: str) -> None:
    world = fleet(3)
    alert = world.crying("t0", action=100, cause=cause, contested=True)
    outputs = fold_alert(world.state, alert, world.registry, world.now)
    assert commands(outputs) == {}
    (hold,) = (one.record for one in outputs if isinstance(one.record, Hold))
    assert hold.state == "paused"
    assert f"cause: {cause}; because of the moon" in hold.cause.reason
    assert f"holdfast approve (or deny) desk {hold.cause.id}; " in hold.cause.reason
    made = commands(world.request("approve", alert_id=alert.alert_id))
    assert made["t0"].action == "revert"


def test_the_newest_that_waits_names_the_others() -> None:
    world = fleet(9)
    asking = [world.crying(name, action=100, cause="input", contested=True) for name in names(8)]
    for alert in asking:
        outputs = fold_alert(world.state, alert, world.registry, world.now)
    (hold,) = (one.record for one in outputs if isinstance(one.record, Hold))
    assert hold.cause.reason.startswith("reversion of t7 waits for a person")
    assert f"; so do t0 ({asking[0].alert_id}), t1 (" in hold.cause.reason
    assert hold.cause.reason.endswith(", …")
    with pytest.raises(RequestRefusedError, match=rf"there wait {asking[0].alert_id} \(t0\), "):
        world.request("approve", alert_id="another")
    with pytest.raises(RequestRefusedError, match="none waits"):
        fleet(2).request("deny", alert_id="another")


def test_who_asks_for_a_rollout_that_is_over_is_told_how_it_ended() -> None:
    world = fleet(4)
    assert holds(world.alert(action=100, cause="candidate")) == ["halted"]
    with pytest.raises(RequestRefusedError, match="desk has no active rollout; r1 is halted"):
        world.request("resume")
    with pytest.raises(RequestRefusedError, match=r"desk has no active rollout$"):
        World([tenant("t0")]).request("hold")


@pytest.mark.parametrize("cause", [None, "candidate", "retrieval", "unknown"])
def test_what_is_not_contested_reverts_as_ever(cause: str | None) -> None:
    world = fleet(3)
    made = commands(world.alert(tenant_id="t0", action=70, cause=cause))
    assert made["t0"].action == "revert"
    if cause is not None:
        assert made["t0"].cause.reason.endswith(f"cause: {cause}; because of the moon")


def test_when_it_is_contested_no_more_the_reversion_is_made() -> None:
    world = fleet(3)
    world.alert(tenant_id="t0", action=90, cause="input", contested=True)
    assert (
        commands(world.alert(tenant_id="t0", action=90, cause="candidate"))["t0"].epoch == FIRST + 2
    )
    assert world.state.approvals == {}


def test_a_contested_fleet_pauses_once_and_does_not_halt() -> None:
    world = fleet(4)
    outputs = world.alert(action=100, cause="provider", contested=True)
    assert (commands(outputs), holds(outputs)) == ({}, ["paused"])
    assert world.alert(action=100, cause="provider", contested=True) == []
    assert holds(world.alert(action=100, cause="candidate")) == ["halted"]


def test_those_whom_a_contested_fleet_selects_are_asked_for() -> None:
    world = fleet(4)
    outputs = world.alert(selected=["t1", "t2"], cause="input", contested=True)
    assert commands(outputs) == {}
    assert {one.tenant for one in world.state.approvals.values()} == {"t1", "t2"}


def test_a_contested_tenant_is_not_reverted_because_the_fleet_selects_it() -> None:
    world = fleet(4)
    world.alert(tenant_id="t1", action=20, cause="provider", contested=True)
    made = commands(world.alert(selected=["t1", "t2"], cause="candidate"))
    assert list(made) == ["t2"]


@pytest.mark.parametrize(
    ("cause", "display", "acts"),
    [
        ("provider", 100, True), ("provider", 85, True), ("provider", 70, False),
        ("unknown", 100, True), ("unknown", 85, False), (None, 100, True), (None, 85, False),
        ("input", 100, False), ("retrieval", 100, False), ("upstream", 100, False),
        ("infrastructure", 100, False), ("candidate", 100, False),
    ],
)  # fmt: skip
def test_a_watch_acts_for_its_providers_changes_alone(
    cause: str | None, display: float, acts: bool
) -> None:
    hard = watched("hard-pin-and-escalate", fallback_watch=80)
    assert bool(drifted(hard, cause, display)) is acts
    assert drifted(watched("alert-and-continue", fallback_watch=80), cause, display) == []


def test_a_watch_of_who_shadows_and_holds_pauses_the_rollout() -> None:
    world = watched("shadow-and-hold")
    world.start(Wave(tenants=["t1"]))
    assert drifted(world, "input") == []
    made = drifted(world, "provider")
    assert [one.record.state for one in made] == ["paused"]  # type: ignore[attr-defined]
    assert drifted(world, "provider") == [], "it is paused"


def test_an_acceptance_travels_on_the_events_of_its_tenant_until_it_is_confirmed() -> None:
    world = watched("hard-pin-and-escalate")
    outputs = world.request("accept", tenants=["t0"], reason="a new season", bundle_id="b1")
    (one,) = outputs
    assert (one.topic, one.key) == ("events", f"t0/{AGENT}")
    word = one.record
    assert isinstance(word, Accept)
    assert (word.person, word.reason, word.bundle_id) == ("ann", "a new season", "b1")
    again = loads(dumps(world.state))
    assert word in [made.record for made in pending(again, world.registry)]
    published(again, [made.id for made in pending(again, world.registry)])
    assert pending(again, world.registry) == []


def test_an_acceptance_needs_a_reason_and_a_tenant_that_somebody_knows() -> None:
    world = watched("hard-pin-and-escalate")
    for more, code in (
        ({"tenants": ["t0"]}, Refusal.NO_REASON),
        ({"tenants": ["t0"], "reason": "  "}, Refusal.NO_REASON),
        ({"reason": "why not"}, Refusal.UNKNOWN_TENANT),
        ({"tenants": ["stranger"], "reason": "why not"}, Refusal.UNKNOWN_TENANT),
    ):
        with pytest.raises(RequestRefusedError) as caught:
            world.request("accept", **more)
        assert caught.value.code == code
    world.alert(tenant_id="stranger", kind="watch", subject="v7", display=50, cause="unknown")
    assert world.request("accept", tenants=["stranger"], reason="observed only")


def test_an_acceptance_settles_what_the_drift_had_asked() -> None:
    world = watched("hard-pin-and-escalate", approval=["gold"])
    drifted(world, "provider")
    assert world.state.approvals
    world.request("accept", tenants=["t0"], reason="we know this model")
    assert world.state.approvals == {}
