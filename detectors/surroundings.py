"""The variables around a call that may be why its answers change, each as one label a unit.

A number is a label too: the cell of a scale that it falls into. So one test serves them all.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "INDEX",
    "RESPONSE_CACHE",
    "VARIABLES",
    "Circumstances",
    "Group",
    "Variable",
    "as_number",
]

Group = Literal["input", "retrieval", "provider", "infrastructure", "upstream"]
Scale = Literal["label", "log", "share", "count"]

Circumstances = tuple[str | None, ...]
"""The label of each variable of one unit, in the order of `VARIABLES`; None: it has none."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    Args:
        name: As on the wire.
        group: Whose doing a movement of it is.
        scale: What its labels are: names; or cells of half an octave, of a sixteenth, of 1.
        follows: Whether other groups move it too: a longer chunk makes a longer prompt.
        bundle: Whether the bundle settles it, so that two arms may differ in it.
        stratified: Whether a watch compares within it, so that its mix moves no metric.
    """

    name: str
    group: Group
    scale: Scale = "label"
    follows: bool = False
    bundle: bool = False
    stratified: bool = False


VARIABLES: Final = (
    Variable("task", "input", stratified=True),
    Variable("prompt_form", "input", bundle=True),
    Variable("prompt_script", "input"),
    Variable("modality", "input"),
    Variable("input_tokens", "input", "log", follows=True, bundle=True),
    Variable("cached_share", "input", "share", follows=True, bundle=True),
    Variable("index_version", "retrieval"),
    Variable("retrieval_model", "retrieval"),
    Variable("chunks", "retrieval", "count", follows=True, bundle=True),
    Variable("top_score", "retrieval", "share", follows=True, bundle=True),
    Variable("model_served", "provider"),
    Variable("system_fingerprint", "provider"),
    Variable("provider", "provider"),
    Variable("deployment", "infrastructure"),
    Variable("fallback_from", "infrastructure", follows=True),
    Variable("attempts", "infrastructure", "count", follows=True),
    Variable("upstream", "upstream"),
    Variable("upstream_form", "upstream", bundle=True),
    Variable("upstream_tokens", "upstream", "log", bundle=True),
)
"""The order is frozen: states are indexed by it. `upstream_*` are the prompts that carry a
`parent_event_id`: another agent wrote them."""
INDEX: Final = {variable.name: i for i, variable in enumerate(VARIABLES)}
RESPONSE_CACHE: Final = "response_cache"
"""Variable of the share of units that a cache has answered."""


def as_number(variable: Variable, label: str) -> float:
    """Return the middle of a cell.

    Args:
        variable: Of a scale other than `label`.
        label: Its cell; what is no cell (the rest of many) counts as NaN.
    """
    if not label.isdigit():
        return math.nan
    cell = int(label)
    if variable.scale == "log":
        return math.expm1(cell * math.log(2.0) / 2.0)
    return cell / 16 if variable.scale == "share" else float(cell)
