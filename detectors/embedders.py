"""What the embedder in use says of an event, and what becomes of that when another takes over.

What the one before has measured is no past of what comes.
"""

from typing import Final

import numpy as np

from detectors.features.categories import CLUSTERS, cluster_label, code
from detectors.metrics import INDEX
from detectors.references import NO_HAND, Hand
from detectors.seen import Seen
from detectors.state import TenantAgent

__all__ = ["begin_anew", "measure", "unsettled"]

_NEAR, _FAR = INDEX["embedding_distance"], INDEX["transformer_distance"]
_FIRST, _SECOND = INDEX["embedding_first"], INDEX["embedding_second"]
_CLUSTER = INDEX["embedding_cluster"]
_CLUSTERS = [(int(code(label)), label) for label in map(cluster_label, range(CLUSTERS))]
_ROWS: Final = tuple(
    [INDEX[name] for name in names]
    for names in (
        ("embedding_distance", "embedding_first", "embedding_second", "embedding_cluster",
         "embedding_lean"),
        ("transformer_distance", "transformer_lean"),
    )
)  # fmt: skip
"""What is measured by the vectors of each tier, static and transformer."""


def measure(state: TenantAgent, seen: Seen) -> Hand:
    """Write what the embeddings say into the values; return the unit vectors."""
    if seen.static is None and seen.transformer is None:
        return NO_HAND
    reference = state.reference
    before = reference.changes
    near, far, hand = reference.distances(seen.static, seen.transformer, seen.embedder or "")
    if reference.changes != before:
        begin_anew(state, before)
    values, unit = seen.values, hand[0]
    values[_NEAR], values[_FAR] = near, far
    if unit is not None and len(unit) > 1:
        values[_FIRST], values[_SECOND] = unit[0], unit[1]
        cluster = reference.clusters.place(unit)
        if cluster is not None:
            number, label = _CLUSTERS[cluster]
            values[_CLUSTER] = number
            state.labels.setdefault(number, label)
    return hand


def unsettled(state: TenantAgent, seen: Seen) -> None:
    """Leave out distances to a centroid that still learns: a watch would take that for drift."""
    if not state.reference.static.settled:
        seen.values[_NEAR] = np.nan
    if not state.reference.transformer.settled:
        seen.values[_FAR] = np.nan


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
