"""Whether a record is no more than another event of a unit already counted.

Such events are most of a busy agent's; a backtest need not read their text. What is skimmed
leaves the state as the fold would, but for the rolling statistics.
"""

from collections.abc import Mapping

from detectors.admission import enter
from detectors.bands import SIGNAL_MS
from detectors.clusters import SETTLED
from detectors.compare.units import unit_digest
from detectors.recent import WATCHED
from detectors.seen import PIN, Seen
from detectors.state import TenantAgent
from schemas import Phase, Stamp

__all__ = ["skim"]


def skim(state: TenantAgent, seen: Seen, phases: Mapping[str, Phase]) -> bool:
    """Fold an event in if it is a repeat and nothing is due; return whether it was.

    Args:
        state: Changed in place, if it was.
        seen: The event; its values and vectors are not looked at.
        phases: Known so far, by id.
    """
    monitors, stamp = state.concurrent, seen.stamp
    if seen.outcome or not seen.evidence or (monitors is not None and seen.at >= monitors.due):
        return False
    if stamp is not None and (stamp.traffic != "live" or stamp.pair_id is not None):
        return False
    if 0 < sum(state.reference.clusters.taken) < SETTLED:
        return False  # centres learn from every event
    if stamp is None or stamp.phase_id == PIN:
        return _watched(state, seen, seen.unit_id if stamp is None else stamp.unit_id)
    return _rolled_out(state, seen, stamp, phases)


def _watched(state: TenantAgent, seen: Seen, unit: str) -> bool:
    if next(reversed(state.watches), None) != seen.bundle_id:
        return False
    if seen.stamp is not None and (
        state.reference.bundle != seen.bundle_id or seen.cached is not None
    ):
        return False  # what caching saves is learned from every event
    watched, digest = state.watches[seen.bundle_id], unit_digest(unit)
    if watched.seen.full or not watched.seen.holds(digest):
        return False
    state.recent.note(seen.event_id, digest, WATCHED, seen.bundle_id)
    return True


def _rolled_out(state: TenantAgent, seen: Seen, stamp: Stamp, phases: Mapping[str, Phase]) -> bool:
    monitors, said = state.concurrent, state.said
    if monitors is None or said is None or stamp.phase_id != monitors.phase_id:
        return False
    if said.news and seen.at - said.at >= SIGNAL_MS:
        return False
    entered = enter(state, seen, stamp, phases)
    if isinstance(entered, str) or not monitors.seen.holds(entered.digest):
        return False
    name = monitors.strata[monitors.stratum(seen.stratum)].name
    state.recent.note(seen.event_id, entered.digest, int(entered.candidate), name)
    return True
