from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.metrics import CATALOGUE, SIZE
from detectors.rollout import AgentScores, dumps, fold, loads
from detectors.tenants import ACTED, blend, by_component
from schemas import Alert, MonitorReading, Policy, Signal, Units

POLICY = Policy()
levels = st.floats(-3, 9)
fleets = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, SIZE - 1), levels), min_size=1, max_size=25
)


def signal(tenant: int, sequence: int, metric: int, level: float, at: int) -> Signal:
    m = CATALOGUE[metric]
    reading = MonitorReading(
        metric=m.name,
        component=m.component,
        harmful=m.harmful,
        display=level,
        pause=level,
        action=level,
        bets=[level - bet for bet in range(int(ACTED[metric].sum()))] if sequence % 2 else [],
        units=Units(baseline=9, candidate=9),
    )
    return Signal(
        signal_id=f"{tenant}-{sequence}",
        kind="rollout",
        tenant_id=f"t{tenant}",
        agent_id="desk",
        subject="r",
        sequence=sequence,
        reason="band",
        at=at,
        partition=0,
        offset=at,
        units=Units(baseline=9, candidate=9),
        readings=[reading],
    )


def signals(fleet: list[tuple[int, int, float]]) -> list[Signal]:
    return [signal(t, i + 1, m, level, 700 * i) for i, (t, m, level) in enumerate(fleet)]


@given(fleets, st.integers(0, 25))
@settings(deadline=None)
def test_a_restart_changes_nothing(fleet: list[tuple[int, int, float]], cut: int) -> None:
    stream = signals(fleet)
    whole, parts = AgentScores(), AgentScores()
    expected: list[Alert] = []
    got: list[Alert] = []
    for i, given_signal in enumerate(stream):
        expected += fold(whole, given_signal, POLICY, {})
        if i == cut:
            parts = loads(dumps(parts))
        got += fold(parts, given_signal, POLICY, {})
    assert got == expected
    assert dumps(parts) == dumps(whole)


@given(fleets)
@settings(deadline=None)
def test_a_repeat_changes_nothing_and_tells_nothing(fleet: list[tuple[int, int, float]]) -> None:
    state = AgentScores()
    for given_signal in signals(fleet):
        fold(state, given_signal, POLICY, {})
        before = dumps(state)
        assert fold(state, given_signal, POLICY, {}) == []
        assert dumps(state) == before


@given(st.data())
@settings(deadline=None)
def test_more_evidence_never_lowers_a_score(data: Any) -> None:
    evidence = data.draw(st.lists(levels, min_size=SIZE, max_size=SIZE))
    metric = data.draw(st.integers(0, SIZE - 1))
    more = data.draw(st.floats(0, 9))
    log_w = np.repeat(np.array(evidence)[:, None], 3, axis=1)
    present, weights = np.ones(SIZE, bool), np.ones(4)
    before = blend(by_component(log_w, present), weights)
    log_w[metric] += more
    after = blend(by_component(log_w, present), weights)
    assert (after >= before - 1e-12).all()


@given(fleets, st.integers(0, 5), st.floats(3, 9))
@settings(deadline=None)
def test_falling_evidence_lowers_the_fleet_again(
    fleet: list[tuple[int, int, float]], tenant: int, level: float
) -> None:
    state = AgentScores()
    stream = signals(fleet)
    for given_signal in stream:
        fold(state, given_signal, POLICY, {})
    subject = state.subjects["rollout", "r"]
    row = subject.tenants.index.get(f"t{tenant}")
    sequence = len(stream) + 1
    fold(state, signal(tenant, sequence, 14, level, 10**6), POLICY, {})
    high = subject.tenants.fleet()[0][14].copy()
    fold(state, signal(tenant, sequence + 1, 14, -1.0, 10**6), POLICY, {})
    low = subject.tenants.fleet()[0][14]
    assert (low < high).all()
    assert row is None or subject.tenants.sequence[row] == sequence + 1


def test_null_fleets_do_not_pass() -> None:
    """Tenants whose W are e-processes of nothing: how high the fleet's scores ever get."""
    rng = np.random.default_rng(7)
    bets = np.array([-0.5, -0.2, 0.2, 0.5])
    passed = 0
    for _ in range(60):
        log_e = np.zeros((12, 4))
        state = AgentScores()
        best = 0.0
        for step in range(1, 13):
            z = rng.normal(size=(12, 25, 1))
            log_e += (z * bets - bets**2 / 2).sum(axis=1)
            w = np.log10(np.exp(log_e).mean(axis=1))
            for tenant in range(12):
                alerts = fold(
                    state,
                    signal(tenant, step, 14, float(np.clip(w[tenant], -400, 400)), step * 1000),
                    POLICY,
                    {},
                )
                best = max([best, *(a.scores.action for a in alerts if a.scope == "fleet")])
        passed += best >= 100 / 6
    assert passed <= 60 * 0.1 + 6
