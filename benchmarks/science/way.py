"""The whole way, blocks and units, against the second list of STATISTICS.md 6.

Everything is the product's own: the concurrent comparison, its signals, the score, the thresholds
of the policy. Only the rows come from `simulation.streams`, whose truth is known.
"""

import time
from collections.abc import Iterable

from benchmarks.science import way_calm, way_null, way_power, way_still
from benchmarks.science.rows import Row

__all__ = ["PIECES", "rows"]

PIECES = {
    piece.__name__: piece
    for piece in (
        way_still.stationary, way_null.sticky, way_null.at_margin, way_null.ever,
        way_power.hurt_fleet, way_power.alone, way_calm.calm,
    )
}  # fmt: skip
"""By name, so that each can be measured in a process of its own."""


def rows(quick: bool, pieces: Iterable[str] = PIECES) -> list[Row]:
    """Return the figures of the whole way.

    Args:
        quick: A hundredth of the stationary fleet and a tenth of the runs, in minutes of a core.
        pieces: Which of them.
    """
    found: list[Row] = []
    for name in pieces:
        begun = time.monotonic()
        found += PIECES[name](quick)
        print(f"way: {name} in {time.monotonic() - begun:.0f} s", flush=True)
    return found
