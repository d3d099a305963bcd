"""A Faust app whose agents get chunks: one event is up to 1,000 records of one partition.

All source topics of such an app are batched: a stock agent beside batched ones lost 44 % of its
records in 8 kill -9.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

import faust
from faust.types import TP

from streams.kafka.fetching import BatchTransport, CommitHook, Fetching
from streams.kafka.membership import Membership
from streams.kafka.pace import Pace
from streams.kafka.records import give_up
from streams.kafka.seats import Seat
from streams.kafka.tables import Tables

__all__ = ["QUEUE", "App", "essential", "source"]

QUEUE = 16
"""Chunks that wait for one agent; at least four times its partitions."""

SERIALISING = 0.03
"""Of the time that serialising states may take, or commits come later: of ten thousand tenants nearly
every one has changed since the last."""

F = TypeVar("F", bound=Callable[..., Awaitable[None]])


class App(faust.App):
    """A Faust app on the batch transport.

    Attributes:
        before_commit: Run before offsets are committed, in order; one that raises ends the
            process, so no offset passes state that was not written.
        fetching: Patience of a fetch.
        pace: Of flushes and commits.
        seat: Of this process in its group.

    Args:
        id: Faust's app id, which is the consumer group.
        fetching: Patience of a fetch.
        **options: Faust's settings.
    """

    def __init__(self, id: str, *, fetching: Fetching = Fetching(), **options: Any) -> None:  # noqa: B008
        super().__init__(id, TableManager=Tables, **options)
        self.before_commit: list[CommitHook] = []
        self.fetching = fetching
        self.pace = Pace(SERIALISING)
        self.seat = Seat()
        self.on_partitions_assigned.connect(cast(Any, self._seated), weak=False)
        self.transport = BatchTransport(self.conf.broker_consumer, self)

    async def _seated(self, app: Any, assigned: Any, **kwargs: Any) -> None:
        self.seat.note(cast(Any, self.consumer)._thread.member)

    async def membership(self) -> Membership:
        """Return whether the group's coordinator still counts this process in."""
        return cast(Membership, await cast(Any, self.consumer).membership())

    def owned(self, topic: str) -> frozenset[int]:
        """Return the partitions of `topic` (full name) that this process serves now."""
        if not self.serving:
            return frozenset()
        found: set[TP] = self.consumer.assignment()
        return frozenset(tp.partition for tp in found if tp.topic == topic)

    def lags(self) -> dict[tuple[str, int], int]:
        """Return the records not yet folded, by topic and partition served here.

        A chunk waits in a queue before its agent empties it: thousands of records, when busy.
        """
        consumer, found = cast(Any, self.consumer), dict[tuple[str, int], int]()
        for tp in consumer.assignment():
            end, read = consumer.highwater(tp), consumer._read_offset[tp]
            if end is not None and tp.topic not in self.tables.changelog_topics:
                queued = sum(len(chunk.value) for chunk in consumer._order[tp])
                found[tp.topic, tp.partition] = max(0, end - (read or 0)) + queued
        return found

    @property
    def serving(self) -> bool:
        """Whether the tables are read back and no rebalance is going on."""
        return bool(self.tables.actives_ready) and not self.rebalancing and not self.should_stop


def source(app: App, *names: str) -> Any:
    """Return a topic for an agent of `app`.

    `async for event in stream.events()`: `event.value` is a list of
    `streams.kafka.records.Record`, all of one topic and partition, in the order of offsets.
    Empty it when done.

    Args:
        app: The app of the agent.
        *names: Full topic names.
    """
    topic = app.topic(*names, key_serializer="raw", value_serializer="raw")
    topic.maxsize = max(QUEUE, 4 * int(app.conf.topic_partitions))  # app.topic() drops maxsize
    return topic


def essential(function: F) -> F:
    """Wrap an agent, timer or task so that an error in it ends the process with status 75.

    Faust would ack the failing chunk and go on; a batch would be lost in silence.

    Args:
        function: A coroutine function; not a generator (`yield` in an agent is not supported).
    """

    @wraps(function)
    async def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            await function(*args, **kwargs)
        except (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  a panic of Rust code is no Exception
            give_up(f"{function.__name__} failed", error)

    return cast(F, guarded)
