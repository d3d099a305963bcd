"""Units already seen, in bounded memory: a scalable Bloom filter.

Forgetting a unit would let a returning one be counted twice, which is wrong evidence; leaving a
new unit out only loses it. So the filter never forgets. Full, it grows on by slices of one size,
and with each takes only half as many of the units that come, by their digests and so in both arms
alike: six million units need six times the bytes of the first twenty-five thousand.
Source: Almeida et al. (2007), Scalable Bloom Filters, Information Processing Letters 101:255-261.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from struct import Struct

__all__ = ["Units", "unit_digest"]

_TIMES = range(6)
"""Places of a unit in each slice."""
_BITS_A_UNIT = 10
_FIRST = 512
_HALVINGS = 8
_PROBES = Struct("<I4xI4x").unpack
"""The first place and, made odd, the step, from a digest; a slice takes as many bits as it has."""


def unit_digest(*names: str) -> bytes:
    """Return 16 bytes that stand for a unit (and metric) in the filter."""
    return hashlib.blake2b("\0".join(names).encode(), digest_size=16).digest()


@cache
def _doubling(limit: int) -> int:
    """Return how many slices there are before they are of one size."""
    return (limit // _FIRST + 1).bit_length() - 1


@dataclass(slots=True)
class Units:
    """A set of units that only grows; slices double until `limit` bytes.

    Args:
        limit: Bytes of the slices that take every unit. In 32 KB 25,000 fit, with 1 in 100 new
            ones taken for seen in each slice.
        slices: The bits.
        counts: Units put in each slice.
    """

    limit: int = 32_256
    slices: list[bytearray] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, digest: bytes) -> bool:
        """Put a unit in; return whether it is new."""
        start, step = _PROBES(digest)
        step |= 1
        if self._holds(start, step):
            return False
        if self.spares(digest):
            return False
        if not self.slices or self.counts[-1] * _BITS_A_UNIT >= 8 * len(self.slices[-1]):
            self._grow()
        bits = self.slices[-1]
        mask = 8 * len(bits) - 1
        for _ in _TIMES:
            place = start & mask
            bits[place >> 3] |= 1 << (place & 7)
            start += step
        self.counts[-1] += 1
        return True

    def holds(self, digest: bytes) -> bool:
        """Return whether a unit is in; it is not put in."""
        start, step = _PROBES(digest)
        return self._holds(start, step | 1)

    def _holds(self, start: int, step: int) -> bool:
        # Most repeats are of units met lately, so the newest slice is looked at first.
        for bits in reversed(self.slices):
            mask, at = 8 * len(bits) - 1, start
            for _ in _TIMES:
                place = at & mask
                # Most units are new, and most slices say so at the first look.
                if not bits[place >> 3] >> (place & 7) & 1:
                    break
                at += step
            else:
                return True
        return False

    def spares(self, digest: bytes) -> bool:
        """Return whether a new unit is left out, so that the others can be remembered."""
        thinned = self.thinned
        return thinned > 0 and bool(digest[-1] & ((1 << thinned) - 1))

    @property
    def thinned(self) -> int:
        """How often the units taken have been halved."""
        return max(len(self.slices) - _doubling(self.limit), 0)

    def _grow(self) -> None:
        if self.thinned < _HALVINGS:
            size = _FIRST << min(len(self.slices), _doubling(self.limit) - 1)
            self.slices.append(bytearray(size))
            self.counts.append(0)

    @property
    def full(self) -> bool:
        """Whether not every new unit is taken any more."""
        size = len(self.slices[-1]) if self.slices else 0
        last = len(self.slices) >= _doubling(self.limit)
        return self.thinned > 0 or (last and self.counts[-1] * _BITS_A_UNIT >= 8 * size)
