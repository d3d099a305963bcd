"""Streams: what the units of one tenant measure, as rows of numbers, with a known truth.

Where the fleet of `simulation.fleet` writes whole events for servers, a stream draws the metrics
alone, a thousand units at a time. What moves both arms alike (another mix of prompts, the time of
day, an incident) is kept apart from what a version does, so that whoever compares can be judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["COLUMNS", "NOTHING", "Column", "Nuisance", "Shift", "Stream"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400.0
_STEP = 64
"""Units between two steps of the drifting prompt mix."""


@dataclass(frozen=True, slots=True)
class Column:
    """One metric of a stream.

    Args:
        name: Of the metric, as in the catalogue of the detectors.
        level: Median of a size; probability of a flag.
        sigma: Of the logarithm of a size; 0: a flag.
        mix: How much the hidden difficulty of prompts moves it, in log or log odds.
        day: How much the time of day moves it, likewise.
        incident: How much an incident moves it, likewise.
    """

    name: str
    level: float
    sigma: float = 0.0
    mix: float = 0.3
    day: float = 0.0
    incident: float = 0.0


COLUMNS: tuple[Column, ...] = (
    Column("output_tokens", 200.0, 0.7, 0.4, 0.05),
    Column("output_chars", 850.0, 0.7, 0.4, 0.05),
    Column("style_sentence_words", 14.0, 0.35, 0.2),
    Column("style_bullets", 0.2, 0.5, 0.2),
    Column("style_hedges", 1.5, 0.8, 0.2),
    Column("style_warmth", 2.0, 0.8, 0.2),
    Column("embedding_distance", 0.4, 0.2, 0.2),
    Column("latency_ms", 1500.0, 0.5, 0.3, 0.3, 0.9),
    Column("time_to_first_token_ms", 400.0, 0.5, 0.1, 0.3, 0.9),
    Column("cost_usd", 0.004, 0.5, 0.4, 0.05),
    Column("formatted", 0.3),
    Column("tool_called", 0.4),
    Column("truncated", 0.01),
    Column("error", 0.005, incident=2.3),
    Column("refused", 0.02, mix=0.5),
    Column("moralised", 0.01, mix=0.5),
    Column("tool_failed", 0.02, incident=1.6),
    Column("tool_invalid", 0.01),
    Column("schema_invalid", 0.02),
    Column("format_broken", 0.01),
    Column("judge_score", 4.0, 0.1, 0.05),
    Column("feedback_bad", 0.1),
    Column("task_failed", 0.15),
)
"""Ten sizes and ten flags of the event itself, then three of its outcome."""

_SIZES = np.array([column.sigma > 0 for column in COLUMNS])
_SIGMA = np.array([column.sigma for column in COLUMNS])
_MIX = np.array([column.mix for column in COLUMNS])
_DAY = np.array([column.day for column in COLUMNS])
_INCIDENT = np.array([column.incident for column in COLUMNS])
_LEVEL = np.array(
    [np.log(c.level if c.sigma else c.level / (1.0 - c.level)) for c in COLUMNS]
)  # fmt: skip
_INDEX = {column.name: i for i, column in enumerate(COLUMNS)}
_TOKENS, _CHARS = _INDEX["output_tokens"], _INDEX["output_chars"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a version does to the units that it serves.

    Args:
        factor: On sizes, by metric.
        odds: On the odds of flags.
        rate: Of flags, in place of what they were.
        spread: Factor on the standard deviation of sizes, in logarithms.
        tail: Factor on the slowest tenth, of sizes.
        strata: It works in these alone; None: in all.
    """

    factor: Mapping[str, float] = field(default_factory=dict)
    odds: Mapping[str, float] = field(default_factory=dict)
    rate: Mapping[str, float] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    tail: Mapping[str, float] = field(default_factory=dict)
    strata: frozenset[int] | None = None

    def level(self) -> Floats:
        """Return what is added to each column's logarithm or log odds, [column]."""
        added = np.zeros(len(COLUMNS))
        for name, value in (*self.factor.items(), *self.odds.items()):
            added[_INDEX[name]] += np.log(value)
        return added


NOTHING = Shift()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuisance:
    """What moves both arms alike.

    Args:
        mix: Standard deviation of the prompts' hidden difficulty, which wanders.
        cycle: Depth of the daily cycle; 1 is the depth of the columns.
        incidents: (start, end) in seconds.
        correlation: How much the events of a unit are alike: intraclass correlation, 0-1.
        tenants: How far tenants and tasks differ in their levels; 0: all at the columns' own.
    """

    mix: float = 0.0
    cycle: float = 0.0
    incidents: Sequence[tuple[float, float]] = ()
    correlation: float = 0.0
    tenants: float = 1.0


class Stream:
    """The rows of one tenant.

    Args:
        seed: Same seed and same calls, same rows.
        nuisance: What moves both arms alike.
        strata: Kinds of task; their shares wander with the prompt mix.
    """

    def __init__(self, seed: int | Sequence[int], nuisance: Nuisance, strata: int = 2) -> None:
        self._rng = np.random.default_rng(seed)
        self._nuisance = nuisance
        apart = nuisance.tenants
        width = np.where(_SIZES, np.minimum(_SIGMA, 0.25), 0.4) * apart
        self._own = _LEVEL + width * self._rng.normal(size=len(COLUMNS))
        self._of_stratum = width * self._rng.normal(size=(strata, len(COLUMNS)))
        self._preference = self._rng.normal(size=strata)
        self._difficulty = 0.0

    def arms(self, number: int, weight: float) -> Flags:
        """Return which of `number` units the candidate serves, each with P = `weight`."""
        flags: Flags = self._rng.random(number) < weight
        return flags

    def rows(
        self,
        candidate: Flags,
        seconds: NDArray[np.floating[Any]],
        shift: Shift = NOTHING,
        unit: NDArray[np.intp] | None = None,
        strength: Floats | None = None,
    ) -> tuple[Floats, NDArray[np.intp]]:
        """Return what units measure, [unit, column] of `COLUMNS`, and their strata.

        Args:
            candidate: Which of them the candidate serves.
            seconds: When, for the daily cycle and incidents.
            shift: What the candidate does.
            unit: Number of the unit that each row belongs to, 0 and up; rows of a unit are alike.
                Without it each row is a unit of its own.
            strength: How much of the shift's factors and odds each row gets, 0-1; all if absent.
        """
        mix = self._wander(len(candidate))
        stratum = self._strata(mix)
        level = self._own + self._of_stratum[stratum] + mix[:, None] * _MIX
        if self._nuisance.cycle:
            wave = self._nuisance.cycle * np.sin(2 * np.pi * seconds / DAY)
            level += wave[:, None] * _DAY
        for start, end in self._nuisance.incidents:
            level[(seconds >= start) & (seconds < end)] += _INCIDENT
        if shift.strata is not None:
            candidate = candidate & np.isin(stratum, list(shift.strata))
        dose = candidate * (1.0 if strength is None else strength)
        level += dose[:, None] * shift.level()
        values = self._values(level, self._luck(len(candidate), unit), candidate, shift)
        return values, stratum

    def _values(self, level: Floats, luck: Floats, candidate: Flags, shift: Shift) -> Floats:
        for name, width in shift.spread.items():
            luck[candidate, _INDEX[name]] *= width
        values = np.empty_like(level)
        values[:, _SIZES] = np.exp(level[:, _SIZES] + luck[:, _SIZES] * _SIGMA[_SIZES])
        flags = -level[:, ~_SIZES]
        values[:, ~_SIZES] = luck[:, ~_SIZES] > ndtri(1.0 / (1.0 + np.exp(-flags)))
        for name, factor in shift.tail.items():
            slow = candidate & (luck[:, _INDEX[name]] > 1.2816)
            values[slow, _INDEX[name]] *= factor
        for name, rate in shift.rate.items():
            forced = self._rng.random(int(candidate.sum())) < rate
            values[candidate, _INDEX[name]] = forced
        return values

    def _luck(self, number: int, unit: NDArray[np.intp] | None) -> Floats:
        """Return standard normal scores, [unit, column]; characters go with tokens."""
        luck = self._rng.standard_normal((number, len(COLUMNS)))
        alike = self._nuisance.correlation
        if unit is not None and alike:
            own = self._rng.standard_normal((int(unit.max()) + 1, len(COLUMNS)))
            luck = np.sqrt(alike) * own[unit] + np.sqrt(1.0 - alike) * luck
        luck[:, _CHARS] = 0.98 * luck[:, _TOKENS] + 0.199 * luck[:, _CHARS]
        return luck

    def _wander(self, number: int) -> Floats:
        """Return the hidden difficulty of prompts: an Ornstein-Uhlenbeck walk."""
        if not self._nuisance.mix:
            return np.zeros(number)
        steps = -(-number // _STEP)
        walk = np.empty(steps)
        for i, push in enumerate(self._rng.standard_normal(steps).tolist()):
            self._difficulty = 0.98 * self._difficulty + 0.199 * push
            walk[i] = self._difficulty
        return self._nuisance.mix * np.repeat(walk, _STEP)[:number]

    def _strata(self, mix: Floats) -> NDArray[np.intp]:
        """Return the stratum of each unit; which are asked for more goes with the difficulty."""
        number = len(self._preference)
        if number == 1:
            return np.zeros(len(mix), np.intp)
        lean = np.exp(np.outer(mix, self._preference))
        edges = np.cumsum(lean, axis=1) / lean.sum(axis=1, keepdims=True)
        chosen: NDArray[np.intp] = (self._rng.random(len(mix))[:, None] > edges[:, :-1]).sum(axis=1)
        return chosen
