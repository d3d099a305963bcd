"""Another embedder has taken over: what the one before has measured is no past of what comes."""

from typing import Final

import numpy as np

from detectors.metrics import INDEX
from detectors.state import TenantAgent

__all__ = ["begin_anew"]

_ROWS: Final = tuple(
    [INDEX[name] for name in names]
    for names in (
        ("embedding_distance", "embedding_first", "embedding_second", "embedding_cluster",
         "embedding_lean"),
        ("transformer_distance", "transformer_lean"),
    )
)  # fmt: skip
"""What is measured by the vectors of each tier, static and transformer."""


def begin_anew(state: TenantAgent, before: tuple[int, int]) -> None:
    """Have everything learn the metrics of an embedder anew; evidence that there was stays.

    Args:
        state: Of the (tenant, agent).
        before: Changes of embedder so far, of each tier.
    """
    for rows, then, now in zip(_ROWS, before, state.reference.changes, strict=True):
        if then != now:
            _forget(state, rows)


def _forget(state: TenantAgent, rows: list[int]) -> None:
    waiting = []
    for watched in state.watches.values():
        watch = watched.watch
        watch.levels.forget(rows)
        for past in watch.pasts.values():
            past.forget(rows)
        waiting += [unit for units in watch.waiting.values() for unit in units]
    if state.concurrent is not None:
        blocks = [stratum.block for stratum in state.concurrent.strata]
        waiting += [unit for block in blocks if block is not None for unit in block.values]
    for unit in waiting:
        unit[rows] = np.nan
