"""Attribution before action: whose doing is a movement, and on what does that rest?

A rollout's arms are assigned at random, so a difference between them is the candidate's doing,
unless the arms were given different work, or the baseline arm has left its own past in the same
way and at least as far: then the difference is contested, and a person decides.

A watch has no control; `detectors.around` says how it finds a cause.

Source: P. R. Rosenbaum (2002), Observational Studies, ch. 2 (randomisation as reasoned basis).
"""

from collections.abc import Callable, Collection, Sequence

from detectors.around import of_watch
from detectors.surroundings import INDEX, RESPONSE_CACHE, Group
from detectors.verdicts import (
    NOTABLE,
    Attribution,
    Peers,
    group,
    movements,
    operational,
    variable,
)
from schemas import AlertCause, ContextReading, MonitorReading, Signal

__all__ = ["attribute"]

OWN_PAST = 3.0
"""log10 of the evidence that the baseline arm moved, from which on it is believed."""
_SAID = 3
_SERVING = frozenset({"provider", "model", "serving_engine", "weights_digest"})
_DECLARED: dict[Group, frozenset[str]] = {
    "provider": _SERVING,
    "infrastructure": _SERVING,
    "retrieval": frozenset({"embedding_model", "configuration", "tools_version"}),
}
"""Fields of a bundle that say that a group differs."""


def attribute(
    signal: Signal,
    peers: Callable[[], Peers] = Peers,
    declared: Collection[str] | None = None,
    beside: AlertCause | None = None,
) -> Attribution:
    """Return whose doing it is that a signal's metrics moved.

    Args:
        signal: Of a watch or of a rollout.
        peers: Of a watch: asked for the others where nothing else tells.
        declared: Of a rollout: fields in which candidate and baseline bundle differ; None: not
            known, so no difference between the arms is held against them.
        beside: Of a rollout: what the watch of the baseline arm was attributed to.
    """
    moved = sorted((r for r in signal.readings if r.display >= NOTABLE), key=lambda r: -r.display)
    if not moved:
        return Attribution("unknown", ("no metric alone has moved clearly",))
    context = [reading for reading in signal.context if reading.variable in INDEX]
    if signal.kind == "watch":
        return of_watch(signal, moved, context, peers)
    return (
        _cached(signal.context)
        or _other_work(context)
        or _shared(moved, beside)
        or _undeclared(context, declared)
        or _candidate(moved)
    )


def _cached(context: Sequence[ContextReading]) -> Attribution | None:
    """A cache answers one arm more, so the units that are left are other work."""
    for reading in context:
        if reading.variable == RESPONSE_CACHE:
            said = (
                f"a cache answers {reading.baseline} of the baseline arm's units and "
                f"{reading.recent} of the candidate's, so those that are left are other work"
            )
            return Attribution("input", (said,), contested=True)
    return None


def _other_work(context: Sequence[ContextReading]) -> Attribution | None:
    """The arms were given different work, so they cannot be compared."""
    work = [
        reading
        for reading in context
        if group(reading) in {"input", "upstream"} and not variable(reading).bundle
    ]
    if not work:
        return None
    said = tuple(f"{_differs(r)}, though units are assigned at random" for r in work[:_SAID])
    return Attribution(group(work[0]), said, contested=True)


def _shared(moved: Sequence[MonitorReading], beside: AlertCause | None) -> Attribution | None:
    """The baseline arm has moved the same way, and no less than the arms differ."""
    shared = [reading for reading in moved[:_SAID] if _does_too(reading)]
    if not shared:
        return None
    cause: AlertCause = "infrastructure" if all(map(operational, moved)) else "unknown"
    if beside is not None and beside not in {"candidate", "unknown"}:
        cause = beside
    said = tuple(
        f"the baseline arm has left its own past in {r.metric} too, x{r.own_effect or 0:.2f}, "
        f"and the arms differ x{r.effect or 0:.2f}"
        for r in shared
    )
    return Attribution(cause, said, contested=True)


def _does_too(reading: MonitorReading) -> bool:
    own, apart = reading.own_effect, reading.effect
    if reading.own_past < OWN_PAST or own is None or apart is None or min(own, apart) <= 0.0:
        return False
    return (own > 1.0) == (apart > 1.0) and max(own, 1.0 / own) >= max(apart, 1.0 / apart)


def _undeclared(
    context: Sequence[ContextReading], declared: Collection[str] | None
) -> Attribution | None:
    """The arms were served by what the bundles do not say."""
    if declared is None:
        return None
    strange = [
        reading
        for reading in context
        if group(reading) in _DECLARED
        and not (variable(reading).bundle or variable(reading).follows)
        and not _DECLARED[group(reading)] & set(declared)
    ]
    if not strange:
        return None
    said = tuple(f"{_differs(r)}, which the bundles do not say" for r in strange[:_SAID])
    found = group(strange[0])
    return Attribution("provider" if found == "infrastructure" else found, said)


def _candidate(moved: Sequence[MonitorReading]) -> Attribution:
    told = f"{movements(moved)} in the candidate arm only; units are assigned at random"
    if all(map(operational, moved)):
        told += "; only operations moved, answers did not"
    return Attribution("candidate", (told,))


def _differs(reading: ContextReading) -> str:
    return f"{reading.variable} is {reading.baseline} and {reading.recent} in the two arms"
