"""The watch: a pinned bundle against its own past, with no control running beside it.

Evidence is on the same scale as a rollout's, but it rests on the past of the same stratum, so
what changes there for other reasons (another mix of prompts within a task) is seen too: a watch
shows and asks, it never says "worse". Speed counts only beyond what hours of the day have been.
It feeds River's detectors beside.
"""

import copy
import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.compare.cells import Past
from detectors.compare.drifts import Drifts
from detectors.compare.hours import Hours
from detectors.compare.levels import Levels, lately
from detectors.compare.watch_bets import BETS, flag_gain, shift_gain
from detectors.errors import NonFiniteValueError
from detectors.evidence.wealth import grow, wealth
from detectors.metrics import CATALOGUE, SIZE
from detectors.untouched import own, shared

__all__ = ["BLOCK", "OTHER", "STRATA", "Watch"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

BLOCK = 8
"""Units of a stratum that are compared together, each with all before it; only to save time."""
STRATA = 16
"""At most so many strata; the rest falls into `other`."""
OTHER = "other"
_QUIET = np.log(2 * BETS)
_NEAR = np.log(2 * BETS * 1e3)
"""ln of a bet's wealth at which W is 1,000 at least: an alarm is near, the baseline stops."""

_CONTINUOUS = np.array(
    [i for i, m in enumerate(CATALOGUE) if m.kind == "continuous" and not m.learned]
)
_NAMED = np.array([i for i, m in enumerate(CATALOGUE) if m.kind == "categorical"])
_FLAG = np.array([i for i, m in enumerate(CATALOGUE) if m.kind == "binary"])
_WEIGHTS = np.full((1, BETS), 1 / BETS)
_BARE = {
    "log_e": shared((SIZE, BETS), np.float32),
    "log_r": shared((SIZE, BETS), np.float32, -np.inf),
    "best": shared(SIZE, np.float32),
    "count": shared(SIZE, np.uint32),
    "onset": shared(SIZE, np.uint32),
    "low": shared((SIZE, BETS), np.float32),
    "low_at": shared((SIZE, BETS), np.uint32),
}
_ARRAYS = tuple(_BARE)
_LATELY = 0.1
_JITTER = 1e-4


def _untied(values: Floats, u: Floats) -> Floats:
    """Return the values, ties broken by a little noise."""
    noisy: Floats = values + (np.abs(values) * _JITTER + 1e-9) * u
    return noisy.astype(np.float32).astype(np.float64)


class Watch:
    """Monitors of one (tenant, agent, bundle) against its own past.

    Args:
        seed: Name of what is watched; ties are broken and ranks smoothed by numbers drawn from
            it, so that a replay gives the same evidence and tenants give independent ones.
    """

    __slots__ = (
        "best", "count", "drifts", "hours", "levels", "log_e", "log_r", "low", "low_at", "onset", "pasts",
        "seed", "units", "waiting",
    )  # fmt: skip

    def __init__(self, seed: str = "") -> None:
        self.seed = hashlib.blake2b(seed.encode(), digest_size=8).digest()
        self.units = 0
        """Steps so far."""
        self.pasts: dict[str, Past] = {}
        self.waiting: dict[str, list[NDArray[np.float32]]] = {}
        """Units of each stratum that wait for their block to fill."""
        self.levels = Levels()
        self.log_e: NDArray[np.float32] = _BARE["log_e"]
        self.log_r: NDArray[np.float32] = _BARE["log_r"]
        self.best: NDArray[np.float32] = _BARE["best"]
        """ln of each metric's richest bet: 2 x 7 W at most."""
        self.count: NDArray[np.uint32] = _BARE["count"]
        """Values bet on."""
        self.onset: NDArray[np.uint32] = _BARE["onset"]
        """`units` when the metric last gave no evidence: the change is no later."""
        self.low: NDArray[np.float32] = _BARE["low"]
        """Least ln E of each bet; where it lay estimates the change point."""
        self.low_at: NDArray[np.uint32] = _BARE["low_at"]
        """`units` then."""
        self.drifts = Drifts()
        self.hours = Hours()

    def step(self, stratum: str, values: Floats, at: int, together: int = BLOCK) -> bool:
        """Take one unit; every eighth of a stratum, compare them with its past and learn them.

        Args:
            stratum: Task and turn class.
            values: [metric], NaN where the unit has none.
            at: Broker time, ms.
            together: Units that are compared together, if not eight.

        Returns:
            Whether it compared, so that evidence may have changed.

        Raises:
            NonFiniteValueError: A value is infinite; nothing is changed.
        """
        if np.isinf(values).any():
            raise NonFiniteValueError(float(values[np.isinf(values)][0]))
        if stratum not in self.pasts and len(self.pasts) >= STRATA - 1:
            stratum = OTHER
        self.units += 1
        self.hours.take(at, values, self.levels)
        self.pasts.setdefault(stratum, Past())
        waiting = self.waiting.setdefault(stratum, [])
        waiting.append(values.astype(np.float32))
        if len(waiting) < together:
            return False
        self._fold(self.pasts[stratum], np.array(self.waiting.pop(stratum), np.float64))
        return True

    def own(self) -> None:
        """Make arrays of its own: it is about to compare."""
        own(self, _ARRAYS)

    def evidence(self) -> Floats:
        """Return log10 W of each metric as it stands, [metric]; 0 where nothing was bet on."""
        rows, log10_w = np.nonzero(self.count)[0], np.zeros(SIZE)
        total = wealth(
            self.log_e[rows].astype(np.float64), self.log_r[rows].astype(np.float64),
            self.count[rows].astype(np.float64), _WEIGHTS,
        )  # fmt: skip
        log10_w[rows] = np.log10(total)
        usual = self.hours.usual(self.levels)
        log10_w[usual] = np.minimum(log10_w[usual], 0.0)
        return log10_w

    def follow(self, previous: "Watch") -> None:
        """Compare what comes with the baseline of the label before: its past becomes ours."""
        self.pasts = {name: past.copy() for name, past in previous.pasts.items()}
        before = previous.levels
        self.levels = Levels(before.absorbed.copy(), before.mean.copy(), before.square.copy())
        self.hours = copy.deepcopy(previous.hours)

    def _fold(self, past: Past, block: Floats) -> None:
        self.own()
        past.own()
        there = ~np.isnan(block)
        met: Flags = np.logical_or.reduce(there, axis=0)
        tie, smooth = self._uniforms(len(block))
        learning = self.best < _NEAR
        learning[self.hours.usual(self.levels)] = True
        warm = past.warm()
        self._learn(past, block, tie, _CONTINUOUS[(met & ~warm)[_CONTINUOUS]])
        rows = _CONTINUOUS[(met & warm)[_CONTINUOUS]]
        gains = self._continuous(past, rows, block, (tie, smooth), learning)
        flags = _FLAG[met[_FLAG]]
        wins = self._flags(past, flags, block, smooth, learning | ~warm)[warm[flags]]
        named, told = self._named(past, _NAMED[met[_NAMED]], block, smooth, learning)
        every = np.concatenate([rows, flags[warm[flags]], named])
        self._grow(every, np.concatenate([gains, wins, told]), there.sum(axis=0)[every])
        self.levels.update(block, there, learning)

    def _uniforms(self, units: int) -> Floats:
        """Return two independent uniform numbers on (0, 1) a unit and metric."""
        size = 2 * units * SIZE
        drawn = hashlib.shake_128(self.seed + self.units.to_bytes(8, "big")).digest(4 * size)
        return ((np.frombuffer(drawn, "<u4") + 0.5) / 2**32).reshape(2, units, SIZE)

    def _learn(self, past: Past, block: Floats, tie: Floats, rows: Rows) -> None:
        for row in rows.tolist():
            for value in _untied(block[:, row], tie[:, row]):
                if value == value:
                    past.learn(row, float(value))

    def _continuous(
        self, past: Past, rows: Rows, block: Floats, u: tuple[Floats, Floats], learning: Flags
    ) -> Floats:
        values = _untied(block[:, rows], u[0][:, rows])
        there = ~np.isnan(values)
        placed = past.place(rows, values, learning[rows])
        gains, scores = self._ranked(past, rows, (placed.low, placed.high), u[1], there)
        past.absorb(rows, placed.counted)
        self.drifts.update(rows, np.where(there, scores, np.nan), learning[rows])
        return gains

    def _named(
        self, past: Past, rows: Rows, block: Floats, smooth: Floats, learning: Flags
    ) -> tuple[Rows, Floats]:
        kept, low, high = past.place_labels(rows, block[:, rows], learning[rows])
        rows, there = rows[kept], ~np.isnan(low)
        cells = (np.where(there, low, 0.0), np.where(there, high, 1.0))
        return rows, self._ranked(past, rows, cells, smooth, there)[0]

    def _ranked(
        self, past: Past, rows: Rows, cells: tuple[Floats, Floats], smooth: Floats, there: Flags
    ) -> tuple[Floats, Floats]:
        """Return the gains of cells, [metric, bet], and normal scores, [unit, metric]."""
        low, high = cells
        drawn = past.drawn[rows].astype(np.float64)
        gains = shift_gain(low, high, drawn)
        scores = ndtri(low + smooth[:, rows] * (high - low))
        added, left = lately(scores, there, _LATELY)
        past.drawn[rows] = drawn * left + added
        total: Floats = (gains * there[..., None]).sum(axis=0)
        return total, scores

    def _flags(
        self, past: Past, rows: Rows, block: Floats, smooth: Floats, learning: Flags
    ) -> Floats:
        there, flags = ~np.isnan(block[:, rows]), block[:, rows] > 0.5
        held = there & learning[rows]
        ones, seen = past.rates(rows, flags, held)
        drawn = past.drawn[rows].astype(np.float64)
        gains = flag_gain(flags, ones, seen, drawn, smooth[:, rows])
        added, left = lately(flags - (ones + 0.5) / (seen + 1.0), there, _LATELY)
        past.drawn[rows] = drawn * left + added
        past.absorb_flags(rows, flags, held)
        total: Floats = (gains * there[..., None]).sum(axis=0)
        return total

    def _grow(self, rows: Rows, gains: Floats, number: Rows) -> None:
        before = self.count[rows].astype(np.float64)
        log_e, log_r = grow(
            self.log_e[rows].astype(np.float64), self.log_r[rows].astype(np.float64),
            gains, before, before + number,
        )  # fmt: skip
        self.log_e[rows], self.log_r[rows] = log_e, log_r
        self.count[rows] += number.astype(np.uint32)
        best = np.maximum(log_e, log_r).max(axis=1)
        self.best[rows] = best
        self.onset[rows[best < _QUIET]] = self.units
        lower = log_e < self.low[rows]
        self.low[rows] = np.where(lower, log_e, self.low[rows])
        self.low_at[rows] = np.where(lower, self.units, self.low_at[rows])

    def changed_at(self, row: int) -> int:
        """Return the units before the change: where the best bet's fortune turned."""
        return int(self.low_at[row, int(np.argmax(self.log_e[row] - self.low[row]))])
