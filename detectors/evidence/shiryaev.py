"""Shiryaev-Roberts: bets against a known baseline, for a change at any time.

R_t = (R_{t-1} + 1) e_t begins a bet anew at every value and keeps them all. While nothing has
changed, R_t - t is a martingale for every fair bet e, and so for any mean of several; the alarm
at R >= A therefore comes after A values on average *at least*, with nothing to calibrate.

With one bet, which is the truth, no procedure of that mean run is quicker to see a change
after a long stretch without one. Wealth (`wealth.py`) bounds the probability of *ever* being
wrong instead, and costs more units.

Sources: Shiryaev (1963), Theory Probab. Appl. 8:22-46; Roberts (1966), Technometrics 8:411-430;
Pollak and Tartakovsky (2009), Statistica Sinica 19:1729-1739 (optimal); Shin, Ramdas, Rinaldo
(2023), arXiv 2203.03532 (e-detectors: any fair bets, mixtures of them).
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Adaptive", "Restarts", "advance", "combine"]

Floats = NDArray[np.float64]

PER_SIZE = 4
"""Starting points are kept exactly while so few are of one age; older ones in pairs, in fours."""
MOST = 40
"""Starting points at most: the oldest lie some 4,000 values back."""


def advance(log_r: Floats, gain: Floats) -> Floats:
    """Return the next ln R of fixed bets.

    Args:
        log_r: ln R, [..., bet]; -inf at the start.
        gain: ln e of the value, same shape.
    """
    forward: Floats = np.logaddexp(log_r, 0.0) + gain
    return forward


def combine(log_r: Floats, weights: Floats) -> Floats:
    """Return ln of the weighted mean of R over the last axis; the weights sum to 1."""
    with np.errstate(divide="ignore"):
        mean: Floats = np.logaddexp.reduce(log_r + np.log(weights), axis=-1)
    return mean


class Adaptive(Protocol):
    """A bet that learns the change from the values since its starting point.

    It bets the ratio of a predictive distribution to the baseline's, so its product over values
    is a Bayes factor: e is fair given the past, whatever it has learned.
    """

    size: int
    """Numbers it remembers of the values since its starting point."""

    def learn(self, value: Floats) -> Floats:
        """Return what a value, [..., value], adds to the memory, [..., size]."""
        ...

    def gain(self, memory: Floats, seen: Floats, value: Floats) -> Floats:
        """Return ln e, [start, ...].

        Args:
            memory: [start, ..., size].
            seen: Values since the starting point, [start, ...].
            value: [..., value].
        """
        ...


class Restarts:
    """R of an adaptive bet, with a starting point at every value; old ones are merged.

    The starting points form an exponential histogram: single ones for the last values, then
    pairs, fours and so on. Of two that are merged the capital is added, and it goes on with what
    the richer of them has learned; that is decided by the past, so the bets stay fair. Starting
    points that are dropped at the far end only lower R.

    Sources: Fearnhead and Liu (2007), JRSS B 69:589-605 (pruned starting points);
    Datar et al. (2002), SIAM J. Comput. 31:1794-1813 (the histogram, as in ADWIN).

    Args:
        bet: What bets.
        shape: Of the streams that are folded side by side; () for one.
    """

    __slots__ = ("bet", "log_w", "memory", "seen", "sizes")

    def __init__(self, bet: Adaptive, shape: tuple[int, ...] = ()) -> None:
        self.bet = bet
        self.sizes: list[int] = []
        """Starting points in each entry, oldest first."""
        self.log_w = np.zeros((0, *shape))
        """ln of each entry's capital, [start, ...]."""
        self.seen = np.zeros((0, *shape))
        self.memory = np.zeros((0, *shape, bet.size))

    def step(self, value: Floats) -> Floats:
        """Fold one value of each stream, [..., value], in and return ln R, [...]."""
        self._begin()
        self.log_w += self.bet.gain(self.memory, self.seen, value)
        self.memory += self.bet.learn(value)
        self.seen += 1.0
        total: Floats = np.logaddexp.reduce(self.log_w, axis=0)
        return total

    def keep(self, streams: NDArray[np.bool_]) -> None:
        """Go on with these streams only, of a shape of one axis."""
        self.log_w, self.seen = self.log_w[:, streams], self.seen[:, streams]
        self.memory = self.memory[:, streams]

    def _begin(self) -> None:
        """Add a starting point; merge where more than `PER_SIZE` are of one size."""
        pairs: list[int] = []
        sizes, size = [*self.sizes, 1], 1
        while sizes.count(size) > PER_SIZE:
            i = sizes.index(size)
            pairs.append(i)
            sizes[i : i + 2] = [2 * size]
            size *= 2
        fresh = np.zeros((1, *self.log_w.shape[1:]))
        self.log_w = np.concatenate([self.log_w, fresh])
        self.seen = np.concatenate([self.seen, fresh])
        self.memory = np.concatenate([self.memory, np.zeros((1, *self.memory.shape[1:]))])
        for i in pairs:
            self._merge(i)
        self.sizes = sizes[-MOST:]
        if len(sizes) > MOST:
            self.log_w, self.seen = self.log_w[-MOST:], self.seen[-MOST:]
            self.memory = self.memory[-MOST:]

    def _merge(self, i: int) -> None:
        newer = self.log_w[i + 1] > self.log_w[i]
        self.seen[i + 1] = np.where(newer, self.seen[i + 1], self.seen[i])
        self.memory[i + 1] = np.where(newer[..., None], self.memory[i + 1], self.memory[i])
        self.log_w[i + 1] = np.logaddexp(self.log_w[i], self.log_w[i + 1])
        self.log_w, self.seen = np.delete(self.log_w, i, 0), np.delete(self.seen, i, 0)
        self.memory = np.delete(self.memory, i, 0)
