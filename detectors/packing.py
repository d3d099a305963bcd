"""Arrays as bytes: dtype, shape and content, rows that say nothing left out."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packed", "pack", "unpack"]

_ROWS = 8

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
    """Return the array that `pack` was given."""
    name, shape, bits, fill, content = packed
    if not bits:
        whole = np.frombuffer(content, dtype=name)
        return whole.reshape(shape).copy()
    kept = np.unpackbits(np.frombuffer(bits, np.uint8), count=shape[0]).astype(bool)
    array = np.full(shape, np.frombuffer(fill, dtype=name)[0], dtype=name)
    array[kept] = np.frombuffer(content, dtype=name).reshape(-1, *shape[1:])
    return array
