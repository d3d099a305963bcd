"""The whole way in small: quiet where nothing differs, soon where something hurts.

`make science` measures the same in full.
"""

import numpy as np
import pytest

from benchmarks.science.kinds import KINDS
from benchmarks.science.lanes import AGENT, Judge, Lane, phase, rows_of
from benchmarks.science.regressions import fate
from detectors.compare.units import unit_digest
from detectors.concurrent import begin
from detectors.monitor import Seen, fold, fresh
from schemas import Stamp
from simulation.streams import NOTHING, Nuisance, Shift, Stream

NAMES = [f"tenant-{i}" for i in range(20)]
STORM = Nuisance(mix=1.0, cycle=1.0, incidents=[(2000.0, 6000.0)])
PLAIN = Nuisance(tenants=0.0)


def rollout(nuisance: Nuisance, shift: Shift, hurt: int, seed: int = 0) -> tuple[list[Lane], Judge]:
    issued = phase(dict.fromkeys(NAMES, 2), 0.05, 19)
    lanes = [
        Lane(name, issued, Stream([seed, i], nuisance), shift if i < hurt else NOTHING,
             columns=20, seconds=8.64)
        for i, name in enumerate(NAMES)
    ]  # fmt: skip
    return lanes, Judge(dict.fromkeys(NAMES, "platinum"))


def advance(lanes: list[Lane], judge: Judge, units: int) -> None:
    for lane in lanes:
        for signal in lane.take(units):
            judge.hear(signal)


def test_a_lane_gives_what_the_live_fold_gives() -> None:
    issued = phase({"tenant-0": 2}, 0.05, 19)
    lane = Lane("tenant-0", issued, Stream(4, STORM), columns=20, seconds=8.64)
    lane.take(2000)
    stream, state = Stream(4, STORM), fresh()
    arms = stream.arms(2000, 0.05)
    values, strata = stream.rows(arms, np.arange(2000) * 8.64)
    known = begin("", issued, {}).seen
    for i, row in enumerate(rows_of(values, 20).astype(np.float64)):
        # A name that the live filter does not take for a seen one by mistake.
        unit = next(name for k in range(9) if known.add(unit_digest(name := f"{i}.{k}")))
        stamp = Stamp(
            phase_id="phase", arm="candidate" if arms[i] else "baseline", epoch=2,
            router_id="r", unit_id=unit,
        )  # fmt: skip
        seen = Seen(
            tenant_id="tenant-0", agent_id=AGENT, bundle_id="new" if arms[i] else "old",
            stamp=stamp, unit_id=unit, event_id=str(i), stratum=f"task-{strata[i]}|1",
            values=row, at=0, partition=0, offset=i,
        )  # fmt: skip
        fold(state, seen, {"phase": issued})
    assert state.concurrent is not None
    np.testing.assert_array_equal(lane.monitors.wealth(), state.concurrent.wealth())
    assert lane.monitors.count.max() > 50


def test_a_fleet_without_change_stays_as_it_is_whatever_moves_both_arms() -> None:
    lanes, judge = rollout(STORM, NOTHING, 0)
    for _ in range(10):
        advance(lanes, judge, 200)
    assert not judge.reverted
    assert not judge.halted


@pytest.mark.parametrize(
    ("shift", "most"),
    [
        (Shift(odds={"refused": 3.0}), 150),
        (Shift(factor={"output_tokens": 1.3, "output_chars": 1.3}), 120),
    ],
)
def test_a_version_that_hurts_three_in_ten_is_paused(shift: Shift, most: int) -> None:
    lanes, judge = rollout(PLAIN, shift, 6)
    while not judge.paused and lanes[0].candidates < 2 * most:
        advance(lanes, judge, 40)
    assert np.mean([lane.candidates for lane in lanes]) <= most


def test_one_tenant_whose_tools_fail_goes_back_alone() -> None:
    lanes, judge = rollout(PLAIN, Shift(rate={"tool_failed": 1.0}), 1)
    while not judge.reverted and lanes[0].candidates < 40:
        advance(lanes, judge, 20)
    assert judge.reverted == {NAMES[0]}
    assert lanes[0].candidates <= 20


@pytest.mark.parametrize("name", ["latency x1.8", "language: one answer in four"])
def test_a_kind_of_regression_is_shown_and_reverted_if_it_does_harm(name: str) -> None:
    number, kind = next((i, kind) for i, kind in enumerate(KINDS) if kind.name == name)
    one = fate(kind, number, seed=1)
    assert one.shown <= 1000
    assert np.isfinite(one.reverted) == kind.harmful
