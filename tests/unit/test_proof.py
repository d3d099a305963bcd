import pytest

from control import proof
from control.errors import StateError
from control.proof import (
    ProofState,
    Routers,
    dumps,
    dumps_routers,
    fold_ack,
    fold_command,
    fold_sighting,
    fold_tick,
    loads,
    loads_routers,
    unsettled,
)
from schemas import Ack, Command, Heartbeat, Proof, Sighting
from tests.unit.control_world import AGENT, T0, World, commands, names, tenant


def command(epoch: int = 2) -> Command:
    world = World([tenant(name) for name in names(3)]).began()
    if epoch == 2:
        return commands(world.alert(tenant_id="t0", action=100))["t0"].model_copy(
            update={"epoch": 2}
        )
    return command().model_copy(update={"epoch": epoch, "command_id": f"command-{epoch}"})


class Scene:
    def __init__(self, *routers: str) -> None:
        self.state, self.routers, self.now = ProofState(), Routers(), T0
        self.said: list[Proof] = []
        for name in routers:
            self.beat(name)

    def beat(self, router: str, *, assignments: int = 0, stopping: bool = False) -> None:
        beat = Heartbeat(router_id=router, at=0, assignments=assignments, stopping=stopping)
        self.routers.heartbeat(beat, self.now)

    def keep(self, proofs: list[Proof]) -> list[str]:
        self.said += proofs
        self.state, self.routers = (
            loads(dumps(self.state)),
            loads_routers(dumps_routers(self.routers)),
        )
        return [proof.state for proof in proofs]

    def command(self, epoch: int = 2) -> list[str]:
        return self.keep(fold_command(self.state, command(epoch), self.routers, self.now, 60))

    def ack(self, router: str, epoch: int = 2, status: str = "flipped") -> list[str]:
        ack = Ack.model_validate(
            {
                "ack_id": f"{router}{epoch}", "command_id": "c", "router_id": router,
                "tenant_id": "t0", "agent_id": AGENT, "epoch": epoch, "status": status, "at": 0,
            }
        )  # fmt: skip
        return self.keep(fold_ack(self.state, ack, self.routers, self.now))

    def sight(
        self, router: str, *, right: int | None = None, wrong: int | None = None, epoch: int = 2
    ) -> list[str]:
        sighting = Sighting(
            sighting_id="s", tenant_id="t0", agent_id=AGENT, router_id=router, epoch=epoch,
            first_right_at=None if right is None else T0 + right,
            last_wrong_at=None if wrong is None else T0 + wrong,
        )  # fmt: skip
        return self.keep(fold_sighting(self.state, sighting, self.routers, self.now))

    def tick(self, at_ms: int, *alive: str) -> list[str]:
        self.now = T0 + at_ms
        for name in alive:
            self.beat(name)
        return self.keep(fold_tick(self.state, self.now, self.routers))


def test_acked_by_every_live_router_and_then_seen() -> None:
    scene = Scene("ra", "rb")
    assert scene.command() == []
    assert scene.ack("ra") == []
    assert scene.ack("rb") == ["acked"]
    assert scene.sight("ra", right=40) == ["proven"]
    proof = scene.said[-1]
    assert (proof.acked_at, proof.proven_at, proof.late) == (T0, T0, [])
    assert [row.router_id for row in proof.routers] == ["ra", "rb"]
    assert not unsettled(scene.state)
    assert scene.tick(99_000, "ra") == []


def test_acks_that_overtake_their_command_count_whatever_epochs_a_liar_names() -> None:
    scene = Scene("ra")
    scene.command(2)
    for liar in (999, 94, 93, 92, 91):
        scene.sight("ra", right=1, epoch=liar)
    assert scene.ack("ra", epoch=3) == []
    assert scene.command(3) == ["acked"]
    assert scene.ack("ra", epoch=2) == []


def test_traffic_before_the_acks_proves_nothing_yet() -> None:
    scene = Scene("ra", "rb")
    scene.command()
    assert scene.sight("ra", right=40) == []
    assert scene.ack("ra") == []
    assert scene.ack("rb") == ["acked", "proven"]


def test_a_wrong_event_after_a_right_one_has_to_be_the_last() -> None:
    scene = Scene("ra", "rb")
    scene.command()
    scene.ack("ra")
    assert scene.sight("rb", wrong=100) == []
    assert scene.sight("ra", right=40) == []
    assert scene.ack("rb") == ["acked"]
    assert scene.tick(1_000, "ra", "rb") == []
    scene.sight("rb", wrong=1_000)
    assert scene.tick(2_400, "ra", "rb") == []
    assert scene.tick(2_500, "ra", "rb") == ["proven"]


def test_a_router_that_does_not_answer_is_named_and_may_still_do_so() -> None:
    scene = Scene("ra", "rb")
    scene.command()
    scene.ack("ra")
    assert scene.tick(59_000, "ra", "rb") == []
    assert scene.tick(60_000, "ra", "rb") == ["late"]
    assert scene.said[-1].late == ["rb"]
    assert scene.ack("rb") == ["acked", "proven-without-traffic"]


def test_a_router_that_fell_silent_is_missing_and_holds_up_nothing() -> None:
    scene = Scene("ra", "rb")
    scene.command()
    assert scene.ack("ra") == []
    assert scene.tick(16_000, "ra") == ["acked"]
    rows = {row.router_id: row.missing for row in scene.said[-1].routers}
    assert rows == {"ra": False, "rb": True}


def test_no_traffic_by_the_deadline_is_said() -> None:
    scene = Scene("ra")
    scene.command()
    assert scene.ack("ra") == ["acked"]
    assert scene.tick(59_999, "ra") == []
    assert scene.tick(60_000, "ra") == ["proven-without-traffic"]


def test_wrong_traffic_that_goes_on_is_late() -> None:
    scene = Scene("ra")
    scene.command()
    scene.ack("ra")
    for at in range(0, 62_000, 1_000):
        scene.tick(at, "ra")
        scene.sight("ra", wrong=at)
    assert [proof.state for proof in scene.said] == ["acked", "late"]


def test_without_any_router_nothing_is_proven() -> None:
    scene = Scene()
    scene.command()
    assert scene.tick(60_000) == ["late"]


def test_a_command_given_before_any_router_lived_is_proven_by_the_first_that_obeys() -> None:
    scene = Scene()
    scene.command()
    assert scene.tick(60_000) == ["late"]
    scene.beat("ra", assignments=0)
    assert scene.tick(61_000, "ra") == []
    assert scene.ack("ra") == ["acked", "proven-without-traffic"]


@pytest.mark.parametrize(("assignments", "expected"), [(0, ["acked"]), (3, [])])
def test_a_router_that_comes_later_owes_an_ack_if_it_brought_state(
    assignments: int, expected: list[str]
) -> None:
    scene = Scene("ra")
    scene.command()
    scene.now += 1_000
    scene.beat("rb", assignments=assignments)
    assert scene.ack("ra") == expected


def test_a_router_that_starts_after_its_first_pin_was_commanded_proves_it() -> None:
    scene = Scene()
    scene.command()
    scene.now += 5_000
    scene.beat("ra")
    assert scene.ack("ra", status="refused") == []
    assert scene.ack("ra") == ["acked"]
    assert scene.sight("ra", right=6_000) == ["proven"]


def test_every_router_that_lives_has_a_place_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proof, "MOST_ROUTERS", 2)
    scene = Scene("ra", "rb", "rc", "rd")
    scene.command()
    for name in ("one", "two", "three", "ra", "rb", "rc"):
        assert scene.ack(name) == []
    assert scene.ack("rd") == ["acked"]
    assert "three" not in scene.state.shown


@pytest.mark.parametrize("number", [2**63, 2**70])
def test_a_number_that_no_state_holds_is_not_remembered(number: int) -> None:
    scene = Scene("ra")
    scene.command()
    assert scene.ack("rb", epoch=number) == []
    assert scene.sight("rb", right=number) == []
    assert scene.sight("rb", wrong=1, epoch=number) == []
    assert scene.ack("ra") == ["acked"]


def test_a_router_that_stops_owes_nothing() -> None:
    scene = Scene("ra", "rb")
    scene.command()
    scene.ack("ra")
    scene.beat("rb", stopping=True)
    assert scene.tick(10) == ["acked"]


def test_acks_may_come_before_their_command() -> None:
    scene = Scene("ra")
    assert scene.ack("ra") == []
    assert scene.sight("ra", right=1) == []
    assert scene.command() == ["acked", "proven"]


def test_answers_to_other_epochs_do_not_count() -> None:
    scene = Scene("ra")
    scene.command(5)
    assert scene.ack("ra", epoch=4) == []
    assert scene.ack("ra", epoch=5, status="refused") == []
    assert scene.ack("ra", epoch=6) == []
    assert scene.command(4) == []
    assert scene.ack("ra", epoch=5) == ["acked"]
    assert scene.command(6) == ["acked"]
    assert scene.state.epoch == 6


def test_a_repeat_says_nothing_twice() -> None:
    scene = Scene("ra")
    scene.command()
    scene.ack("ra")
    assert scene.ack("ra") == []
    assert scene.command() == []


def test_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateError, match="version 9"):
        loads(dumps(ProofState(version=9)))
    with pytest.raises(StateError):
        loads_routers(b"\xc1")


def test_who_is_gone_does_not_live_on_for_a_clock_that_was_ahead() -> None:
    scene = Scene("ra")
    scene.now = T0 + 86_400_000
    scene.beat("ra")
    scene.beat("rb")
    assert scene.tick(1_000, "ra") == []
    assert scene.tick(20_000, "ra") == []
    assert scene.routers.live(scene.now) == ["ra"]
    scene.command()
    assert scene.ack("ra") == ["acked"]
