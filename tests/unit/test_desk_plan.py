"""What `rollout start` is told."""

import pytest

from control.bundles import identified
from control.errors import ControlError
from schemas import Cohort, Phase, Tenant
from streams.desk import plan
from streams.desk.errors import DeskError

PIN = identified({"provider": "p", "model": "m-1", "prompt_version": "v1"})
NAMES = [f"t{i}" for i in range(40)]


def test_an_overlay_is_fields_and_keys_of_the_configuration() -> None:
    words = ["model=m-2", "configuration.temperature=0.4", "configuration.stop=x", "tools_version="]
    assert plan.overlay_of(words) == {
        "model": "m-2",
        "configuration": {"temperature": 0.4, "stop": "x"},
        "tools_version": None,
    }


def test_a_version_that_looks_like_a_number_stays_text() -> None:
    assert plan.overlay_of(["prompt_version=7"]) == {"prompt_version": "7"}


@pytest.mark.parametrize("word", ["model", "colour=red", "model.x=1", "=1", ""])
def test_a_wrong_word_is_refused_with_the_fields_there_are(word: str) -> None:
    with pytest.raises(DeskError, match="prompt_version"):
        plan.overlay_of([word])


def test_an_empty_overlay_is_refused() -> None:
    with pytest.raises(DeskError, match="--set"):
        plan.overlay_of([])
    with pytest.raises(DeskError, match="not both"):
        plan.overlay_of(["configuration=5", "configuration.a=1"])


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), ("0.25", 0.25), ("2.5 %", 0.025)])
def test_a_share_is_per_cent_or_a_fraction(text: str, value: float) -> None:
    assert plan.share(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["0", "1", "100%", "-5%", "much", ""])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(DeskError, match="5%"):
        plan.share(text)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("10%,50%,100%", [4, 16, 20]), ("2,10,40", [2, 8, 30]), ("1%,all", [1, 39]), ("5", [5])],
)
def test_waves_say_how_many_take_part_after_each(text: str, sizes: list[int]) -> None:
    found = plan.waves(text, NAMES, 7, 60)
    assert [len(wave.tenants) for wave in found] == sizes
    assert [t for wave in found for t in wave.tenants] == NAMES[: sum(sizes)]
    assert {(wave.min_units, wave.min_seconds) for wave in found} == {(7, 60)}


@pytest.mark.parametrize("text", ["50%,10%", "41", "x", "", "-1", "200%"])
def test_waves_that_do_not_grow_or_reach_too_far_are_refused(text: str) -> None:
    with pytest.raises(DeskError, match="growing"):
        plan.waves(text, NAMES)


def test_those_with_the_least_at_stake_join_first() -> None:
    tenants = [Tenant(tenant_id=n, tier=t) for n, t in
               (("a", "platinum"), ("b", "free"), ("c", "gold"), ("d", "free"))]  # fmt: skip
    assert plan.in_order(tenants) == ["b", "d", "c", "a"]


def test_an_overlay_that_changes_nothing_is_refused_by_name() -> None:
    with pytest.raises(DeskError, match="Nothing would change for acme"):
        plan.start("care", {"model": "m-1"}, {"acme": PIN}, 0.05, plan.waves("1", ["acme"]))


def test_an_overlay_that_makes_no_bundle_is_refused() -> None:
    with pytest.raises(ControlError):
        plan.start("care", {"model": None}, {"acme": PIN}, 0.05, plan.waves("1", ["acme"]))


def test_a_start_has_an_id_of_its_own_and_carries_the_plan() -> None:
    steps = plan.waves("1", ["acme"])
    one, two = (
        plan.start("care", {"model": "m-2"}, {"acme": PIN}, 0.05, steps, retry=2) for _ in "ab"
    )
    assert one.rollout_id != two.rollout_id
    assert (one.overlay, one.weight, one.retry) == ({"model": "m-2"}, 0.05, 2)


def test_a_retry_counts_the_rollouts_that_had_the_same_candidate() -> None:
    def phase(rollout: str, wave: int, candidate: str) -> Phase:
        cohort = Cohort(baseline="b", candidate=candidate, tenants={"t": 2})
        return Phase(
            phase_id=f"{rollout}-{wave}", rollout_id=rollout, agent_id="care", wave=wave,
            weight=0.05, controls=19, cohorts=[cohort], opened_at=1,
        )  # fmt: skip

    phases = [phase("r1", 1, "c"), phase("r1", 2, "c"), phase("r2", 1, "other")]
    assert plan.retry_of({"c"}, phases) == 2
    assert plan.retry_of({"new"}, phases) == 1
