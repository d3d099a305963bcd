"""Verdicts on whose doing a movement is, and the words they are told in."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.surroundings import INDEX, VARIABLES, Group, Variable
from schemas import AlertCause, ContextReading, MonitorReading

__all__ = [
    "FAINT",
    "NOTABLE",
    "Attribution",
    "Peers",
    "began",
    "changes",
    "group",
    "movements",
    "neutral",
    "operational",
    "variable",
]

NOTABLE = 2.0
"""log10 of the evidence from which on a metric counts as moved."""
FAINT = 1.0
"""And from which on it might have."""
SAID = 3
"""Readings that a reason names."""
_OPERATIONS = frozenset({"error", "tool_failed"})
_NEUTRAL = frozenset({"cost_usd", "cost_tail", "presence"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """A verdict.

    Args:
        cause: `unknown` where it cannot be told.
        reasons: In words, first what decided.
        contested: Whether something other than the candidate explains it as well.
    """

    cause: AlertCause
    reasons: tuple[str, ...] = ()
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Peers:
    """What the watches of other tenants say within the same hour.

    Args:
        model: Served to this tenant; empty: not known.
        alike: Other tenants of that model (or bundle) with enough units to tell.
        moved: Of those, who moved.
        others: Tenants of other models.
        others_moved: Of those, who moved.
    """

    model: str = ""
    alike: int = 0
    moved: int = 0
    others: int = 0
    others_moved: int = 0


def variable(reading: ContextReading) -> Variable:
    """Return the variable of a reading whose name is known."""
    return VARIABLES[INDEX[reading.variable]]


def group(reading: ContextReading) -> Group:
    """Return whose doing a movement of the variable is."""
    return variable(reading).group


def began(reading: ContextReading) -> int:
    """Return the unit by which the movement had begun."""
    return reading.changed_by_unit or 0


def operational(reading: MonitorReading) -> bool:
    """Whether the metric says how a call went, not what was answered."""
    return reading.component == "L" or reading.metric in _OPERATIONS or neutral(reading)


def neutral(reading: MonitorReading) -> bool:
    """Whether the metric follows both from how calls go and from what is answered."""
    return reading.metric in _NEUTRAL


def movements(moved: Sequence[MonitorReading]) -> str:
    """Say which metrics moved, and by how much."""
    told = [r.metric + ("" if r.effect is None else f" x{r.effect:.2f}") for r in moved[:SAID]]
    return f"{', '.join(told)} moved"


def changes(readings: Sequence[ContextReading]) -> tuple[str, ...]:
    """Say what changed around the metrics, and when."""
    return tuple(
        f"{r.variable} changed from {r.baseline} to {r.recent} at unit {began(r)}"
        for r in readings[:SAID]
    )
