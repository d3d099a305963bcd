"""Kernels: plain loops over units and metrics, compiled for this processor and kept on disk.

A block is 20 units of some 40 metrics: so small that numpy spends most of its time on getting
started. Types are given, so a kernel is compiled, or read from disk, when its module is imported
and never in the middle of an event. It computes in the order that is written, as IEEE 754 says.

What is on disk is made anew when the kernel's own module changes, and only then: a kernel uses
kernels and numbers of its own module alone, and is given the rest.
Source: numba's documentation, "Compiling Python code with @jit", "Notes on caching".
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit, types

__all__ = [
    "BYTE",
    "COUNT",
    "FLAG",
    "INT",
    "NOTHING",
    "REAL",
    "SHORT",
    "SINGLE",
    "TINY",
    "filled",
    "kernel",
    "read",
    "several",
]

F = TypeVar("F", bound=Callable[..., Any])

REAL, FLAG, INT, NOTHING = types.float64, types.boolean, types.intp, types.void
SINGLE, COUNT, SHORT, BYTE = types.float32, types.uint32, types.uint16, types.uint8
TINY = types.int8


def read(dimensions: int, kind: Any = REAL) -> Any:
    """Return the type of an array in C order that a kernel reads; it may be a shared one."""
    return types.Array(kind, dimensions, "C", readonly=True)


def filled(dimensions: int, kind: Any = REAL) -> Any:
    """Return the type of an array in C order that a kernel writes to."""
    return types.Array(kind, dimensions, "C")


def several(number: int, kind: Any = REAL) -> Any:
    """Return the type of a tuple of so many numbers."""
    return cast("Any", types.UniTuple)(kind, number)


def kernel(result: Any, *arguments: Any, apart: bool = False) -> Callable[[F], F]:
    """Compile a function for exactly these types.

    Division by zero gives infinity or NaN, as numpy's does.

    Args:
        result: Type of what it returns.
        arguments: Types of its arguments.
        apart: Whether other threads may have the interpreter meanwhile.
    """

    def compiled(function: F) -> F:
        signature = result(*arguments)
        try:
            made = njit(signature, cache=True, nogil=apart, error_model="numpy")(function)
        except RuntimeError:  # nowhere to keep it: an installation that cannot be written to
            made = njit(signature, nogil=apart, error_model="numpy")(function)
        return cast("F", made)

    return compiled
