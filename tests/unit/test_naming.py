"""Fleets of very many tenants: every message fits, and everybody is named in turn."""

import numpy as np
import pytest

from control.outputs import Publish
from detectors.naming import part
from detectors.rollout import AgentScores, fold
from detectors.tenants import Tenants
from schemas import Alert, Phase, Policy, Units, Wave
from streams.kafka.outbox import MAX_MESSAGE
from tests.unit.control_world import World, commands, tenant
from tests.unit.test_rollout import signal


@pytest.mark.parametrize("count", [0, 1, 3_000, 3_001, 60_000])
def test_every_tenant_has_its_turn(count: int) -> None:
    names = [f"tenant-{number}" for number in range(count)]
    turns = [names[part(names, turn)] for turn in range(7, 107)]
    assert {name for turn in turns for name in turn} == set(names)
    assert all(turns) or not names
    assert part(names, 7) == part(names, 7)


def crowd(names: list[str]) -> AgentScores:
    """Return scores of a rollout whose tenants have all been heard of and are all worse."""
    state = AgentScores()
    fold(state, signal(names[0], evidence={"refused": 12.0}), Policy(), {})
    subject = state.subjects["rollout", "r1"]
    tenants: Tenants = subject.tenants
    for name in names[1:]:
        tenants.add(name)
        subject.criers.append(type(subject.criers[0])())
        subject.voices.append(type(subject.voices[0])())
    for first in range(1, len(names), 256):
        size = min(256, len(names) - first)
        log_w, bets = (np.repeat(rows[:1], size, axis=0) for rows in (tenants.log_w, tenants.bets))
        tenants.put(first, log_w, bets, np.repeat(tenants.present[:1], size, axis=0))
    tenants.units[:] = [Units(baseline=2**62, candidate=2**62)] * len(names)
    return state


@pytest.mark.parametrize(
    ("count", "name"), [(3_000, "\U00020000" * 122), (60_000, "t"), (9_000, '"' * 122)]
)
def test_the_alert_of_a_great_fleet_fits_a_message(count: int, name: str) -> None:
    names = ["first", *(f"{name}{number:05d}" for number in range(1, count))]
    state = crowd(names)
    heard, named = set[str](), set[str]()
    for turn in range(2, 22):
        told = fold(state, signal(names[0], turn, {"refused": 12.0}, at=turn * 2_000), Policy(), {})
        (fleet,) = [one for one in told if one.scope == "fleet"]
        assert len(fleet.model_dump_json().encode()) < MAX_MESSAGE
        assert fleet.breadth.tenants == count
        assert len(fleet.breadth.selected) + fleet.breadth.left_out == count
        heard |= set(fleet.units_by_tenant)
        named |= set(fleet.breadth.selected)
    assert heard == named == set(names)
    assert np.isfinite(fleet.scores.action)


def test_a_fleet_that_fits_is_told_whole() -> None:
    state = AgentScores()
    last: list[Alert] = []
    for number in range(20):
        last = fold(state, signal(f"t{number}", at=number * 2_000), Policy(), {})
    fleet = last[-1]
    assert (len(fleet.units_by_tenant), fleet.breadth.left_out) == (20, 0)


def test_the_phases_of_a_great_wave_fit_messages() -> None:
    names = ["\U00020000" * 122 + f"{number:05d}" for number in range(9_000)]
    world = World([tenant(name) for name in names])
    world.request("assign")
    said: list[Publish] = world.start(Wave(tenants=names))
    made = [one.record for one in said if isinstance(one.record, Phase)]
    assert all(len(one.model_dump_json().encode()) < MAX_MESSAGE for one in made)
    members = [name for one in made for cohort in one.cohorts for name in cohort.tenants]
    assert sorted(members) == sorted(names) == sorted(commands(said))
    assert len({one.phase_id for one in made}) == len(made)
