"""How soon: a version that hurts three tenants in ten, and one that hurts a single tenant."""

from collections.abc import Callable

import numpy as np

from benchmarks.science.lanes import Judge, Lane, phase
from benchmarks.science.rows import Row
from simulation.streams import NOTHING, Nuisance, Shift, Stream

__all__ = ["alone", "hurt_fleet"]

CANARY, CONTROLS = 0.05, 19
TENANTS = 50
HURT = 15
ROUND = 40
"""Units of each tenant between two looks at the next: two blocks."""
UNIT_MS = 500
"""A tenant's units come twice a second; ten seconds are one block."""
EVENT_COLUMNS = 20
PLAIN = Nuisance(tenants=0.0)
"""Refusals are at .02 and lengths at a sigma of .7 for everyone, as the targets assume."""


def _length(factor: float) -> Shift:
    return Shift(factor={"output_tokens": factor, "output_chars": factor})


def _refusals(odds: float) -> Shift:
    return Shift(odds={"refused": odds})


FLEET: tuple[tuple[str, str, Shift, int], ...] = (
    ("pause", "refusal odds x3", _refusals(3), 100),
    ("pause", "length +20 %", _length(1.2), 100),
    ("pause", "refusal odds x2", _refusals(2), 250),
    ("halt", "refusal odds x3", _refusals(3), 330),
    ("halt", "refusal odds x5", _refusals(5), 80),
    ("halt", "length +60 %", _length(1.6), 70),
)
ALONE: tuple[tuple[str, Shift, int], ...] = (
    ("refusal odds x5", _refusals(5), 480),
    ("length +60 %", _length(1.6), 340),
    ("total failure of a tool", Shift(rate={"tool_failed": 1.0}), 16),
)


def hurt_fleet(quick: bool) -> list[Row]:
    """Return candidate units a tenant until a version that hurts 30 % is paused or halted."""
    return [
        _row(f"hurts 30 % of {TENANTS} tenants, {what}: {done}", most, _runs(quick, one))
        for done, what, shift, most in FLEET
        for one in (_fleet_run(done, shift, 4 * most),)
    ]


def alone(quick: bool) -> list[Row]:
    """Return candidate units until one hurt tenant of ten has action evidence of 10^4."""
    return [
        _row(f"one tenant alone, {what}: action score 67", most, _runs(quick, one, 9))
        for what, shift, most in ALONE
        for one in (_alone_run(shift, 4 * most),)
    ]


def _runs(quick: bool, one: Callable[[int], float], few: int = 3) -> list[float]:
    return [one(run) for run in range(few if quick else 20)]


def _fleet_run(done: str, shift: Shift, limit: int) -> Callable[[int], float]:
    def run(seed: int) -> float:
        lanes, judge = _rollout(seed, TENANTS, HURT, shift)
        while lanes[0].candidates < limit:
            _round(lanes, judge)
            if judge.halted or (done == "pause" and judge.paused):
                return float(np.mean([lane.candidates for lane in lanes]))
        return np.inf

    return run


def _alone_run(shift: Shift, limit: int) -> Callable[[int], float]:
    def run(seed: int) -> float:
        lanes, judge = _rollout(seed + 1000, 10, 1, shift, columns=EVENT_COLUMNS + 3)
        while lanes[0].candidates < limit:
            _round(lanes, judge)
            if lanes[0].tenant_id in judge.reverted:
                return float(lanes[0].candidates)
        return np.inf

    return run


def _rollout(
    seed: int, tenants: int, hurt: int, shift: Shift, columns: int = EVENT_COLUMNS
) -> tuple[list[Lane], Judge]:
    names = [f"tenant-{i}" for i in range(tenants)]
    issued = phase(dict.fromkeys(names, 2), CANARY, CONTROLS)
    lanes = [
        Lane(
            name, issued, Stream([seed, i], PLAIN), shift if i < hurt else NOTHING,
            columns=columns, ms=UNIT_MS,
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    return lanes, Judge(dict.fromkeys(names, "gold"))


def _round(lanes: list[Lane], judge: Judge) -> None:
    for lane in lanes:
        for signal in lane.take(ROUND):
            judge.hear(signal)


def _row(case: str, most: int, needed: list[float]) -> Row:
    print(f"way: {case}: {np.median(needed):.0f}", flush=True)
    low, middle, high = np.quantile(needed, [0.1, 0.5, 0.9], method="nearest")
    return Row(
        "way", case, round(float(middle), 1), f"<= {most}", bool(middle <= most),
        "candidate units a tenant",
        note=f"median of {len(needed)} runs; a tenth need less than {low:.0f}, a tenth more than "
        f"{high:.0f}; canary 5 %",
    )  # fmt: skip
