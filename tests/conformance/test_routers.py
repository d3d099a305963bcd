"""What every router must do, whatever it is written in: records in, served pin and acks out.

A story is a list of what is said on the control topic; the router under test reads it live.
To hold another router to it, write a driver with the three methods of `Driver`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from control.signing import Signer, sign
from schemas import Contract
from tests.unit.router_world import BASE, CAND, SIGNER, World, command, hold, key_of, lease

STRANGER = Signer("stranger", bytes(32))
IMPOSTOR = Signer("control-1", bytes(32))

Said = tuple[str, bytes]
Acks = list[tuple[str, int]]


def said(record: Contract, signer: Signer = SIGNER, key: str | None = None) -> Said:
    raw = sign(record, signer).model_dump_json(exclude_none=True).encode()
    return key or key_of(record), raw


class Driver(Protocol):
    """A router that starts with nothing and follows what is said to it."""

    def hear(self, *records: Said) -> None:
        """Let the router read the records, one after another, and answer."""

    def serves(self) -> tuple[str, int, str]:
        """Return bundle_id, epoch and arm of a call of acme/desk."""
        ...

    def acks(self, least: int = 0) -> Acks:
        """Return status and epoch of every ack so far; wait until there are so many."""
        ...


class Ours:
    """`holdfast_client.Router`, on a transport in memory."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.router = self.world.router()

    def hear(self, *records: Said) -> None:
        for key, raw in records:
            self.world.say_raw(key, raw)
            self.world.settle()

    def serves(self) -> tuple[str, int, str]:
        serving = self.router.assign("acme", "desk")
        return serving.bundle_id, serving.stamp["epoch"], serving.arm

    def acks(self, least: int = 0) -> Acks:
        # An ack follows once the record lies on disk, which takes its own time.
        self.world.until(lambda: len(self.world.statuses()) >= least)
        return self.world.statuses()


@dataclass
class Story:
    name: str
    records: list[Said]
    serves: tuple[str, int, str]
    acks: Acks


PIN, OTHER = command(1), command(2, baseline=CAND)
CANARY = command(2, canary=True, weight=1)
B, C = BASE.bundle_id, CAND.bundle_id

STORIES = [
    Story("a pin is served", [said(PIN)], (B, 1, "baseline"), [("flipped", 1)]),
    Story(
        "a newer epoch replaces it", [said(PIN), said(OTHER)], (C, 2, "baseline"),
        [("flipped", 1), ("flipped", 2)],
    ),
    Story(
        "epochs may be left out", [said(PIN), said(command(9, baseline=CAND))],
        (C, 9, "baseline"), [("flipped", 1), ("flipped", 9)],
    ),
    Story(
        "an older epoch is stale", [said(OTHER), said(PIN)], (C, 2, "baseline"),
        [("flipped", 2), ("stale", 1)],
    ),
    Story(
        "an equal epoch of another command is stale",
        [said(OTHER), said(command(2, command_id="x"))], (C, 2, "baseline"),
        [("flipped", 2), ("stale", 2)],
    ),
    Story(
        "the same command again is no news", [said(PIN), said(PIN)], (B, 1, "baseline"),
        [("flipped", 1)],
    ),
    Story(
        "an unknown key is refused", [said(PIN), said(OTHER, STRANGER)], (B, 1, "baseline"),
        [("flipped", 1), ("refused", 0)],
    ),
    Story(
        "a signature that does not fit is refused", [said(PIN), said(OTHER, IMPOSTOR)],
        (B, 1, "baseline"), [("flipped", 1), ("refused", 0)],
    ),
    Story(
        "a record under another key is refused",
        [said(PIN), said(command(2, tenant="other"), key="acme/desk")], (B, 1, "baseline"),
        [("flipped", 1), ("refused", 0)],
    ),
    Story(
        "nonsense is refused", [said(PIN), ("acme/desk", b"{}")], (B, 1, "baseline"),
        [("flipped", 1), ("refused", 0)],
    ),
    Story(
        "a false bundle is refused",
        [said(PIN), said(command(2, baseline=BASE.model_copy(update={"model": "m9"})))],
        (B, 1, "baseline"), [("flipped", 1), ("refused", 0)],
    ),
    Story(
        "no candidate without a lease", [said(hold("running")), said(CANARY)],
        (B, 2, "baseline"), [("flipped", 2)],
    ),
    Story(
        "a candidate with a lease", [said(hold("running")), said(lease()), said(CANARY)],
        (C, 2, "candidate"), [("flipped", 2)],
    ),
    Story(
        "a pause leaves it as it is", [said(lease()), said(CANARY), said(hold("paused"))],
        (C, 2, "candidate"), [("flipped", 2)],
    ),
    Story(
        "a halt ends it before any command", [said(lease()), said(CANARY), said(hold("halted"))],
        (B, 2, "baseline"), [("flipped", 2)],
    ),
    Story(
        "a lease of another rollout is none", [said(lease(rollout="r9")), said(CANARY)],
        (B, 2, "baseline"), [("flipped", 2)],
    ),
    Story(
        "a forged lease is none", [said(lease(), IMPOSTOR), said(CANARY)],
        (B, 2, "baseline"), [("flipped", 2)],
    ),
]  # fmt: skip


@pytest.fixture(params=[Ours], ids=["holdfast_client"])
def driver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    made: Callable[[Path], Ours] = request.param
    ours = made(tmp_path)
    yield ours
    ours.world.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_router_obeys(driver: Driver, story: Story) -> None:
    driver.hear(*story.records)
    assert driver.serves() == story.serves
    assert driver.acks(len(story.acks)) == story.acks


RECORDS = st.tuples(
    st.integers(min_value=1, max_value=5), st.sampled_from([SIGNER, SIGNER, STRANGER, IMPOSTOR])
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(RECORDS, min_size=1, max_size=8))
def test_whatever_the_order_the_highest_sound_epoch_is_served(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[int, Signer]]
) -> None:
    ours = Ours(tmp_path_factory.mktemp("router"))
    try:
        ours.hear(said(command(1)), *(said(command(e), signer) for e, signer in records))
        sound = [epoch for epoch, signer in records if signer is SIGNER]
        assert ours.serves()[1] == max([1, *sound])
        flipped = [epoch for status, epoch in ours.acks() if status == "flipped"]
        assert flipped == sorted(set(flipped))
    finally:
        ours.world.close()
