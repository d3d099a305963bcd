"""The consumer's own thread: how patiently it fetches, and whether its group still knows it.

For faust-streaming 0.15.3 and aiokafka 0.14.0; line numbers are theirs.
"""

from typing import Any, Literal, cast

from aiokafka.errors import KafkaError, NoError, RebalanceInProgressError, for_code
from aiokafka.protocol.group import HeartbeatRequest
from faust.transport.drivers import aiokafka as driver

from streams.kafka.identity import hold_to_cluster

__all__ = ["BatchThread", "Membership"]

Membership = Literal["member", "lost", "unknown"]
"""`unknown`: no coordinator answered."""

PREFETCH_BACKOFF = 0.01
"""Seconds; aiokafka's 0.1 let one paused partition hold up all others."""
QUIET = (250, 1)
"""Longest wait in ms and least bytes of a fetch while nothing comes: one record ends the wait at
once, and a broker with nothing to say is asked four times a second instead of thirty."""


class BatchThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread with a fetch wait of our own and a question for the coordinator."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        # Faust waits up to 1,500 ms for a fetch and offers no setting (drivers/aiokafka.py:616).
        consumer = super()._create_worker_consumer(transport)
        wait, least = self.app.fetching  # type: ignore[attr-defined]  # streams.kafka.batches.App
        consumer._fetch_max_wait_ms, consumer._fetch_min_bytes = wait, least
        hold_to_cluster(consumer._client)
        return consumer

    async def on_start(self) -> None:
        """Start the consumer; its fetcher exists only afterwards."""
        await super().on_start()
        consumer: Any = self._ensure_consumer()
        consumer._fetcher._prefetch_backoff = PREFETCH_BACKOFF

    async def _fetch_records(self, consumer: Any, *args: Any, **options: Any) -> Any:
        """Fetch; after a call that found nothing wait for one record, else for a load of them."""
        found = await super()._fetch_records(consumer, *args, **options)
        # While tables are read back a long wait on one topic would hold up the others.
        quiet = not found and not self.app.rebalancing
        wait, least = QUIET if quiet else self.app.fetching  # type: ignore[attr-defined]
        fetcher = consumer._fetcher
        fetcher._fetch_max_wait_ms, fetcher._fetch_min_bytes = wait, least
        return found

    @property
    def member(self) -> str:
        """Name that the group gave this process."""
        member: str = cast(Any, self._ensure_consumer())._coordinator.member_id
        return member

    async def membership(self) -> Membership:
        """Send a heartbeat and read the answer.

        A rebalance in progress is membership: the group waits for this member to give back
        what it owns.
        """
        consumer: Any = self._ensure_consumer()
        group = consumer._coordinator
        try:
            answer = await group._send_req(
                HeartbeatRequest(group.group_id, group.generation, group.member_id)
            )
        except KafkaError:
            return "unknown"
        code = for_code(answer.error_code)
        if code in (NoError, RebalanceInProgressError):
            return "member"
        return "unknown" if code.retriable else "lost"
