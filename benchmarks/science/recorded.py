"""Recorded answers of real models as wire events in observe mode: histories with a known truth.

The files are not part of the product: where they are absent there is no case.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["DATA", "Case", "cases", "events"]

DATA = Path(__file__).parents[3] / "shared" / "data"
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=20)
LLAMA = "llama31_8b_reruns_int4"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One history: answers of a baseline label, then of a candidate label.

    Args:
        name: In words.
        changed: Whether there is a change; None: a subtle one, which either may be said of.
        baseline: Label and rows.
        candidate: Label and rows.
    """

    name: str
    changed: bool | None
    baseline: tuple[str, list[Row]]
    candidate: tuple[str, list[Row]]


@lru_cache(maxsize=8)
def _rows(name: str) -> list[Row]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path) as file:
        return [json.loads(line) for line in file]


def _case(
    name: str, changed: bool | None, file: str, old: Callable[[Row], bool],
    new: Callable[[Row], bool], labels: tuple[str, str] = ("old", "new"),
) -> Case:  # fmt: skip
    rows = _rows(file)
    sides = [[row for row in rows if side(row)] for side in (old, new)]
    return Case(name, changed, (labels[0], sides[0]), (labels[1], sides[1]))


def _version(name: str, task: str | None = None) -> Callable[[Row], bool]:
    return lambda row: row["model_version"] == name and task in (None, row["task"])


def _run(*ends: str) -> Callable[[Row], bool]:
    return lambda row: row["variant"].endswith(ends)


def _half(name: str, which: int) -> Callable[[Row], bool]:
    return lambda row: row["model_version"] == name and hash_of(row["prompt_id"]) % 2 == which


def hash_of(text: str) -> int:
    """Return a number that depends on the text alone."""
    return int.from_bytes(text.encode()[-6:], "big") // 7


def cases() -> list[Case]:
    """Return every history that the files hold; none where they are absent."""
    march, june = "gpt-4-0314", "gpt-4-0613"
    found = [
        _case(f"{march} -> {june}", True, "llmdrift", _version(march), _version(june)),
        _case(
            "gpt-3.5-turbo-0301 -> 0613", True, "llmdrift", _version("gpt-3.5-turbo-0301"),
            _version("gpt-3.5-turbo-0613"),
        ),
        *(
            _case(
                f"{march} -> {june}, {task} alone", True, "llmdrift", _version(march, task),
                _version(june, task),
            )
            for task in ("happy_numbers", "prime", "opinionqa", "leetcode_easy",
                         "sensitiveq_aim_jailbreak")
        ),
        _case(
            "zeroeval gpt-4o 05-13 -> 08-06", True, "zeroeval_math_gpt4o",
            _version("gpt-4o-2024-05-13"), _version("gpt-4o-2024-08-06"),
        ),
        _case(
            "Llama bf16 (four runs) -> int4", None, LLAMA, _run("8b_run_4", "_5", "_7", "_8"),
            _run("int4_run_2"),
        ),
        _case("Llama bf16 (one run) -> int4", None, LLAMA, _run("8b_run_4"), _run("int4_run_2")),
        _case("Llama re-run, one against one", False, LLAMA, _run("8b_run_4"), _run("8b_run_7")),
        _case(
            "Llama re-runs, two against two", False, LLAMA, _run("8b_run_4", "8b_run_5"),
            _run("8b_run_7", "8b_run_8"),
        ),
        _case(
            "tau_bench trials 0, 1 -> 2, 3", False, "tau_bench",
            lambda row: row["variant"] in {"trial0", "trial1"},
            lambda row: row["variant"] in {"trial2", "trial3"},
        ),
        _case(f"{march} against itself", False, "llmdrift", _half(march, 0), _half(march, 1)),
        _case(f"{june} against itself", False, "llmdrift", _half(june, 0), _half(june, 1)),
    ]  # fmt: skip
    return [one for one in found if one.baseline[1] and one.candidate[1]]


def events(case: Case, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Give a history as wire events, one label after the other, each in an order drawn by `seed`.

    Sessions stay whole and in their own order.
    """
    at, number = BEGUN, 0
    for label, rows in (case.baseline, case.candidate):
        sessions: dict[str, list[Row]] = {}
        for place, row in enumerate(rows):
            sessions.setdefault(row.get("session_id") or f"row-{place}", []).append(row)
        names = list(sessions)
        Random(f"{seed}/{label}").shuffle(names)
        for name in names:
            for row in sorted(sessions[name], key=lambda one: one.get("turn_index") or 0):
                yield _event(row, label, f"{label}-{number}", at)
                at, number = at + APART, number + 1


def _event(row: Row, label: str, name: str, at: datetime) -> dict[str, Any]:
    event: dict[str, Any] = {
        "event_id": name, "occurred_at": at.isoformat(), "tenant_id": "acme", "agent_id": "care",
        "bundle_id": label, "task": row["task"], "prompt": row["prompt"],
        "output": row["response"], "turn": max(row.get("turn_index") or 1, 1),
    }  # fmt: skip
    for field, source, factor in (
        ("output_tokens", "tokens_out", 1), ("latency_ms", "latency_s", 1000),
        ("cost_usd", "cost_usd", 1), ("session_id", "session_id", None),
    ):  # fmt: skip
        value = row.get(source)
        if value is not None:
            event[field] = value if factor is None else value * factor
    if row.get("tool_calls"):
        event["tool_calls"] = [
            {"name": call["name"], "ok": call.get("ok") is not False} for call in row["tool_calls"]
        ]
    return event
