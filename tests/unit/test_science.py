"""The table of `make science`: every part gives rows, and what is missed is said."""

import importlib
import inspect
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from benchmarks.report import write
from benchmarks.science import alone
from benchmarks.science.__main__ import summary, table
from benchmarks.science.cases import cases
from benchmarks.science.oracle import known_change
from benchmarks.science.parts import PARTS, PLOTS, TASKS
from benchmarks.science.paths import flags, log10_w
from benchmarks.science.rivers import Found, quickest
from benchmarks.science.rows import Row
from benchmarks.science.runs import delays, overshoot
from benchmarks.science.way import PIECES

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "science"
MET = Row("way", "a", 3.0, "<= 4", met=True, unit="units", oracle=2.5, river=12_345.6)
MISSED = Row("way", "b", None, "<= 4", met=False)
SHOWN = Row("way", "c", 1.0)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_gives_rows_and_takes_quick(name: str) -> None:
    rows = importlib.import_module(f"benchmarks.science.{name}").rows
    quick, *more = inspect.signature(rows).parameters.values()
    assert quick.name == "quick"
    assert all(one.default is not one.empty for one in more)


def test_every_piece_of_a_part_is_a_task() -> None:
    pieces = [task for task in TASKS if task.startswith("way.")]
    assert sorted(pieces) == sorted(f"way.{name}" for name in PIECES)
    assert {task.split(".")[0] for task in TASKS} == {*PARTS, PLOTS} - {"refusals", "cost"}


def test_what_is_missed_is_named() -> None:
    assert summary([MET, MISSED, SHOWN], 61.2) == "1 of 2 targets met in 61 s; missed: b"
    assert summary([MET, SHOWN], 5.0) == "1 of 1 targets met in 5 s"
    printed = Console(width=120, record=True, file=io.StringIO())
    printed.print(table("T", [MET, MISSED, SHOWN]))
    text = printed.export_text()
    assert re.search(r"a .*3 units.*<= 4.*yes.*2\.5.*12,346", text)
    assert re.search(r"b .*MISSED", text)


def test_rows_are_written_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write(path, "one", [MET])
    write(path, "two", [SHOWN])
    results = json.loads(path.read_text())["results"]
    assert results["one"][0]["river"] == 12_345.6
    assert results["two"][0]["case"] == "c"


def test_the_oracle_stands_at_the_mean_run_it_is_asked_for() -> None:
    # Siegmund's approximation for a shift d: (exp(x) - x - 1) / (d^2 / 2), x = d (h + 1.166).
    d, mean_run = 1.0, 1e5

    def ratios(mean: float):
        return lambda rng, n: rng.normal(mean, d, n)

    oracle = known_change(ratios(-d * d / 2), ratios(d * d / 2), mean_run, 8_000)
    assert oracle.mean_run == pytest.approx(mean_run, rel=0.1)
    x = np.log(mean_run * d * d / 2)
    assert oracle.at_once == pytest.approx((x - 1) / (d * d / 2), rel=0.05)
    assert oracle.late < oracle.at_once


def test_a_case_alone_is_measured_beside_the_oracle_and_river() -> None:
    case = next(case for case in cases() if case.name == "latency x 1.3")
    (row,) = alone._rows(case, alone._Effort(200, 4_000, 2, 300, slow=0))
    assert row.part == "alone"
    assert row.ours is not None
    assert row.oracle is not None
    assert row.oracle == pytest.approx(54, rel=0.1)
    assert row.oracle < row.ours < 1.6 * row.oracle
    assert row.met == (row.ours <= 1.3 * row.oracle)
    assert "PageHinkley" in row.note


def test_a_higher_threshold_is_reached_later_and_none_is_reached_for_nothing() -> None:
    case = cases()[0]
    low, high = delays(case, [1e3, 1e5], 200)
    assert 0 < low.mean < high.mean
    assert low.early > high.early
    assert high.missed == 0
    assert 1.0 <= overshoot(case, 100.0, 200) < 2.0


def test_a_gate_is_quick_calm_and_sees_nearly_all() -> None:
    calm = Found("calm", 90.0, 0.0, 0.5)
    loud, blind = Found("loud", 10.0, 0.0, 330.0), Found("blind", 20.0, 0.9, 0.0)
    assert quickest([loud, blind, calm]) is calm
    assert quickest([loud, blind]) is None


def test_evidence_grows_where_something_changed() -> None:
    rng = np.random.default_rng(0)
    quiet = log10_w(flags(1.0, margin=True), 50, 300, rng)
    changed = log10_w(flags(5.0, margin=True), 50, 300, rng)
    assert quiet.max() < 2
    assert np.median(changed[-1]) > 4


@pytest.mark.parametrize("name", ["delay", "paths", "power"])
def test_pictures_are_small_and_say_the_same_on_every_run(name: str) -> None:
    text = (PICTURES / f"{name}.svg").read_text()
    assert len(text) < 80_000
    assert "<dc:date>" not in text
    assert "fill: #ffffff" in text  # readable on a dark page
