"""The router's work in the background: follow the control topic, flip, keep, answer."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence

from holdfast_client.answering import Answers
from holdfast_client.answers import heartbeat
from holdfast_client.book import Book, Received, Verdict
from holdfast_client.clocks import BrokerClock
from holdfast_client.disk import Disk
from holdfast_client.outage import Outage
from holdfast_client.speaking import Speaker
from holdfast_client.transport import Transport

__all__ = ["Follower"]

log = logging.getLogger("holdfast_client")

CONNECT = 30.0
LOST = 60.0
"""Seconds without being known to be up to date, of this connection, after which to begin anew."""
READ = 0.2
"""Seconds that a read waits for the first record."""
REGULARLY = 0.5
GATHER = 0.02
"""Seconds that keeping waits for more: a burst must not hold up reading the next."""
FEW = 8
"""Records that are verified before they are served: of a burst, none waits for the last."""


class Follower:
    """Runs on a loop of its own until told to stop; reading comes before talking.

    Args:
        router_id: Who answers.
        transport: To Kafka.
        book: What was verified.
        disk: Where it is kept.
        clock: The broker's clock.
        now: Running seconds.
        heartbeat_seconds: Between two heartbeats.
        retry_seconds: Before connecting again.
    """

    def __init__(
        self,
        router_id: str,
        transport: Transport,
        book: Book,
        disk: Disk,
        clock: BrokerClock,
        now: Callable[[], float],
        *,
        heartbeat_seconds: float,
        retry_seconds: float,
    ) -> None:
        self._router_id, self._transport, self._book, self._disk = router_id, transport, book, disk
        self._now = now
        self._every, self._retry = heartbeat_seconds, retry_seconds
        self.view = book.view()
        self.fresh_at: float | None = None
        self.counts: dict[str, int] = {}
        self._since = now()
        self._unkept: set[str] = set()
        self._judged: list[tuple[list[tuple[Received, Verdict]], float]] = []
        """What is served and neither kept nor answered yet, with the time of its flip."""
        self._keeping = asyncio.Lock()
        self._news = asyncio.Event()
        self._answers = Answers(router_id)
        self._outage = Outage("router", "what is held is served on")
        self._speaker = Speaker(
            transport, self._answers, self._heartbeat, clock, now, self._count, self._outage
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._stop = asyncio.Event()
        self._looked_at = 0.0

    def stop(self) -> None:
        """Ask it to say goodbye and return; may be called from any thread."""
        self._stopping = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._stop.set)

    def staleness(self) -> float:
        """Return seconds since the control topic was last known to be read to its end."""
        since = self._since if self.fresh_at is None else self.fresh_at
        return max(0.0, self._now() - since)

    async def run(self) -> None:
        """Connect, follow, and connect again, whatever happens."""
        self._loop = asyncio.get_running_loop()
        if self._stopping:
            return
        keeper = asyncio.create_task(self._keep_on())
        try:
            await self._connect_on()
        finally:
            await self._settle()
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _connect_on(self) -> None:
        while not self._stop.is_set():
            try:
                async with asyncio.timeout(CONNECT):
                    await self._transport.start()
                await self._follow()
            except Exception as error:  # noqa: BLE001 - whoever stops would never fall back
                self._count("disconnected")
                self._outage.lost(error)
            finally:
                with contextlib.suppress(Exception):
                    await self._transport.stop()
            await self._pause(self._retry)

    async def _follow(self) -> None:
        """First a heartbeat, for it asks the broker for the time that leases are judged by."""
        speaker = self._speaker
        await speaker.beat()
        works = (speaker.beat_on(self._every), speaker.answer_on(), self._look_on())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await self._read_on()
        finally:
            if self._stop.is_set():
                await self._settle()
                await speaker.settle()
                await speaker.beat(stopping=True)
            for task in tasks:
                task.cancel()
            speaker.hush()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_on(self) -> None:
        """Flip once all that was there has been read, then at whatever comes."""
        began = self._now()
        history: list[tuple[Received, Verdict]] = []
        while not self._transport.caught_up():
            if self._stop.is_set():
                return
            history += self._judge(await self._transport.read(READ))
        self._take(history)
        self.fresh_at = self._now() if self._transport.whole() else self.fresh_at
        while not self._stop.is_set():
            records = await self._transport.read(READ)
            for start in range(0, len(records) or 1, FEW):
                self._take(self._judge(records[start : start + FEW]))
            if min(self.staleness(), self._now() - began) > LOST:
                reason = "the control topic cannot be read any more"
                raise ConnectionError(reason)

    def _judge(self, records: Sequence[Received]) -> list[tuple[Received, Verdict]]:
        return [(record, self._book.apply(record)) for record in records]

    def _take(self, judged: list[tuple[Received, Verdict]]) -> None:
        """Serve what is new at once; keeping and answering it does not hold up what comes next."""
        if judged:
            self.view = self._book.view()
            self._judged.append((judged, time.time() * 1000))
            for record, verdict in judged:
                self._count(verdict.kind)
                if verdict.kind in {"flipped", "noted"}:
                    self._unkept.add(record.key)
                elif verdict.kind == "refused":
                    log.warning("router: a control record is refused (%s)", verdict.reason)
            self._news.set()
        now = self._now()
        if judged or now - self._looked_at >= REGULARLY:
            self._looked_at = now
            self._count("lease-expired", self._answers.about_leases(self.view, now))
            if self._unkept:
                self._news.set()
            self._speaker.news.set()

    async def _keep_on(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER)
            self._news.clear()
            await self._settle()

    async def _settle(self) -> None:
        """Keep on disk all that is served, then answer: an ack says that it will outlive us."""
        async with self._keeping:
            judged, self._judged = self._judged, []
            unkept = await self._keep()
            for several, flipped_at in judged:
                self._answers.to(several, flipped_at, unkept)
            self._speaker.news.set()

    async def _keep(self) -> str:
        """Write to disk what is not there yet; return why it could not be."""
        changed = self._unkept & self._book.raw.keys()
        self._unkept = set()
        if not changed:
            return ""
        try:
            await asyncio.to_thread(self._disk.save, dict(self._book.raw), changed)
        except (OSError, RuntimeError) as error:  # the disk is full, or no thread to be had
            self._unkept |= changed
            self._count("not-kept")
            why = getattr(error, "strerror", None) or type(error).__name__
            return f"served, but not kept on disk: {why}"
        return ""

    async def _look_on(self) -> None:
        """Ask regularly whether all is read; who must wait for an answer holds up no heartbeat."""
        while True:
            await asyncio.sleep(self._every)
            with contextlib.suppress(Exception):
                if await self._transport.fresh():
                    self.fresh_at = self._now()
                    self._outage.answered()

    def _heartbeat(self, stopping: bool) -> tuple[str, bytes]:
        served, staleness = len(self.view.served), self.staleness()
        name = self._router_id
        return name, heartbeat(name, served, staleness, stopping=stopping)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _count(self, what: str, more: int = 1) -> None:
        if more:
            self.counts[what] = self.counts.get(what, 0) + more
