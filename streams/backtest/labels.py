"""What labels there are, which are compared, and what they have in common."""

import hashlib
from collections.abc import Mapping
from typing import Final

from schemas import Outcome
from streams.backtest.arms import Pair
from streams.backtest.errors import BacktestError
from streams.backtest.lines import Line
from streams.backtest.measuring import Key, Label, Traffic

__all__ = ["overlapping", "pairs", "twin"]

_SIDE_BY_SIDE: Final = 0.05
"""Share of the rarer label's events at which the label changed: labels that serve together."""


def twin(line: Line) -> bytes | None:
    """Return what tells a prompt: its pair, or its task and text."""
    message = line.message
    if isinstance(message, Outcome):
        return None
    if message is None:
        prompt, task = line.twin, None
    else:
        pair = getattr(message.stamp, "pair_id", None)
        prompt, task = pair or message.prompt_hash or message.prompt or "", message.task
    if not prompt:
        return None
    text = f"{task}\0{prompt}".encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=12).digest()


def pairs(
    labels: Mapping[str, Mapping[str, Label]], baseline: str | None, candidate: str | None
) -> dict[str, Pair]:
    """Return the labels that are compared, by agent.

    Args:
        labels: By agent, the first met first.
        baseline: As asked for; None: the first.
        candidate: As asked for; None: the next.

    Raises:
        BacktestError: No agent has both.
    """
    found: dict[str, Pair] = {}
    for agent, mine in labels.items():
        others = [name for name in mine if name not in (baseline, candidate)]
        first = baseline or (others.pop(0) if others else "")
        second = candidate or (others.pop(0) if others else "")
        if first in mine and second in mine and first != second:
            found[agent] = first, second
    if found or not labels:
        return found
    names = sorted({name for mine in labels.values() for name in mine})
    asked = [name for name in (baseline, candidate) if name]
    missing = [name for name in asked if name not in names]
    if missing:
        message = f"No event has the label {missing[0]!r}; there are {', '.join(names[:10])}."
    else:
        message = (
            f"Arms need two labels (bundle_id) of one agent; there is {', '.join(names[:10])}. "
            "Without --concurrent one label is watched against its own past."
        )
    raise BacktestError(message)


def overlapping(traffic: Mapping[Key, Traffic]) -> bool:
    """Return whether unstamped events changed their label to and fro."""
    for one in traffic.values():
        free = [label.events - label.stamped for label in one.labels.values()]
        free = [number for number in free if number]
        if len(free) >= 2 and one.switches - len(free) > max(4, _SIDE_BY_SIDE * min(free)):
            return True
    return False
