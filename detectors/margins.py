"""Margins of one tenant, from how much its own baseline varies.

What a customer would notice is a share of what they are used to: the catalogue's factor holds
for answers that vary as much as most do, and shrinks or grows with the tenant's own spread. Odds
on a rare flag must mean at least some cases in a thousand. What a policy sets goes before both.
"""

from collections.abc import Mapping
from math import exp, log, log1p, sqrt

from detectors.compare.levels import Levels
from detectors.metrics import CATALOGUE, INDEX

__all__ = ["ENOUGH", "tenant_margins"]

ENOUGH = 200
"""Values of the baseline that a margin must rest on."""
_USUAL = {
    "output_tokens": 0.7, "output_chars": 0.7, "latency_ms": 0.5,
    "time_to_first_token_ms": 0.5, "cost_usd": 0.7,
}  # fmt: skip
"""Standard deviation of ln x for which the catalogue's margin is meant."""
_TIGHTEST, _WIDEST = 0.6, 1.6
"""Bounds of the factor on ln margin."""
_NOTICED = 0.005
"""A rise of a flag's rate that is noticed."""
_ODDS = (1.5, 2.0, 3.0)
"""Odds ratios that margins of flags are rounded to: tables of bets are shared."""
_STEP = 0.02


def tenant_margins(levels: Levels, given: Mapping[str, float]) -> dict[str, float]:
    """Return the margins of a tenant: those given, and its own for other metrics.

    Args:
        levels: Of the watch of its baseline.
        given: By policy and tenant; metric -> odds ratio or factor.
    """
    own: dict[str, float] = {}
    for metric in CATALOGUE:
        row = INDEX[metric.name]
        if metric.harmful is None or levels.absorbed[row] < ENOUGH:
            continue
        mean = float(levels.mean[row])
        if metric.kind == "binary" and not metric.outcome:
            own[metric.name] = _odds(mean, metric.margin)
        elif metric.name in _USUAL and mean > 0.0:
            variance = float(levels.square[row] / levels.absorbed[row])
            spread = sqrt(log1p(variance / mean**2))
            own[metric.name] = _factor(spread / _USUAL[metric.name], metric.margin)
    own.update((name, own[source]) for name, source in _TAILS.items() if source in own)
    return {**own, **given}


def _odds(rate: float, least: float) -> float:
    """Return the odds ratio that makes a rise worth noticing, rounded up."""
    rate = min(max(rate, 1e-6), 1.0 - 1e-6)
    worse = min(rate + _NOTICED, 1.0 - 1e-6)
    needed = max(worse / (1.0 - worse) * (1.0 - rate) / rate, least)
    return next((odds for odds in _ODDS if odds >= needed), _ODDS[-1])


def _factor(relative: float, usual: float) -> float:
    scaled = exp(log(usual) * min(max(relative, _TIGHTEST), _WIDEST))
    return round(scaled / _STEP) * _STEP


_TAILS = {metric.name: metric.source for metric in CATALOGUE if metric.source is not None}
