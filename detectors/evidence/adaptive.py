"""Bets that learn the change, against a known baseline: Bayes factors, one value at a time.

The prior says how large a change may be, not where to: which categories, which direction of an
embedding, whose spread. Each `gain` is the ratio of the predictive density, given the values
since a starting point, to the baseline's density; `Restarts` holds the starting points.

Source: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., chapters 2-3 (the predictives);
Robbins (1970), Ann. Math. Stat. 41:1397-1409 (mixtures as tests of power one).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["Categories", "Direction", "Spread", "Wishart"]

Floats = NDArray[np.float64]


class Categories:
    """Dirichlet prior around the baseline's shares, on values given as one-hot rows.

    Args:
        shares: Of the categories under the baseline, sum 1.
        weight: Prior events: about (1 - share) / (relative change)^2 for changes of that size.
    """

    def __init__(self, shares: Floats, weight: float) -> None:
        self.size = len(shares)
        self._prior = weight * shares
        self._shares, self._weight = shares, weight

    def learn(self, value: Floats) -> Floats:
        """Return the one-hot row: the memory counts categories."""
        return value

    def gain(self, memory: Floats, seen: Floats, value: Floats) -> Floats:
        """Return ln of (weight share + count) / (weight + seen) / share of the category seen."""
        category = value.argmax(axis=-1)
        at = np.broadcast_to(category[..., None], (*seen.shape, 1))
        counted = np.take_along_axis(memory, at, axis=-1)[..., 0]
        expected = (self._prior[category] + counted) / (self._weight + seen)
        ratio: Floats = np.log(expected / self._shares[category])
        return ratio


class Direction:
    """Normal prior on a shift of the mean, on whitened values (N(0, I) under the baseline).

    Args:
        scales: Prior variance of the shift along each axis, in the baseline's variances. A shift
            of no known direction *before* whitening has them inverse to the eigenvalues.
    """

    def __init__(self, scales: Floats) -> None:
        self.size = len(scales)
        self._scales = scales

    def learn(self, value: Floats) -> Floats:
        """Return the leading axes of the value: the memory is their sum."""
        return value[..., : self.size]

    def gain(self, memory: Floats, seen: Floats, value: Floats) -> Floats:
        """Return ln N(x; m, 1 + v) / N(x; 0, 1) summed over the axes.

        v = s / (1 + n s) and m = v times the sum of the n values.
        """
        x = value[..., : self.size]
        left = self._scales / (1.0 + seen[..., None] * self._scales)
        away = x - left * memory
        away *= away
        away /= 1.0 + left
        gain: Floats = (x * x).sum(axis=-1) - away.sum(axis=-1) - np.log1p(left).sum(axis=-1)
        gain *= 0.5
        return gain


class Spread:
    """Gamma prior on the precision of bands of axes, on whitened values; bands are independent.

    Args:
        bands: Where each band of axes begins and ends.
        weight: Shape and rate of the prior: the relative change of a variance is about its -1/2th
            power.
    """

    def __init__(self, bands: list[tuple[int, int]], weight: float) -> None:
        self.size = len(bands)
        self._bands, self._weight = bands, weight
        self._width = np.array([end - begin for begin, end in bands], dtype=np.float64)

    def learn(self, value: Floats) -> Floats:
        """Return the sum of squares of each band."""
        return np.stack([np.square(value[..., a:b]).sum(axis=-1) for a, b in self._bands], -1)

    def gain(self, memory: Floats, seen: Floats, value: Floats) -> Floats:
        """Return ln of the predictive of the band's sum of squares over the chi-squared."""
        q = self.learn(value)
        before = self._weight + 0.5 * seen[..., None] * self._width
        after = before + 0.5 * self._width
        had = self._weight + 0.5 * memory
        gains = gammaln(after) - gammaln(before) + before * np.log(had)
        gains += 0.5 * q - after * np.log(had + 0.5 * q)
        gain: Floats = gains.sum(axis=-1)
        return gain


class Wishart:
    """Wishart prior on the precision of the leading axes: variances and correlations at once.

    Args:
        axes: How many.
        weight: Degrees of freedom of the prior, above `axes`; its mean is the baseline's.
    """

    def __init__(self, axes: int, weight: float) -> None:
        self.size = axes * axes
        self._axes, self._weight = axes, weight

    def learn(self, value: Floats) -> Floats:
        """Return the outer product of the value with itself, flat."""
        x = value[..., : self._axes]
        return (x[..., :, None] * x[..., None, :]).reshape(*x.shape[:-1], self.size)

    def gain(self, memory: Floats, seen: Floats, value: Floats) -> Floats:
        """Return ln of the multivariate t predictive over N(0, I)."""
        d, x = self._axes, value[..., : self._axes]
        scale = memory.reshape(*memory.shape[:-1], d, d) + self._weight * np.eye(d)
        freedom = self._weight + seen
        _, log_det = np.linalg.slogdet(scale)
        whole = np.broadcast_to(x, (*seen.shape, d))[..., None]
        q = (whole * np.linalg.solve(scale, whole)).sum(axis=(-2, -1))
        gain: Floats = gammaln((freedom + 1.0) / 2.0) - gammaln((freedom + 1.0 - d) / 2.0)
        gain += 0.5 * d * np.log(2.0) - 0.5 * log_det - 0.5 * (freedom + 1.0) * np.log1p(q)
        gain += 0.5 * np.square(x).sum(axis=-1)
        return gain
