"""The watch in the fold: which bundle's, compared with what, and the statistics of every event."""

from detectors.bands import Said
from detectors.compare.baseline import BLOCK, Watch
from detectors.metrics import INDEX
from detectors.river import Rolling
from detectors.seen import Folded, Seen
from detectors.speaking import say_watch
from detectors.state import Origin, TenantAgent, Watched

__all__ = ["in_flight", "roll", "step", "watched_of"]

_WATCHES = 2
_KNOCKS = 8
"""Events of another label after which one that has not been met since gives way."""
_BUNDLES = 3
_ROLLING = (INDEX["output_tokens"], INDEX["latency_ms"])
_IN_FLIGHT_MS = 60 * 60 * 1000
"""For so long after a change of label, what the other one had begun is left out."""
_AT_LEAST, _PER_FRESH = 16, 8
"""And only so many events of it, and so many more for each unit that is new: where everyone is an
old acquaintance, nothing else would be left to watch."""


def step(
    state: TenantAgent, seen: Seen, watched: Watched, bundle: str, stratum: str, folded: Folded,
    together: int = BLOCK,
) -> None:  # fmt: skip
    """Compare the first event of a unit with the past of its own bundle, so many together."""
    watched.said.news = True
    if seen.context is not None:
        watched.context.take(seen.context())
    compared = watched.watch.step(stratum, seen.values, seen.at, together, occurred=seen.occurred)
    folded.signals += say_watch(state, watched, bundle, seen, compared)


def watched_of(state: TenantAgent, seen: Seen) -> Watched | None:
    """Return the watch of the event's bundle; two are kept.

    In observe mode a new label is compared with the label before. It takes the place of the one
    met longest ago, if that stays away; where three labels take turns, two are watched and the
    third is not (None), for otherwise none would ever have a past.
    """
    bundle = seen.bundle_id
    watches = state.watches
    watched = watches.get(bundle)
    if watched is None and len(watches) >= _WATCHES and not _gone(watches):
        return None
    if watched is None:
        watch = Watch(f"{seen.tenant_id}/{seen.agent_id}/{bundle}")
        watched = Watched(watch, Said(seen.at), origin=Origin(seen.at))
        if seen.stamp is None and watches:
            before = next(reversed(watches))
            watch.follow(watches[before].watch)
            watched.context.follow(watches[before].context)
            watched.origin.bundle = before
        if len(watches) >= _WATCHES:
            del watches[next(iter(watches))]
        watches[bundle] = watched
        watched.began = seen.at
    elif next(reversed(watches)) != bundle:
        watches[bundle] = watches.pop(bundle)
        watched.began, watched.knocks = seen.at, 0
    return watched


def _gone(watches: dict[str, Watched]) -> bool:
    """Count an event of a third label; return whether the label met longest ago may go."""
    oldest = watches[next(iter(watches))]
    oldest.knocks += 1
    return oldest.knocks > _KNOCKS


def in_flight(state: TenantAgent, seen: Seen, watched: Watched, digest: bytes) -> bool:
    """Return whether a unit was under way when the label changed; it is counted as such.

    A conversation that goes on under a new label is none that began under it: its turns are later
    ones and its prompts longer, which would look like another mix of requests.
    """
    if len(state.watches) < _WATCHES or watched.seen.holds(digest):
        return False
    if not any(other.seen.holds(digest) for other in state.watches.values()):
        watched.fresh += 1
        return False
    most = _AT_LEAST + _PER_FRESH * watched.fresh
    if seen.at - watched.began >= _IN_FLIGHT_MS or watched.in_flight >= most:
        return False
    watched.in_flight += 1
    return True


def roll(state: TenantAgent, seen: Seen) -> None:
    """Update the statistics that take every event; three bundles, those met last, are kept."""
    bundle = seen.bundle_id
    rolling = state.rolling.get(bundle)
    if rolling is None:
        if len(state.rolling) >= _BUNDLES:
            del state.rolling[next(iter(state.rolling))]
        rolling = state.rolling[bundle] = {i: Rolling() for i in _ROLLING}
    elif next(reversed(state.rolling)) != bundle:
        state.rolling[bundle] = state.rolling.pop(bundle)
    for metric, statistics in rolling.items():
        value = seen.values.item(metric)
        if value == value:
            statistics.update(value)
