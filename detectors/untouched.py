"""Arrays that nobody has written to yet: one of each kind, shared by all tenants.

Most of what a tenant may need it never does: a metric its agent does not have, a stratum whose
block has not closed. A shared array is read as any other and refuses to be written to; who is about
to write makes arrays of its own.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["is_shared", "own", "shared", "zeros"]


def shared(
    shape: int | tuple[int, ...], dtype: DTypeLike = np.float64, value: float = 0
) -> NDArray[Any]:
    """Return an array full of one value, to be shared: it cannot be written to."""
    if value == 0:
        return zeros(np.dtype(dtype).str, (shape,) if isinstance(shape, int) else shape)
    array = np.full(shape, value, dtype)
    array.flags.writeable = False
    return array


@cache
def zeros(name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the one array of zeros of a dtype and a shape, to be shared likewise."""
    array = np.zeros(shape, name)
    array.flags.writeable = False
    return array


def is_shared(array: NDArray[Any]) -> bool:
    """Return whether an array is one of the shared zeros, which stay as long as the process."""
    return not array.flags.writeable and array is zeros(array.dtype.str, array.shape)


def own(holder: object, names: tuple[str, ...]) -> None:
    """Replace the shared ones among some arrays of an object by copies of its own.

    Args:
        holder: Whose arrays.
        names: Of its attributes.
    """
    for name in names:
        array = getattr(holder, name)
        if not array.flags.writeable:
            setattr(holder, name, array.copy())
