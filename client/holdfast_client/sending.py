"""The emitter's thread: takes from the queue, sends, tries again."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError

from holdfast_client.outage import Outage, run
from holdfast_client.parting import part, rest

__all__ = ["Sender"]

Item = tuple[bytes, bytes]
MOST_IN_FLIGHT = 2_000
AT_ONCE = 200
TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


class Sender:
    """Sends what is in a queue, in order as far as the brokers take it at once.

    Keys go to partitions by murmur2, as every Kafka client's do. What fails is put back to the
    front, so an event may come twice: its id says so.

    Args:
        bootstrap: Kafka servers.
        topic: Full name.
        options: Of the connection.
        queue: Of (key, value); others append.
        most: How many it may hold.
        linger_ms: How long an event may wait for company.
        drop: Counts what is dropped, by reason.
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        options: dict[str, Any],
        queue: deque[Item],
        most: int,
        linger_ms: int,
        drop: Callable[[str, int], bool],
    ) -> None:
        self._options = {
            "bootstrap_servers": bootstrap, "acks": "all", "linger_ms": linger_ms,
            "compression_type": "lz4", "max_batch_size": 262_144, "max_request_size": 2_097_152,
            "request_timeout_ms": 15_000, **options,
        }  # fmt: skip
        self._topic, self._queue, self._most, self._drop = topic, queue, most, drop
        self.sent = 0
        self._flying: dict[int, Item] = {}
        self._numbered = 0
        self._refused = False
        self._outage = Outage("emitter", f"up to {most:,} events wait")
        self._closing = False
        self._awake = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="holdfast-emitter", daemon=True)

    @property
    def in_flight(self) -> int:
        """Events that were handed to Kafka and not yet acked."""
        return len(self._flying)

    def start(self) -> None:
        """Begin the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the thread that there is something to send."""
        if self._awake:
            return
        loop = self._loop
        if loop is not None:
            self._awake = True
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                loop.call_soon_threadsafe(self._work.set)

    def close(self, timeout: float) -> None:
        """Send what waits, for so many seconds at most, and stop."""
        self._closing, self._awake = True, False
        self.wake()
        self._thread.join(timeout)

    def _run(self) -> None:
        run(self._work_on())

    async def _work_on(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._finished():
            producer = None
            try:
                producer = AIOKafkaProducer(**self._options)
                rest(producer)
                await producer.start()
                await self._send_on(producer)
            except Exception as error:  # noqa: BLE001 - whoever stops would send nothing any more
                self._outage.lost(error)
            finally:
                if producer is not None:
                    await part(producer)
                for number in sorted(self._flying, reverse=True):
                    self._put_back(self._flying.pop(number))
            if not self._finished():
                await asyncio.sleep(0.5)

    def _finished(self) -> bool:
        return self._closing and not self._queue and not self.in_flight

    async def _send_on(self, producer: AIOKafkaProducer) -> None:
        """Send until there is nothing left after closing."""
        while not self._finished():
            if not self._queue or self.in_flight >= MOST_IN_FLIGHT:
                await self._wait(producer)
                continue
            for _ in range(min(AT_ONCE, len(self._queue))):
                await self._send(producer, self._queue.popleft())
            await asyncio.sleep(0.5 if self._refused else 0)
            self._refused = False

    async def _send(self, producer: AIOKafkaProducer, item: Item) -> None:
        self._numbered += 1
        number = self._numbered
        self._flying[number] = item
        try:
            future = await producer.send(self._topic, item[1], item[0])
        except TOO_LARGE:
            self._flying.pop(number, None)
            self._drop("too large", 1)
        else:
            future.add_done_callback(lambda done: self._done(done, number))

    async def _wait(self, producer: AIOKafkaProducer) -> None:
        if self._closing:
            await producer.flush()
        self._awake = False
        if self._queue and self.in_flight < MOST_IN_FLIGHT:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await self._work.wait()
        self._work.clear()

    def _done(self, future: "asyncio.Future[Any]", number: int) -> None:
        error = None if future.cancelled() else future.exception()
        item = self._flying.pop(number, None)
        if item is None:
            return
        if isinstance(error, TOO_LARGE):
            self._drop("too large", 1)
        elif error is not None or future.cancelled():
            self._refused = True
            self._put_back(item)
            self._outage.lost(error)
        else:
            self.sent += 1
            self._outage.answered()

    def _put_back(self, item: Item) -> None:
        if len(self._queue) < self._most:
            self._queue.appendleft(item)
        else:
            self._drop("queue full", 1)
