"""Kernels of a block against the same bets in numpy, and against the bets as they are defined."""

from math import comb

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.compare.blocks import compare, shuffled
from detectors.compare.shares import MOST, Shares
from detectors.evidence.bets import action_gain, odds_gain, rank_gain
from detectors.evidence.tilts import tilt_gain
from detectors.features.categories import ABSENT, OTHER
from detectors.layout import (
    ACTION,
    AIMS,
    BETS,
    BINARY,
    CATEGORICAL,
    CONTINUOUS,
    DISPLAY,
    DOWN,
    TAIL_SOURCES,
    TAILS,
    UP,
    Plan,
    plan,
)
from detectors.metrics import INDEX, SIZE
from detectors.movement import MOVES
from detectors.strata import CONTRARY, IDLE, MOST_ACTING, MOST_LEAN, Stratum

Floats = NDArray[np.float64]
TALLY = len(TAILS)
sides = st.tuples(st.integers(2, 20), st.integers(1, 19)).filter(lambda x: x[1] < x[0])


def block(seed: int, n: int, absent: float, tied: bool) -> Floats:
    rng = np.random.default_rng(seed)
    values = rng.lognormal(0, 1, (n, SIZE))
    values = np.round(values) if tied else values
    values[:, BINARY] = rng.random((n, len(BINARY))) < 0.3
    values[rng.random(values.shape) < absent] = np.nan
    values[:, rng.random(SIZE) < absent / 2] = np.nan
    return values


def arms(seed: int, n: int, n1: int) -> Floats:
    candidate = np.zeros(n)
    candidate[np.random.default_rng(seed).permutation(n)[:n1]] = 1.0
    return candidate


def compared(values: Floats, candidate: Floats, plan: Plan, cuts: Floats) -> tuple[Floats, Floats]:
    """Return gain and totals of a shuffled block."""
    source, gain = values[:, TAIL_SOURCES], np.zeros((SIZE, BETS))
    values[:, TAILS] = (source > cuts) + 0.0 * (source + cuts)
    known = np.stack([values == values, np.nan_to_num(values), np.nan_to_num(values) ** 2])
    totals = np.stack([1.0 - candidate, candidate]) @ known
    n1, n = totals[0, 1].astype(int), totals[0].sum(axis=0).astype(int)
    far = candidate @ (source > plan.tails * cuts)
    for row, metric in enumerate(BINARY):
        missed, hits = totals[1, :, metric]
        for bets, first, tail in (
            (slice(0, 4), 0, False),
            (slice(4, 8), 6, row >= len(BINARY) - TALLY),
        ):
            own = far[row - len(BINARY)] if tail else hits
            margin = plan.against[row, int(first > 0)]
            bet_on = tuple(plan.odds[row, bets].tolist())
            gains = odds_gain(
                np.array(int(own)),
                np.array(int(missed + own)),
                n1[metric],
                n[metric],
                bet_on,
                margin,
            )
            gain[metric, first : first + 4] = gains * (plan.slopes[row, bets] != 0.0)
    ranked = np.argsort(values[:, CONTINUOUS], axis=0, kind="stable")
    gain[CONTINUOUS, DISPLAY] = rank_gain(candidate[ranked].T, n1[CONTINUOUS], n[CONTINUOUS])
    gains = action_gain(worse(values[:, [*UP, *DOWN]], candidate, plan).T)
    gain[UP, 6:9], gain[DOWN, 9:12] = gains[: len(UP)], gains[len(UP) :]
    return gain, totals


def worse(acting: Floats, candidate: Floats, plan: Plan) -> Floats:
    """Return 2r/m - 1 of each unit of the rarer arm, [unit, column]."""
    few = candidate if 2 * candidate.sum() <= len(candidate) else 1.0 - candidate
    rare, common = np.flatnonzero(few), np.flatnonzero(few == 0)
    common = common[: len(rare) * plan.controls]
    group = np.arange(len(common)) % len(rare)
    ours, theirs = (rare[group], common) if few is candidate else (common, rare[group])
    signs = np.sign(acting[ours] * plan.own - acting[theirs] * plan.other)
    member = (group == np.arange(len(rare))[:, None]).astype(float)
    return (member @ np.nan_to_num(signs)) / np.maximum(member @ (signs == signs), 1.0)


@given(
    st.integers(0, 999), sides, st.sampled_from([0.0, 0.1, 0.7, 1.0]), st.booleans(),
    st.sampled_from([1, 3, 19]), st.lists(st.sampled_from([np.nan, 0.5, 2.0, 4.0]), min_size=TALLY, max_size=TALLY),
)  # fmt: skip
@settings(deadline=None)
def test_a_block_is_compared_as_numpy_compares_it(
    seed: int, size: tuple[int, int], absent: float, tied: bool, controls: int, cuts: list[float]
) -> None:
    values, candidate = block(seed, size[0], absent, tied), arms(seed, *size)
    margins = {
        "latency_ms": 1.4,
        "refused": 2.5,
        "latency_tail": 1.1,
        "error": 1e-40,
        "truncated": 1e40,
    }
    margins = margins if seed % 2 else {}
    chosen, order = plan(margins, controls), shuffled(size[0], str(seed))
    said = compare(values, candidate, chosen, np.array(cuts), str(seed))
    gain, totals = compared(values[order], candidate[order], chosen, np.array(cuts))
    # Of a margin of 1e-40, numpy's terms are as large as 1,750 before they cancel: 2e-13 apart.
    np.testing.assert_allclose(said.gain, gain, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(said.totals, totals, rtol=1e-12)


@given(st.integers(0, 999), sides)
@settings(deadline=None, max_examples=50)
def test_successes_gain_what_the_bet_on_odds_is_worth(seed: int, size: tuple[int, int]) -> None:
    values, candidate = block(seed, size[0], 0.0, tied=False), arms(seed, *size)
    said = compare(values, candidate, plan({}, 19), np.full(TALLY, np.nan), "seed")
    metric = INDEX["error"]
    hits = np.array([values[candidate == arm, metric].sum() for arm in (0, 1)], int)
    expected = odds_gain(hits[1], hits.sum(), np.array(size[1]), np.array(size[0]), (1 / 3, 3.0))
    np.testing.assert_allclose(said.gain[metric, [0, 3]], expected, atol=1e-12)


@given(st.integers(0, 999), sides)
@settings(deadline=None, max_examples=50)
def test_a_tilted_bet_is_the_elementary_symmetric_polynomial(
    seed: int, size: tuple[int, int]
) -> None:
    (n, n1), candidate = size, arms(seed, *size)
    tilts = np.round(np.random.default_rng(seed).normal(size=(n, 2, 3)), 1)
    symmetric = np.zeros((n1 + 1, 2, 3))
    symmetric[0] = 1.0
    for weight in np.exp(tilts):
        symmetric[1:] += weight * symmetric[:-1].copy()
    expected = np.tensordot(candidate, tilts, 1) - np.log(symmetric[n1] / comb(n, n1))
    np.testing.assert_allclose(tilt_gain(tilts, candidate), expected, atol=1e-11)


def shares_learned(shares: Shares, codes: Floats, candidate: Floats) -> Floats:
    """Return the gain of a block, from what past blocks told."""
    gain = np.zeros((len(CATEGORICAL), 3))
    for metric, column in enumerate(np.where(np.isnan(codes), ABSENT, codes).T):
        counts = shares.counts.get(metric, {})
        if len(set(column)) == 1 or not counts:
            continue
        b, c, late_b, late_c = np.sum(list(counts.values()), axis=0)
        rest = counts.get(int(OTHER)) if len(counts) >= MOST - 1 else None
        tilts = []
        for value in column:
            met = counts.get(int(value), rest) or [0.0] * 4
            ever = tilt(met[0], met[1], b, c)
            tilts.append([ever, tilt(met[2], met[3], late_b, late_c), 0.5 * ever])
        gain[metric] = tilt_gain(np.array(tilts), candidate)
    return gain


def tilt(base: float, cand: float, bases: float, cands: float) -> float:
    share = (base + cand) / max(bases + cands, 1e-9)
    own, other = (cand + 5 * share) / (cands + 5), (base + 5 * share) / (bases + 5)
    return float(np.log(max(own, 1e-6) / max(other, 1e-6))) if share > 0 else 0.0


@given(st.integers(0, 999), st.lists(sides, min_size=2, max_size=12))
@settings(deadline=None, max_examples=50)
def test_categories_gain_and_teach_what_they_are_counted_for(
    seed: int, sizes: list[tuple[int, int]]
) -> None:
    rng, shares = np.random.default_rng(seed), Shares()
    met = np.zeros(2)
    for n, n1 in sizes:
        candidate = arms(seed, n, n1)
        kinds = np.array([1.0, 2.0, 3.0, 9.0, 30.0, 1.0])
        codes: Floats = 2.0 + np.floor(rng.random((n, len(kinds))) * kinds)
        codes = np.where(rng.random(codes.shape) < 0.05, np.nan, codes)
        codes[:, 5] = np.nan
        expected = shares_learned(shares, codes, candidate)
        units, gain = shares.compare(codes, candidate)
        np.testing.assert_allclose(gain, expected, atol=1e-12)
        met += (n - n1, n1)
        for k, counts in shares.counts.items():
            np.testing.assert_allclose(np.sum(list(counts.values()), axis=0)[:2], met)
            assert units[:, k].tolist() == ([n - n1, n1] if len(counts) > 1 else [0, 0])


def test_a_block_without_any_category_teaches_nothing() -> None:
    shares = Shares()
    units, gain = shares.compare(np.full((4, len(CATEGORICAL)), np.nan), arms(0, 4, 1))
    assert not units.any()
    assert not gain.any()
    assert not shares.counts


@given(st.integers(0, 999))
@settings(deadline=None, max_examples=50)
def test_a_stratum_weighs_a_block_by_past_blocks_alone(seed: int) -> None:
    rng, stratum = np.random.default_rng(seed), Stratum("task|1")
    for _ in range(4):
        gain, units = rng.normal(0, 2, (SIZE, BETS)), rng.integers(0, 9, (2, SIZE)).astype(float)
        expected = np.where(stratum.lean[:, None] * AIMS < -CONTRARY, 0.0, gain)
        expected[:, ACTION] = np.where(stratum.acting < -IDLE, 0.0, expected[:, ACTION])
        away = (gain[:, DISPLAY] * MOVES).sum(axis=1)
        lean = np.clip(stratum.lean + away, -MOST_LEAN, MOST_LEAN).astype(np.float32)
        acting = np.clip(stratum.acting + gain[:, ACTION], -MOST_ACTING, MOST_ACTING)
        moved = stratum.moved + away.astype(np.float32)
        compared = stratum.compared + units.min(axis=0).astype(np.float32)
        counted, shift = stratum.fold(gain.copy(), units)
        np.testing.assert_array_equal(counted, expected)
        np.testing.assert_allclose(shift, away, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(stratum.acting, acting.astype(np.float16))
        np.testing.assert_array_equal(stratum.compared, compared)
        np.testing.assert_allclose(stratum.lean, lean, rtol=1e-6)
        np.testing.assert_allclose(stratum.moved, moved, rtol=1e-6)


@given(st.integers(0, 999), sides, st.sampled_from([0.0, 0.5, 1.0]))
@settings(deadline=None, max_examples=50)
def test_cuts_move_towards_the_controls(seed: int, size: tuple[int, int], absent: float) -> None:
    stratum, candidate = Stratum("task|1"), arms(seed, *size)
    cuts, learnt = np.full(TALLY, np.nan), [0] * TALLY
    for again in range(3):
        values = block(seed + again, size[0], absent, tied=True)
        controls = values[:, TAIL_SOURCES][candidate == 0.0]
        for tail in range(TALLY):
            logs = np.log(controls[:, tail][controls[:, tail] > 0.0])
            if not len(logs):
                continue
            beyond = (logs > cuts[tail]).sum() - 0.05 * len(logs)
            step = max(0.02, 0.3 / max(learnt[tail], 1)) * beyond
            cuts[tail] = cuts[tail] + step if learnt[tail] else logs.max()
            learnt[tail] += 1
        stratum.learn_cuts(values, candidate)
        np.testing.assert_allclose(stratum.log_cuts, cuts, rtol=1e-12, atol=1e-14)
        assert stratum.learnt == learnt
