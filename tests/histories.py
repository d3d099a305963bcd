"""Histories of made-up answers as files of wire events."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["answer", "history", "stamped", "write"]

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("the", "order", "was", "found", "and", "will", "be", "sent", "to", "you", "as", "soon")


def answer(rng: Random, *, longer: float = 1.0, refuses: float = 0.05) -> dict[str, Any]:
    """Return what was measured of one answer."""
    return {
        "output_tokens": round(longer * rng.lognormvariate(5, 0.6)),
        "latency_ms": rng.lognormvariate(6, 0.5),
        "refused": rng.random() < refuses,
        "output": " ".join(rng.choices(WORDS, k=12)),
    }


def history(
    labels: Iterable[tuple[str, int, dict[str, float]]],
    *,
    seed: int = 1,
    tenants: tuple[str, ...] = ("acme",),
    turns: int = 1,
    seconds: float = 60.0,
) -> list[dict[str, Any]]:
    """Return events of one label after the other, in observe mode.

    Args:
        labels: Label, number of sessions of each tenant, and how its answers differ.
        seed: Of the answers.
        tenants: Whose.
        turns: Events of a session.
        seconds: Between two events.
    """
    rng, found = Random(seed), list[dict[str, Any]]()
    for label, count, changes in labels:
        for number in range(count):
            for tenant in tenants:
                for turn in range(1, turns + 1):
                    at = BEGUN + timedelta(seconds=seconds * len(found))
                    found.append(
                        {
                            "event_id": f"e{len(found)}", "occurred_at": at.isoformat(),
                            "tenant_id": tenant, "agent_id": "care", "bundle_id": label,
                            "session_id": f"{label}-{tenant}-{number}", "turn": turn,
                            "task": "chat", **answer(rng, **changes),
                        }
                    )  # fmt: skip
    return found


def stamped(
    count: int, *, weight: float = 0.4, tenants: tuple[str, ...] = ("acme", "bravo"), turns: int = 2,
    hurt: tuple[str, ...] = (), seed: int = 1, phase: str = "p1",
) -> list[dict[str, Any]]:  # fmt: skip
    """Return events of a rollout, drawn by a router, the candidate of `hurt` twice as long."""
    rng, found = Random(seed), list[dict[str, Any]]()
    for number in range(count):
        tenant, candidate = tenants[number % len(tenants)], rng.random() < weight
        for turn in range(1, turns + 1):
            at = BEGUN + timedelta(seconds=0.2 * len(found))
            longer = 2.0 if candidate and tenant in hurt else 1.0
            found.append(
                {
                    "event_id": f"e{len(found)}", "occurred_at": at.isoformat(),
                    "tenant_id": tenant, "agent_id": "care",
                    "bundle_id": "new" if candidate else "old", "turn": turn, "task": "chat",
                    "stamp": {
                        "phase_id": phase, "arm": "candidate" if candidate else "baseline",
                        "epoch": 2, "router_id": "r", "unit_id": f"u{number}",
                    },
                    **answer(rng, longer=longer),
                }
            )  # fmt: skip
    return found


def write(path: Path, events: Iterable[dict[str, Any]]) -> Path:
    """Write events, one a line; return the path."""
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path
