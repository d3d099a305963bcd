"""What moved around a watch's metrics, and so whose doing it is.

A watch has no control, so it asks what else moved, and when. What began clearly later than the
answers moved is no cause, and what began long before is none either. Of what is left, a switch
(another model, fingerprint or index) explains what follows from it (a longer prompt, other
scores), a prompt written by another agent is that agent's doing, and two causes that began
together leave it open. If nothing moved around it, latency and errors alone are infrastructure,
and answers that moved for several tenants of one model, and not for those of others, are the
provider's. All else is unknown.
"""

from collections.abc import Callable, Sequence

from detectors.surroundings import Group
from detectors.verdicts import (
    FAINT,
    Attribution,
    Peers,
    began,
    changes,
    group,
    movements,
    operational,
    variable,
)
from schemas import ContextReading, MonitorReading, Signal

__all__ = ["of_watch"]

SLACK = 96
"""Units by which a date may be wrong: units wait for the block of their stratum."""
SAME = 48
"""Units within which two beginnings cannot be told apart."""
PEERS = 2
"""Other tenants of the model that must have moved too; fewer may be chance."""


def of_watch(
    signal: Signal,
    moved: Sequence[MonitorReading],
    context: Sequence[ContextReading],
    peers: Callable[[], Peers],
) -> Attribution:
    """Return whose doing it is that a watch's metrics moved.

    Args:
        signal: Of the watch.
        moved: Its metrics that did, the loudest first; one at least.
        context: What moved around them.
        peers: Asked for the other tenants where nothing else tells.
    """
    operations = all(operational(r) for r in signal.readings if r.display >= FAINT)
    begun = min(r.changed_at_unit or 0 for r in moved)
    timely = _timely(signal, context, moved[0])
    of = signal.baseline.bundle_id if signal.baseline is not None else None
    groups = {group(r) for r in timely}
    if of is not None and begun <= SLACK and not groups & {"input", "upstream"}:
        return Attribution("candidate", (f"it began with the change from {of}", movements(moved)))
    found = _around(timely, operations)
    if found is not None:
        return found
    if operations:
        return Attribution(
            "infrastructure", (f"{movements(moved)}; answers did not move", *changes(timely))
        )
    return _beside(moved, peers())


def _timely(
    signal: Signal, context: Sequence[ContextReading], loudest: MonitorReading
) -> list[ContextReading]:
    """Return what began to move when the loudest metric did, first what began first.

    The metric began between its estimated change point and the end of its silence, and the cause
    was on the move then: units before that are too long ago. Both sides are dated by blocks.
    """
    first = (loudest.changed_at_unit or 0) - SLACK
    last = max(loudest.changed_at_unit or 0, loudest.changed_by_unit or 0) + SLACK
    found = [
        r
        for r in context
        if not variable(r).stratified
        and (r.changed_at_unit or 0) <= last
        and (r.moving_until_unit or 0) >= first
    ]
    return sorted(found, key=lambda r: (began(r), r.variable))


def _around(timely: Sequence[ContextReading], operations: bool) -> Attribution | None:
    """Return the group behind what moved around the metrics; None: nothing that explains them."""
    firm = [r for r in timely if not variable(r).follows]
    if operations:
        firm = [r for r in firm if group(r) != "infrastructure"]
    led = next((r for r in firm if group(r) == "upstream"), None)
    if led is not None:
        firm = [r for r in firm if group(r) not in {"input", "upstream"}] + [led]
    first: dict[Group, ContextReading] = {}
    for reading in firm:
        first.setdefault(group(reading), reading)
    if first:
        return _earliest(first, timely)
    soft = [group(r) for r in timely]
    if "retrieval" in soft:
        return Attribution("retrieval", changes(timely))
    if "input" in soft:
        return Attribution("input", changes(timely))
    if "infrastructure" in soft:
        # Answers that change because calls fall back to another model are the provider's doing.
        return Attribution("infrastructure" if operations else "provider", changes(timely))
    return None


def _earliest(first: dict[Group, ContextReading], timely: Sequence[ContextReading]) -> Attribution:
    """Return the group that began first; if two began together it cannot be told."""
    order = sorted(first, key=lambda one: began(first[one]))
    chosen = order[0]
    if len(order) > 1 and began(first[order[1]]) - began(first[chosen]) <= SAME:
        together = f"{order[0]} and {order[1]} began to move together, so it cannot be told"
        return Attribution("unknown", (together, *changes(timely)))
    own = [r for r in timely if group(r) == chosen]
    return Attribution("provider" if chosen == "infrastructure" else chosen, changes(own))


def _beside(moved: Sequence[MonitorReading], peers: Peers) -> Attribution:
    """Nothing moved around it: what do other tenants say?"""
    alone = f"{movements(moved)}; prompts, retrieval and the model served did not"
    several = f"{peers.moved} of {peers.alike} other tenants of {peers.model or 'the same bundle'}"
    told = f"{several} moved within the same hour"
    if peers.moved >= PEERS and 2 * peers.moved >= peers.alike:
        if peers.others_moved >= PEERS and 2 * peers.others_moved >= peers.others:
            also = f"so did {peers.others_moved} of {peers.others} tenants of other models"
            return Attribution("unknown", (told, f"{also}: no one model's provider"))
        return Attribution("provider", (told, alone))
    return Attribution("unknown", (alone, told) if peers.alike else (alone,))
