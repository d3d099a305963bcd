"""The watch: a pinned bundle against its own past, with no control running beside it.

Evidence is on a rollout's scale, but it rests on the past of the same stratum, so what changes
there for other reasons is seen too: a watch shows and asks, it never says "worse". What lies within
the band of the tenant's hours is no evidence (`hours.py`). It feeds River's detectors beside.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.compare.cells import Past
from detectors.compare.drifts import Drifts
from detectors.compare.hours import Hours
from detectors.compare.levels import Levels, lately
from detectors.compare.ties import uniforms, untied
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


class Watch:
    """Monitors of one (tenant, agent, bundle) against its own past.

    Args:
        seed: Name of what is watched; ties are broken and ranks smoothed by numbers drawn from it.
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

    def step(
        self, stratum: str, values: Floats, at: int, together: int = BLOCK, *, occurred: int = 0
    ) -> bool:
        """Take one unit; every eighth of a stratum, compare them with its past and learn them.

        Args:
            stratum: Task and turn class.
            values: [metric], NaN where absent.
            at: Broker time, ms.
            together: Units that are compared together, if not eight.
            occurred: When the service says that it was, ms; 0: as `at`.

        Returns:
            Whether it compared, so that evidence may have changed.

        Raises:
            NonFiniteValueError: A value is infinite.
        """
        if np.isinf(values).any():
            raise NonFiniteValueError(float(values[np.isinf(values)][0]))
        if stratum not in self.pasts and len(self.pasts) >= STRATA - 1:
            stratum = OTHER
        self.units += 1
        self.pasts.setdefault(stratum, Past())
        waiting = self.waiting.setdefault(stratum, [])
        waiting.append(values.astype(np.float32))
        if len(waiting) < together:
            return False
        block = np.array(self.waiting.pop(stratum), np.float64)
        self._fold(self.pasts[stratum], block, (at, occurred or at))
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
        return log10_w

    def follow(self, previous: "Watch") -> None:
        """Compare what comes with the baseline of the label before: its past becomes ours."""
        self.pasts = {name: past.copy() for name, past in previous.pasts.items()}
        before = previous.levels
        self.levels = Levels(before.absorbed.copy(), before.mean.copy(), before.square.copy())
        self.hours = previous.hours.copy()

    def _fold(self, past: Past, block: Floats, at: tuple[int, int]) -> None:
        self.own()
        past.own()
        there = ~np.isnan(block)
        met: Flags = np.logical_or.reduce(there, axis=0)
        tie, smooth = uniforms(self.seed, self.units, len(block))
        learning = self.best < _NEAR
        warm = past.warm()
        self._learn(past, block, tie, _CONTINUOUS[(met & ~warm)[_CONTINUOUS]])
        sizes = _CONTINUOUS[(met & warm)[_CONTINUOUS]]
        values = untied(block.take(sizes, axis=1), tie.take(sizes, axis=1))
        placed = past.place(sizes, values, learning[sizes])
        named = past.place_labels(_NAMED[met[_NAMED]], block, learning)
        ranked = np.concatenate([sizes, named.rows])
        cells = np.hstack([placed[0], named.low]), np.hstack([placed[1], named.high])
        gains, scores, late = self._ranked(past, ranked, cells, smooth, there.take(ranked, axis=1))
        self.drifts.update(sizes, scores[:, : len(sizes)], learning[sizes])
        flags, own = _FLAG[met[_FLAG]], learning | ~warm
        wins, odd, later = self._flags(past, flags, block, smooth, own)
        held = warm[flags]
        every = np.concatenate([ranked, flags[held]])
        self._grow(every, np.concatenate([gains, wins[held]]), there.sum(axis=0)[every])
        self.levels.update(block, there, learning)
        self._hour(
            every, np.hstack([scores, odd[:, held]]), np.concatenate([late, later[held]]), at
        )

    def _hour(self, rows: Rows, scores: Floats, late: Floats, at: tuple[int, int]) -> None:
        """Tell the hours; throw away the evidence of what has come back."""
        total, number, drawn = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE)
        total[rows], number[rows] = np.nansum(scores, axis=0), (~np.isnan(scores)).sum(axis=0)
        drawn[rows] = late
        back = self.hours.take(at, total, number, drawn)
        self.log_e[back] = self.best[back] = self.low[back] = 0.0
        self.log_r[back] = -np.inf
        self.onset[back] = self.low_at[back] = self.units

    def _learn(self, past: Past, block: Floats, tie: Floats, rows: Rows) -> None:
        for row in rows.tolist():
            for value in untied(block[:, row], tie[:, row]):
                if value == value:
                    past.learn(row, float(value))

    def _ranked(
        self, past: Past, rows: Rows, cells: tuple[Floats, Floats], smooth: Floats, there: Flags
    ) -> tuple[Floats, Floats, Floats]:
        """Return the gains of cells, [metric, bet], normal scores, [unit, metric], and late ones."""
        low, high = cells
        drawn = past.drawn[rows].astype(np.float64)
        gains = shift_gain(low, high, drawn, self.hours.band(rows))
        scores = ndtri(low + smooth.take(rows, axis=1) * (high - low))
        added, left = lately(scores, there, _LATELY)
        past.drawn[rows] = drawn * left + added
        total: Floats = gains.sum(axis=0)  # a cell that is all there is gains nothing
        return total, np.where(there, scores, np.nan), drawn

    def _flags(
        self, past: Past, rows: Rows, block: Floats, smooth: Floats, learning: Flags
    ) -> tuple[Floats, Floats, Floats]:
        """Return the gains of flags, [metric, bet], scores, [unit, metric], and late ones."""
        values = block.take(rows, axis=1)
        there, flags = values == values, values > 0.5
        held = there & learning[rows]
        ones, seen = past.rates(rows, flags, held)
        drawn, rate = past.drawn[rows].astype(np.float64), (ones + 0.5) / (seen + 1.0)
        band = self.hours.rates(rows, rate)
        gains = flag_gain(flags, ones, seen, drawn, smooth.take(rows, axis=1), band)
        added, left = lately(flags - rate, there, _LATELY)
        past.drawn[rows] = drawn * left + added
        total: Floats = (gains * there[..., None]).sum(axis=0)
        deviation = np.sqrt(rate * (1.0 - rate))
        scores = np.where(there, (flags - rate) / deviation, np.nan)
        return total, scores, drawn / deviation[-1]

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
