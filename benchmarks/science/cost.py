"""What the fold costs: CPU of a candidate unit, of the style of an answer, bytes of state."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.science.kinds import Kind
from benchmarks.science.lanes import phase
from benchmarks.science.rows import Row
from benchmarks.science.tenant import Served
from detectors.features.stylometry import style
from detectors.monitor import dumps, fold
from simulation.draws import Draws
from simulation.texts import Texts

__all__ = ["rows"]

CONTROLS = {0.05: 19, 0.25: 3, 0.5: 1}
UNIT_US, STYLE_US, STATE_KB = 40, 30, 64
CALM = Kind("no change", harmful=False)


def rows(quick: bool) -> list[Row]:
    """Return CPU time and state of the fold: of 24 metrics, and with embeddings and a judge."""
    events = 4_000 if quick else 40_000
    found: list[Row] = []
    for weight, controls in CONTROLS.items():
        found.append(_fold(weight, controls, events, embedded=False)[0])
        found += _fold(weight, controls, events, embedded=True)
    found.append(_style(200 if quick else 2_000))
    return found


def _fold(weight: float, controls: int, events: int, *, embedded: bool) -> list[Row]:
    """Return the row of CPU time and the row of state; `embedded`: and one unit in five judged."""
    phases = {"phase": phase({"tenant": 2}, weight, controls)}
    served = Served("tenant", phases, [7, controls], None, CALM, judged=0.2 * embedded)
    records = [seen for _ in range(events // 500 + 4) for seen in served.records()]
    if not embedded:
        for seen in records:
            seen.static = None
    warm, records = records[:2_000], records[2_000:]
    for seen in warm:
        fold(served.state, seen, phases)
    begun = time.process_time()
    for seen in records:
        fold(served.state, seen, phases)
    units = sum(not seen.outcome for seen in records)
    each = (time.process_time() - begun) * 1e6 / units
    monitors = served.state.concurrent
    compared = 0 if monitors is None else int(monitors.active().sum())
    print(f"cost: {weight:.0%}, {compared} metrics: {each:.1f} us a unit", flush=True)
    size = len(dumps(served.state)) / 1024
    more = "256-d embeddings and one outcome in five too; " if embedded else ""
    return [
        Row("cost", f"fold of a unit, {compared} metrics, canary {weight:.0%}", round(each, 1),
            "" if embedded else f"<= {UNIT_US}", None if embedded else each <= UNIT_US,
            "us CPU a unit of either arm",
            note=f"{more}watch included; {each / weight:.0f} us a candidate unit with its controls; "
            "this machine"),
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
