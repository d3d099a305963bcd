"""What the fold costs: CPU of a candidate unit, of the style of an answer, bytes of state."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.science.kinds import Kind
from benchmarks.science.lanes import phase
from benchmarks.science.rows import Row
from benchmarks.science.tenant import Served
from detectors.features.style import style
from detectors.monitor import dumps, fold
from simulation.draws import Draws
from simulation.texts import Texts

__all__ = ["rows"]

CONTROLS = {0.05: 19, 0.25: 3, 0.5: 1}
UNIT_US, STYLE_US, STATE_KB = 40, 30, 64
CALM = Kind("no change", harmful=False)


def rows(quick: bool) -> list[Row]:
    """Return CPU time and state of the fold with 24 metrics and a 256-d embedding a unit."""
    events = 4_000 if quick else 40_000
    found: list[Row] = []
    for weight, controls in CONTROLS.items():
        found += _fold(weight, controls, events)
    found.append(_style(200 if quick else 2_000))
    return found


def _fold(weight: float, controls: int, events: int) -> list[Row]:
    phases = {"phase": phase({"tenant": 2}, weight, controls)}
    served = Served("tenant", phases, [7, controls], None, CALM, judged=0.2)
    served.take(2_000)
    records = [seen for _ in range(events // 500) for seen in served.records()]
    begun = time.process_time()
    for seen in records:
        fold(served.state, seen, phases)
    each = (time.process_time() - begun) * 1e6 / events
    print(f"cost: {weight:.0%}: {each:.1f} us a unit", flush=True)
    monitors = served.state.concurrent
    compared = 0 if monitors is None else int(monitors.active().sum())
    size = len(dumps(served.state)) / 1024
    return [
        Row("cost", f"fold of a unit, canary {weight:.0%}", round(each, 1), f"<= {UNIT_US}",
            each <= UNIT_US, "us CPU a unit of either arm",
            note=f"{compared} metrics; {each / weight:.0f} us a candidate unit with its controls; "
            "watch and one outcome in five included; this machine"),
        Row("cost", f"state of a tenant and agent, canary {weight:.0%}", round(size, 1),
            f"<= {STATE_KB}", size <= STATE_KB, "KB", note=f"after {events + 2_000:,} units"),
    ]  # fmt: skip


def _style(texts: int) -> Row:
    draws, write = Draws(3), Texts(3)
    some = [write.answer("hedged", 1024, draws) for _ in range(texts)]
    each = min(_us(style, some) for _ in range(3)) / (float(np.mean([len(t) for t in some])) / 1024)
    print(f"cost: style, {each:.1f} us a KB", flush=True)
    return Row("cost", "style features of 1 KB", round(each, 1), f"<= {STYLE_US}",
               each <= STYLE_US, "us CPU a KB", note="42 numbers; this machine")  # fmt: skip


def _us(function: Callable[[str], object], inputs: list[str]) -> float:
    begun = time.process_time()
    for one in inputs:
        function(one)
    return (time.process_time() - begun) * 1e6 / len(inputs)
