import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from detectors.compare.baseline import Watch
from detectors.compare.cells import CELLS, WARM, Past
from detectors.compare.watch_bets import BETS, flag_gain, shift_gain
from detectors.compare.watch_readings import readings
from detectors.compare.watch_state import dumps, loads
from detectors.metrics import CATALOGUE, SIZE

shifts = st.floats(-4, 4)
counts = st.lists(st.integers(1, 500), min_size=CELLS, max_size=CELLS)
cells = st.one_of(st.none(), st.floats(0.0, 1e4), st.integers(0, 1).map(float))
stream = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.lists(cells, min_size=4, max_size=4)),
    min_size=40,
    max_size=90,
)
SHOWN = [0, 11, 13, 14]
NO_BAND = np.zeros(1), np.zeros(1)


def values(row: list[float | None]) -> np.ndarray:
    unit = np.full(SIZE, np.nan)
    for metric, value in zip(SHOWN, row, strict=True):
        if value is not None:
            unit[metric] = value if CATALOGUE[metric].kind == "continuous" else float(value > 0.5)
    return unit


@given(counts, shifts)
def test_bets_on_cells_are_fair(counted: list[int], drawn: float) -> None:
    high = (np.cumsum(counted) / np.sum(counted))[:, None]
    low = np.concatenate([[[0.0]], high[:-1]])
    e = np.exp(shift_gain(low, high, np.array([drawn]), NO_BAND))
    assert (high - low)[:, 0] @ e[:, 0] == pytest.approx(1.0, abs=1e-9)


@given(counts, shifts, st.floats(-1.5, 0), st.floats(0, 1.5), st.floats(0, 1))
def test_no_bet_on_cells_gains_while_the_shift_is_within_the_band(
    counted: list[int], drawn: float, least: float, most: float, where: float
) -> None:
    high = (np.cumsum(counted) / np.sum(counted))[:, None]
    low = np.concatenate([[[0.0]], high[:-1]])
    e = np.exp(shift_gain(low, high, np.array([drawn]), (np.array([least]), np.array([most]))))
    z = ndtri(np.clip(np.concatenate([low[:, 0], [1.0]]), 0.0, 1.0))
    chance = np.diff(ndtr(z - (least + where * (most - least))))
    assert (chance @ e[:, 0]).max() <= 1.0 + 1e-7


@given(st.floats(0.002, 0.9), st.floats(-0.3, 0.3), st.floats(0.3, 1), st.floats(0, 1))
def test_no_bet_on_flags_gains_while_the_rate_is_within_the_band(
    rate: float, drawn: float, narrow: float, where: float
) -> None:
    seen, u = 1e6, ((np.arange(500) + 0.5) / 500)[:, None]
    band = np.full(u.shape, rate * narrow), np.full(u.shape, 1.0 - (1.0 - rate) * narrow)
    now, mean = float(band[0][0, 0] + where * (band[1] - band[0])[0, 0]), np.zeros(BETS)
    for flag, chance in ((True, now), (False, 1.0 - now)):
        ones, met = np.full(u.shape, rate * seen), np.full(u.shape, seen)
        gain = flag_gain(np.full(u.shape, flag), ones, met, np.array([drawn]), u, band)
        mean += chance * np.exp(gain).mean(axis=(0, 1))
    assert mean.max() <= 1.002


@given(st.integers(31, 300), st.floats(0, 1), st.floats(-1, 1))
def test_bets_on_flags_are_all_but_fair_whatever_the_rate(
    n: int, share: float, drawn: float
) -> None:
    """Of n + 1 flags in random order, `ones` of them 1, any is the newest with the same chance."""
    ones = round(share * (n + 1))
    u = ((np.arange(500) + 0.5) / 500)[:, None]
    mean = np.zeros(BETS)
    for flag, chance in ((True, ones / (n + 1)), (False, 1 - ones / (n + 1))):
        if chance > 0.0:
            past = np.full_like(u, ones - flag)
            met = np.full_like(u, n)
            rates = ((past + 0.5) / (met + 1.0),) * 2
            gain = flag_gain(np.full(u.shape, flag), past, met, np.array([drawn]), u, rates)
            mean += chance * np.exp(gain).mean(axis=(0, 1))
    fixed = mean[:-1]
    assert fixed.max() <= 1.06
    assert fixed.min() >= 0.9


def test_placing_is_uniform_after_any_warm_up() -> None:
    """The urn: P(cell j) = (2 + n_j) / (32 + n) exactly, so smoothed ranks are uniform."""
    rng = np.random.default_rng(9)
    row = np.array([11])
    ranks: list[float] = []
    for _ in range(300):
        past = Past()
        past.own()
        for _ in range(WARM):
            past.learn(11, float(rng.exponential()))
        for _ in range(20):
            values = rng.exponential(size=(2, 1))
            low, high = past.place(row, values, np.array([True]))
            ranks += (low + rng.random((2, 1)) * (high - low))[:, 0].tolist()
    edges = np.linspace(0, 1, 21)
    counted = np.histogram(ranks, edges)[0]
    expected = len(ranks) / 20
    assert ((counted - expected) ** 2 / expected).sum() < 50.0


@given(stream, st.integers(0, 90))
@settings(deadline=None, max_examples=25)
def test_a_restart_changes_nothing(units: list[tuple[str, list[float | None]]], cut: int) -> None:
    whole, parts = Watch("w"), Watch("w")
    for i, (stratum, row) in enumerate(units):
        whole.step(stratum, values(row), i * 600_000)
        if i == cut:
            parts = loads(dumps(parts))
        parts.step(stratum, values(row), i * 600_000)
    assert dumps(parts) == dumps(whole)
    assert readings(parts) == readings(whole)


def test_the_watch_is_as_seldom_wrong_as_it_says() -> None:
    """P(ever W >= 1/a) <= a, started on 31 values, with no rate or shape known."""
    rng = np.random.default_rng(10)
    runs, ever = 100, {0.5: 0, 1.0: 0, 2.0: 0}
    continuous, flag = 0, 14
    best = np.zeros((runs, 2))
    for run in range(runs):
        watch = Watch(f"run{run}")
        rate = rng.choice([0.01, 0.1, 0.5])
        for i in range(400):
            unit = np.full(SIZE, np.nan)
            unit[continuous], unit[flag] = rng.lognormal(5, 1), float(rng.random() < rate)
            watch.step("ask", unit, 0)
            if i % 8 == 7:
                best[run] = np.maximum(best[run], watch.evidence()[[continuous, flag]])
    for decade in ever:
        passed = (best >= decade).mean()
        assert passed <= 10**-decade + 3 * np.sqrt(10**-decade / (2 * runs))
