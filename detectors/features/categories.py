"""The categorical metrics of an event: labels, and the codes that stand for them in a row.

A code is a hash of its label that single precision holds exactly, so a row needs no dictionary
to be compared; the labels themselves are kept only for people.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final
from zlib import crc32

from detectors.metrics import INDEX
from schemas import CategoryShare, Event

__all__ = ["ABSENT", "CLUSTERS", "OTHER", "categories", "category", "cluster_label", "code"]

ABSENT: Final = 0.0
"""Code of units that lack the metric."""
OTHER: Final = 1.0
"""Code of all labels beyond those that are kept apart."""
CLUSTERS: Final = 8
_FIRST: Final = 2
_CODES: Final = 2**24 - _FIRST
_LONGEST: Final = 60
_SEQUENCE: Final = 8
"""Tool calls that a sequence shows."""

_CHOSEN, _SEQUENCES = INDEX["tool_chosen"], INDEX["tool_sequence"]
_FINISH, _FORMAT, _PRESENCE = INDEX["finish_reason"], INDEX["output_format"], INDEX["presence"]


@lru_cache(maxsize=4096)
def code(label: str) -> float:
    """Return the code of a label: a whole number from 2 up to 2^24."""
    return float(crc32(label.encode("utf-8", "replace")) % _CODES + _FIRST)


def cluster_label(index: int) -> str:
    """Return the label of an embedding cluster."""
    return f"cluster {index + 1}"


def category(
    number: int, labels: Mapping[int, str], baseline: float, candidate: float
) -> CategoryShare:
    """Return a category's shares under its name; "other" where the name was not kept."""
    name = labels.get(number) or ("none" if number == ABSENT else "other")
    return CategoryShare(label=name, baseline=round(baseline, 4), candidate=round(candidate, 4))


def categories(event: Event, output_format: str | None) -> list[tuple[int, str]]:
    """Return the label of each categorical metric that an event has: (metric, label).

    Args:
        event: As it came.
        output_format: Label of its text's format; None where the text is not shared.
    """
    found = [(_PRESENCE, _presence(event))]
    if event.error is not None or event.cancelled:
        return found
    calls = event.tool_calls
    found.append((_CHOSEN, calls[0].name[:_LONGEST] if calls else "no tool"))
    if calls and len(calls) > 1:
        sequence = " > ".join(call.name for call in calls[:_SEQUENCE])
        found.append((_SEQUENCES, sequence[:_LONGEST]))
    if event.finish_reason is not None:
        found.append((_FINISH, event.finish_reason[:_LONGEST]))
    if output_format is not None:
        found.append((_FORMAT, output_format))
    return found


def _presence(event: Event) -> str:
    """Name what the service did not report: a candidate that stops reporting is another one."""
    if event.error is not None:
        return "failed"
    said = _without(
        event.output_tokens is None, event.latency_ms is None,
        event.time_to_first_token_ms is None, event.cost_usd is None,
        event.finish_reason is None, event.schema_valid is None, event.tool_calls is None,
        event.model_served is None, event.output is None and event.output_chars is None,
    )  # fmt: skip
    return said if event.embedding is None else f"{said}, with embedding"


@cache
def _without(*absent: bool) -> str:
    """Name the absent ones of what a service reports, in this order; there are 512 answers."""
    names = (
        "output_tokens", "latency_ms", "time_to_first_token_ms", "cost_usd", "finish_reason",
        "schema_valid", "tool_calls", "model_served", "output",
    )  # fmt: skip
    missed = [name for name, gone in zip(names, absent, strict=True) if gone]
    return "without " + ", ".join(missed) if missed else "everything"
