"""Tenants of three tiers, each with its own traffic and habits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas import Tier
from simulation.texts import Style

__all__ = ["STYLES", "TOOLS", "Traits", "make_tenants", "running"]

TOOLS = ("find_order", "find_customer", "search_articles", "open_ticket")
STYLES: tuple[Style, ...] = ("plain", "hedged", "warm", "bullets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """One tenant as it is: the in-control truth.

    Args:
        share: Of the fleet's sessions; all shares sum to 1.
        refusal_rate: Probability of a refusal.
        median_chars: Median length of an answer.
        sigma: Of the logarithm of lengths.
        median_latency_ms: Median of the time before and beside the tokens.
        tool_rates: Probability of a tool call in the first and in later turns.
        tool_failure: Probability that a tool call fails.
        tool_mix: Running sums of the probabilities of `TOOLS`.
        style_mix: Running sums of the probabilities of `STYLES`.
        extract: Probability of the task `extract`, whose answers are JSON.
        broken_format: Probability that such JSON does not parse.
        error_rate: Probability that a call fails.
        satisfaction: Probability that feedback is good.
    """

    tenant_id: str
    tier: Tier
    share: float
    refusal_rate: float
    median_chars: float
    sigma: float
    median_latency_ms: float
    tool_rates: tuple[float, float]
    tool_failure: float
    tool_mix: tuple[float, ...]
    style_mix: tuple[float, ...]
    extract: float
    broken_format: float
    error_rate: float
    satisfaction: float


def running(weights: Sequence[float]) -> tuple[float, ...]:
    """Return the running sums of `weights`, scaled to end at 1."""
    sums = np.cumsum(np.asarray(weights, dtype=float))
    return tuple(float(value) for value in sums / sums[-1])


def make_tenants(count: int, seed: int, skew: float = 0.5) -> list[Traits]:
    """Return `count` tenants, busiest first: a tenth platinum, three tenths gold, the rest free.

    Args:
        count: How many, >= 1.
        seed: Same seed, same tenants.
        skew: Exponent of Zipf's law of traffic; 0: all alike.
    """
    draws = np.random.default_rng([seed, 3])
    shares = np.arange(1, count + 1, dtype=float) ** -skew
    shares /= shares.sum()
    tiers: tuple[Tier, ...] = ("platinum",) + ("gold",) * 3 + ("free",) * 6
    return [
        Traits(
            tenant_id=f"tenant-{i + 1:03d}",
            tier=tiers[i % 10],
            share=float(shares[i]),
            refusal_rate=float(draws.uniform(0.045, 0.055)),
            median_chars=float(draws.uniform(330, 520)),
            sigma=0.7,
            median_latency_ms=float(draws.uniform(250, 600)),
            tool_rates=(0.97, float(draws.uniform(0.2, 0.4))),
            tool_failure=float(draws.uniform(0.005, 0.02)),
            tool_mix=running([8.0, *draws.uniform(0.2, 1.5, len(TOOLS) - 1)]),
            style_mix=running(draws.dirichlet([6.0, 2.0, 2.0, 1.0]).tolist()),
            extract=float(draws.uniform(0.1, 0.25)),
            broken_format=float(draws.uniform(0.002, 0.01)),
            error_rate=float(draws.uniform(0.002, 0.006)),
            satisfaction=float(draws.uniform(0.8, 0.9)),
        )
        for i in range(count)
    ]
