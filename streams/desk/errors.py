"""Errors of the desk: what a person asked for and cannot have as asked."""

from streams.errors import StreamsError

__all__ = [
    "DeskError",
    "KeyMissingError",
    "NothingRunningError",
    "PinnedError",
    "RefusedError",
    "UnreadableFileError",
]


class DeskError(StreamsError):
    """A request that makes no sense as it stands."""


class KeyMissingError(DeskError):
    """A signature is needed and the key is not there."""


class NothingRunningError(DeskError):
    """No Kafka: neither in the settings nor from a running `holdfast up`."""


class PinnedError(DeskError):
    """A tenant that has a pin is to get another one past all rollouts."""


class RefusedError(DeskError):
    """decide does not do what was asked."""


class UnreadableFileError(DeskError):
    """A file that a person named cannot be used."""
