"""Per-key state that knows what it has folded in: written behind, durable before offsets are.

All sources of one state have the same partitions, and send what belongs together to the same one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from time import perf_counter
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from streams.errors import CorruptEntryError, StaleStateError
from streams.kafka.batches import App
from streams.kafka.changelog import Changelog, Row
from streams.kafka.entries import Entry, Live, decode, encode
from streams.kafka.metrics import Metrics, Tally
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.turns import Turn

__all__ = ["KeyedState"]

S = TypeVar("S")
R = TypeVar("R")
P = ParamSpec("P")

RETRY_SECONDS = 0.2

log = logging.getLogger(__name__)


class KeyedState(Generic[S]):
    """States of one kind, one of each (partition, key), in a Faust table as bytes.

    A flush serialises, waits until all said so far is acked, writes, lets offsets be committed.

    Args:
        app: Its app; an app may have several kinds.
        name: Of the Faust table: the changelog is `<app id>-<name>-changelog`.
        partitions: Of the source topics.
        factory: Makes the state of a key not seen before.
        dumps: Writes a state; called at each flush of a changed one.
        loads: Reads what `dumps` wrote.
        outbox: Where the folds say what they say.
        on_recovered: Runs when the tables are read back, `keys()` is complete: send pending again.
        rewarm: An entry that cannot be read starts anew, counted; otherwise it is an error.
        metrics: Where sizes and durations go.
    """

    def __init__(
        self,
        app: App,
        name: str,
        partitions: int,
        *,
        factory: Callable[[], S],
        dumps: Callable[[S], bytes],
        loads: Callable[[bytes], S],
        outbox: Outbox,
        on_recovered: Callable[[], Awaitable[None]] | None = None,
        rewarm: bool = False,
        metrics: Metrics | None = None,
    ) -> None:
        self.app, self.name, self.outbox = app, name, outbox
        self._factory, self._dumps, self._loads = factory, dumps, loads
        self._on_recovered, self._rewarm = on_recovered, rewarm
        self._metrics = metrics if metrics is not None else Metrics()
        self._folded = Tally(self._metrics.folded.labels(name))
        self._live: dict[tuple[int, bytes], Live[S]] = {}
        self._dirty: set[tuple[int, bytes]] = set()
        self._era = 0  # counts what was forgotten: a write begun before is of no use after
        self._writing = asyncio.Lock()
        self._changelog = Changelog(app, name, partitions, self._recovered, self._metrics)
        outbox.before_drain.append(self._folded.tell)
        app.before_commit.append(lambda tps: self._write_dirty({tp.partition for tp in tps}))
        app.on_partitions_revoked.connect(cast(Any, self._revoked), weak=False)

    # states

    def get(self, partition: int, key: bytes) -> S:
        """Return the state of a key; after changing it outside of `fold`, `mark` it.

        Raises:
            CorruptEntryError: The stored entry cannot be read.
        """
        return self._entry(partition, key).state

    @property
    def era(self) -> int:
        """Grows with each rebalance.

        Who waits for anything in the middle of a chunk looks at it before folding on: partitions
        may have gone and come back meanwhile, with states that lack the chunk's beginning.
        """
        return self._era

    def contains(self, record: Record, *, key: bytes | None = None) -> bool:
        """Return whether the state has folded the record in already."""
        entry = self._entry(record.partition, key if key is not None else record.key or b"")
        return record.offset <= entry.stamps.get(record.topic, -1)

    def fold(
        self,
        record: Record,
        function: Callable[Concatenate[S, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R | None:
        """Apply `function(state, *args)` unless the state already contains the record.

        A function that raises leaves the state in doubt: let it end the process.

        Args:
            record: What is folded; its topic, partition, offset and key count.
            function: Changes the state in place; gets the further arguments.
            *args: Of `function`.
            **kwargs: Of `function`.

        Returns:
            What the function returned; None if the record is skipped.
        """
        return self.fold_at(record, record.key or b"", function, *args, **kwargs)

    def fold_at(
        self,
        record: Record,
        key: bytes,
        function: Callable[Concatenate[S, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R | None:
        """Like `fold`, into the state of another key than the record's own."""
        entry = self._entry(record.partition, key)
        if record.offset <= entry.stamps.get(record.topic, -1):
            return None
        result = function(entry.state, *args, **kwargs)
        entry.stamps[record.topic] = record.offset
        self._dirty.add((record.partition, key))
        self._folded.add()
        return result

    def mark(self, partition: int, key: bytes) -> None:
        """Note that a state got with `get` was changed: the next flush writes it."""
        if (partition, key) in self._live:
            self._dirty.add((partition, key))

    def keys(self) -> list[tuple[int, bytes]]:
        """Return (partition, key) of every state of the partitions served here."""
        owned = self._changelog.owned()
        return sorted(p for p in {*self._changelog.keys(), *self._live} if p[0] in owned)

    def _entry(self, partition: int, key: bytes) -> Live[S]:
        entry = self._live.get((partition, key))
        if entry is None:
            raw = self._changelog.get(partition, key)
            entry = Live({}, self._factory()) if raw is None else self._read(raw, partition)
            self._live[partition, key] = entry
        return entry

    def _read(self, raw: bytes, partition: int) -> Live[S]:
        try:
            found = decode(raw)
            return Live(dict(found.stamps), self._loads(found.blob))
        except Exception as error:
            self._metrics.corrupt.labels(self.name).inc()
            if not self._rewarm:
                message = f"an entry of {self.name} on partition {partition}: {error}"
                raise CorruptEntryError(message) from error
            log.exception("An entry of %s on %d starts anew: unreadable.", self.name, partition)
            return Live({}, self._factory())

    # writing

    async def write_through(self, partition: int, key: bytes) -> bool:
        """Make one entry durable now: before a command is sent, so that it stands.

        Returns:
            False if the partition is lost: send nothing, the new owner sees the same records.
        """
        era = self._era
        while (answer := await self.app.membership()) == "unknown" and era == self._era:  # noqa: ASYNC110
            await asyncio.sleep(RETRY_SECONDS)
        if answer == "lost" or era != self._era or partition not in self._changelog.owned():
            return False
        try:
            await self._write([(partition, key)])
        except StaleStateError:
            return False
        return era == self._era

    async def flush(self, partitions: Collection[int]) -> bool:
        """Write what changed on these partitions; for timers, a commit does so by itself.

        Returns:
            False if nothing was written, for this process may have lost its partitions.
        """
        if await self.app.membership() != "member":
            return False
        try:
            await self._write_dirty(partitions)
        except StaleStateError:
            return False
        return True

    async def _write_dirty(self, partitions: Collection[int]) -> None:
        await self._write([pair for pair in self._dirty if pair[0] in partitions])

    async def _write(self, pairs: Sequence[tuple[int, bytes]]) -> None:
        async with self._writing:  # an older version must not be sent after a newer one
            begun, era, rows = perf_counter(), self._era, list[Row]()
            try:
                await self._serialise(pairs, rows)
                await self.outbox.drain()  # what these entries have said is durable before they are
                await self._changelog.write(rows, lambda: self._still(era))
            except BaseException:
                self._dirty.update((p, key) for p, key, _ in rows if (p, key) in self._live)
                raise
            self._metrics.flush_seconds.labels(self.name).observe(perf_counter() - begun)

    def _still(self, era: int) -> None:
        if era != self._era:
            message = f"{self.name} was given back meanwhile: its new owner reads again"
            raise StaleStateError(message)

    async def _serialise(self, pairs: Sequence[tuple[int, bytes]], rows: list[Row]) -> None:
        turn = Turn()
        for pair in pairs:
            if turn.over:
                await turn.next()
            live = self._live.get(pair)
            if pair not in self._dirty or live is None:
                continue
            with self.app.pace:
                raw = encode(Entry(dict(live.stamps), self._dumps(live.state)))
            self._dirty.discard(pair)
            if self._changelog.fits(raw, pair):
                rows.append((*pair, raw))

    async def _recovered(self) -> None:
        self._forget()
        if self._on_recovered is not None:
            await self._on_recovered()

    async def _revoked(self, app: Any, revoked: Any, **kwargs: Any) -> None:
        self._forget()

    def _forget(self) -> None:
        self._live.clear()
        self._dirty.clear()
        self._era += 1
