"""Faust hands over record by record; with this transport one event is a chunk of one partition.

For faust-streaming 0.15.3, mode-streaming 0.7.1 and aiokafka 0.14.0; line numbers are theirs.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, cast

from aiokafka.errors import IllegalStateError
from faust import streams as faust_streams
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode import Service

from streams.errors import StaleStateError
from streams.kafka.membership import BatchThread, Membership
from streams.kafka.pace import Pace
from streams.kafka.records import Record, give_up

__all__ = ["CHUNK", "BatchConsumer", "BatchTransport", "CommitHook", "Fetching", "Hooks"]

if (
    getattr(faust_streams, "_CStreamIterator", None) is None
):  # pragma: no cover  an installation without Faust's compiled parts
    _MESSAGE = "Faust's compiled stream is missing, the other acks stale generations: reinstall it"
    raise ImportError(_MESSAGE)

CHUNK = 1000
"""Records of an event at most."""

STOP_SECONDS = 3.0
"""How long a last flush may take when the process is told to stop."""

CommitHook = Callable[[Mapping[TP, int]], Awaitable[None]]


class Fetching(NamedTuple):
    """How patient a fetch is: load wants (30, 65536), commands want (100, 1)."""

    max_wait_ms: int = 100
    min_bytes: int = 1


class Hooks(Protocol):
    """What this transport asks of its app beside what Faust asks."""

    before_commit: list[CommitHook]
    fetching: Fetching
    pace: Pace


class BatchConsumer(driver.Consumer):
    """Delivers chunks of sources, single records of changelogs; commits what was acked in order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._order: dict[TP, deque[ConsumerMessage]] = defaultdict(deque)
        """Delivered and not yet committed messages of a partition, in order."""
        self._base: dict[TP, int] = {}
        """First offset fetched of partitions without a committed one."""

    def _new_consumer_thread(self) -> BatchThread:
        return BatchThread(self, loop=self.loop, beacon=self.beacon)

    def _is_source(self, tp: TP) -> bool:
        return tp.topic not in self.app.tables.changelog_topics

    @property
    def _hooks(self) -> Hooks:
        return cast(Hooks, self.app)

    # fetch

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        # In recovery changelogs only: flow_control.resume() drops what waits in the queues.
        if self.app.rebalancing and active_partitions:
            active_partitions = {tp for tp in active_partitions if not self._is_source(tp)}
            if not active_partitions:
                await asyncio.sleep(0.05)
                return {}
        return await super()._getmany(active_partitions, timeout)

    async def _drain_messages(self, fetcher: Any) -> None:
        stopped, halted = self._stopped.is_set, fetcher._stopped.is_set
        try:
            while not (stopped() or halted()):
                await asyncio.sleep(0)
                await self._fetch_and_deliver()
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise
        except Exception as error:  # noqa: BLE001  stock: a worker that lives, reads nothing and hangs
            if not (self.app.should_stop and isinstance(error, self.consumer_stopped_errors)):
                give_up("the fetcher failed", error)

    async def _fetch_and_deliver(self) -> None:
        if self.flow_active and not self._get_active_partitions():
            await asyncio.sleep(0.01)  # every queue is full: stock sleeps 1 s (consumer.py:808)
            return
        # While recovering this waits for changelogs only; nobody else is served until it returns.
        records, active = await self._wait_next_records(0.1 if self.app.rebalancing else 1.0)
        generation = self.app.consumer_generation_id
        if self.should_stop:
            return
        for tp, found in (records or {}).items():
            if active is None or tp in active or tp in self._buffered_partitions:
                await self._deliver(tp, list(found), generation)

    async def _deliver(self, tp: TP, records: list[Record], generation: int) -> None:
        batched = self._is_source(tp)
        if batched and self._committed_offset[tp] is None:
            self._base.setdefault(tp, records[0].offset)
        self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
        read = self._read_offset[tp]
        if read:
            records = [record for record in records if record.offset >= read]
        if not batched:  # a record of recovery costs 160 us: of each key only the last one
            records = sorted({r.key: r for r in records}.values(), key=lambda r: r.offset)
        size = CHUNK if batched else 1
        while records and not self._stale(generation, batched):
            chunk, records = records[:size], records[size:]
            last = chunk[-1].offset  # noted now: the agent may empty the chunk
            message = (
                self._chunk(tp, chunk, generation) if batched else self._to_message(tp, chunk[-1])
            )
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
            self._read_offset[tp] = last + 1
        if records:
            self._rewind(tp, records[0].offset)

    def _stale(self, generation: int, batched: bool) -> bool:
        return (
            not self.flow_active
            or self.app.consumer_generation_id != generation
            or (batched and self.app.rebalancing)
        )

    def _rewind(self, tp: TP, offset: int) -> None:
        """Go back to what was fetched but not delivered; perform_seek may not."""
        try:
            self._thread.seek(tp, offset)
        except IllegalStateError:
            self.log.debug("%s is no longer assigned: its new owner reads from there.", tp)

    def _chunk(self, tp: TP, records: list[Record], generation: int) -> ConsumerMessage:
        last: Any = records[-1]
        message = ConsumerMessage(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            [],
            None,
            cast(Any, records),
            None,
            0,
            0,
            tp,
            generation_id=generation,
        )
        self._order[tp].append(message)
        return message

    async def perform_seek(self) -> None:
        """Go to the committed offsets, or to where reading began where nothing is committed."""
        await super().perform_seek()
        for tp, offset in self._base.items():
            if tp in self.assignment() and self._committed_offset[tp] is None:
                self._thread.seek(tp, offset)
                self._read_offset[tp] = offset

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Forget what was delivered in the generation before."""
        self._order.clear()
        self._base = {tp: offset for tp, offset in self._base.items() if tp in assigned}
        await super().on_partitions_assigned(assigned, generation_id)

    # commit

    async def membership(self) -> Membership:
        """Ask the coordinator whether this process still belongs to its group.

        A process that was suspended must not write its state over that of its successor.
        """
        answer = await self._thread.call_thread(cast(BatchThread, self._thread).membership)
        return cast(Membership, answer)

    @Service.task
    async def _commit_handler(self) -> None:  # stock: the first commit after two intervals
        while not self.should_stop:
            await self.sleep(self._hooks.pace.pause(self.commit_interval))
            if not self.should_stop:
                await self.commit()

    async def on_stop(self) -> None:
        """Wait for the agents, flush and commit; bounded, for what is not committed is read again."""
        try:
            await asyncio.wait_for(super().on_stop(), STOP_SECONDS)
        except TimeoutError:
            self.log.warning("No last flush within %.0f s: it will be read again.", STOP_SECONDS)

    async def _commit_tps(self, tps: Iterable[TP], start_new_transaction: bool) -> bool:
        pending = list(tps)
        if not pending:
            return False
        answer = await self.membership()
        if answer != "member":
            self.log.warning("Membership is %s: neither state nor offsets are written.", answer)
            return False
        try:
            return bool(await super()._commit_tps(pending, start_new_transaction))
        except StaleStateError as stale:
            self.log.warning("Nothing is committed: %s.", stale)
            return False

    async def _handle_attached(self, commit_offsets: Mapping[TP, int]) -> None:
        # Faust calls this before every commit of offsets.
        try:
            for hook in self._hooks.before_commit:
                await hook(commit_offsets)
            await super()._handle_attached(commit_offsets)
        except StaleStateError:
            raise
        except Exception as error:  # noqa: BLE001  no commit may pass state that was not written
            give_up("state could not be written", error)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        for tp in {*self._acked, *(tp for tp, queue in self._order.items() if queue)}:
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    def _new_offset(self, tp: TP) -> int | None:
        if not self._is_source(tp):
            return super()._new_offset(tp)
        queue, offset = self._order[tp], None
        while queue and queue[0].acked:
            offset = queue.popleft().offset + 1
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return offset


class BatchTransport(driver.Transport):
    """Kafka through aiokafka, in chunks."""

    Consumer = BatchConsumer
