"""The router's voice: answers and heartbeats, of which no slow one holds up another."""

import asyncio
from collections.abc import Callable

from holdfast_client.answering import Answer, Answers
from holdfast_client.clocks import BrokerClock
from holdfast_client.outage import Outage
from holdfast_client.transport import Transport

__all__ = ["Speaker"]

ANSWER = 10.0
"""Seconds that brokers have to take a heartbeat or an ack."""
GATHER = 0.02
"""Seconds that answering waits for more: a burst must not hold up reading the next."""
MOST = 2_000
"""Answers on their way at once."""


class Speaker:
    """Says what is to be said over one connection after the other.

    Args:
        transport: To Kafka.
        answers: What waits to be said.
        heartbeat: Makes key and value of a heartbeat; stopping or not.
        clock: The broker's clock, which stamps of heartbeats tell.
        now: Running seconds.
        count: Counts what the brokers did not take.
        outage: Hears of heartbeats that they did not take.
    """

    def __init__(
        self,
        transport: Transport,
        answers: Answers,
        heartbeat: Callable[[bool], tuple[str, bytes]],
        clock: BrokerClock,
        now: Callable[[], float],
        count: Callable[[str], None],
        outage: Outage,
    ) -> None:
        self._transport, self._answers, self._heartbeat = transport, answers, heartbeat
        self._clock, self._now, self._count, self._outage = clock, now, count, outage
        self._flying: dict[Answer, asyncio.Task[None]] = {}
        self.news = asyncio.Event()
        """There may be something to say."""

    async def answer_on(self) -> None:
        """Hand answers over as they come."""
        while True:
            await self.news.wait()
            await asyncio.sleep(GATHER)
            self.news.clear()
            self._hand_over()

    async def settle(self) -> None:
        """Hand over all that waits; return when the brokers have it, or take no more."""
        while self._hand_over() or self._flying:
            before = len(self._answers)
            await asyncio.wait(self._flying.values(), timeout=ANSWER)
            if len(self._answers) >= before:
                return

    def hush(self) -> None:
        """Let go of what is on its way: the connection is gone, and the next one says it."""
        for task in self._flying.values():
            task.cancel()
        self._flying = {}

    def _hand_over(self) -> int:
        room = MOST - len(self._flying)
        waiting = [one for one in self._answers.waiting(MOST) if one not in self._flying][:room]
        for answer in waiting:
            self._flying[answer] = asyncio.create_task(self._say(answer))
        return len(waiting)

    async def _say(self, answer: Answer) -> None:
        """Say one thing; what the brokers do not take waits on, behind the others."""
        try:
            async with asyncio.timeout(ANSWER):
                await self._transport.ack(*answer)
        except Exception:  # noqa: BLE001 - whatever it is, reading goes on
            self._count("unanswered")
            self._answers.defer(answer)
        else:
            self._answers.sent(answer)
        if len(self._flying) >= MOST:
            self.news.set()
        self._flying.pop(answer, None)

    async def beat_on(self, every: float) -> None:
        """Beat every so many seconds."""
        while True:
            await asyncio.sleep(every)
            await self.beat()

    async def beat(self, *, stopping: bool = False) -> None:
        """Send a heartbeat; the broker's stamp of it tells the broker's time."""
        try:
            async with asyncio.timeout(ANSWER):
                stamp = await self._transport.heartbeat(*self._heartbeat(stopping))
        except Exception as error:  # noqa: BLE001 - whatever it is, reading goes on
            self._count("unheard")
            self._outage.lost(error)
            return
        if stamp is not None:
            self._clock.observe(stamp, self._now())
