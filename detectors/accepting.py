"""A person has said that the present is as it should be: the watch begins again from there."""

import numpy as np

from detectors.bands import Said
from detectors.compare.baseline import Watch
from detectors.compare.cells import Past
from detectors.fingerprints import fingerprint
from detectors.seen import Folded, Seen
from detectors.speaking import tell_watch
from detectors.state import Origin, TenantAgent
from detectors.untouched import own
from schemas import Accept

__all__ = ["accept"]

_LATELY = 99.0
"""Values that the recent levels are worth at most."""


def accept(state: TenantAgent, seen: Seen, word: Accept, folded: Folded) -> None:
    """Begin a new version of a watch's baseline, and say so.

    The levels that people are shown start from the recent ones. The past that bets are made
    against is learned afresh, 31 values a stratum, for the old one tells nothing of the present;
    evidence starts from nothing. A bundle that is not watched changes nothing.
    """
    bundle = word.bundle_id or next(reversed(state.watches), "")
    watched = state.watches.get(bundle)
    if watched is None:
        folded.counted = "not-known"
        return
    before, version = watched.watch, watched.origin.version + 1
    watched.origin = Origin(
        since=seen.at, version=version, accepted=word.request_id, previous=fingerprint(before)
    )
    watched.watch = _again(before, f"{seen.tenant_id}/{seen.agent_id}/{bundle}/{version}")
    watched.context.rebase()
    watched.said = Said(seen.at)
    if state.reference.bundle == bundle:
        for centroid in (state.reference.static, state.reference.transformer):
            centroid.forget()
    folded.counted = "accepted"
    folded.signals.append(tell_watch(state, watched, bundle, seen, "accept"))


def _again(before: Watch, seed: str) -> Watch:
    """Return a watch whose baseline starts from the recent levels of the one before."""
    watch = Watch(seed)
    watch.waiting = before.waiting
    watch.pasts = {name: Past() for name in before.waiting}
    watch.levels = levels = before.levels
    own(levels, ("absorbed", "mean", "square"))
    for row in range(len(levels.met)):
        number = min(float(levels.met[row]), _LATELY)
        mean, variance = levels.latest(row) if number else (0.0, 0.0)
        levels.absorbed[row], levels.mean[row] = np.floor(number), mean
        levels.square[row] = variance * number
    return watch
