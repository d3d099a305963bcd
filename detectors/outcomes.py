"""Outcomes in the fold: what became known later joins its unit, once per unit and metric."""

from collections.abc import Mapping

import numpy as np

from detectors.admission import enter
from detectors.compare.units import unit_digest
from detectors.concurrent import OTHER
from detectors.layout import OUTCOMES
from detectors.metrics import CATALOGUE, SIZE
from detectors.recent import WATCHED, Origin
from detectors.seen import PIN, Folded, Seen
from detectors.speaking import say_rollout
from detectors.state import TenantAgent
from detectors.watching import step
from schemas import Phase

__all__ = ["fold_outcome"]

_ROWS: list[int] = OUTCOMES.tolist()
_TOGETHER = slice(_ROWS[0], _ROWS[-1] + 1)
"""They stand side by side in the catalogue."""
_NOTHING = np.full(SIZE, np.nan, np.float32)


def fold_outcome(
    state: TenantAgent, seen: Seen, phases: Mapping[str, Phase], folded: Folded
) -> None:
    """Fold one outcome in: by its stamp, else by the event or unit it names."""
    metrics = _present(seen)
    stamp = seen.stamp
    if not metrics:
        folded.counted = "not-known"
    elif stamp is not None and stamp.phase_id != PIN:
        entered = enter(state, seen, stamp, phases)
        if isinstance(entered, str):
            folded.counted = entered
            return
        _judge(state, seen, (entered.digest[:8], int(entered.candidate), ""), metrics, folded)
    else:
        origin = _origin(state, seen)
        if origin is None:
            folded.counted = "late"
        else:
            _judge(state, seen, origin, metrics, folded)


def _origin(state: TenantAgent, seen: Seen) -> Origin | None:
    """Return where the event that an outcome names came from, or else the last one of its unit."""
    origin = state.recent.find(seen.event_id, None)
    unit = seen.unit_id if seen.stamp is None else seen.stamp.unit_id
    if origin is None and unit:
        origin = state.recent.find("", unit_digest(unit))
    return origin


def _present(seen: Seen) -> list[int]:
    """Return the metrics of an outcome."""
    values = seen.values.tolist()
    return [i for i in _ROWS if values[i] == values[i]]


def _judge(
    state: TenantAgent, seen: Seen, origin: Origin, metrics: list[int],
    folded: Folded,
) -> None:  # fmt: skip
    head, side, name = origin
    monitors, said = state.concurrent, state.said
    if side == WATCHED:
        _judge_watched(state, seen, head, name, folded)
        return
    if monitors is None or said is None:
        folded.counted = "late"
        return
    folded.counted = "repeat"
    # All in one stratum: which turn or task an outcome is told of rests on the arm, for who gets
    # there does, and units that were random no longer are among those who got there.
    index = monitors.stratum(OTHER)
    closed = False
    # An outcome's metrics come together: the first names their block.
    if monitors.judged.add(unit_digest(head.hex(), CATALOGUE[metrics[0]].name)):
        folded.counted = "evidence"
        said.news = True
        row = _NOTHING.copy()
        row[_TOGETHER] = seen.values[_TOGETHER]
        closed = monitors.add_outcome(seen.at, index, row, metrics[0], side == 1)
    folded.signals += say_rollout(state, monitors, said, seen, closed)


def _judge_watched(
    state: TenantAgent, seen: Seen, head: bytes, bundle: str, folded: Folded
) -> None:
    watched = state.watches.get(bundle)
    name = ",".join(CATALOGUE[i].name for i in _present(seen))
    if watched is None:
        folded.counted = "late"
    elif not watched.new(unit_digest(head.hex(), name)):
        folded.counted = "repeat"
    else:
        folded.counted = "watch"
        step(state, seen, watched, bundle, OTHER, folded)
        # It says nothing of the requests, but both date what moved by the same units.
        watched.context.units += 1
