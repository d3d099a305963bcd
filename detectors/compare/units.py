"""Units already seen, in bounded memory: a scalable Bloom filter.

Forgetting a unit would let a returning one be counted twice, which is wrong evidence; leaving a
new unit out only loses it. So the filter never forgets. Full, it grows on by slices of one size,
and with each takes only half as many of the units that come, by their digests and so in both arms
alike: six million units need six times the bytes of the first twenty-five thousand.
Source: Almeida et al. (2007), Scalable Bloom Filters, Information Processing Letters 101:255-261.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import BYTE, FLAG, INT, filled, kernel, read

__all__ = ["Slices", "Units", "unit_digest"]

Bits = NDArray[np.uint8]

_TIMES = 6
"""Places of a unit in each slice."""
_BITS_A_UNIT = 10
_FIRST = 512
_HALVINGS = 8
_PROBES = Struct("<I4xI4x").unpack
"""The first place and the step, from a digest; a slice takes as many bits as it has."""
_DIGEST = hashlib.blake2b(digest_size=16)


def unit_digest(*names: str) -> bytes:
    """Return 16 bytes that stand for a unit (and metric) in the filter."""
    digest = _DIGEST.copy()
    digest.update("\0".join(names).encode())
    return digest.digest()


@kernel(FLAG, read(1, BYTE), INT, INT, INT)
def _held(slices: Bits, most: int, start: int, step: int) -> bool:
    """Return whether a unit is in any slice.

    Args:
        slices: Their bytes, one slice behind the other.
        most: Bytes up to which each is twice as large as the one before.
        start: Its first place.
        step: From place to place, made odd.
    """
    begin, size = 0, _FIRST
    while begin < len(slices):
        place, at = start, 0
        while at < _TIMES:
            bit = place & (8 * size - 1)
            # Most units are new, and most slices say so at the first look.
            if not slices[begin + (bit >> 3)] >> (bit & 7) & 1:
                break
            place += step | 1
            at += 1
        if at == _TIMES:
            return True
        begin += size
        size = min(2 * size, most)
    return False


@kernel(FLAG, filled(1, BYTE), INT, INT, INT, INT)
def _put(slices: Bits, most: int, last: int, start: int, step: int) -> bool:
    """Put a unit in the last slice, of so many bytes; return whether it is new."""
    if _held(slices, most, start, step):
        return False
    begin, place = len(slices) - last, start
    for _ in range(_TIMES):
        bit = place & (8 * last - 1)
        slices[begin + (bit >> 3)] |= 1 << (bit & 7)
        place += step | 1
    return True


@cache
def _doubling(limit: int) -> int:
    """Return how many slices there are before they are of one size."""
    return (limit // _FIRST + 1).bit_length() - 1


@cache
def _most(limit: int) -> int:
    """Return the bytes of the slices that are of one size."""
    return _FIRST << (_doubling(limit) - 1)


class Slices:
    """The slices of a filter, one behind the other; by themselves they are its parts as bytes.

    Args:
        parts: Bytes of each.
    """

    __slots__ = ("bits", "sizes")

    def __init__(self, parts: Iterable[bytes] = ()) -> None:
        parts = list(parts)
        self.sizes = [len(part) for part in parts]
        self.bits: Bits = np.frombuffer(bytearray(b"".join(parts)), np.uint8)

    def __iter__(self) -> Iterator[bytes]:
        ends = accumulate(self.sizes)
        return (self.bits[e - n : e].tobytes() for e, n in zip(ends, self.sizes, strict=True))

    def grow(self, size: int) -> None:
        """Begin another slice."""
        self.bits = np.concatenate([self.bits, np.zeros(size, np.uint8)])
        self.sizes.append(size)


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
    slices: Slices = field(default_factory=Slices)
    counts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        sizes = self.slices.sizes
        if sizes != [self._size(number) for number in range(len(self.counts))]:
            message = f"slices of {sizes} bytes"
            raise ValueError(message)

    def add(self, digest: bytes) -> bool:
        """Put a unit in; return whether it is new."""
        if self.spares(digest):
            return False
        if self._crowded():
            if self.holds(digest):
                return False
            self._grow()
        sizes = self.slices.sizes
        new = _put(self.slices.bits, _most(self.limit), sizes[-1], *_PROBES(digest))
        self.counts[-1] += new
        return new

    def holds(self, digest: bytes) -> bool:
        """Return whether a unit is in; it is not put in."""
        return _held(self.slices.bits, _most(self.limit), *_PROBES(digest))

    def spares(self, digest: bytes) -> bool:
        """Return whether a new unit is left out, so that the others can be remembered."""
        thinned = self.thinned
        return thinned > 0 and bool(digest[-1] & ((1 << thinned) - 1))

    @property
    def thinned(self) -> int:
        """How often the units taken have been halved."""
        return max(len(self.counts) - _doubling(self.limit), 0)

    def _crowded(self) -> bool:
        """Return whether a new unit needs a new slice."""
        counts = self.counts
        return not counts or counts[-1] * _BITS_A_UNIT >= 8 * self.slices.sizes[-1]

    def _grow(self) -> None:
        if self.thinned < _HALVINGS:
            self.slices.grow(self._size(len(self.counts)))
            self.counts.append(0)

    def _size(self, number: int) -> int:
        return min(_FIRST << number, _most(self.limit))

    @property
    def full(self) -> bool:
        """Whether not every new unit is taken any more."""
        last = len(self.counts) >= _doubling(self.limit)
        return self.thinned > 0 or (last and self._crowded())
