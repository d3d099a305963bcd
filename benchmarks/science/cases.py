"""The changes of the table "detectors alone": known baseline, known size, what River is given."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from benchmarks.science.answers import embeddings
from benchmarks.science.case import Case, Draw, drawn, mixed, moved_share, same, shifted
from benchmarks.science.oracle import Ratios
from detectors.evidence.standing import categories, flag, shift, tail

__all__ = ["cases"]

Floats = NDArray[np.float64]
Rng = np.random.Generator

SIGMA, SIGMA_LATENCY = 0.7, 0.48
TAIL, EXCESS = 0.10, 0.385
"""Share of the requests in Pareto's tail, and the mean of their excess in logarithms."""
TOOLS = np.array([0.40, 0.25, 0.15, 0.10, 0.06, 0.04])


def cases() -> list[Case]:
    """Return them in the table's order."""
    return [
        _coin("refusal .02 -> .06", 0.02, 0.06, (154, 233, 321), 1.1),
        _coin("refusal .02 -> .04", 0.02, 0.04, (368, 648, 929), 1.1),
        _coin("rate .30 -> .40", 0.30, 0.40, (172, 269, 373), 1.12),
        _longer("length +10 %", 1.1, 565),
        _longer("length +20 %", 1.2, 200),
        _longer("length +40 %", 1.4, 68),
        _tools("tool mix, TV .10", 0.10, 158),
        _tools("tool mix, TV .20", 0.20, 55),
        _slower(),
        _tail(),
        *embeddings(),
    ]


def _coin(name: str, p: float, q: float, optima: tuple[float, float, float], times: float) -> Case:
    heads, tails = np.log(q / p), np.log((1 - q) / (1 - p))

    def flags(rate: float) -> Draw:
        return lambda rng, n: (rng.random(n) < rate).astype(float)

    def ratios(rate: float) -> Ratios:
        return lambda rng, n: tails + (heads - tails) * (rng.random(n) < rate)

    return Case(
        name, flags(p), same(flags(q)), (ratios(p), ratios(q)),
        lambda n: flag(p, shape=(n,)), lambda x: x,
        dict(zip((1e4, 1e5, 1e6), optima, strict=True)), times, 1500, binary=True,
    )  # fmt: skip


def _normal(mean: float) -> Draw:
    return lambda rng, n: rng.normal(mean, 1.0, n)


def _longer(name: str, factor: float, optimum: float) -> Case:
    d = np.log(factor) / SIGMA
    return Case(
        name, _normal(0.0), same(_normal(d)), shifted(d), lambda n: shift(shape=(n,)),
        lambda z: 200.0 * np.exp(SIGMA * z), {1e5: optimum}, 1.1, 1500,
    )  # fmt: skip


def _milliseconds(z: Floats) -> Floats:
    return 800.0 * np.exp(SIGMA_LATENCY * z)


def _above(z: Floats) -> Floats:
    share: Floats = ndtr(-z)
    return share


def _slower() -> Case:
    d = np.log(1.3) / SIGMA_LATENCY
    return Case(
        "latency x 1.3", _normal(0.0), same(_normal(d)), shifted(d),
        lambda n: tail(_above, (n,)), _milliseconds, {1e5: 54}, 1.3, 500,
    )  # fmt: skip


def _tail() -> Case:
    """Return the case whose slowest tenth is slower: p95 by 30 %, the rest as it was.

    The tail is Pareto's: its excess in logarithms is exponential, and the change stretches it.
    """
    stretch = 1.0 + np.log(1.3) / (EXCESS * np.log(TAIL / 0.05))

    def draw(power: float) -> Draw:
        def drawn(rng: Rng, n: int) -> Floats:
            above = rng.random(n)
            within = TAIL * (above / TAIL) ** power
            score: Floats = -ndtri(np.where(above < TAIL, within, above))
            return score

        return drawn

    def ratio(z: Floats) -> Floats:
        within = np.minimum(_above(z) / TAIL, 1.0)
        tilted = (1.0 / stretch - 1.0) * np.log(within) - np.log(stretch)
        return np.where(within < 1.0, tilted, 0.0)

    was, is_now = draw(1.0), draw(stretch)
    return Case(
        "latency, tail only: p95 +30 %", was, same(is_now),
        (lambda rng, n: ratio(was(rng, n)), lambda rng, n: ratio(is_now(rng, n))),
        lambda n: tail(_above, (n,)), _tailed, {1e5: 227}, 1.5, 500,
    )  # fmt: skip


def _tailed(z: Floats) -> Floats:
    """Return milliseconds with Pareto's tail."""
    within = np.minimum(_above(z) / TAIL, 1.0)
    body = _milliseconds(np.minimum(z, ndtri(1.0 - TAIL)))
    slow: Floats = body * within**-EXCESS
    return slow


def _tools(name: str, distance: float, optimum: float) -> Case:
    changed = moved_share(TOOLS, distance, 2)
    return Case(
        name, drawn(TOOLS), same(drawn(changed)), mixed(TOOLS, changed),
        lambda n: categories(TOOLS, (n,)), lambda row: row.argmax(axis=-1).astype(float),
        {1e5: optimum}, 1.4, 500, costly=5,
    )  # fmt: skip
