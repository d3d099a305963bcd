"""Errors of the store; each message says what to do next.

* StreamsError
  * StoreError
    x MigrationError
    x FencedError
"""

from collections.abc import Collection

from aiokafka import TopicPartition

from streams.errors import StreamsError

__all__ = ["FencedError", "MigrationError", "StoreError"]


class StoreError(StreamsError):
    """Anything that the store says itself."""


class MigrationError(StoreError):
    """The schema of the database and the migrations of this version do not fit."""


class FencedError(StoreError):
    """Another process has claimed partitions that this one was about to write.

    Args:
        lost: Those partitions.
    """

    def __init__(self, lost: Collection[TopicPartition]) -> None:
        names = ", ".join(f"{part.topic}[{part.partition}]" for part in sorted(lost))
        super().__init__(f"another process claims {names}; claim again if still assigned")
        self.lost = frozenset(lost)
