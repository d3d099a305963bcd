"""Signals that end a program, all the same way."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["as_interrupts"]


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Let SIGTERM and SIGHUP do what Ctrl-C does, so that every `finally` is reached.

    For the main thread only, as all of Python's signals.
    """
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
