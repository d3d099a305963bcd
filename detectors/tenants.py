"""What each tenant of one rollout or watch last said, and the evidence of all together.

Evidence is kept as ln W, [tenant, metric, kind], kinds being display, pause and action; a
component's W is the mean over its monitors that have evidence, so it is an e-value again. Of action
each bet is kept too: what hurts many tenants moves all of them by about as much, so the product of
the one bet that fits grows faster than that of everyone's mean over bets.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.evidence.fleet import MOST, SHARES
from detectors.layout import ACTS
from detectors.metrics import CATALOGUE, INDEX, SIZE
from schemas import Component, Signal, Units

__all__ = ["ACTED", "COMPONENTS", "KINDS", "LN10", "Tenants", "blend", "by_component"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

KINDS: Final = ("display", "pause", "action")
COMPONENTS: Final[tuple[Component, ...]] = ("A", "L", "E", "R", "T")
LN10 = float(np.log(10.0))
_HARMS = np.array([metric.harmful is not None for metric in CATALOGUE])
_MEMBERS = np.array([[m.component == c for m in CATALOGUE] for c in COMPONENTS[:-1]])
_WEIGHTS = np.array([[metric.weight] for metric in CATALOGUE])
_ACTS = np.stack([np.ones(SIZE, bool), _HARMS, _HARMS], axis=1)
"""[metric, kind]: what has no harmful direction is shown, and neither pauses nor reverts."""
ACTED = ACTS > 0.0
"""[metric, bet]: its action bets."""
_PLACES: Final = [np.flatnonzero(used).tolist() for used in ACTED]
_MEANS: Final = 2
"""Kinds of which the fleet multiplies each tenant's mean over bets: display and pause."""
_TERMS: Final = _MEANS + ACTS.shape[1]
_LEFT = np.log(1.0 - np.array(SHARES) + 1e-300)
_RIGHT = np.log(np.array(SHARES))
_UPTO = np.array([np.inf, MOST[0], *[MOST[1]] * (_TERMS - _MEANS)])
"""ln W of a tenant that counts for the fleet at most, [display, pause and bets]; showing has no
bound, acting has one."""
_BLOCK = 32
"""Tenants whose sum is kept, and so many of these sums: a signal costs three short sums, whatever
the fleet."""
_FIRST = 4
"""Tenants that there is room for at first: of many labels each may have one."""


def _log_mean(values: Floats, counted: Flags) -> Floats:
    """Return ln of the weighted mean of exp(values) over metrics, axis -2, where counted.

    0 where nothing is counted.
    """
    weights = counted * _WEIGHTS
    total = weights.sum(axis=-2)
    some = total > 0.0
    top = np.where(some, np.where(counted, values, -np.inf).max(axis=-2), 0.0)
    summed = (weights * np.exp(np.where(counted, values - top[..., None, :], -np.inf))).sum(axis=-2)
    mean: Floats = np.log(np.maximum(summed, 1e-300) / np.where(some, total, 1.0)) + top
    return np.where(some, mean, 0.0)


def by_component(log_w: Floats, present: Flags) -> Floats:
    """Return ln W_c of A, L, E and R, [..., component, kind]; 0 for one without monitors.

    Args:
        log_w: [..., metric, kind].
        present: Which metrics have evidence, [..., metric].
    """
    counted = _MEMBERS[:, :, None] & present[..., None, :, None] & _ACTS
    return _log_mean(np.broadcast_to(log_w[..., None, :, :], counted.shape), counted)


def blend(components: Floats, weights: Floats) -> Floats:
    """Return ln of the weighted mean of W over components; 0 if none has weight.

    Args:
        components: ln W, [..., component, kind].
        weights: [component].
    """
    if not weights.any():
        return np.zeros(components.shape[:-2] + components.shape[-1:])
    top = components.max(axis=-2, keepdims=True)
    mean: Floats = np.log(weights @ np.exp(components - top) / weights.sum()) + top[..., 0, :]
    return mean


def _zeros(rows: int, kind: type[np.floating]) -> NDArray[Any]:
    return np.zeros((rows, SIZE, _TERMS, len(SHARES)), kind)


def _log10(values: Floats) -> Floats:
    """Return log10 W rounded to the half precision that states keep, as ln W."""
    rounded: Floats = values.astype(np.float16).astype(np.float64) * LN10
    return rounded


@dataclass(slots=True)
class Tenants:
    """Latest evidence of every tenant of a subject."""

    index: dict[str, int] = field(default_factory=dict)
    log_w: Floats = field(default_factory=lambda: np.zeros((_FIRST, SIZE, 3)))
    present: Flags = field(default_factory=lambda: np.zeros((_FIRST, SIZE), bool))
    bets: Floats = field(default_factory=lambda: np.zeros((_FIRST, *ACTS.shape)))
    """ln W of each action bet, [tenant, metric, bet]; 0 for those that a metric has not."""
    own: Floats = field(default_factory=lambda: np.zeros((_FIRST, 4, 3)))
    """ln W_c of each tenant's A, L, E and R, [tenant, component, kind]."""
    ratio: Floats = field(default_factory=lambda: np.zeros(_FIRST))
    """ln of the evidence that units are lost."""
    sequence: list[int] = field(default_factory=list)
    units: list[Units] = field(default_factory=list)
    cached: list[Units] = field(default_factory=list)
    """Whose first answer came from a cache."""
    _having: NDArray[np.intp] = field(default_factory=lambda: np.zeros(SIZE, np.intp))
    """Tenants that have each metric."""
    _each: NDArray[np.float32] = field(default_factory=lambda: _zeros(_FIRST, np.float32))
    """ln of each tenant's factor, [tenant, metric, display, pause and bets, share]."""
    _sums: Floats = field(default_factory=lambda: _zeros(1, np.float64))
    _tops: Floats = field(default_factory=lambda: _zeros(1, np.float64))
    """Of so many tenants, and of so many of these sums."""
    _weights: Floats = field(default_factory=lambda: np.zeros(0))
    _blended: Floats = field(default_factory=lambda: np.zeros((_FIRST, 3)))
    """By which components were last blended, and what came of it, [tenant, kind]."""
    _stale: set[int] = field(default_factory=set)
    """Tenants of whom it is not known any more."""

    def take(self, signal: Signal) -> int | None:
        """Put a signal in the place of the tenant's last; None if it is not newer."""
        row = self.index.get(signal.tenant_id)
        if row is not None and signal.sequence <= self.sequence[row]:
            return None
        if row is None:
            row = self.add(signal.tenant_id)
        log10_w, present = np.zeros((SIZE, 3)), np.zeros(SIZE, bool)
        bets = np.zeros(ACTS.shape)
        for reading in signal.readings:
            metric = INDEX.get(reading.metric)
            if metric is not None and reading.units.candidate + reading.units.baseline > 0:
                log10_w[metric] = reading.display, reading.pause, reading.action
                present[metric] = True
                places = _PLACES[metric]
                told = len(reading.bets) == len(places)
                bets[metric, places] = reading.bets if told else reading.action
        if signal.kind == "watch":
            log10_w[:, 1:] = bets[:] = 0.0
        self.sequence[row], self.units[row] = signal.sequence, signal.units
        self.cached[row] = signal.cached
        ratio = float(_log10(np.array([signal.sample_ratio]))[0])
        self.ratio[row] = ratio
        self.put(row, _log10(log10_w)[None], _log10(bets)[None], present[None])
        return row

    def put(self, first: int, log_w: Floats, bets: Floats, present: Flags) -> None:
        """Set the evidence of tenants that stand one behind the other, and what follows from it.

        Args:
            first: Place of the first.
            log_w: [tenant, metric, kind].
            bets: [tenant, metric, bet].
            present: [tenant, metric].
        """
        last = first + len(log_w) - 1
        rows = slice(first, last + 1)
        self._having += present.sum(axis=0) - self.present[rows].sum(axis=0)
        self.log_w[rows], self.present[rows], self.bets[rows] = log_w, present, bets
        self.own[rows] = by_component(log_w, present)
        self._stale.update(range(first, last + 1))
        terms = np.minimum(np.concatenate([log_w[..., :_MEANS], bets], axis=-1), _UPTO)
        self._each[rows] = np.logaddexp(_LEFT, terms[..., None] + _RIGHT)
        for parts, sums in ((self._each, self._sums), (self._sums, self._tops)):
            first, last = first // _BLOCK, last // _BLOCK
            for block in range(first, last + 1):
                some = parts[block * _BLOCK : (block + 1) * _BLOCK]
                sums[block] = some.sum(axis=0, dtype=np.float64)

    def fleet(self) -> tuple[Floats, Flags]:
        """Return ln T of each metric, [metric, kind], and which metrics any tenant has.

        T = mean over shares pi of prod over tenants (1 - pi + pi W_i), of what each says now; of
        action the mean over bets as well, W_i being what each tenant has made of that bet. Of pause
        and action W_i counts up to `MOST`: one tenant is not a fleet.
        """
        product = self._tops.sum(axis=0)
        top = product.max(axis=-1, keepdims=True)
        each = np.log(np.exp(product - top).mean(axis=-1)) + top[..., 0]
        acting = each[:, _MEANS:]
        most = acting.max(axis=1)
        mean = (ACTS * np.exp(acting - most[:, None])).sum(axis=1)
        action = np.where(ACTED.any(axis=1), np.log(np.maximum(mean, 1e-300)) + most, 0.0)
        total = np.column_stack([each[:, :_MEANS], action])
        return total, self._having > 0

    def blended(self, weights: Floats) -> Floats:
        """Return ln W of each tenant over its own components, [tenant, kind]; see `blend`."""
        rows = sorted(self._stale)
        if not np.array_equal(weights, self._weights):
            self._weights, rows = weights.copy(), list(range(len(self.index)))
        self._blended[rows] = blend(self.own[rows], weights)
        self._stale.clear()
        return self._blended[: len(self.index)]

    def fleet_mean(self, log_t: Floats, present: Flags) -> Floats:
        """Return ln T over all monitors, [kind]."""
        return _log_mean(log_t, present[:, None] & _ACTS)

    def lost(self) -> float:
        """Return log10 of the mean evidence over tenants that units are lost."""
        n = len(self.index)
        top = float(self.ratio[:n].max())
        return (float(np.log(np.exp(self.ratio[:n] - top).mean())) + top) / LN10

    def add(self, tenant_id: str) -> int:
        """Give a tenant its place, with no evidence yet; return it."""
        row = len(self.index)
        if row == len(self.log_w):
            for name in ("log_w", "bets", "present", "own", "ratio", "_each", "_blended"):
                self._double(name)
        for name, size in (("_sums", _BLOCK), ("_tops", _BLOCK**2)):
            if row == len(getattr(self, name)) * size:
                self._double(name)
        self.index[tenant_id] = row
        self.sequence.append(0)
        self.units.append(Units())
        self.cached.append(Units())
        return row

    def _double(self, name: str) -> None:
        array = getattr(self, name)
        setattr(self, name, np.concatenate([array, np.zeros_like(array)]))
