import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast_client.assigning import share
from tests.unit.router_world import BASE, CAND, World, command, hold, lease


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.say(hold("running"))
    made.say(lease(seconds=3_000))
    yield made
    made.close()


def test_a_unit_sticks_to_its_arm_on_every_router(world: World) -> None:
    world.say(command(2, canary=True, weight=0.3))
    one, other = world.router("ra"), world.router("rb")
    arms = {f"s{i}": one.assign("acme", "desk", session=f"s{i}").arm for i in range(2_000)}
    for unit, arm in arms.items():
        assert other.assign("acme", "desk", session=unit).arm == arm
        assert other.assign("acme", "desk", user=unit).arm == arm
    assert 520 < Counter(arms.values())["candidate"] < 680, "5 sigma about 600"


def test_calls_without_session_or_user_are_units_of_their_own(world: World) -> None:
    world.say(command(2, canary=True, weight=0.5))
    router = world.router()
    served = [router.assign("acme", "desk") for _ in range(400)]
    assert len({one.stamp["unit_id"] for one in served}) == 400
    assert 140 < sum(one.arm == "candidate" for one in served) < 260


def test_whatever_a_service_calls_its_sessions_it_is_served(world: World) -> None:
    world.say(command(canary=True))
    world.say(lease())
    router = world.router()
    for odd in ("\ud800", "\0", 7):
        served = router.assign("acme", "desk", session=odd)  # type: ignore[arg-type]
        assert (served.stamp["unit_id"], served.stamp["phase_id"]) == (str(odd), "phase-1")


def test_a_phase_deals_anew() -> None:
    both = sum(share("p1", f"u{i}") < 0.5 and share("p2", f"u{i}") < 0.5 for i in range(4_000))
    assert 840 < both < 1_160
    assert share("p1", "u1") == share("p1", "u1")


@pytest.mark.parametrize(
    ("policy", "at_once", "later", "reset"),
    [
        ("drain", "candidate", "baseline", False),
        ("finish", "candidate", "candidate", False),
        ("reset", "baseline", "baseline", True),
    ],
)
def test_sessions_under_way(
    world: World, policy: str, at_once: str, later: str, reset: bool
) -> None:
    world.say(command(2, canary=True, weight=1))
    router = world.router()
    assert router.assign("acme", "desk", session="under way").arm == "candidate"
    world.say(command(3, in_flight=policy, drain_seconds=5))
    world.until(lambda: ("flipped", 3) in world.statuses())
    first = router.assign("acme", "desk", session="under way")
    assert (first.arm, first.reset) == (at_once, reset)
    assert first.stamp["epoch"] == (2 if at_once == "candidate" else 3)
    assert router.assign("acme", "desk", session="new").arm == "baseline"
    world.seconds = 6
    second = router.assign("acme", "desk", session="under way")
    assert (second.arm, second.reset) == (later, False)


def test_a_session_whose_bundle_stays_takes_the_new_epoch_at_once(world: World) -> None:
    world.say(command(1))
    router = world.router()
    router.assign("acme", "desk", session="s")
    world.say(command(2, in_flight="finish"))
    world.until(lambda: ("flipped", 2) in world.statuses())
    assert router.assign("acme", "desk", session="s").stamp["epoch"] == 2


def test_no_session_outlives_a_halt_on_its_candidate(world: World) -> None:
    world.say(command(2, canary=True, weight=1))
    router = world.router()
    router.assign("acme", "desk", session="s")
    world.say(command(3, in_flight="finish"))
    world.say(hold("halted", epoch=2))
    world.settle()
    assert router.assign("acme", "desk", session="s").bundle_id == BASE.bundle_id


def test_a_second_flip_moves_a_session(world: World) -> None:
    world.say(command(1))
    router = world.router()
    router.assign("acme", "desk", session="s")
    world.say(command(2, baseline=CAND, in_flight="finish"))
    world.until(lambda: ("flipped", 2) in world.statuses())
    assert router.assign("acme", "desk", session="s").bundle_id == BASE.bundle_id
    world.say(command(3, baseline=CAND, in_flight="finish"))
    world.until(lambda: ("flipped", 3) in world.statuses())
    assert router.assign("acme", "desk", session="s").bundle_id == CAND.bundle_id


def test_sessions_remembered_are_bounded(world: World) -> None:
    world.say(command(1))
    router = world.router(sessions=10)
    for number in range(100):
        router.assign("acme", "desk", session=f"s{number}")
    assert len(router._assigner._sessions) == 10


def test_threads_see_one_whole_state_or_the_other(world: World) -> None:
    world.say(command(1))
    router, wrong, done = world.router(), list[object](), threading.Event()
    bundles = {1: BASE.bundle_id, 0: CAND.bundle_id}

    def ask() -> None:
        while not done.is_set():
            serving = router.assign("acme", "desk")
            if serving.bundle_id != bundles[serving.stamp["epoch"] % 2]:
                wrong.append(serving)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for epoch in range(2, 30):
        world.say(command(epoch, baseline=BASE if epoch % 2 else CAND))
    world.until(lambda: ("flipped", 29) in world.statuses())
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_pair_is_the_same_prompt_for_both_bundles(world: World) -> None:
    world.say(command(2, canary=True, weight=0.5))
    router = world.router()
    served = (router.assign("acme", "desk", session=f"s{i}") for i in range(50))
    live = next(one for one in served if one.arm == "baseline")
    pair = router.pair("acme", "desk", live=live)
    assert pair is not None
    assert (pair.baseline.bundle_id, pair.candidate.bundle_id) == (BASE.bundle_id, CAND.bundle_id)
    assert pair.baseline.stamp["pair_id"] == pair.candidate.stamp["pair_id"]
    assert pair.baseline.stamp == {**live.stamp, "pair_id": pair.baseline.stamp["pair_id"]}
    assert pair.candidate.stamp["traffic"] == "shadow"
    probe = router.pair("acme", "desk")
    assert probe is not None
    assert {probe.baseline.stamp["traffic"], probe.candidate.stamp["traffic"]} == {"probe"}
    assert probe.candidate.stamp["pair_id"] != pair.candidate.stamp["pair_id"]


def test_there_is_no_pair_without_a_candidate_or_for_what_it_answered(world: World) -> None:
    world.say(command(1))
    router = world.router()
    assert router.pair("acme", "desk") is None
    world.say(command(2, canary=True, weight=1))
    world.until(lambda: ("flipped", 2) in world.statuses())
    assert router.pair("acme", "desk", live=router.assign("acme", "desk")) is None
    world.seconds = 4_000
    assert router.pair("acme", "desk") is None, "its lease has run out"


def test_a_shadow_candidate_serves_nobody_and_is_paired(world: World) -> None:
    world.say(command(2, canary=True, weight=0.9, mode="shadow"))
    router = world.router()
    served = [router.assign("acme", "desk", session=f"s{i}") for i in range(30)]
    assert {one.bundle_id for one in served} == {BASE.bundle_id}
    pair = router.pair("acme", "desk", live=served[0])
    assert pair is not None
    assert pair.baseline.stamp["phase_id"] == pair.candidate.stamp["phase_id"] == "phase-1"
