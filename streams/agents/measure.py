"""Agent measure: events in; features, signals and sightings out.

A chunk is taken a few records at a time: read, embedded off the event loop, and folded one by one;
folding a record and queueing what it says is one step. Rows of features are gathered, and sent
before any state that knows of them.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from detectors.budget import Bucket
from detectors.monitor import PIN, Folded, Seen, TenantAgent, dumps, fold, fresh, loads
from schemas import Event
from streams.agents.directory import Directory
from streams.agents.gather import TOGETHER, Gather
from streams.agents.park import Park
from streams.agents.prepare import Parked, Prepared, Unused, prepare, seen_in
from streams.embedding.embedders import Embedded, Embedders
from streams.features import FeaturesSeen
from streams.kafka.batches import App, essential, source
from streams.kafka.broadcast import Broadcast
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.stamped import KeyedState
from streams.kafka.turns import Turn
from streams.settings import Settings

__all__ = ["Measure", "turns"]

EVENTS = "events"
TURN, TURN_BYTES = 4, 24_576
"""Records read before measure looks at the clock, at most, and their bytes."""
SHARED, SHARED_BYTES = 64, 98_304
"""Records embedded together, at most, and their bytes: to wake a thread is dear where processors
are short. More of them would not stay at hand."""
LONG = 65_536
"""Bytes of such a few records, from which on they are read in a thread: some 3 ms."""
BURST = 2.0
"""Texts the transformer's budget lets through at once."""
GATHER_SECONDS = 0.25
"""Longest that a row of features waits for company."""
UNISSUED = 10_000
"""Phases that nobody issued, remembered at most."""


def turns(
    records: Sequence[Record], most: int = TURN, most_bytes: int = TURN_BYTES
) -> Iterator[Sequence[Record]]:
    """Split a chunk into a few records at a time; a long one is a turn of its own."""
    start = size = 0
    for place, record in enumerate(records):
        size += len(record.value or b"")
        if place > start and (size > most_bytes or place - start >= most):
            yield records[start:place]
            start, size = place, len(record.value or b"")
    if records:
        yield records[start:]


class Measure:
    """The agent and all it holds.

    Args:
        app: A batched Faust app.
        settings: Of the process.
        metrics: Where messages are counted.
        embedders: The static and the transformer tier.
    """

    def __init__(
        self, app: App, settings: Settings, metrics: Metrics, embedders: Embedders
    ) -> None:
        self.settings, self.metrics, self.embedders = settings, metrics, embedders
        self.directory = Directory()
        self.registry = Broadcast(settings, "registry", self.directory.apply, metrics=metrics)
        self.outbox = Outbox(app)
        self.park = Park(self.outbox, settings)
        self.tenants: KeyedState[TenantAgent] = KeyedState(
            app, "tenants", settings.partitions, factory=fresh, dumps=dumps, loads=loads,
            outbox=self.outbox, metrics=metrics,
        )  # fmt: skip
        self._reader = ThreadPoolExecutor(1, "prepare")
        self._unissued: set[str] = set()
        self._static_id = embedders.static_id
        self._processed = 0
        """Events folded and not yet counted: a counter is dear beside a fold."""
        self.outbox.before_drain.append(self._count)
        self.gather = Gather(self.outbox, settings.topic("features"))
        app.agent(source(app, settings.topic(EVENTS)), name="measure")(self._agent())

        @essential
        async def send_features() -> None:
            await self.gather.send()

        app.timer(interval=GATHER_SECONDS, name="features")(send_features)

    def _agent(self) -> Any:
        @essential
        async def measure(stream: Any) -> None:
            async for event in stream.events():
                await self.chunk(event.value)
                event.value.clear()

        return measure

    async def chunk(self, records: Sequence[Record]) -> None:
        """Fold one chunk of one partition; after a rebalance the rest of it comes again."""
        era = self.tenants.era
        for some in turns(records, SHARED, SHARED_BYTES):
            await self._take(some, era)
            if self.tenants.era != era:
                return
        self._count()
        await self.outbox.room()

    async def _take(self, records: Sequence[Record], era: int) -> None:
        """Take some records all the way, while what was read of them is still at hand."""
        found: list[Prepared | None] = []
        turn = Turn()
        for few in turns(records):
            if turn.over:
                await turn.next()
            read = await self._read(few)
            if self.tenants.era != era:
                return
            found += map(self._wanted, read)
        vectors = await self._embed(found)
        await self._phases(found)
        if self.tenants.era != era:
            return
        for one, embedded in zip(found, vectors, strict=True):
            if turn.over:
                await turn.next()
                if self.tenants.era != era:
                    return
            if one is not None:
                self._fold(one, embedded)
        await self.gather.send(TOGETHER)

    async def _read(self, records: Sequence[Record]) -> list[Prepared | Parked | Unused]:
        """Read records, long ones in a thread.

        For short ones a thread is no help: it would fight with the loop over the interpreter.
        """
        if sum(len(record.value or b"") for record in records) <= LONG:
            return prepare(records)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, prepare, records)

    def _wanted(self, one: object) -> Prepared | None:
        """Count and set aside what is not to be folded."""
        if isinstance(one, Prepared):
            if self.tenants.contains(one.record, key=one.key):
                self.metrics.skipped(EVENTS)
                return None
            if one.unknown:
                self.metrics.unknown_fields.labels(type(one.event or one.told).__name__).inc(
                    one.unknown
                )
            return one
        if not isinstance(one, Parked):
            self.metrics.processed(EVENTS)
            return None
        self.metrics.parked(EVENTS)
        if one.error is None:
            self.park(one.record, EVENTS, one.reason)
        else:
            self.park.invalid(one.record, EVENTS, "an-event", one.error)
        return None

    async def _embed(self, found: Sequence[Prepared | None]) -> Sequence[Embedded]:
        """Embed the texts of a chunk, the transformer's share as the budgets of the state say.

        The budgets are tried on copies: the fold itself draws on them, in the same order.
        """
        buckets: dict[bytes, Bucket] = {}
        plan: list[tuple[str | None, bool]] = []
        for one in found:
            if one is None or (event := one.event) is None or not event.output:
                plan.append((None, False))
                continue
            if one.key not in buckets:
                buckets[one.key] = replace(self.tenants.get(one.record.partition, one.key).bucket)
            wanted = self._sample(buckets[one.key], event, one.record)
            plan.append((event.output, wanted))
        return await self.embedders.embed(plan)

    def _sample(self, bucket: Bucket, event: Event, record: Record) -> bool:
        rate = self.settings.transformer_per_minute if self.embedders.transformer_id else 0.0
        return bucket.take(event.event_id, record.timestamp, per_minute=rate, burst=BURST)

    async def _phases(self, found: Sequence[Prepared | None]) -> None:
        """Read the registry on where an event names a phase that it has not told of yet.

        A phase is acked before the commands that name it, so it precedes every event that does:
        what the registry as it stands now does not hold was never issued.
        """
        stamps = [one.stamp for one in found if one is not None]
        named = {stamp.phase_id for stamp in stamps if stamp is not None and stamp.phase_id != PIN}
        named -= self._unissued | self.directory.phases.keys()
        if not named:
            return
        known = await self.registry.catch_up(self.settings.phase_wait_seconds)
        if len(self._unissued) >= UNISSUED:
            self._unissued.clear()
        if known:  # looked up once, not once for each event
            self._unissued |= named - self.directory.phases.keys()

    def _fold(self, one: Prepared, embedded: Embedded) -> None:
        seen = seen_in(one, embedded, self._static_id)
        folded = self.tenants.fold_at(one.record, one.key, self._step, one, seen)
        if folded is None:
            self.metrics.skipped(EVENTS)
            return
        if folded.counted == "unknown-phase":
            self.metrics.parked(EVENTS)
            self.park(one.record, EVENTS, "unknown-phase", "the registry has no such phase")
        else:
            self._processed += 1
        for signal in folded.signals:
            self.metrics.signals.inc()
            self._say("signals", signal.agent_id.encode(), signal.model_dump_json())
        for sighting in folded.sightings:
            self._say("acks", one.key, sighting.model_dump_json())
        if (event := one.event) is not None:
            names = (event.event_id, event.tenant_id, event.agent_id, event.bundle_id)
            row = FeaturesSeen(
                names, seen.offset, seen.at, one.stratum, folded.counted, seen.values,
                one.features, embedded.static, embedded.transformer,
            )  # fmt: skip
            self.gather.add(seen.partition, row)

    def _step(self, state: TenantAgent, one: Prepared, seen: Seen) -> Folded:
        if (event := one.event) is not None and event.output:
            self._sample(state.bucket, event, one.record)
        return fold(state, seen, self.directory.phases)

    def _count(self) -> None:
        if self._processed:
            self.metrics.processed(EVENTS, self._processed)
            self._processed = 0

    def _say(self, topic: str, key: bytes, body: str) -> None:
        self.outbox.send(self.settings.topic(topic), key, body.encode())
