"""Arrays as bytes: dtype, shape and content, rows that say nothing left out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import BYTE, COUNT, INT, filled, kernel, read, several
from detectors.untouched import zeros

__all__ = ["Packed", "Sparse", "pack", "unpack"]

_ROWS = 8
_WORD = 4

Words = NDArray[np.uint32]
Bits = NDArray[np.uint8]
Packed = tuple[str, list[int], bytes, bytes, bytes]
"""dtype, shape, rows kept (bits; empty: all), the value all others are full of, content."""


def pack(array: NDArray[np.generic]) -> Packed:
    """Return an array as plain values, bit for bit.

    Rows of a large table that are full of one and the same value are left out, and so is what is
    full of it altogether: most metrics are absent from most agents.
    """
    array = np.ascontiguousarray(array)
    shape, name = list(array.shape), array.dtype.str
    if array.ndim == 2 and array.shape[0] >= _ROWS and array.shape[1] > 1:
        raw = array.view(np.uint8).reshape(array.shape[0], array.shape[1], -1)
        even = (raw == raw[:, :1]).all(axis=(1, 2))
        if even.any():
            fill = raw[int(np.argmax(even)), 0]
            kept = ~(even & (raw[:, 0] == fill).all(axis=1))
            bits = np.packbits(kept).tobytes()
            return name, shape, bits, fill.tobytes(), array[kept].tobytes()
    whole = array.tobytes()
    if array.ndim == 1 and array.size >= _ROWS:
        zero = bytes(array.itemsize)
        kept = array.view(f"V{array.itemsize}") != np.void(zero)
        if kept.sum() < 0.8 * array.size:
            return name, shape, np.packbits(kept).tobytes(), zero, array[kept].tobytes()
    if array.ndim and array.size >= _ROWS and whole == array.ravel()[:1].tobytes() * array.size:
        bits = np.packbits(np.zeros(shape[0], bool)).tobytes()
        return name, shape, bits, array.ravel()[:1].tobytes(), b""
    return name, shape, b"", b"", whole


def unpack(packed: Packed) -> NDArray[np.generic]:
    """Return the array that `pack` was given; zeros alone are shared and cannot be written to."""
    name, shape, bits, fill, content = packed
    if bits and not content and not any(fill):
        return zeros(name, tuple(shape))
    if not bits:
        whole = np.frombuffer(content, dtype=name)
        return whole.reshape(shape).copy()
    kept = np.unpackbits(np.frombuffer(bits, np.uint8), count=shape[0]).astype(bool)
    array = np.full(shape, np.frombuffer(fill, dtype=name)[0], dtype=name)
    array[kept] = np.frombuffer(content, dtype=name).reshape(-1, *shape[1:])
    return array


class Sparse:
    """How arrays of one holder are packed together: only what differs from untouched ones.

    They are taken as words of four bytes, of which most agents leave most as they were. What is
    kept is said by bits, eight words a byte, and which of these bytes are not 0 by bits again.

    Args:
        untouched: The arrays before anything is written to them.
    """

    def __init__(self, *untouched: NDArray[Any]) -> None:
        self._untouched = untouched
        self._bare = _words(untouched)
        self._ends = np.cumsum([array.nbytes // _WORD for array in untouched])

    def pack(self, arrays: Sequence[NDArray[Any]]) -> bytes:
        """Return arrays of the same shapes as bytes; none if they are untouched."""
        if all(a is b for a, b in zip(arrays, self._untouched, strict=True)):
            return b""
        groups = -(-len(self._bare) // 8)
        met, bits = np.zeros(-(-groups // 8), np.uint8), np.empty(groups, np.uint8)
        kept = np.empty(len(self._bare), np.uint32)
        lines, words = _sift(_words(arrays), self._bare, met, bits, kept)
        return b"".join((met.data, bits[:lines].data, kept[:words].data)) if words else b""

    def unpack(self, raw: bytes) -> Sequence[NDArray[Any]]:
        """Return the arrays that `pack` was given; of none the untouched ones."""
        if not raw:
            return self._untouched
        words, data = self._bare.copy(), np.frombuffer(raw, np.uint8)
        bits = np.zeros(-(-len(words) // 8), np.uint8)
        head = -(-len(bits) // 8)
        met = np.unpackbits(data[:head], count=len(bits)).astype(bool)
        content = head + np.count_nonzero(met)
        bits[met] = data[head:content]
        kept = np.unpackbits(bits, count=len(words)).astype(bool)
        words[kept] = np.frombuffer(raw[content:], np.uint32)
        return [
            part.view(array.dtype).reshape(array.shape).copy()
            for part, array in zip(np.split(words, self._ends[:-1]), self._untouched, strict=True)
        ]


def _words(arrays: Sequence[NDArray[Any]]) -> Words:
    return np.frombuffer(b"".join([np.ascontiguousarray(one).data for one in arrays]), np.uint32)


@kernel(several(2, INT), read(1, COUNT), read(1, COUNT), *(filled(1, BYTE),) * 2, filled(1, COUNT))
def _sift(words: Words, bare: Words, met: Bits, bits: Bits, kept: Words) -> tuple[int, int]:
    """Keep the words that differ from untouched ones, eight a byte of bits.

    Args:
        words: Of some arrays.
        bare: As they were before anything was written to them.
        met: Written: bits of the bytes that are not 0; full of 0 before.
        bits: Written: these bytes, one behind the other.
        kept: Written: the words.

    Returns:
        How many bytes and words were written.
    """
    lines = found = 0
    for group in range(len(bits)):
        byte = 0
        for place in range(8 * group, min(8 * group + 8, len(words))):
            if words[place] != bare[place]:
                byte |= 128 >> (place & 7)
                kept[found] = words[place]
                found += 1
        if byte:
            met[group >> 3] |= 128 >> (group & 7)
            bits[lines] = byte
            lines += 1
    return lines, found
