"""How long noticing takes."""

import pytest

from control.phases import controls
from schemas import Policy, Tier
from streams.desk.estimates import estimate, spoken, summary

REVERT = Policy().revert


def test_matches_the_power_table_at_its_own_conditions() -> None:
    # m = 9 (weight 10 %), threshold 10,000 to 1, refusals 2 %: trebled odds take 1,270 units,
    # among the whole catalogue 1.41 times as many; 100 candidate units an hour.
    one = estimate("t", "gold", 1000.0, 0.1, {"gold": 400 / 6})
    assert one.revert["refusals x3"] == pytest.approx(1270 * 1.41 / 100, rel=0.01)
    assert one.notice["refusals x3"] == pytest.approx(530 * 1.41 / 100, rel=0.01)


@pytest.mark.parametrize(("weight", "m"), [(0.05, 19), (0.1, 9), (0.25, 3), (0.5, 1), (0.95, 19)])
def test_controls_are_those_of_the_weight(weight: float, m: int) -> None:
    assert controls(weight) == m


@pytest.mark.parametrize("case", ["refusals x2", "length +60 %", "tools fail"])
def test_more_traffic_or_a_stricter_tier_is_sooner(case: str) -> None:
    def hours(units: float, tier: Tier) -> float:
        found = estimate("t", tier, units, 0.1, REVERT).revert[case]
        assert found is not None
        return found

    assert hours(200, "gold") == pytest.approx(hours(100, "gold") / 2)
    assert hours(100, "platinum") < hours(100, "gold") < hours(100, "free")


def test_rarer_refusals_take_longer() -> None:
    often = estimate("t", "gold", 100, 0.1, REVERT, refusal_rate=0.1).notice["refusals x2"]
    rarely = estimate("t", "gold", 100, 0.1, REVERT, refusal_rate=0.01).notice["refusals x2"]
    assert often is not None
    assert rarely is not None
    assert rarely > 5 * often


def test_without_traffic_nothing_is_ever_noticed() -> None:
    one = estimate("quiet", "free", None, 0.1, REVERT)
    assert set(one.notice.values()) == {None}
    assert "No tenant has had traffic" in summary([one])


def test_the_summary_names_the_slowest() -> None:
    found = [estimate(name, "gold", units, 0.05, REVERT) for name, units in
             (("a", 4000.0), ("b", 3000.0), ("slow", 3.0))]  # fmt: skip
    said = summary(found)
    assert said.startswith("Refusals doubled are noticed after ")
    assert " at half of them, last at slow after " in said
    assert "half" not in summary(found[:1])


@pytest.mark.parametrize(
    ("hours", "text"),
    [(None, "no traffic"), (0.01, "36 s"), (0.2, "12 min"), (3.2, "3 h"), (960, "40 days"),
     (1e6, "years")],
)  # fmt: skip
def test_times_are_spoken(hours: float | None, text: str) -> None:
    assert spoken(hours) == text
