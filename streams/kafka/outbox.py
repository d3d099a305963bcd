"""Messages on their way: sent at once and in order, acked before any state that knows of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from streams.errors import MessageTooLargeError

__all__ = ["MAX_MESSAGE", "Ack", "Headers", "Outbox"]

MAX_MESSAGE = 4 * 1024 * 1024 - 65_536
"""Bytes of key, value and headers; the producer's limit of 4 MB less the framing."""

Headers = Sequence[tuple[str, bytes]]


class Ack(Protocol):
    """Where the brokers put a message."""

    @property
    def topic(self) -> str:
        """Full name of the topic."""
        ...

    @property
    def partition(self) -> int:
        """Partition it went to."""
        ...

    @property
    def offset(self) -> int:
        """Offset it got."""
        ...


class _App(Protocol):
    @property
    def producer(self) -> Any: ...


class _Letter(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None
    headers: list[tuple[str, bytes]] | None
    done: "asyncio.Future[Ack]"


class Outbox:
    """Sends what agents say through the app's producer.

    A message that failed stays, so that no later commit passes it: `drain` raises its error
    from then on, and the process ends.

    Attributes:
        before_drain: Called first of all by `drain`: who gathers what folds have said, to send it
            together, sends it then.

    Args:
        app: The Faust app; only its producer is used.
    """

    def __init__(self, app: _App) -> None:
        self._app = app
        self.before_drain: list[Callable[[], Awaitable[None] | None]] = []
        self._queue: deque[_Letter] = deque()
        self._unacked: set[asyncio.Future[Ack]] = set()
        self._pump: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many messages are not acked yet."""
        return len(self._unacked)

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Headers | Mapping[str, bytes] | None = None,
    ) -> "asyncio.Future[Ack]":
        """Queue a message; not a coroutine, for a fold and what it says are one step for a flush.

        Args:
            topic: Full name.
            key: Decides the partition (murmur2) unless one is given.
            value: None writes a tombstone.
            partition: Of the topic.
            headers: Pairs, or a mapping.

        Returns:
            A future of the brokers' ack; ignoring it is fine.

        Raises:
            MessageTooLargeError: The brokers would refuse it; nothing was queued.
        """
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers or ())
        size = len(key or b"") + len(value or b"") + sum(len(k) + len(v) for k, v in pairs)
        if size > MAX_MESSAGE:
            message = (
                f"a message of {size} bytes for {topic} is over {MAX_MESSAGE}: "
                "split it, or park it with its reason"
            )
            raise MessageTooLargeError(message)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Ack] = loop.create_future()
        self._unacked.add(done)
        done.add_done_callback(self._settled)
        self._queue.append(_Letter(topic, key, value, partition, pairs or None, done))
        if self._pump is None or self._pump.done():
            self._pump = loop.create_task(self._run())
        return done

    async def _run(self) -> None:
        while self._queue:
            letter = self._queue[0]
            try:
                ack = await self._app.producer.send(
                    letter.topic,
                    letter.key,
                    letter.value,
                    letter.partition,
                    None,
                    letter.headers,
                )
            except Exception as error:  # noqa: BLE001  whatever it is, drain() raises it
                letter.done.set_exception(error)
            else:
                _chain(ack, letter.done)
            self._queue.popleft()

    def _settled(self, done: "asyncio.Future[Ack]") -> None:
        if not done.cancelled() and done.exception() is None:
            self._unacked.discard(done)

    async def drain(self) -> None:
        """Return when all that was sent before this call is acked by the brokers.

        Raises:
            Exception: What the producer said of a message that could not be sent.
        """
        for hook in self.before_drain:
            if (sending := hook()) is not None:
                await sending
        if self._unacked:
            done, _ = await asyncio.wait(set(self._unacked))
            for future in done:
                future.result()

    async def room(self, limit: int = 20_000) -> None:
        """Wait while more than `limit` messages are not acked: brokers that are slow slow us."""
        while len(self._unacked) > limit:
            await asyncio.wait(set(self._unacked), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0.01)


def _chain(ack: "asyncio.Future[Any]", done: "asyncio.Future[Ack]") -> None:
    """Pass the outcome of the producer's future on."""

    def settled(source: "asyncio.Future[Any]") -> None:
        if done.done():
            return
        if source.cancelled():
            done.set_exception(ConnectionAbortedError("the producer stopped before the ack"))
        elif (error := source.exception()) is not None:
            done.set_exception(error)
        else:
            done.set_result(source.result())

    asyncio.ensure_future(ack).add_done_callback(settled)
