"""Figures of a backtest as a whole: false reversions, and speed beside live."""

from typing import Any, Final

from streams.backtest.run import Comparison, Result

__all__ = ["beside_live", "false_reversions"]

DAY_MS: Final = 86_400_000


def beside_live(result: Result, ours: float) -> dict[str, float]:
    """Return how this compares with live measure's own path; live adds Kafka's share to it.

    Scores and decisions are left out: live they are other roles' work.
    """
    if result.live_us is None or not ours:
        return {}
    live, judging = result.live_us, result.judging_seconds * 1e6 / max(result.events, 1)
    return {
        "us_per_event_of_scores_and_decisions": round(judging, 1),
        "live_measure_us_per_event_without_kafka": round(live, 1),
        "times_live_measure_without_kafka": round(live / max(ours - judging, 1e-9), 2),
    }


def false_reversions(comparison: Comparison) -> dict[str, Any]:
    """Return how often a good history would have been taken back, per 1,000 tenant-days.

    The upper bound is 95 % of a Poisson count, exact for none: -ln .05 = 3.0.
    """
    acts = [act for subject in comparison.subjects for act in subject.acts]
    reversions = {act.tenant_id for act in acts if act.kind in {"revert", "fallback"}}
    halts = sum(act.kind == "halt" for act in acts)
    pauses = sum(act.kind == "pause" for act in acts)
    days = sum(one.last_at - one.first_at for one in comparison.traffic.values()) / DAY_MS
    count = len(reversions)
    upper = 3.0 if count == 0 else count + 1.96 * count**0.5 + 1.92
    return {
        "reversions": count, "halts": halts, "pauses": pauses, "tenant_days": round(days, 4),
        "per_1000_tenant_days": round(1000 * count / days, 3) if days > 0 else None,
        "upper_95": round(1000 * upper / days, 3) if days > 0 else None,
    }  # fmt: skip
