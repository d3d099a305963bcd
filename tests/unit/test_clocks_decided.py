"""Clocks that jump, and hours in which nobody was there: what decide makes of durations."""

import pytest

from control.decision import dumps, loads
from schemas import Cohort, Phase, Wave
from streams.backtest.deciding import Deciding
from tests.unit.control_world import World, commands, holds, leases, names, tenant

DAY = 86_400


def fleet(count: int, **policy: float) -> World:
    return World([tenant(name) for name in names(count)], **policy)


def hears(world: World, units: int) -> None:
    """Both arms go on speaking."""
    world.alert(units=dict.fromkeys(world.registry.tenants, units))


@pytest.mark.parametrize(("broker", "process"), [(DAY, 1), (-DAY, 1), (1, DAY), (1, -DAY)])
def test_a_clock_that_jumps_and_jumps_back_ends_no_lease_and_pauses_nothing(
    broker: float, process: float
) -> None:
    world = fleet(2, lease_seconds=50).began()
    said = world.jump(broker, process)
    for turn in range(30):
        hears(world, turn + 1)
        said += world.tick(1)
    said += world.jump(-broker, -process)
    for turn in range(30, 90):
        hears(world, turn + 1)
        said += world.tick(1)
    assert holds(said) == []
    issued = [one.issued_at for one in leases(said)]
    assert len(issued) >= 8, "one in ten seconds"
    assert issued == sorted(set(issued)), "routers take none that is not newer"
    assert all(one.expires_at - one.issued_at == 50_000 for one in leases(said))


@pytest.mark.parametrize(("broker", "process"), [(DAY, 1), (1, DAY)])
def test_no_wave_opens_and_no_hour_ends_by_a_clock_that_jumps(
    broker: float, process: float
) -> None:
    waves = Wave(tenants=["t0", "t1", "t2", "t3"], min_seconds=600), Wave(tenants=["t4"])
    world = fleet(5, reverts_per_hour=1).began(*waves)
    world.alert(tenant_id="t0", action=70)
    assert commands(world.jump(broker, process)) == {}
    outputs = world.alert(tenant_id="t1", action=70)
    assert (commands(outputs), holds(outputs)) == ({}, ["paused"]), "the hour is not over"


def test_silence_is_told_though_the_brokers_clock_stands() -> None:
    world = fleet(1, silence_seconds=120).began()
    world.jump(DAY, 1)
    world.jump(-DAY, 1)
    said = [holds(world.tick(10)) for _ in range(13)]
    assert ["paused"] in said


def test_after_an_outage_the_lease_is_renewed_and_silence_counted_anew() -> None:
    world = fleet(1, silence_seconds=120, lease_seconds=300).began()
    world.tick(5)
    outputs = world.jump(600, 600)
    assert (holds(outputs), len(leases(outputs))) == ([], 1)
    assert holds(world.tick(110)) == []
    assert holds(world.tick(10)) == ["paused"], "but not for ever"


def test_phases_after_a_jump_are_newer_than_those_before() -> None:
    world = fleet(2).began(Wave(tenants=["t0"]), Wave(tenants=["t1"]))
    world.jump(DAY, 1)
    world.request("abort")
    first = world.start(Wave(tenants=["t0"]), rollout_id="r2")
    world.request("abort")
    world.jump(-DAY, 1)
    second = world.start(Wave(tenants=["t0"]), rollout_id="r3")
    opened = [o.record.opened_at for o in first + second if isinstance(o.record, Phase)]
    assert opened == sorted(set(opened)), "measure takes the newest for the one that holds"


def test_a_state_from_before_durations_had_a_clock_goes_on() -> None:
    world = fleet(1, silence_seconds=120, lease_seconds=50).began()
    world.tick(5)
    world.state.clock, world.state.ticked = 0, (0, 0)
    world.state = loads(dumps(world.state))
    assert leases(world.tick(5)) != []
    assert holds(world.tick(120)) == ["paused"]


@pytest.mark.parametrize("seconds", [100, 3_600, 30 * DAY])
def test_a_backtest_counts_the_silence_of_its_record(seconds: int) -> None:
    at = 1_790_000_000_000
    phase = Phase(
        phase_id="p1", rollout_id="r1", agent_id="care", wave=1, weight=0.05, controls=19,
        cohorts=[Cohort(baseline="v1", candidate="v2", tenants={"acme": 1})], opened_at=at,
    )  # fmt: skip
    deciding = Deciding("care", {}, {})
    deciding.tick(at)
    deciding.enter(phase, phase.cohorts[0], "acme", at)
    deciding.tick(at + 1_000)
    acts = deciding.tick(at + seconds * 1_000)
    assert [one.kind for one in acts] == ([] if seconds == 100 else ["pause"])
    assert deciding.tick(at + seconds * 1_000 + 500) == []
