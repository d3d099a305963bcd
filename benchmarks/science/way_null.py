"""How quiet: sessions and margins at which nothing may happen, and how often W is ever 1/a."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.science.lanes import phase, rows_of
from benchmarks.science.rows import Row
from benchmarks.science.way_still import EVENT_SECONDS
from detectors.compare.units import unit_digest
from detectors.concurrent import Concurrent, begin
from detectors.metrics import CATALOGUE
from detectors.references import NO_HAND, Reference
from detectors.tenants import blend, by_component
from simulation.streams import COLUMNS, Nuisance, Shift, Stream
from simulation.visits import visits

__all__ = ["at_margin", "ever", "sticky"]

Floats = NDArray[np.float64]

CONTROLS = {0.05: 19, 0.25: 3}
HARMS = np.array([metric.harmful is not None for metric in CATALOGUE])
KNOWN = np.array([m.name in {c.name for c in COLUMNS} or m.kind == "tail" for m in CATALOGUE])
TAILED = {metric.source for metric in CATALOGUE}
ONE = {"tenant": 2}


def _most(monitors: Concurrent, most: Floats) -> float:
    """Raise `most`, [kind, metric], to what W is; return the tenant's own, the three kinds' most."""
    now = monitors.wealth()
    np.maximum(most, now, out=most)
    own = blend(by_component(np.log(now.T), monitors.active()), np.ones(4))
    return float(np.exp(own.max()))


def sticky(quick: bool) -> list[Row]:
    """Count runs of sticky sessions with returning users in which evidence comes of nothing."""
    runs, sessions = (10, 1000) if quick else (200, 4000)
    found = []
    for alike in (0.3, 0.6):
        for weight in (0.05, 0.25):
            tops, naive = np.zeros((2, runs))
            singles = []
            for run in range(runs):
                tops[run], each = _session_run([run, int(alike * 10)], sessions, alike, weight)
                singles.append(each)
            for run in range(min(runs, 20)):
                naive[run], _ = _session_run(
                    [run, int(alike * 10)], sessions, alike, weight, units=False
                )
            case = f"sessions of 5 turns, correlation {alike}, canary {weight:.0%}"
            print(f"way: {case}: most {tops.max():.3g}", flush=True)
            loud, silent = float((tops >= 100).mean()), int((tops >= 1e4).sum())
            share = float((np.array(singles) >= 100).mean())
            noise = float((naive[: min(runs, 20)] >= 1e4).mean())
            found += [
                Row("way", f"{case}: runs that pass 10^4", silent, "0", silent == 0,
                    f"of {runs} runs", note="of the tenant's evidence; a tenth of sessions are of "
                    f"users who return; counting events, {noise:.0%} of runs pass 10^4"),
                Row("way", f"{case}: runs that pass 100", loud, "<= .01", loud <= 0.01,
                    "share of runs", note=f"single monitors: {share:.4f}"),
            ]  # fmt: skip
    return found


def _session_run(
    seed: list[int], sessions: int, alike: float, weight: float, *, units: bool = True
) -> tuple[float, Floats]:
    """Return the most that a tenant's evidence and each monitor's came to.

    Args:
        seed: Of the run.
        sessions: How many.
        alike: Intraclass correlation.
        weight: Of the canary.
        units: Whether units are counted, as the product does; False: every event.
    """
    rng = np.random.default_rng([*seed, 1])
    came = visits(rng, sessions, returning=0.1)
    arm = rng.random(int(came.unit.max()) + 1) < weight
    candidate = arm[came.unit]
    stream = Stream(seed, Nuisance(mix=1.0, cycle=1.0, correlation=alike), strata=1)
    values, _ = stream.rows(candidate, np.arange(len(candidate)) * 60.0, unit=came.unit)
    rows, monitors = rows_of(values), begin(str(seed), phase(ONE, weight, CONTROLS[weight]), {})
    strata = [monitors.stratum(f"chat|{turns}") for turns in ("1", "2-3", "4+")]
    classes = np.digitize(came.turn, [2, 4]).tolist()
    reference, own, most = Reference(), 1.0, np.ones((3, len(CATALOGUE)))
    for i, (unit, side) in enumerate(zip(came.unit.tolist(), candidate.tolist(), strict=True)):
        if units and not monitors.seen.add(unit_digest(str(unit))):
            continue
        if monitors.add(0, strata[classes[i]], rows[i], side, reference, NO_HAND):
            own = max(own, _most(monitors, most))
    return own, most[:, monitors.active()]


def at_margin(quick: bool) -> list[Row]:
    """Count runs at exactly the margin, variance doubled, in which action evidence passes 100."""
    runs, units = (10, 4000) if quick else (200, 20_000)
    shift = _margins()
    found = []
    for weight in (0.05, 0.25):
        tops, singles = np.ones(runs), []
        for run in range(runs):
            stream = Stream([run, 77], Nuisance(mix=1.0, cycle=1.0))
            tops[run], most = _plain_run(stream, units, weight, shift, acts=True)
            singles.append(most[2, HARMS & KNOWN])
        share, each = float((tops >= 100).mean()), float((np.array(singles) >= 100).mean())
        print(f"way: at the margin, canary {weight:.0%}: {share}", flush=True)
        found.append(
            Row("way", f"at the margin, variance doubled, canary {weight:.0%}: runs that pass 100",
                share, "<= .01", share <= 0.01, "share of runs",
                note=f"{runs} runs of {units:,} units, every harmful metric at its margin at once; "
                f"single monitors: {each:.4f}")
        )  # fmt: skip
    return found


def _margins(wider: float = 2.0) -> Shift:
    """Return what is exactly at every margin, variances times `wider`.

    Latency and cost keep their variance: the margins of their tails are of the 95th percentile.
    """
    known, sizes, flags = {column.name for column in COLUMNS}, {}, {}
    for metric in CATALOGUE:
        if metric.name in known and metric.kind == "continuous":
            sizes[metric.name] = 1 / metric.margin if metric.harmful == "down" else metric.margin
        elif metric.name in known:
            flags[metric.name] = metric.margin
    spread = {name: float(np.sqrt(wider)) for name in sizes if name not in TAILED}
    return Shift(factor=sizes, odds=flags, spread=spread)


def _plain_run(
    stream: Stream, units: int, weight: float, shift: Shift, *, acts: bool
) -> tuple[float, Floats]:
    candidate = stream.arms(units, weight)
    values, strata = stream.rows(candidate, np.arange(units) * EVENT_SECONDS, shift)
    rows, monitors = rows_of(values), begin("run", phase(ONE, weight, CONTROLS[weight]), {})
    for i in range(2):
        monitors.stratum(str(i))
    reference, own, most = Reference(), 1.0, np.ones((3, len(CATALOGUE)))
    for row, side, stratum in zip(rows, candidate.tolist(), strata.tolist(), strict=True):
        if monitors.add(0, stratum, row, side, reference, NO_HAND):
            now = monitors.wealth()
            np.maximum(most, now, out=most)
            kind = 2 if acts else 0
            parts = by_component(np.log(now.T), monitors.active())[:, kind : kind + 1]
            own = max(own, float(np.exp(blend(parts, np.ones(4)))[0]))
    return own, most


def ever(quick: bool) -> list[Row]:
    """Return how often W of a monitor is ever 1/a: under no change, and action at the margin."""
    runs, units = (60, 4000) if quick else (3000, 6000)
    tops: list[Floats] = []
    for run in range(runs):
        weight = (0.05, 0.25)[run % 2]
        nuisance = Nuisance(mix=1.0, cycle=1.0)
        _, most = _plain_run(Stream([run, 5], nuisance), units, weight, Shift(), acts=False)
        edge = _margins(wider=1.0)
        _, worst = _plain_run(Stream([run, 6], nuisance), units, weight, edge, acts=True)
        tops.append(np.stack([*most[:2], worst[2]]))
        if run % 500 == 499:
            print(f"way: ever, {run + 1} of {runs} runs", flush=True)
    found = []
    for kind, name in enumerate(("display", "pause", "action")):
        every = np.array(tops)[:, kind, KNOWN & (HARMS | (kind == 0))]
        for a in (0.1, 0.01, 0.001):
            share = float((every >= 1 / a).mean())
            error = float(np.sqrt(a * (1 - a) / every.size))
            found.append(
                Row("way", f"P(ever W >= {1 / a:.0f}), {name}", share, f"<= {a}",
                    share <= a + 2 * error, "share of monitors",
                    note=f"{every.size:,} monitors x {units:,} units; two standard "
                    f"errors are {2 * error:.5f}")
            )  # fmt: skip
    return found
