"""The parts of `make science`, measured side by side in processes of their own."""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.science.rows import Row

__all__ = ["PARTS", "PLOTS", "measured"]

PARTS = {
    "alone": "Detectors alone: a known baseline, events from the change to the alarm",
    "way": "The whole way: blocks, units, fleets",
    "regressions": "Regressions: candidate units until somebody is told",
    "real": "Real outputs: re-runs never alarm, graded changes do",
    "causes": "Attribution: whose doing a movement is",
    "refusals": "Refusals: rules against labels made by people",
    "cost": "Cost: the fold, a unit at a time",
}
PLOTS = "plots"
TASKS = (
    "way.hurt_fleet", "way.calm", "regressions", "alone", "way.alone", "causes", PLOTS,
    "way.stationary", "way.ever", "way.sticky", "way.at_margin", "real",
)  # fmt: skip
"""Parts, or pieces of them, from the longest to the shortest: none is long in coming at the end.
The parts that are not here measure time."""
PROCESSES = 4


def measured(names: list[str], quick: bool, plots: Path) -> Iterator[tuple[str, list[Row]]]:
    """Yield each part with its rows: side by side, then what measures time or takes all cores."""
    beside = set(names) - (set() if quick else {"regressions"})
    wanted = [task for task in TASKS if task.split(".")[0] in beside]
    tasks = {name: [task for task in wanted if task.split(".")[0] == name] for name in names}
    with ProcessPoolExecutor(
        min(PROCESSES, os.cpu_count() or 1),
        multiprocessing.get_context("spawn"),  # a fork takes the threads of libraries along
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    ) as pool:
        try:
            made = {task: pool.submit(_measure, task, quick, plots) for task in wanted}
            for name in names:
                if tasks[name]:
                    yield name, [row for task in tasks[name] for row in made[task].result()]
        finally:  # by Ctrl-C too
            for process in multiprocessing.active_children():
                process.terminate()
    for name in names:
        if not tasks[name]:
            yield name, _measure(name, quick, plots)


def _measure(task: str, quick: bool, plots: Path) -> list[Row]:
    name, _, piece = task.partition(".")
    module = importlib.import_module(f"benchmarks.science.{name}")
    if name == PLOTS:
        module.draw(plots)
        return []
    found: list[Row] = module.rows(quick, [piece]) if piece else module.rows(quick)
    return found
