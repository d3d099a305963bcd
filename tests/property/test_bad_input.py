"""Bad input, item by item: what comes of it, and that no monitor goes deaf without a word.

docs/bad-input.md has the same as a table.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from detectors.attribution import attribute
from detectors.compare.blocks import BLOCK_MS
from detectors.concurrent import STRATA
from detectors.features.categories import categories
from detectors.features.observe import observe_outcome
from detectors.metrics import INDEX
from detectors.monitor import Seen, TenantAgent, dumps, fold, fresh
from schemas import Event, Outcome, Signal
from tests.tenant_world import event, phase, traffic

PHASES = {"p1": phase()}
LENGTH, LATENCY, PRESENCE = INDEX["output_tokens"], INDEX["latency_ms"], INDEX["presence"]
DAY_MS = 86_400_000
NOW = datetime(2027, 1, 1, tzinfo=UTC)
KNOWN = 4.0
"""log10 evidence from which on a change counts as found."""
Change = Callable[[NDArray[np.float64]], None]


def longer(values: NDArray[np.float64]) -> None:
    values[LENGTH] *= 2


def folded(
    events: list[Seen], state: TenantAgent | None = None
) -> tuple[TenantAgent, list[Signal]]:
    state = state or fresh()
    found = [signal for seen in events for signal in fold(state, seen, PHASES).signals]
    return state, [signal for signal in found if signal.kind == "rollout"]


def evidence(state: TenantAgent, metric: int, kind: int = 0) -> float:
    assert state.concurrent is not None
    return float(np.log10(state.concurrent.wealth()[kind, metric]))


def compared(state: TenantAgent, metric: int) -> float:
    assert state.concurrent is not None
    return float(state.concurrent.count[metric])


def raw(**changes: Any) -> bytes:
    body = {
        "event_id": "e1", "occurred_at": "2027-01-01T00:00:00Z", "tenant_id": "acme",
        "agent_id": "care", "bundle_id": "old", "latency_ms": 800.0,
    }  # fmt: skip
    return json.dumps(body | changes).encode()


def spoilt(values: list[float], every: int, metric: int = LENGTH) -> list[Seen]:
    """Return traffic whose candidate is twice as long, with bad values in both arms."""
    events = traffic(3000, change=longer)
    for i in range(0, len(events), every):
        events[i].values[metric] = values[i // every % len(values)]
    return events


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e31, -1e300])
def test_what_is_not_finite_is_absent_and_counted_and_deafens_nothing(bad: float) -> None:
    state, signals = folded(spoilt([bad], every=7))
    assert evidence(state, LENGTH) >= KNOWN
    assert evidence(state, LENGTH, kind=2) >= KNOWN
    assert all(np.isfinite(r.display) for s in signals for r in s.readings)
    assert state.absent == (0 if np.isnan(bad) else 3000 // 7 + 1)
    assert state.rolling["old"][LENGTH].n < sum(seen.bundle_id == "old" for seen in traffic(3000))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_watch_does_not_go_deaf_either(bad: float) -> None:
    events = traffic(3000, weight=0.0, stamp=None)
    for i, seen in enumerate(events):
        if i > 2000:
            longer(seen.values)
        if i % 7 == 0:
            seen.values[LENGTH] = bad
    state = fresh()
    for seen in events:
        fold(state, seen, {})
    watch = state.watches["old"].watch
    assert watch.evidence()[LENGTH] >= KNOWN
    assert watch.drifts.detectors[LENGTH].page_hinkley >= 1


def test_an_embedding_that_is_not_finite_is_absent() -> None:
    rng = np.random.default_rng(0)
    events = traffic(3000)
    for i, seen in enumerate(events):
        seen.static, seen.embedder = rng.normal(size=64).astype(np.float32), "e"
        if seen.bundle_id == "new":
            seen.static[:8] += 1.0
        if i % 5 == 0:
            seen.static[i % 64] = (np.nan, np.inf, 1e30)[i // 5 % 3]
    state, _ = folded(events)
    assert evidence(state, INDEX["embedding_lean"]) >= KNOWN


MEANING = [INDEX[f"embedding_{name}"] for name in ("distance", "first", "second", "cluster")]


def embedded(
    number: int, which: Callable[[int, np.random.Generator], str | None], moved: int = 10**9
) -> TenantAgent:
    """Fold events whose vectors are of the embedder that `which` names; from `moved` on they move."""
    rng, state = np.random.default_rng(3), fresh()
    usual = {name: rng.normal(size=64) + 0.5 for name in "ab"}
    for i in range(number):
        name = which(i, rng)
        vector = None
        if name is not None:
            away = usual[name] * (0.2 if i >= moved else 1.0)
            vector = (away + rng.normal(size=64)).astype(np.float32)
        seen = event(i, rng, stamp=None, bundle_id="m", static=vector, embedder=name or "")
        fold(state, seen, {})
    return state


def meaning(state: TenantAgent) -> float:
    """Return log10 of the most evidence that embeddings have moved."""
    return float(state.watches["m"].watch.evidence()[MEANING].max())


def test_a_change_of_embedder_is_no_change_of_behaviour() -> None:
    state = embedded(3000, lambda i, _: "a" if i < 1500 else "b")
    assert meaning(state) < 1
    assert state.reference.static.embedder == "b"
    assert state.reference.left_out < 0.1


def test_after_a_change_of_embedder_the_new_one_sees() -> None:
    assert meaning(embedded(5000, lambda i, _: "a" if i < 1000 else "b", moved=3500)) >= KNOWN


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_two_embedders_mixed_blind_nobody(share: float) -> None:
    def mixed(_: int, rng: np.random.Generator) -> str:
        return "b" if rng.random() < share else "a"

    assert meaning(embedded(4000, mixed)) < 1
    state = embedded(6000, mixed, moved=3500)
    assert meaning(state) >= KNOWN
    assert state.reference.left_out == pytest.approx(min(share, 1 - share), abs=0.25)


def test_a_service_that_stops_sending_embeddings_is_seen_to() -> None:
    state = embedded(4000, lambda i, _: "a" if i < 2000 else None)
    assert state.reference.static.embedder == "a"
    said = {"event_id": "e", "occurred_at": "2026-01-01T00:00:00Z", "tenant_id": "t",
            "agent_id": "a", "bundle_id": "b", "output_tokens": 3}  # fmt: skip
    labels = [
        dict(categories(Event.model_validate(said | more), None))[PRESENCE]
        for more in ({"embedding": [1.0, 0.0]}, {})
    ]
    assert labels[0] == f"{labels[1]}, with embedding"


@pytest.mark.parametrize(
    "changes",
    [
        {"latency_ms": -1.0},
        {"output_tokens": -3},
        {"output_tokens": 10**9},
        {"cost_usd": 1e12},
        {"output": "a" * 1_000_001},
        {"embedding": [0.0] * 5000},
        {"turn": 10**9},
    ],
)
def test_the_contract_refuses_what_is_negative_or_absurd(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(changes))):
        Event.model_validate_json(raw(**changes))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_the_contract_refuses_numbers_that_are_not_finite(number: bytes) -> None:
    with pytest.raises(ValidationError, match="latency_ms"):
        Event.model_validate_json(raw().replace(b"800.0", number))


@pytest.mark.parametrize("bad", [-5.0, 0.0])
def test_a_negative_latency_that_came_through_is_the_fastest_and_no_more(bad: float) -> None:
    events = traffic(3000, change=lambda values: values.__setitem__(LATENCY, values[LATENCY] * 2))
    for seen in events[::20]:
        seen.values[LATENCY] = bad
    state, _ = folded(events)
    assert evidence(state, LATENCY, kind=2) >= KNOWN
    assert evidence(state, INDEX["latency_tail"]) >= 1.0


def test_a_score_below_zero_is_no_evidence() -> None:
    names = {"outcome_id": "o", "tenant_id": "t", "agent_id": "a", "unit_id": "u"}
    for value, scored in ((-3.0, False), (-1e-9, False), (0.0, True), (4.0, True)):
        message = Outcome(**names, name="judge_score", value=value, occurred_at=NOW)
        assert (observe_outcome(message) is not None) == scored


def test_absurd_lengths_count_as_long_and_no_more() -> None:
    """Ranks bound what one value can do; only the mean that is shown is drawn away by it."""
    quiet = traffic(3000)
    for seen in quiet[::50]:
        seen.values[LENGTH] = 1e8
    state, _ = folded(quiet)
    assert evidence(state, LENGTH) < 2
    state, _ = folded(spoilt([1e8, 1.0], every=50))
    assert evidence(state, LENGTH, kind=2) >= KNOWN


def test_a_metric_that_vanishes_from_both_arms_stands_still_and_the_others_go_on() -> None:
    events = traffic(4000, change=longer)
    for seen in events[2000:]:
        seen.values[LENGTH] = np.nan
    state, _ = folded(events[:2000])
    before, known = evidence(state, LENGTH), compared(state, LENGTH)
    state, _ = folded(events[2000:], state)
    assert compared(state, LENGTH) <= known + 20
    assert evidence(state, LENGTH) == pytest.approx(before, abs=1.5)
    assert compared(state, LATENCY) > 1.8 * known


def test_a_metric_that_vanishes_from_one_arm_is_a_change_of_its_presence() -> None:
    events = traffic(2000)
    for i, seen in enumerate(events):
        gone = i > 500 and seen.bundle_id == "new"
        seen.labels = [(PRESENCE, "without latency_ms" if gone else "everything")]
        if gone:
            seen.values[LATENCY] = np.nan
    state, signals = folded(events)
    assert evidence(state, PRESENCE) >= KNOWN
    said = next(r for r in signals[-1].readings if r.metric == "presence")
    assert "without latency_ms" in {share.label for share in said.shares}


def test_beyond_sixteen_strata_all_are_one_and_a_change_is_still_found() -> None:
    events = traffic(3000, change=longer)
    for i, seen in enumerate(events):
        seen.stratum = f"task-{i}|1"
    state, _ = folded(events)
    assert state.concurrent is not None
    assert len(state.concurrent.strata) == STRATA
    assert state.concurrent.strata[-1].name == "other"
    assert evidence(state, LENGTH) >= KNOWN
    assert len(dumps(state)) < 65_536


def test_a_unit_counts_once_though_it_has_twenty_thousand_events() -> None:
    rng = np.random.default_rng(3)
    seen = event(0, rng, candidate=True, unit_id="loop")
    state = fresh()
    counts: dict[str, int] = {}
    for i in range(20_000):
        seen.offset = i
        counted = fold(state, seen, PHASES).counted
        counts[counted] = counts.get(counted, 0) + 1
    assert counts == {"evidence": 1, "repeat": 19_999}
    assert len(dumps(state)) < 65_536
    state, _ = folded(traffic(2000, change=longer), state)
    assert evidence(state, LENGTH) >= KNOWN


def test_a_tenant_with_ten_events_a_day_is_compared_day_by_day() -> None:
    """A block waits for ten units, and for a day at most."""
    events = traffic(600, change=longer)
    for i, seen in enumerate(events):
        seen.at = i * DAY_MS // 10
    state, signals = folded(events)
    assert DAY_MS / 10 > BLOCK_MS
    assert state.concurrent is not None
    assert state.concurrent.count.max() > 80
    assert evidence(state, LENGTH) >= KNOWN
    assert signals[-1].units.candidate > 100


def test_a_candidate_without_control_is_a_lost_arm_and_no_evidence() -> None:
    events = [seen for seen in traffic(4000, change=longer) if seen.bundle_id == "new"][:200]
    state, signals = folded(events)
    assert state.concurrent is not None
    assert not state.concurrent.active().any()
    assert signals[-1].sample_ratio >= 3
    assert signals[-1].readings == []


def behind_a_cache(number: int, share: float, change: Change | None = None) -> list[Signal]:
    """Fold traffic of which a cache before the candidate answers this share of all events."""
    rng, events = np.random.default_rng(1), traffic(number, change=change)
    for seen in events:
        seen.evidence = seen.bundle_id != "new" or bool(rng.random() >= share)
    return folded(events)[1]


def test_a_cache_before_the_candidate_is_no_lost_arm() -> None:
    events = traffic(3000)
    said = behind_a_cache(3000, 0.7)[-1]
    assert said.sample_ratio < 1
    given = said.units.candidate + said.cached.candidate
    assert given == pytest.approx(sum(seen.bundle_id == "new" for seen in events), abs=60)
    assert (said.cached.baseline, said.context) == (0, [])


def test_what_a_cache_leaves_of_one_arm_is_other_work() -> None:
    said = behind_a_cache(3000, 0.7, longer)[-1]
    assert said.context[0].variable == "response_cache"
    assert said.context[0].baseline == "0%"
    told = attribute(said)
    assert (told.cause, told.contested) == ("input", True)
    assert "a cache answers 0% of the baseline arm's units and 7" in told.reasons[0]
    assert not attribute(behind_a_cache(3000, 0.05, longer)[-1]).contested


def test_a_unit_that_a_cache_answers_first_counts_once_among_its_arm() -> None:
    events = []
    for i, seen in enumerate(traffic(1000)):
        first = replace(seen, event_id=f"c{i}", values=seen.values.copy(), evidence=False)
        events += [first, seen, replace(first, event_id=f"d{i}")]
    state, signals = folded(events)
    assert state.concurrent is not None
    assert sum(state.concurrent.ratio.met) == pytest.approx(1000, abs=20)
    assert sum(state.concurrent.units) == pytest.approx(1000, abs=20)
    assert signals[-1].sample_ratio < 1


def test_arms_that_do_not_fit_their_bundles_are_not_counted() -> None:
    state = fresh()
    for seen in traffic(200, change=longer):
        seen.bundle_id = "old" if seen.bundle_id == "new" else "new"
        assert fold(state, seen, PHASES).counted == "not-issued"
    assert state.concurrent is None


def test_arms_swapped_with_their_bundles_are_seen_by_their_number() -> None:
    state, signals = folded(traffic(400, weight=0.75, change=longer))
    assert state.concurrent is not None
    assert signals[-1].sample_ratio >= 3
