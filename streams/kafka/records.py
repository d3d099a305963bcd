"""What a chunk is made of, and the one way out for errors that nobody may survive."""

import logging
import os
from collections.abc import Iterable, Sequence
from typing import NoReturn, Protocol

__all__ = ["EXIT_BROKEN", "Record", "give_up"]

EXIT_BROKEN = 75
"""Exit status EX_TEMPFAIL: start the process again, nothing is lost."""

log = logging.getLogger(__name__)


class Record(Protocol):
    """One record as aiokafka hands it over."""

    @property
    def topic(self) -> str:
        """Full name of its topic."""
        ...

    @property
    def partition(self) -> int:
        """Partition it was read from."""
        ...

    @property
    def offset(self) -> int:
        """Position in the partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Broker time of the append, milliseconds since 1970."""
        ...

    @property
    def key(self) -> bytes | None:
        """Key as written."""
        ...

    @property
    def value(self) -> bytes | None:
        """Value as written; None is a tombstone."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Headers in the order of writing."""
        ...


def give_up(what: str, error: BaseException | None = None) -> NoReturn:
    """End the process now: an agent that died alone would lose its batch in silence.

    Offsets are committed only after state, so the next process reads the batch again.

    Args:
        what: What failed, for the log.
        error: The cause.
    """
    log.critical("%s; ending the process (%d) to read again.", what, EXIT_BROKEN, exc_info=error)
    _flush(logging.getLogger().handlers)
    os._exit(EXIT_BROKEN)


def _flush(handlers: Iterable[logging.Handler]) -> None:
    for handler in handlers:
        handler.flush()
