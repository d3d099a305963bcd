"""The whole way, blocks and units, against the second list of STATISTICS.md 6.

Everything is the product's own: the concurrent comparison, its signals, the score, the thresholds
of the policy. Only the rows come from `simulation.streams`, whose truth is known.
"""

import time

from benchmarks.science import way_calm, way_null, way_power, way_still
from benchmarks.science.rows import Row

__all__ = ["rows"]


def rows(quick: bool) -> list[Row]:
    """Return every figure of the whole way.

    Args:
        quick: A hundredth of the stationary fleet and a tenth of the runs, in about two minutes.
    """
    found: list[Row] = []
    for part in (
        way_still.stationary, way_null.sticky, way_null.at_margin, way_null.ever,
        way_power.hurt_fleet, way_power.alone, way_calm.calm,
    ):  # fmt: skip
        begun = time.monotonic()
        found += part(quick)
        print(f"way: {part.__name__} in {time.monotonic() - begun:.0f} s", flush=True)
    return found
