"""The end of a record of traffic: what was still gathering is compared and said."""

from dataclasses import replace

from detectors.bands import CALM_MS, SIGNAL_MS
from detectors.seen import Seen
from detectors.speaking import say_rollout, say_watch
from detectors.state import TenantAgent
from schemas import Signal

__all__ = ["close"]


def close(state: TenantAgent, last: Seen) -> list[Signal]:
    """Close every open block; return what has not been said, as if time had passed.

    Args:
        state: Changed in place.
        last: The last record that was folded in.
    """
    seen, signals = replace(last), list[Signal]()
    monitors, said = state.concurrent, state.said
    if monitors is not None and said is not None:
        monitors.close_all(state.reference)
        seen.at = max(last.at, said.at + SIGNAL_MS)
        signals += say_rollout(state, monitors, said, seen, closed=True)
    for bundle, watched in state.watches.items():
        seen.at = max(last.at, watched.said.at + CALM_MS)
        signals += say_watch(state, watched, bundle, seen, compared=False)
    return signals
