"""Whether a record is no more than another event of a unit already counted.

Such events are most of a busy agent's; a backtest need not read their text. What is skimmed
leaves the state as the fold would, but for the rolling statistics.
"""

from collections.abc import Mapping
from typing import Literal

from detectors.admission import enter
from detectors.clusters import SETTLED
from detectors.compare.units import unit_digest
from detectors.recent import WATCHED
from detectors.references import Reference
from detectors.seen import PIN, Seen
from detectors.state import TenantAgent
from schemas import Phase, Stamp

__all__ = ["Rest", "skim"]

Rest = Literal["nothing", "embedding", "everything"]


def skim(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase]) -> Rest:
    """Fold an event in if it is a repeat and nothing is due; return what else of it matters.

    A repeat of which only the embedding matters is still to be folded in.

    Args:
        state: Changed in place, if nothing else matters.
        seen: The event; its values are not looked at.
        phases: Known so far, by id.
    """
    monitors, stamp = state.concurrent, seen.stamp
    if seen.outcome or not seen.evidence or (monitors is not None and seen.at >= monitors.due):
        return "everything"
    if stamp is not None and (stamp.traffic != "live" or stamp.pair_id is not None):
        return "everything"
    if stamp is None or stamp.phase_id == PIN:
        found = _watched(state, seen, seen.unit_id if stamp is None else stamp.unit_id)
    else:
        found = _rolled_out(state, seen, stamp, phases)
    if found is None:
        return "everything"
    if _embedding_matters(state.reference, seen):
        return "embedding"
    state.recent.note(seen.event_id, *found)
    return "nothing"


def _embedding_matters(reference: Reference, seen: Seen) -> bool:
    """Return whether clusters learn, or it is not settled which embedder is in use."""
    static, own = reference.static, seen.static
    another = own is not None and len(own) != static.size
    return (
        0 < sum(reference.clusters.taken) < SETTLED
        or static.left_out > 0.0
        or static.away > 0
        or another
        or (static.size > 0 and seen.embedder != static.embedder)
    )


_Note = tuple[bytes, int, str]
"""What outcomes are told of a repeat: its unit's digest, its side, its stratum or bundle."""


def _watched(state: TenantAgent, seen: Seen, unit: str) -> _Note | None:
    if next(reversed(state.watches), None) != seen.bundle_id:
        return None
    if seen.stamp is not None and (
        state.reference.bundle != seen.bundle_id or seen.cached is not None
    ):
        return None  # what caching saves is learned from every event
    watched, digest = state.watches[seen.bundle_id], unit_digest(unit)
    if watched.seen.full or not watched.seen.holds(digest):
        return None
    return digest, WATCHED, seen.bundle_id


def _rolled_out(
    state: TenantAgent, seen: Seen, stamp: Stamp, phases: Mapping[str, Phase]
) -> _Note | None:
    monitors, said = state.concurrent, state.said
    if monitors is None or said is None or stamp.phase_id != monitors.phase_id:
        return None
    if said.due(seen.at, soon=said.compared):
        return None
    entered = enter(state, seen, stamp, phases)
    if isinstance(entered, str) or not monitors.seen.holds(entered.digest):
        return None
    name = monitors.strata[monitors.stratum(seen.stratum)].name
    return entered.digest, int(entered.candidate), name
