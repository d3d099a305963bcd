"""The watch: a pinned bundle against its own past, with no control running beside it.

Evidence is on the same scale as a rollout's, but it rests on the past of the same stratum, so
what changes there for other reasons (another mix of prompts within a task, a daily cycle) is
seen too: a watch shows and asks, it never says "worse". It feeds River's detectors beside.
"""

import hashlib
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.compare.cells import Past
from detectors.compare.levels import Levels
from detectors.compare.watch_bets import BETS, flag_gain, shift_gain
from detectors.errors import NonFiniteValueError
from detectors.evidence.wealth import grow, wealth
from detectors.metrics import CATALOGUE, INDEX, SIZE
from detectors.river import Drift
from schemas import MonitorReading, Units

__all__ = ["OTHER", "STRATA", "Watch"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

STRATA = 16
"""At most so many strata; the rest falls into `other`."""
OTHER = "other"
LOUD = 0.5
"""A stratum's recent mean normal score from which on it counts as moved."""
_NEAR = np.log(2 * BETS * 1e3)
"""ln of a bet's wealth at which W is 1,000 at least: an alarm is near, the baseline stops."""
_QUIET = np.log(2 * BETS)

_CONTINUOUS = np.array([i for i, m in enumerate(CATALOGUE) if m.kind == "continuous"])
_FLAG = np.array([i for i, m in enumerate(CATALOGUE) if m.kind == "binary"])
_IS_FLAG = np.array([m.kind == "binary" for m in CATALOGUE])
_TOKENS, _CHARS = INDEX["output_tokens"], INDEX["output_chars"]
_DRIFTS = {_TOKENS, _CHARS, *(INDEX[m] for m in ("embedding_distance", "latency_ms"))}
"""What River's detectors watch; characters only where tokens are not known."""
_WEIGHTS = np.full((1, BETS), 1 / BETS)
_LATELY = 0.1
_JITTER = 1e-4
_CORRELATED = 0.05
_RHO_AFTER = 200


class Watch:
    """Monitors of one (tenant, agent, bundle) against its own past.

    Args:
        seed: Name of what is watched; ties are broken and ranks smoothed by numbers drawn from
            it, so that a replay gives the same evidence and tenants give independent ones.
    """

    __slots__ = (
        "best", "count", "drifts", "levels", "log_e", "log_r", "onset", "pasts", "rho", "seed",
        "units",
    )  # fmt: skip

    def __init__(self, seed: str = "") -> None:
        self.seed = hashlib.blake2b(seed.encode(), digest_size=8).digest()
        self.units = 0
        """Steps so far."""
        self.pasts: dict[str, Past] = {}
        self.levels = Levels()
        self.log_e = np.zeros((SIZE, BETS), np.float32)
        self.log_r = np.full((SIZE, BETS), -np.inf, np.float32)
        self.best = np.zeros(SIZE, np.float32)
        """ln of each metric's richest bet: 2 x 7 W at most."""
        self.count = np.zeros(SIZE, np.uint32)
        """Values bet on."""
        self.onset = np.zeros(SIZE, np.uint32)
        """`count` when the metric last gave no evidence: where a change would have begun."""
        self.drifts: dict[int, Drift] = {}
        self.rho: dict[int, tuple[float, float, int]] = {}
        """Last normal score, lag-1 correlation and how many it rests on."""

    def step(self, stratum: str, values: Floats) -> None:
        """Fold one unit in: compare it with the stratum's past, then make it part of it.

        Args:
            stratum: Task and turn class.
            values: [metric], NaN where the unit has none.

        Raises:
            NonFiniteValueError: A value is infinite; nothing is changed.
        """
        present = ~np.isnan(values)
        if np.isinf(values[present]).any():
            raise NonFiniteValueError(float(values[np.isinf(values)][0]))
        past = self._past(stratum)
        tie, smooth = self._uniforms()
        self.units += 1
        learning = self.best < _NEAR
        rows, gains = self._continuous(past, values, present, (tie, smooth), learning)
        more, wins = self._flags(past, values, present, smooth, learning)
        self._grow(np.concatenate([rows, more]), np.concatenate([gains, wins]))
        everything = np.nonzero(present)[0]
        self.levels.update(everything, values[everything], learning[everything])

    def readings(self) -> list[MonitorReading]:
        """Return what each metric says now; those that nothing was bet on are left out."""
        rows = np.nonzero(self.count)[0]
        total = wealth(
            self.log_e[rows].astype(np.float64), self.log_r[rows].astype(np.float64),
            self.count[rows].astype(np.float64), _WEIGHTS,
        )  # fmt: skip
        return [
            self._reading(int(row), float(w)) for row, w in zip(rows, np.log10(total), strict=True)
        ]

    def follow(self, previous: "Watch") -> None:
        """Compare what comes with the baseline of the label before: its past becomes ours."""
        self.pasts = {
            name: Past(
                past.seen.copy(), past.edges.copy(), past.counts.copy(), past.ones.copy(),
                warming={row: list(kept) for row, kept in past.warming.items()},
            )
            for name, past in previous.pasts.items()
        }  # fmt: skip
        before = previous.levels
        self.levels = Levels(before.absorbed.copy(), before.mean.copy(), before.square.copy())

    def _past(self, stratum: str) -> Past:
        if stratum not in self.pasts and len(self.pasts) >= STRATA - 1:
            stratum = OTHER
        return self.pasts.setdefault(stratum, Past())

    def _uniforms(self) -> Floats:
        """Return two independent uniform numbers on (0, 1) a metric, [2, metric]."""
        drawn = hashlib.shake_128(self.seed + self.units.to_bytes(8, "big")).digest(8 * SIZE)
        return ((np.frombuffer(drawn, "<u4") + 0.5) / 2**32).reshape(2, SIZE)

    def _continuous(
        self, past: Past, values: Floats, present: Flags, u: tuple[Floats, Floats], learning: Flags
    ) -> tuple[Rows, Floats]:
        rows = _CONTINUOUS[present[_CONTINUOUS]]
        raw = values[rows]
        untied = (raw + (np.abs(raw) * _JITTER + 1e-9) * u[0][rows]).astype(np.float32)
        warm = past.warm(rows)
        if not warm.all():
            for row, value in zip(rows[~warm], untied[~warm], strict=True):
                past.learn(int(row), float(value))
            rows, untied = rows[warm], untied[warm]
        placed = past.place(rows, untied)
        gains = shift_gain(placed, past.drawn[rows])
        scores = ndtri(placed.low + u[1][rows] * (placed.high - placed.low))
        past.drawn[rows] += _LATELY * (scores - past.drawn[rows])
        absorb = learning[rows]
        past.absorb(rows[absorb], placed.cell[absorb])
        self._drift(rows, scores, learning)
        return rows, gains

    def _flags(
        self, past: Past, values: Floats, present: Flags, smooth: Floats, learning: Flags
    ) -> tuple[Rows, Floats]:
        rows = _FLAG[present[_FLAG]]
        flags = values[rows] > 0.5
        ones, seen = past.rate(rows)
        warm = past.warm(rows)
        gains = flag_gain(flags, ones, seen, past.drawn[rows].astype(np.float64), smooth[rows])
        off = flags - (ones + 0.5) / (seen + 1.0)
        past.drawn[rows] += np.where(warm, _LATELY * (off - past.drawn[rows]), 0.0)
        absorb = learning[rows] | ~warm
        past.absorb_flags(rows[absorb], flags[absorb])
        return rows[warm], gains[warm]

    def _grow(self, rows: Rows, gains: Floats) -> None:
        before = self.count[rows].astype(np.float64)
        log_e, log_r = grow(
            self.log_e[rows].astype(np.float64), self.log_r[rows].astype(np.float64),
            gains, before, before + 1.0,
        )  # fmt: skip
        self.log_e[rows], self.log_r[rows] = log_e, log_r
        self.count[rows] += 1
        best = np.maximum(log_e, log_r).max(axis=1)
        self.best[rows] = best
        quiet = rows[best < _QUIET]
        self.onset[quiet] = self.count[quiet]

    def _drift(self, rows: Rows, scores: Floats, learning: Flags) -> None:
        """Feed River's detectors; correlated neighbours are whitened first."""
        score_of = dict(zip(rows.tolist(), scores.tolist(), strict=True))
        if _TOKENS in score_of:
            score_of.pop(_CHARS, None)
        for row in _DRIFTS & score_of.keys():
            z = min(max(score_of[row], -5.0), 5.0)
            last, rho, n = self.rho.get(row, (0.0, 0.0, 0))
            if learning[row]:
                n += 1
                rho += (z * last - rho) / n
            self.rho[row] = (z, rho, n)
            if n >= _RHO_AFTER and abs(rho) > _CORRELATED:
                held = min(max(rho, -0.9), 0.9)
                z = (z - held * last) / math.sqrt(1.0 - held * held)
            if row not in self.drifts:
                self.drifts[row] = Drift()
            self.drifts[row].update(z)

    def _reading(self, row: int, log10_w: float) -> MonitorReading:
        metric, drift = CATALOGUE[row], self.drifts.get(row)
        effect = self.levels.effect(row)
        return MonitorReading(
            metric=metric.name, component=metric.component, harmful=metric.harmful,
            display=min(max(log10_w, -400.0), 400.0),
            units=Units(
                baseline=int(self.levels.absorbed[row]), candidate=int(self.count[row])
            ),
            baseline_value=effect.baseline, candidate_value=effect.recent,
            effect=effect.ratio, effect_low=effect.low, effect_high=effect.high,
            changed_at_unit=int(self.onset[row]) if log10_w >= 1.0 else None,
            strata=[name for _, name in sorted(self._moved(row))][:3] if log10_w >= 1.0 else [],
            river=(
                {"adwin": drift.adwin, "page_hinkley": drift.page_hinkley} if drift else {}
            ),
        )  # fmt: skip

    def _moved(self, row: int) -> Iterator[tuple[float, str]]:
        for name, past in self.pasts.items():
            moved = abs(float(past.drawn[row]))
            if _IS_FLAG[row]:
                ones, seen = past.rate(np.array([row]))
                rate = float((ones[0] + 0.5) / (seen[0] + 1.0))
                moved /= np.sqrt(rate * (1.0 - rate))
            if moved >= LOUD:
                yield -moved, name
