"""What each tenant of a subject was last understood to say, and who moved at the same time."""

from collections import Counter
from collections.abc import Collection
from itertools import islice

from detectors.attribution import attribute
from detectors.rollout_state import AgentScores, Subject, Voice
from detectors.verdicts import NOTABLE, Attribution, Peers
from schemas import AlertCause, Signal

__all__ = ["chorus", "listen"]

HOUR_MS = 3_600_000
ASKED = 512
"""Other tenants of a bundle that are asked at most: more would say no more."""
ENOUGH = 100
"""Units from which on a watch could have noticed."""


def listen(
    state: AgentScores,
    subject: Subject,
    row: int,
    signal: Signal,
    declared: Collection[str] | None,
) -> Attribution:
    """Note what a signal means for its tenant; return it.

    Args:
        state: Of the agent, for the other tenants and the watches beside a rollout.
        subject: The signal's.
        row: The tenant's place in it.
        signal: Its newest.
        declared: Fields in which the bundles of a rollout differ; None: not known.
    """
    voice = subject.voices[row]
    voice.model = signal.model or ""
    loudest = max((reading.display for reading in signal.readings), default=0.0)
    if loudest < NOTABLE:
        voice.cause, voice.contested = "", False
        if loudest < NOTABLE / 2:
            voice.moved_at = 0
    elif not voice.moved_at:
        voice.moved_at = signal.at
    found = attribute(
        signal, lambda: _peers(state, signal, voice), declared, _beside(state, signal)
    )
    if loudest >= NOTABLE:
        voice.cause, voice.contested = found.cause, found.contested
    return found


def chorus(subject: Subject) -> Attribution:
    """Return what most of the tenants that moved have in common."""
    speaking = [voice for voice in subject.voices if voice.cause]
    if not speaking:
        return Attribution("unknown", ("no tenant alone has moved clearly",))
    causes: Counter[AlertCause] = Counter(voice.cause for voice in speaking if voice.cause)
    cause, number = causes.most_common(1)[0]
    contested = sum(voice.contested for voice in speaking)
    told = f"{cause} for {number} of {len(speaking)} tenants that moved"
    if contested:
        told += f"; the baseline arm or other work explains it as well for {contested}"
    return Attribution(cause, (told,), contested=2 * contested >= len(speaking))


def _beside(state: AgentScores, signal: Signal) -> AlertCause | None:
    """Return what the watch of a rollout's baseline arm was attributed to."""
    if signal.kind == "watch" or signal.baseline is None:
        return None
    subject = state.subjects.get(("watch", signal.baseline.bundle_id or ""))
    row = None if subject is None else subject.tenants.index.get(signal.tenant_id)
    return None if subject is None or row is None else subject.voices[row].cause or None


def _peers(state: AgentScores, signal: Signal, voice: Voice) -> Peers:
    """Return which other tenants' watches moved within an hour of this one."""
    alike = moved = others = others_moved = 0
    for (kind, bundle), subject in state.subjects.items():
        if kind != "watch":
            continue
        for name, row in islice(subject.tenants.index.items(), ASKED):
            other = subject.voices[row]
            if name == signal.tenant_id or subject.tenants.units[row].candidate < ENOUGH:
                continue
            same = other.model == voice.model if voice.model else bundle == signal.subject
            together = other.moved_at > 0 and abs(other.moved_at - voice.moved_at) <= HOUR_MS
            alike, moved = alike + same, moved + (same and together)
            others, others_moved = others + (not same), others_moved + (not same and together)
    return Peers(voice.model, alike, moved, others, others_moved)
