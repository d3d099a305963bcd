from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast_client import Router
from tests.unit.router_world import BROKER_NOW, World, command, hold, lease


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def canary(world: World) -> Router:
    world.say(hold("running"))
    world.say(lease())
    world.say(command(2, canary=True, weight=1))
    router = world.router()
    world.until(lambda: world.acks)
    return router


def arm(router: Router) -> str:
    return router.assign("acme", "desk").arm


def test_a_candidate_is_served_while_its_lease_lives(world: World) -> None:
    router = canary(world)
    serving = router.assign("acme", "desk", session="s")
    assert (serving.arm, serving.stamp["phase_id"]) == ("candidate", "phase-1")
    world.seconds = 299
    assert arm(router) == "candidate"
    world.seconds = 300.1
    serving = router.assign("acme", "desk", session="s")
    assert (serving.arm, serving.stamp["phase_id"]) == ("baseline", "pin")
    world.until(lambda: ("lease-expired", 2) in world.statuses())
    world.say(lease(issued=300))
    world.until(lambda: world.statuses()[-1] == ("flipped", 2))
    assert arm(router) == "candidate"
    # The jump of the clock may make the router connect anew; then it acks what it read again.
    assert world.acks[-1].reason in {"the lease is fresh again", ""}


def test_a_lease_is_renewed_by_the_next(world: World) -> None:
    router = canary(world)
    for issued in (60, 120, 180):
        world.seconds = issued
        world.say(lease(issued=issued))
        world.settle()
    world.seconds = 479
    assert arm(router) == "candidate"
    world.seconds = 481
    assert arm(router) == "baseline"


def test_a_lease_that_is_history_is_as_old_as_it_is(world: World) -> None:
    world.say(lease())
    world.say(command(2, canary=True, weight=1))
    world.seconds = 200
    router = world.router()
    world.until(lambda: world.acks)
    assert arm(router) == "candidate"
    world.seconds = 299
    assert arm(router) == "candidate"
    world.seconds = 301
    assert arm(router) == "baseline"


def test_a_lease_of_yesterday_is_none(world: World) -> None:
    world.say(lease())
    world.say(command(2, canary=True, weight=1))
    world.seconds = 86_400
    router = world.router()
    world.until(lambda: world.acks)
    assert arm(router) == "baseline"


def test_an_old_lease_sent_again_is_worth_nothing(world: World) -> None:
    router = canary(world)
    first = world.log[1]
    world.seconds = 200
    world.say_raw(first[0], first[1])
    world.settle()
    world.seconds = 301
    assert arm(router) == "baseline"


def test_a_lease_that_came_late_has_lived_on_the_way(world: World) -> None:
    router = canary(world)
    world.seconds = 290
    world.settle()
    world.until(lambda: len(world.heartbeats) > 3)
    world.seconds = 299
    beats = len(world.heartbeats)
    world.until(lambda: len(world.heartbeats) > beats + 2)
    world.say(lease(issued=10))
    world.settle()
    world.seconds = 309
    assert arm(router) == "candidate"
    world.seconds = 311
    assert arm(router) == "baseline"


def test_without_stamps_of_the_broker_the_wall_clock_has_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stamps = False
    monkeypatch.setattr(
        "holdfast_client.clocks.time.time", lambda: (world.broker_now() + 250_000) / 1000
    )
    router = canary(world)
    assert arm(router) == "candidate"
    world.seconds = 51
    assert arm(router) == "baseline"


@pytest.mark.parametrize(
    ("state", "rollout", "expected"),
    [
        ("running", "r1", "candidate"),
        ("paused", "r1", "candidate"),
        ("halted", "r1", "baseline"),
        ("aborted", "r1", "baseline"),
        ("finished", "r1", "baseline"),
        ("running", "r2", "baseline"),
    ],
)
def test_of_hold_and_command_the_more_conservative_holds(
    world: World, state: str, rollout: str, expected: str
) -> None:
    router = canary(world)
    world.say(hold(state, epoch=2, rollout=rollout))
    world.settle()
    assert arm(router) == expected


def test_an_old_hold_does_not_bring_a_halted_rollout_back(world: World) -> None:
    router = canary(world)
    world.say(hold("halted", epoch=3))
    world.say(hold("running", epoch=2))
    world.settle()
    assert arm(router) == "baseline"


def test_a_lease_of_another_rollout_is_none(world: World) -> None:
    world.say(command(2, canary=True, weight=1))
    world.say(lease(rollout="r9"))
    router = world.router()
    world.until(lambda: world.acks)
    assert arm(router) == "baseline"


def test_a_lease_that_looks_spent_takes_nothing_from_the_one_before(world: World) -> None:
    router = canary(world)
    world.seconds = 60
    router._follower._speaker._clock.observe(BROKER_NOW + 86_400_000, router._follower._now())
    world.say(lease(issued=60))
    world.settle()
    assert arm(router) == "candidate"
    world.seconds = 301
    assert arm(router) == "baseline", "nor does it give any"


def test_a_lease_dated_ahead_is_as_old_as_its_record(world: World) -> None:
    world.say(hold("running"))
    world.say(lease(issued=86_400))
    world.say(command(2, canary=True, weight=1))
    world.seconds = 301
    router = world.router()
    world.until(lambda: world.acks)
    assert arm(router) == "baseline"
