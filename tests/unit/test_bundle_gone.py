"""A bundle that was removed from the registry: who asks is told, nobody else is held up."""

from typing import Any

import pytest

from control.decision import RequestRefusedError, dumps, held_up, loads, pending, published
from control.errors import Refusal
from schemas import Tenant, Wave
from tests.unit.control_world import AGENT, FIRST, OTHER, PIN, World, commands, holds, names, phases

BACK = {"reverts_share": 1.0}


def world(**policy: object) -> World:
    """Return a world in which t0 is pinned to a bundle of its own."""
    pins = [OTHER.bundle_id, PIN.bundle_id, PIN.bundle_id]
    tenants = [Tenant(tenant_id=f"t{n}", pins={AGENT: pin}) for n, pin in enumerate(pins)]
    made = World(tenants, **policy)
    made.request("assign")
    return made


def lose(one: World) -> None:
    one.registry.bundles.pop(OTHER.bundle_id)  # type: ignore[attr-defined]


def find(one: World) -> None:
    one.registry.bundles[OTHER.bundle_id] = OTHER  # type: ignore[index]


def confirm(one: World) -> None:
    published(one.state, [said.id for said in pending(one.state, one.registry)])


def test_an_alert_takes_back_all_it_can_and_the_rest_waits_for_its_bundle() -> None:
    one = world(**BACK)
    one.start(Wave(tenants=names(3)))
    confirm(one)
    lose(one)
    outputs = one.alert(action=6.0, selected=["t0", "t1"])
    assert set(commands(outputs)) == {"t1"}
    published(one.state, [said.id for said in outputs])
    (why,) = held_up(one.state, one.registry).values()
    assert OTHER.bundle_id in why
    assert pending(one.state, one.registry) == []
    again = loads(dumps(one.state))
    find(one)
    (late,) = pending(again, one.registry)
    said = commands([late])["t0"]
    assert (said.action, said.epoch, said.baseline, said.cause.kind) == (
        "revert",
        FIRST + 2,
        OTHER,
        "alert",
    )
    published(again, [late.id])
    assert not again.waiting.reasons
    assert held_up(again, one.registry) == {}


def test_what_waits_keeps_its_reason_and_no_other() -> None:
    one = world(**BACK)
    one.start(Wave(tenants=names(3)))
    confirm(one)
    lose(one)
    one.alert(action=6.0, selected=["t0"])
    for name in ("t1", "t2"):
        made = one.request("revert", tenants=[name])
        published(one.state, [said.id for said in made])
    assert len(one.state.waiting.reasons) == 1
    find(one)
    (late,) = pending(one.state, one.registry)
    assert commands([late])["t0"].cause.kind == "alert"


def test_a_wave_goes_on_without_who_lacks_a_bundle_and_they_join_when_it_is_there() -> None:
    one = world()
    one.start(Wave(tenants=["t2"], min_units=1), Wave(tenants=["t0", "t1"]))
    lose(one)
    outputs = one.alert(units={"t2": 5})
    assert set(commands(outputs)) == {"t1"}
    assert one.tick() == []
    find(one)
    late = one.tick()
    assert set(commands(late)) == {"t0"}
    (phase,) = phases(late)
    assert list(phase.cohorts[0].tenants) == ["t0"]
    assert commands(late)["t0"].phase_id == phase.phase_id
    assert one.tick() == []


def test_nobody_joins_late_while_it_is_paused() -> None:
    one = world()
    one.start(Wave(tenants=["t2"], min_units=1), Wave(tenants=["t0", "t1"]))
    lose(one)
    one.alert(units={"t2": 5})
    one.request("hold")
    find(one)
    assert commands(one.tick()) == {}


@pytest.mark.parametrize("kind", ["finish", "revert", "approve"])
def test_a_request_that_needs_the_bundle_is_refused_and_names_it(kind: str) -> None:
    one = world(**BACK, approval=["gold"])
    one.start(Wave(tenants=names(3)))
    confirm(one)
    one.alert(action=6.0, selected=["t0"])
    if kind != "approve":
        one.request("resume")
    lose(one)
    before = dumps(one.state)
    more: dict[str, dict[str, Any]] = {
        "approve": {"alert_id": next(iter(one.state.approvals))},
        "revert": {"tenants": ["t1", "t0"]},
    }
    with pytest.raises(RequestRefusedError) as caught:
        one.request(kind, **more.get(kind, {}))
    assert caught.value.code == Refusal.BAD_BUNDLE
    assert f"{OTHER.bundle_id}; register it" in caught.value.detail
    after = loads(dumps(one.state))
    after.asked = loads(before).asked
    assert dumps(after) == before


def test_an_abort_goes_through_for_its_hold_takes_the_candidate_away_everywhere() -> None:
    one = world()
    one.start(Wave(tenants=names(3)))
    confirm(one)
    lose(one)
    outputs = one.request("abort")
    assert holds(outputs) == ["aborted"]
    assert set(commands(outputs)) == {"t1", "t2"}
    assert set(held_up(one.state, one.registry)) == {"t0"}
