"""Twenty kinds of regression, each with its size and its truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.streams import NOTHING, Nuisance, Shift

__all__ = ["CALM", "KINDS", "Kind"]

Floats = NDArray[np.float64]
CALM = Nuisance(mix=0.3, cycle=0.5)
STORMY = Nuisance(mix=1.5, cycle=1.0, incidents=[(i * 20_000.0, i * 20_000.0 + 2000.0)
                                                 for i in range(40)])  # fmt: skip


def _always(candidates: Floats) -> Floats:
    return np.ones_like(candidates)


def _ramp(candidates: Floats) -> Floats:
    """From nothing to all over a thousand candidate units."""
    return np.minimum(candidates / 1000.0, 1.0)


def _every_other(candidates: Floats) -> Floats:
    """A hundred candidate units of it, a hundred without."""
    return (candidates // 100 % 2).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind.

    Args:
        name: In words, with its size.
        shift: What it does to the metrics.
        harmful: Beyond twice a margin: reverted within 3,000 candidate units.
        vectors: How far it moves embeddings; answers to prompts of one kind lie 1.4 apart.
        dose: How much of the shift a unit gets, by the candidate units before it.
        nuisance: What moves both arms alike.
        neighbours: Tenants of the same rollout that it leaves alone.
        other_tool: Probability that another tool is chosen.
        other_language: Probability that an answer is in another language.
        other_format: Probability that an answer is in another format.
    """

    name: str
    shift: Shift = NOTHING
    harmful: bool = True
    vectors: float = 0.0
    dose: Callable[[Floats], Floats] = _always
    nuisance: Nuisance = CALM
    neighbours: int = 0
    other_tool: float = 0.0
    other_language: float = 0.0
    other_format: float = 0.0


def _length(factor: float) -> dict[str, float]:
    return {"output_tokens": factor, "output_chars": factor}


KINDS: tuple[Kind, ...] = (
    Kind("refusals, odds x4", Shift(odds={"refused": 4})),
    Kind("moralising, odds x5", Shift(odds={"moralised": 5})),
    Kind("length +70 %", Shift(factor=_length(1.7))),
    Kind("length -45 %", Shift(factor=_length(0.55))),
    Kind("tone: warmth x1.5, hedges x1.3",
         Shift(factor={"style_warmth": 1.5, "style_hedges": 1.3}), harmful=False, vectors=0.15),
    Kind("format: bullets x1.4, formatted odds x2",
         Shift(factor={"style_bullets": 1.4}, odds={"formatted": 2.0}), harmful=False,
         other_format=0.25),
    Kind("language: one answer in four", harmful=False, vectors=1.0, other_language=0.25),
    Kind("tool choice: total variation .2", harmful=False, other_tool=0.5),
    Kind("tool failures, odds x4", Shift(odds={"tool_failed": 4})),
    Kind("wrong tool arguments, odds x5", Shift(odds={"tool_invalid": 5})),
    Kind("latency x1.8", Shift(factor={"latency_ms": 1.8, "time_to_first_token_ms": 1.8})),
    Kind("latency of the slowest tenth x3", Shift(tail={"latency_ms": 3.0})),
    Kind("cost x1.5", Shift(factor={"cost_usd": 1.5})),
    Kind("schema violations, odds x4", Shift(odds={"schema_invalid": 4})),
    Kind("judge score x.8, three answers in ten judged", Shift(factor={"judge_score": 0.8})),
    Kind("one stratum of three: refusals odds x8, length x2",
         Shift(odds={"refused": 8}, factor=_length(2.0), strata=frozenset({1}))),
    Kind("one tenant of ten: every tool call fails", Shift(rate={"tool_failed": 1.0}),
         neighbours=9),
    Kind("slow ramp of the length to x2 over 1,000 units", Shift(factor=_length(2.0)), dose=_ramp),
    Kind("intermittent: refusals odds x10, every other 100 units", Shift(odds={"refused": 10}),
         dose=_every_other),
    Kind("errors odds x5, amid mix drift, daily cycle and incidents", Shift(odds={"error": 5}),
         nuisance=STORMY),
)  # fmt: skip
