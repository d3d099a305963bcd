"""Errors of the streams floor; each message says what to do next."""

__all__ = [
    "BrokerUnreachableError",
    "CorruptEntryError",
    "MessageTooLargeError",
    "PartitionsChangedError",
    "StaleStateError",
    "StreamsError",
    "TopicsMissingError",
]


class StreamsError(Exception):
    """Anything that the running pipeline says itself."""


class BrokerUnreachableError(StreamsError):
    """No Kafka broker answered in the time given."""


class TopicsMissingError(StreamsError):
    """Topics do not exist and could not be created."""


class PartitionsChangedError(StreamsError):
    """A topic has another number of partitions than the settings say."""


class MessageTooLargeError(StreamsError):
    """One message is larger than the producer may send."""


class CorruptEntryError(StreamsError):
    """A stored state entry cannot be read."""


class StaleStateError(StreamsError):
    """State of a partition that this process has given back; its new owner reads again."""
