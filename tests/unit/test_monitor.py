"""The fold of one tenant: what counts, what does not, and what is said."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.compare.blocks import BLOCK_MS, ENOUGH, PATIENCE_MS
from detectors.compare.units import unit_digest
from detectors.metrics import INDEX
from detectors.monitor import TenantAgent, dumps, fold, fresh, loads
from schemas import MonitorReading, Signal
from tests.tenant_world import event, outcome, phase, run, traffic

RNG = np.random.default_rng(0)
PHASES = {"p1": phase()}
Floats = NDArray[np.float64]


def reading(signal: Signal, name: str) -> MonitorReading:
    return next(r for r in signal.readings if r.metric == name)


def rollout_signals(signals: list[Signal]) -> list[Signal]:
    return [signal for signal in signals if signal.kind == "rollout"]


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, "evidence"),
        ({"phase_id": "p9"}, "unknown-phase"),
        ({"epoch": 3}, "not-issued"),
        ({"tenant_id": "stranger"}, "not-issued"),
        ({"bundle_id": "third"}, "not-issued"),
        ({"traffic": "shadow"}, "not-live"),
        ({"evidence": False}, "cached"),
        ({"evidence": False, "traffic": "shadow"}, "not-live"),
        ({"evidence": False, "phase_id": "p9"}, "unknown-phase"),
        ({"evidence": False, "stamp": None}, "cached"),
        ({"stamp": None}, "watch"),
        ({"phase_id": "pin"}, "watch"),
    ],
)
def test_what_is_counted(changes: dict[str, Any], counted: str) -> None:
    state = fresh()
    assert fold(state, event(1, RNG, **changes), PHASES).counted == counted
    assert state.rolling["third" if "bundle_id" in changes else "old"][0].n == 1
    ours = counted == "evidence" or (counted == "cached" and "stamp" not in changes)
    assert (state.concurrent is not None) == ours


def test_a_unit_counts_once_however_often_it_comes() -> None:
    state = fresh()
    folded, _ = run(state, [event(i, RNG, unit_id="u") for i in range(500)], PHASES)
    assert [one.counted for one in folded] == ["evidence"] + ["repeat"] * 499
    assert state.concurrent is not None
    assert state.concurrent.units == [1, 0]
    assert state.rolling["old"][0].n == 500


def test_a_new_rollout_starts_afresh_and_the_old_one_is_refused() -> None:
    phases = PHASES | {"p2": phase("p2", rollout_id="r2", opened_at=5)}
    state = fresh()
    run(state, traffic(100), PHASES)
    assert fold(state, event(200, RNG, phase_id="p2"), phases).counted == "evidence"
    assert state.concurrent is not None
    assert state.concurrent.units == [1, 0]
    assert fold(state, event(201, RNG), phases).counted == "old-phase"


def test_a_new_phase_keeps_the_wealth_and_closes_the_blocks() -> None:
    phases = PHASES | {"p2": phase("p2", opened_at=5, weight=0.5)}
    state = fresh()
    run(state, traffic(27, weight=0.5), PHASES)
    assert state.concurrent is not None
    before = state.concurrent.count.copy()
    units = sum(state.concurrent.units)
    assert fold(state, event(30, RNG, phase_id="p2"), phases).counted == "evidence"
    assert (state.concurrent.count >= before).all()
    assert state.concurrent.count.max() > before.max()
    assert sum(state.concurrent.units) == units + 1
    assert fold(state, event(3, RNG, phase_id="p2"), phases).counted == "repeat"
    assert fold(state, event(31, RNG), phases).counted == "old-phase"


def test_a_block_with_enough_units_closes_after_fifteen_minutes() -> None:
    state = fresh()
    run(state, [event(2 * i, RNG, candidate=i == 3) for i in range(ENOUGH)], PHASES)
    assert state.concurrent is not None
    assert not state.concurrent.count.any()
    fold(state, event(40, RNG, at=1000 + BLOCK_MS), PHASES)
    assert state.concurrent.count.max() == 1
    assert [len(s.block.candidate) for s in state.concurrent.strata if s.block] == [1]


def test_a_tenant_with_ten_events_a_day_is_compared_within_a_day() -> None:
    state, hours = fresh(), PATIENCE_MS // 10
    seens = [event(2 * i, RNG, candidate=i == 3, at=i * hours) for i in range(ENOUGH - 1)]
    run(state, seens, PHASES)
    assert state.concurrent is not None
    assert not state.concurrent.count.any(), "alone in its block, an arm tells nothing"
    fold(state, event(40, RNG, at=PATIENCE_MS), PHASES)
    assert state.concurrent.count.max() == 1


def test_total_failure_of_a_tool_is_clear_within_sixteen_candidates() -> None:
    def fail(values: Floats) -> None:
        values[INDEX["tool_failed"]] = 1

    needed = []
    for seed in range(5):
        _, signals = run(
            fresh(),
            traffic(600, seed, 0.05, fail),
            PHASES | {"p1": phase(weight=0.05, controls=19)},
        )
        clear = [s for s in rollout_signals(signals) if reading(s, "tool_failed").action >= 4]
        needed.append(clear[0].units.candidate)
    assert sorted(needed)[2] <= 16


def test_a_signal_tells_how_much_since_when_and_where() -> None:
    state = fresh()
    rng = np.random.default_rng(1)
    signals = []
    for i in range(6000):
        seen = event(i, rng, candidate := bool(rng.random() < 0.25))
        if candidate and i > 3000 and seen.stratum == "task-1|1":
            seen.values[INDEX["output_tokens"]] *= 3
        signals += fold(state, seen, PHASES).signals
    last = rollout_signals(signals)[-1]
    length = reading(last, "output_tokens")
    assert length.display > 4
    assert length.strata == ["task-1|1"]
    assert length.changed_at_unit is not None
    assert 600 < length.changed_at_unit < 900
    assert length.effect is not None
    assert length.effect_low is not None
    assert 1.0 < length.effect_low < length.effect
    assert length.river["adwin"] + length.river["page_hinkley"] >= 1
    refusals = reading(last, "refused")
    assert refusals.changed_at_unit is None
    assert refusals.effect_low is not None
    assert refusals.effect_high is not None
    assert refusals.effect_low < 1 < refusals.effect_high


def test_signals_go_out_by_units_by_time_and_by_band_both_ways() -> None:
    _, signals = run(fresh(), traffic(2000), PHASES)
    ours = rollout_signals(signals)
    assert {s.reason for s in ours} <= {"units", "time", "band"}
    assert max(b.at - a.at for a, b in pairwise(ours)) <= 10_200
    fast, _ = run(fresh(), traffic(2000, at=5000), PHASES)
    units = [
        s.units.candidate
        for f in fast
        for s in f.signals
        if s.kind == "rollout" and s.reason == "units"
    ]
    assert units[:3] == [50, 100, 150]
    assert len({s.signal_id for s in signals}) == len(signals)
    assert [s.sequence for s in signals] == sorted({s.sequence for s in signals})


def test_evidence_that_fades_is_told_too() -> None:
    def longer(values: Floats) -> None:
        values[INDEX["output_tokens"]] *= 3

    def shorter(values: Floats) -> None:
        values[INDEX["output_tokens"]] /= 1.5

    events = traffic(120, 0, 0.25, longer) + traffic(400, 1, 0.25, shorter)
    for i, seen in enumerate(events):
        assert seen.stamp is not None
        seen.stamp = seen.stamp.model_copy(update={"unit_id": f"x{i}"})
        seen.at = 5000
    _, signals = run(fresh(), events, PHASES)
    told = [s for s in rollout_signals(signals) if s.reason == "band"]
    bands = [reading(s, "output_tokens").display for s in told]
    assert max(bands) > 2
    assert any(b < a - 0.5 for a, b in pairwise(bands))


def test_what_is_not_finite_is_left_out_and_counted() -> None:
    state = fresh()
    seen = event(0, RNG)
    seen.values[0], seen.values[1] = np.inf, -np.inf
    fold(state, seen, PHASES)
    assert state.absent == 2
    assert np.isnan(seen.values[:2]).all()
    assert state.rolling["old"][0].n == 0


def test_strata_are_bounded() -> None:
    state = fresh()
    for i in range(400):
        fold(state, event(i, RNG, stratum=f"task-{i}|1"), PHASES)
    assert state.concurrent is not None
    assert len(state.concurrent.strata) == 16
    assert state.concurrent.strata[-1].name == "other"


def test_outcomes_join_by_stamp_by_event_and_by_unit_once_each() -> None:
    state = fresh()
    stamp = event(1, RNG).stamp
    assert fold(state, outcome(1, "feedback_bad", 1.0), PHASES).counted == "late"
    run(state, traffic(300), PHASES)
    assert fold(state, outcome(299, "feedback_bad", 1.0), PHASES).counted == "evidence"
    assert fold(state, outcome(299, "feedback_bad", 0.0), PHASES).counted == "repeat"
    assert fold(state, outcome(299, "judge_score", 4.0), PHASES).counted == "evidence"
    by_unit = outcome(0, "judge_score", 4.0, event_id="", unit_id="u298")
    assert fold(state, by_unit, PHASES).counted == "evidence"
    by_stamp = outcome(1, "task_failed", 0.0, stamp=stamp)
    assert fold(state, by_stamp, PHASES).counted == "evidence"
    assert fold(state, outcome(2, "task_failed", 0.0), PHASES).counted == "late"
    assert fold(state, outcome(299, "latency_ms", 1.0), PHASES).counted == "not-known"


def test_worse_outcomes_are_evidence() -> None:
    state, signals = fresh(), []
    for i, seen in enumerate(traffic(4000)):
        signals += fold(state, seen, PHASES).signals
        bad = seen.bundle_id == "new" and i % 5 > 0
        signals += fold(state, outcome(i, "judge_score", 2.0 if bad else 4.0), PHASES).signals
    last = rollout_signals(signals)[-1]
    assert reading(last, "judge_score").action > 4
    assert reading(last, "refused").display < 1


def test_sightings_tell_of_a_new_epoch_and_of_stragglers() -> None:
    state = fresh()

    def meet(i: int, epoch: int, router: str = "router", at: int | None = None) -> Any:
        return fold(
            state, event(i, RNG, phase_id="pin", epoch=epoch, router_id=router, at=at or i), {}
        ).sightings

    (first,) = meet(1000, 1)
    assert (first.epoch, first.right_bundle, first.first_right_at) == (1, "old", 1000)
    assert meet(1001, 1) == []
    (second,) = meet(2000, 2)
    assert (second.epoch, second.wrong_events) == (2, 0)
    (wrong,) = meet(3500, 1)
    assert (wrong.epoch, wrong.wrong_events, wrong.last_wrong_at) == (2, 1, 3500)
    assert wrong.first_right_at == 2000
    assert meet(3600, 1) == []
    (later,) = meet(4600, 2)
    assert (later.wrong_events, later.last_wrong_at) == (2, 3600)
    (other,) = meet(4700, 1, "other")
    assert (other.first_right_at, other.wrong_events, other.epoch) == (None, 1, 2)
    assert len({s.sighting_id for s in (first, second, wrong, later, other)}) == 5


def test_an_epoch_that_was_a_mistake_is_left_behind() -> None:
    state = fresh()

    def meet(epoch: int, at: int, phase: str) -> Any:
        return fold(state, event(at, RNG, phase_id=phase, epoch=epoch, at=at), PHASES).sightings

    assert meet(77, 500, "p1") == [], "the phase never gave that epoch"
    assert meet(1, 1000, "pin")[0].epoch == 1
    assert meet(92, 2000, "pin")[0].epoch == 92
    assert meet(1, 3000, "pin")[0].wrong_events == 1
    (back,) = meet(2, 62_001, "pin")
    assert (back.epoch, back.first_right_at, back.wrong_events) == (2, 62_001, 0)


def test_distance_is_to_what_the_baseline_said_before_the_block() -> None:
    state, rng = fresh(), np.random.default_rng(5)
    centre = rng.normal(size=64)
    signals = []
    for i in range(3000):
        candidate = bool(rng.random() < 0.25)
        away = 3 * np.ones(64) if candidate else 0
        static = (centre + rng.normal(size=64) + away).astype(np.float32)
        seen = event(i, rng, candidate, static=static, embedder="model")
        signals += fold(state, seen, PHASES).signals
        if i == 0:
            assert np.isnan(seen.values[INDEX["embedding_distance"]])
    last = rollout_signals(signals)[-1]
    distance = reading(last, "embedding_distance")
    assert distance.display > 6
    assert (distance.pause, distance.action) == (0, 0)
    assert last.embedder == "model"
    seen = event(5000, rng, static=np.ones(64, np.float32), embedder="another")
    fold(state, seen, PHASES)
    assert np.isnan(seen.values[INDEX["embedding_distance"]])


NEW: dict[str, Any] = {"stamp": None, "bundle_id": "new"}
HOUR = 60 * 60 * 1000


def counts(state: TenantAgent, units: Iterable[int], again: str, **other: Any) -> list[str]:
    """Return what becomes of one more event of each unit."""
    seen = [event(i, RNG, event_id=f"{again}-{i}", **{**NEW, **other}) for i in units]
    return [fold(state, one, {}).counted for one in seen]


def test_what_is_under_way_when_the_label_changes_belongs_to_neither() -> None:
    state = fresh()
    run(state, [event(i, RNG, stamp=None, at=i) for i in range(400)], {})
    for turn in range(20):
        # Five conversations of long ago go on, and as many begin.
        begun = counts(state, range(1000 + 5 * turn, 1005 + 5 * turn), "first", at=400)
        assert begun.count("watch") >= 4, "a filter takes few new units for seen ones"
        assert counts(state, range(5), f"turn-{turn}", at=400) == ["in-flight"] * 5
    state = loads(dumps(state))
    assert counts(state, range(5), "soon", at=399 + HOUR) == ["in-flight"] * 5
    # Who returns long afterwards is a unit like any other; and is counted once.
    assert counts(state, range(5), "late", at=400 + HOUR) == ["watch"] * 5
    assert counts(state, range(5), "later", at=400 + HOUR) == ["repeat"] * 5


def test_a_label_that_goes_back_leaves_out_what_is_under_way_too() -> None:
    state = fresh()
    run(state, [event(i, RNG, stamp=None, at=i) for i in range(50)], {})
    assert set(counts(state, range(100, 110), "new", at=HOUR)) == {"watch"}
    back = counts(state, range(100, 110), "back", bundle_id="old", at=2 * HOUR)
    assert back == ["in-flight"] * 10


def test_a_label_that_only_meets_old_acquaintances_is_watched_all_the_same() -> None:
    state = fresh()
    run(state, [event(i, RNG, stamp=None, at=i) for i in range(60)], {})
    folded = counts(state, range(60), "again", at=60)
    assert folded == ["in-flight"] * 16 + ["watch"] * 44


def test_where_three_labels_take_turns_two_are_watched_and_the_third_is_said_to_be_left_out() -> (
    None
):
    state = fresh()
    seen = [event(i, RNG, stamp=None, bundle_id="abc"[i % 3]) for i in range(600)]
    counted = [fold(state, one, {}).counted for one in seen]
    assert set(counted[2::3]) == {"crowded"}
    assert counted.count("watch") >= 390
    assert all(watched.watch.units >= 190 for watched in state.watches.values())


def test_a_third_label_takes_the_place_of_one_that_stays_away() -> None:
    state = fresh()
    for n, label in enumerate("abc"):
        units = range(100 * n, 100 * n + 40)
        run(state, [event(i, RNG, stamp=None, bundle_id=label) for i in units], {})
    assert list(state.watches) == ["b", "c"]


def test_a_rollout_of_very_many_units_still_hears() -> None:
    state = fresh()
    fold(state, event(0, RNG), PHASES)
    assert state.concurrent is not None
    for i in range(200_000):
        state.concurrent.seen.add(unit_digest("long ago", str(i)))
    late = range(1, 4_001)
    counted = [fold(state, event(i, RNG, candidate=i % 2 > 0), PHASES).counted for i in late]
    assert counted.count("evidence") == sum(state.concurrent.units) - 1 > 300
    assert counted.count("thinned") > 3_000
    assert counted.count("repeat") < 400


def test_a_changed_label_is_compared_with_the_label_before() -> None:
    state, rng, signals = fresh(), np.random.default_rng(6), []
    for i in range(3000):
        seen = event(i, rng, stamp=None, bundle_id="v1" if i < 1500 else "v2")
        if i >= 1500:
            seen.values[INDEX["output_tokens"]] *= 2
        signals += fold(state, seen, {}).signals
    assert {s.kind for s in signals} == {"watch"}
    before, after = ([s for s in signals if s.subject == v] for v in ("v1", "v2"))
    assert max(reading(s, "output_tokens").display for s in before if s.readings) < 2
    assert reading(after[-1], "output_tokens").display > 4


def test_a_rollout_watches_its_baseline() -> None:
    state = fresh()
    _, signals = run(state, traffic(2000), PHASES)
    assert {s.subject for s in signals if s.kind == "watch"} == {"old"}
    assert set(state.watches) == {"old"}


def test_a_quiet_watch_shows_itself_soon_and_then_more_and_more_seldom() -> None:
    _, signals = run(fresh(), traffic(1600, weight=0, stamp=None, at=1000), {})
    assert {signal.kind for signal in signals} == {"watch"}
    counts = [signal.units.candidate for signal in signals if signal.reason == "units"]
    assert counts[0] == 50
    assert 4 <= len(counts) <= 6
    assert all(later >= 2 * one for one, later in pairwise(counts))
