"""Three pictures for docs/science, each with one message; the same bytes on every run."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.science.cases import cases
from benchmarks.science.oracle import known_change
from benchmarks.science.paths import Bets, flags, lengths, log10_w, units_to
from benchmarks.science.rivers import defaults
from benchmarks.science.runs import delays, overshoot

__all__ = ["draw"]

OURS, BEST, OTHER, QUIET = "#0b5394", "#38761d", "#b45f06", "#9e9e9e"
STYLE = {
    "svg.hashsalt": "holdfast",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "legend.frameon": False,
}
RUNS = (1e4, 1e5, 1e6, 1e7)


def draw(folder: Path) -> None:
    """Write delay.svg, paths.svg and power.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for name, figure in (("delay", _delay()), ("paths", _paths()), ("power", _power())):
            figure.tight_layout()
            metadata = {"Date": None, "Creator": None}
            path = folder / f"{name}.svg"
            figure.savefig(path, format="svg", facecolor="white", metadata=metadata)
            print(f"  {path}", flush=True)


def _delay() -> Figure:
    """Delay against the mean run: ours runs along the optimum, ADWIN's default far above."""
    case = cases()[0]
    factor = overshoot(case, 1e3, 1_000)
    ours = delays(case, [run / factor for run in RUNS], 4_000)
    best = [known_change(*case.ratios, run, 20_000).late for run in RUNS]
    adwin = defaults(case, 40, 6_000)[0]
    figure = Figure(figsize=(7, 4))
    ax = figure.subplots()
    ax.axhline(adwin.delay, color=OTHER, linestyle="--", label="ADWIN, River's defaults")
    ax.plot(RUNS, [each.mean for each in ours], "o-", color=OURS, label="Holdfast")
    ax.plot(RUNS, best, "s:", color=BEST, label="best possible: CUSUM that knows the change")
    ax.set(
        xscale="log", xlabel="mean events between false alarms", ylabel="events to the alarm",
        title="Refusals .02 to .06: a few per cent from the best possible", ylim=(0, None),
    )  # fmt: skip
    ax.legend(loc="center left", bbox_to_anchor=(0.0, 0.78))
    return figure


def _paths() -> Figure:
    """Evidence of tenants that nothing happened to, and of tenants whose refusals tripled."""
    streams, blocks, step = 20, 1_000, 25
    figure = Figure(figsize=(7, 4))
    ax = figure.subplots()
    shown = ((1.0, QUIET, "no change"), (3.0, OURS, "refusal odds x 3"))
    for seed, (odds, color, label) in enumerate(shown):
        said = log10_w(flags(odds, margin=False), streams, blocks, np.random.default_rng(seed))
        thinned = np.vstack([np.zeros(streams), said[step - 1 :: step]])
        units = np.arange(len(thinned)) * step * 2
        for i, path in enumerate(np.clip(thinned, -1.5, 8.0).round(2).T):
            name = f"{label}: {streams} tenants" if i == 0 else None
            ax.plot(units, path, color=color, linewidth=0.8, alpha=0.7, label=name)
    for level, what in ((2, "10² : by chance 1 tenant in 100"), (4, "10⁴"), (6, "10⁶")):
        ax.axhline(level, color="black", linewidth=0.8, linestyle="--")
        ax.text(1_990, level + 0.1, what, ha="right")
    ax.set(
        xlim=(0, 2_000), ylim=(-1.5, 8), xlabel="candidate units, at a weight of 10 %",
        ylabel="log10 of the evidence W", title="Evidence grows where something changed, only there",
    )  # fmt: skip
    legend = ax.legend(loc="upper left", facecolor="white", framealpha=1.0, frameon=True)
    legend.get_frame().set_linewidth(0.0)
    return figure


def _power() -> Figure:
    """Units to evidence of 10^4 by size of the effect, without and with the margin."""
    figure = Figure(figsize=(8, 4))
    left, right = figure.subplots(1, 2, sharey=True)
    odds = (1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0)
    factors = (1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0)
    _panel(left, odds, flags, 1.5)
    left.set(xlabel="refusal odds, from a rate of .02", ylabel="candidate units to W = 10⁴")
    _panel(right, factors, lengths, 1.25)
    right.set(xlabel="length, times the baseline's")
    left.legend(loc="upper right")
    figure.suptitle("A margin is dear near itself")
    return figure


def _panel(
    ax: Axes, sizes: tuple[float, ...], kind: Callable[[float, bool], Bets], margin: float
) -> None:
    for marked, color, label in (
        (False, BEST, "different (shown)"),
        (True, OURS, "worse than the margin (acts)"),
    ):
        reached = [size for size in sizes if not marked or size > margin * 1.05]
        units = []
        for i, size in enumerate(reached):
            units.append(
                units_to(kind(size, marked), 4.0, 200, 60_000, np.random.default_rng([3, i]))
            )
        ax.plot(reached, units, "o-", color=color, label=label)
    ax.axvline(margin, color="black", linewidth=0.8, linestyle="--")
    ax.text(margin, 0.02, " margin", transform=ax.get_xaxis_transform())
    ax.set(yscale="log", xlim=(1.0, None))
