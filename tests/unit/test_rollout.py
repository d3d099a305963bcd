import zlib
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from detectors.errors import StateError
from detectors.evidence.fleet import MOST, fleet
from detectors.metrics import CATALOGUE, INDEX
from detectors.rollout import ROLLOUTS, WATCHES, AgentScores, dumps, fold, loads
from detectors.scoring import spend, tenant_thresholds
from detectors.tenants import ACTED, LN10, blend
from schemas import Alert, MonitorReading, Policy, Signal, Tier, Units
from schemas.signal import Component

POLICY = Policy()


def signal(
    tenant: str = "acme",
    sequence: int = 1,
    evidence: Mapping[str, float] | None = None,
    *,
    at: int = 0,
    subject: str = "r1",
    kind: str = "rollout",
    ratio: float = 0.0,
    units: int = 100,
) -> Signal:
    """Log10 evidence of some metrics, the same of all three kinds; all others say 0."""
    evidence = evidence or {}
    count = Units(baseline=units, candidate=units)
    readings = [
        MonitorReading(
            metric=m.name,
            component=m.component,
            harmful=m.harmful,
            display=evidence.get(m.name, 0.0),
            pause=evidence.get(m.name, 0.0) if m.harmful else 0.0,
            action=evidence.get(m.name, 0.0) if m.harmful else 0.0,
            units=count,
        )
        for m in CATALOGUE
    ]
    return Signal.model_validate(
        {
            "signal_id": f"{subject}/{tenant}/{sequence}",
            "kind": kind,
            "tenant_id": tenant,
            "agent_id": "desk",
            "subject": subject,
            "sequence": sequence,
            "reason": "band",
            "at": at,
            "partition": 0,
            "offset": sequence,
            "units": count,
            "sample_ratio": ratio,
            "readings": readings,
        }
    )


def test_what_a_cache_has_answered_is_told_of_each_tenant_and_of_all() -> None:
    state, alerts = AgentScores(), list[Alert]()
    for tenant in ("t0", "t1"):
        said = signal(tenant=tenant).model_copy(update={"cached": Units(baseline=3, candidate=4)})
        alerts = fold(loads(dumps(state)), said, POLICY, {}, every=True)
        fold(state, said, POLICY, {})
    assert [alert.cached.candidate for alert in alerts] == [4, 8]


def of(alerts: list[Alert], scope: str) -> Alert | None:
    return next((alert for alert in alerts if alert.scope == scope), None)


def test_the_score_is_the_mean_over_components_of_the_mean_over_monitors() -> None:
    alerts = fold(AgentScores(), signal(evidence={"refused": 5.0}), POLICY, {})
    tenant = of(alerts, "tenant")
    assert tenant is not None
    weight = CATALOGUE[INDEX["refused"]].weight
    members = sum(m.weight for m in CATALOGUE if m.component == "E")
    everyone = sum(m.weight for m in CATALOGUE if m.harmful is not None)
    component = (weight * 1e5 + members - weight) / members
    own = (component + 3) / 4
    fleet = (weight * np.exp(MOST[1]) + everyone - weight) / everyone
    assert tenant.components["E"].action == pytest.approx(np.log10(component) / 6 * 100, abs=0.1)
    assert tenant.components["T"].action == pytest.approx(np.log10(fleet) / 6 * 100, abs=6)
    blended = (component + 3 + min(fleet, own)) / 5
    expected = (np.log10(blended) - np.log10(np.pi**2 / 6)) / 6 * 100
    assert tenant.scores.action == pytest.approx(expected, abs=2.0)
    assert [reading.metric for reading in tenant.moved] == ["refused"]


def test_a_metric_without_a_harmful_direction_is_shown_and_does_not_act() -> None:
    alerts = fold(AgentScores(), signal(evidence={"style_warmth": 9.0}), POLICY, {})
    tenant = of(alerts, "tenant")
    assert tenant is not None
    assert tenant.scores.display == 100.0
    assert tenant.scores.pause == tenant.scores.action == 0.0


def _fleet_action(bets: list[float]) -> float:
    state, found = AgentScores(), 0.0
    for i in range(12):
        said = signal(f"t{i}", evidence={"refused": 0.3})
        readings = [
            reading.model_copy(update={"bets": bets}) if reading.metric == "refused" else reading
            for reading in said.readings
        ]
        alerts = fold(state, said.model_copy(update={"readings": readings}), POLICY, {}, every=True)
        fleet = of(alerts, "fleet")
        assert fleet is not None
        found = fleet.scores.action
    return found


def test_the_bet_that_fits_the_whole_fleet_counts_for_the_fleet() -> None:
    alike = [np.log10(10**0.3)] * 4
    one_fits = [np.log10(4 * 10**0.3 - 3 * 0.5), *[np.log10(0.5)] * 3]
    assert np.mean(np.power(10.0, one_fits)) == pytest.approx(10**0.3)
    assert _fleet_action([]) == pytest.approx(_fleet_action(alike)), "without bets: the mean"
    assert _fleet_action(one_fits) > _fleet_action(alike) + 20.0


def test_weights_of_the_policy_count() -> None:
    only_latency = Policy(weights={"A": 0.0, "E": 0.0, "R": 0.0, "T": 0.0})
    quiet = fold(AgentScores(), signal(evidence={"refused": 9.0}), only_latency, {})
    assert of(quiet, "tenant") is None
    assert all(alert.scores.action == 0.0 for alert in quiet)
    loud = fold(AgentScores(), signal(evidence={"latency_ms": 9.0}), only_latency, {})
    tenant = of(loud, "tenant")
    assert tenant is not None
    assert tenant.scores.action == 100.0


def test_every_retry_spends_more() -> None:
    totals = []
    for retry in (1, 2, 10):
        alerts = fold(AgentScores(), signal(evidence={"refused": 5.0}), POLICY, {}, retry)
        totals.append(next(a.scores.action for a in alerts if a.scope == "tenant"))
    assert totals[0] - totals[1] == pytest.approx(np.log10(4) / 6 * 100, abs=0.01)
    assert totals[0] - totals[2] == pytest.approx(np.log10(100) / 6 * 100, abs=0.01)
    assert sum(np.exp(-spend(j)) for j in range(1, 100_000)) == pytest.approx(1.0, abs=1e-4)


def test_a_score_latches_on_crossing_and_clears_lower() -> None:
    state, told = AgentScores(), []
    for sequence, level in enumerate([0.0, 6.3, 6.25, 6.2, 5.5, 6.2, 4.0], start=1):
        alerts = fold(state, signal(sequence=sequence, evidence={"refused": level}), POLICY, {})
        told.append(of(alerts, "tenant"))
    assert told[0] is None
    assert told[1] is not None
    assert told[1].scores.action >= POLICY.revert["gold"]
    assert told[2] is None, "nothing new"
    assert told[3] is None, "a little lower, still latched"
    latched = state.subjects["rollout", "r1"].criers[0].latched
    assert told[6] is not None
    assert latched == [False, False, False]


def test_the_tier_sets_the_threshold() -> None:
    tiers: dict[Tier, bool] = {"platinum": True, "free": False}
    for tier, expected in tiers.items():
        state = AgentScores()
        fold(state, signal(evidence={"refused": 5.6}), POLICY, {"acme": tier})
        assert state.subjects["rollout", "r1"].criers[0].latched[2] is expected


def test_a_tier_that_a_policy_does_not_name_has_the_usual_threshold() -> None:
    named = Policy(revert={"gold": 90.0})
    told = [float(tenant_thresholds(named, tier)[2]) for tier in ("platinum", "gold", "free")]
    assert told == [Policy().revert["platinum"], 90.0, Policy().revert["free"]]


def test_lost_units_are_told_at_once_and_once() -> None:
    state = AgentScores()
    assert of(fold(state, signal(sequence=1, ratio=2.9), POLICY, {}), "tenant") is None
    alert = of(fold(state, signal(sequence=2, ratio=3.1), POLICY, {}), "tenant")
    assert alert is not None
    assert alert.sample_ratio == pytest.approx(3.1, abs=0.01)
    assert of(fold(state, signal(sequence=3, ratio=3.2), POLICY, {}), "tenant") is None


def test_what_hurts_others_convicts_nobody_who_is_well() -> None:
    state = AgentScores()
    alerts: list[Alert] = []
    for i in range(40):
        level = {"refused": 7.0} if i < 12 else {"refused": -0.3}
        alerts += fold(state, signal(f"t{i}", evidence=level, at=i * 2000), POLICY, {})
    fleet = [alert for alert in alerts if alert.scope == "fleet"][-1]
    assert fleet.scores.action == 100.0
    assert fleet.breadth.tenants == 40
    assert fleet.breadth.selected == [f"t{i}" for i in range(12)]
    assert all(a.tenant_id in fleet.breadth.selected for a in alerts if a.scope == "tenant")


def _fleet(broken: int, others: int, level: float, metrics: int) -> Alert:
    """Of tenants of whom `metrics` metrics are known, of the component of failed tools first."""
    state, alerts = AgentScores(), list[Alert]()
    known = sorted(CATALOGUE, key=lambda m: (m.name != "tool_failed", m.component != "E"))[:metrics]
    names = {metric.name for metric in known}
    for i in range(broken + others):
        said = signal(f"t{i}", evidence={"tool_failed": level if i < broken else -0.1})
        readings = [one for one in said.readings if one.metric in names]
        said = said.model_copy(update={"readings": readings})
        alerts += fold(state, said, POLICY, {}, every=True)
    return [alert for alert in alerts if alert.scope == "fleet"][-1]


@pytest.mark.parametrize("metrics", [1, 5, len(CATALOGUE)])
@pytest.mark.parametrize("others", [1, 4, 9, 199])
def test_one_tenant_is_not_a_fleet_however_loud(others: int, metrics: int) -> None:
    alert = _fleet(1, others, 300.0, metrics)
    assert alert.breadth.selected == ["t0"]
    assert alert.scores.pause < POLICY.pause_fleet
    assert alert.scores.action < POLICY.halt_fleet
    assert alert.scores.display == 100.0, "shown it is"


@pytest.mark.parametrize(("broken", "others"), [(3, 7), (4, 36), (6, 194)])
def test_some_tenants_are(broken: int, others: int) -> None:
    alert = _fleet(broken, others, 5.0, len(CATALOGUE))
    assert alert.scores.action == POLICY.halt_fleet
    assert alert.scores.pause >= POLICY.pause_fleet


def test_a_fleet_sees_what_no_tenant_shows() -> None:
    state = AgentScores()
    alerts: list[Alert] = []
    for i in range(60):
        alerts += fold(state, signal(f"t{i}", evidence={"latency_ms": 0.4}, at=i), POLICY, {})
    assert {alert.scope for alert in alerts} == {"fleet"}
    assert alerts[-1].scores.pause >= POLICY.pause_fleet
    assert alerts[-1].moved[0].metric == "latency_ms"


def test_waves_hear_of_progress_once_a_second() -> None:
    state, fleets = AgentScores(), []
    for i in range(30):
        alerts = fold(state, signal("acme", i + 1, at=i * 100 + 5000, units=i), POLICY, {})
        fleets += [alert for alert in alerts if alert.scope == "fleet"]
    assert [alert.at for alert in fleets] == [5000, 6000, 7000]
    assert fleets[-1].units_by_tenant == {"acme": Units(baseline=20, candidate=20)}
    assert [alert.sequence for alert in fleets] == [1, 2, 3]


def test_a_watch_shows_and_never_acts() -> None:
    state = AgentScores()
    alerts = fold(
        state, signal(evidence={"output_tokens": 9.0}, kind="watch", subject="gpt-4"), POLICY, {}
    )
    assert {alert.scope for alert in alerts} == {"tenant", "fleet"}
    for alert in alerts:
        assert alert.kind == "watch"
        assert alert.scores.display == 100.0
        assert alert.scores.pause == alert.scores.action == 0.0


def test_only_the_latest_subjects_are_kept() -> None:
    state = AgentScores()
    for i in range(WATCHES + 4):
        fold(state, signal(subject=f"r{i}", at=i), POLICY, {})
        fold(state, signal(subject=f"b{i}", kind="watch", at=i), POLICY, {})
    kinds = [kind for kind, _ in state.subjects]
    assert kinds.count("rollout") == ROLLOUTS
    assert kinds.count("watch") == WATCHES
    late = signal(subject="r0", sequence=9, evidence={"refused": 9.0}, at=0)
    assert fold(state, late, POLICY, {}) == []
    assert ("rollout", "r0") not in state.subjects


def test_ids_are_a_function_of_what_is_told_of() -> None:
    first, again = (
        fold(AgentScores(), signal(evidence={"error": 8.0}), POLICY, {}) for _ in range(2)
    )
    assert first == again
    other = fold(AgentScores(), signal("other", evidence={"error": 8.0}), POLICY, {})
    assert len({alert.alert_id for alert in first + other}) == 3, "fleet ids name the subject"


@pytest.mark.parametrize("damage", [b"", b"no", b"\x00" * 40])
def test_a_damaged_state_says_so(damage: bytes) -> None:
    with pytest.raises(StateError, match="replay its topic"):
        loads(damage)


def test_a_state_of_another_version_says_which() -> None:
    raw = zlib.compress(msgspec.msgpack.encode([4, []]))
    with pytest.raises(StateError, match="version 4, this is 3"):
        loads(raw)


def test_a_state_with_the_evidence_in_rows_is_read() -> None:
    noise, state = np.random.default_rng(1), AgentScores()
    for i in range(40):
        some = dict(zip(INDEX, noise.normal(0, 1, len(INDEX)), strict=True))
        fold(state, signal(f"t{i}", evidence=some, ratio=i / 16), POLICY, {})
    subject = state.subjects["rollout", "r1"]
    tenants = subject.tenants
    rows = []
    for name, row in tenants.index.items():
        metrics = np.flatnonzero(tenants.present[row])
        units, cached = tenants.units[row], tenants.cached[row]
        crier, voice = subject.criers[row], subject.voices[row]
        bets = tenants.bets[row, metrics][ACTED[metrics]]
        rows.append([
            name, tenants.sequence[row], (units.baseline, units.candidate),
            float(tenants.ratio[row] / LN10), crier, metrics.astype(np.uint8).tobytes(),
            (tenants.log_w[row, metrics] / LN10).astype("<f2").tobytes(), voice,
            (bets / LN10).astype("<f2").tobytes(), (cached.baseline, cached.candidate),
        ])  # fmt: skip
    old = [2, [["rollout", "r1", subject.at, subject.told_at, subject.fleet, rows]]]
    assert dumps(loads(zlib.compress(msgspec.msgpack.encode(old)))) == dumps(state)


def test_of_thousands_all_that_a_signal_changes_is_summed_anew() -> None:
    noise, state = np.random.default_rng(1), AgentScores()
    several = range(1, 1_100)
    for turn in (1, 2):
        for i in several:
            evidence = dict(zip(INDEX, noise.normal(-0.3, 0.3, 4), strict=False))
            fold(state, signal(f"t{i}", turn, evidence), POLICY, {})
    tenants = state.subjects["rollout", "r1"].tenants
    product, present = tenants.fleet()
    n = len(several)
    expected = fleet(np.minimum(tenants.log_w[:n, :, :2], (np.inf, MOST[0])).transpose(1, 2, 0))
    np.testing.assert_allclose(product[:4, :2], expected[:4], rtol=1e-5, atol=1e-4)
    assert present.tolist() == tenants.present[:n].any(axis=0).tolist()
    weights = np.array([1.0, 2.0, 3.0, 0.0])
    for chosen in (weights, np.ones(4)):
        np.testing.assert_array_equal(tenants.blended(chosen), blend(tenants.own[:n], chosen))
    again = loads(dumps(state)).subjects["rollout", "r1"].tenants
    np.testing.assert_array_equal(again.fleet()[0], product)


def test_a_reading_of_a_newer_catalogue_is_left_out() -> None:
    component: Component = "E"
    new = MonitorReading(metric="from_2030", component=component, display=9.0)
    given = signal().model_copy(update={"readings": [new]})
    assert all(a.scores.display == 0.0 for a in fold(AgentScores(), given, POLICY, {}))


def test_a_big_fleet_stays_small() -> None:
    state = AgentScores()
    noise = np.random.default_rng(1)
    for i in range(200):
        evidence = dict(zip(INDEX, noise.normal(-0.3, 0.3, len(INDEX)), strict=True))
        fold(state, signal(f"t{i}", evidence=evidence), POLICY, {})
    assert len(dumps(state)) < 200 * 200


def test_a_clock_that_was_ahead_keeps_neither_progress_nor_a_new_rollout() -> None:
    state, day = AgentScores(), 86_400_000
    for turn in range(2):
        for name in ("r1", "r2"):
            fold(state, signal(sequence=turn + 1, at=turn * day, subject=name), POLICY, {})
    told = [
        of(fold(state, signal(sequence=turn, at=turn * 2_000, subject="r2"), POLICY, {}), "fleet")
        for turn in range(3, 8)
    ]
    assert all(told[1:]), "the waves wait for it"
    assert fold(state, signal(at=20_000, subject="r3"), POLICY, {})
