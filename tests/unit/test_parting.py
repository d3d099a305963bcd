"""Consumers and producers of a service while brokers are away: at rest, and left without harm."""

import asyncio
from typing import Any

from holdfast_client.parting import part, rest
from holdfast_client.transport import KafkaTransport


class Connections:
    """Those of a client whose every question for metadata is answered at once: by `found`."""

    def __init__(self, *, found: bool) -> None:
        self.found, self.asked, self.closed = found, 0, False

    async def _metadata_update(self, *_: object) -> bool:
        self.asked += 1
        return self.found

    async def close(self) -> None:
        self.closed = True


class Consumer:
    """A consumer that is stopped while a fetch waits to be tried again."""

    def __init__(self, *, found: bool = False) -> None:
        self._client = Connections(found=found)

    async def stop(self) -> None:
        fetch = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        fetch.cancel()
        await fetch


async def asked_for(seconds: float, *, found: bool) -> int:
    client: Any = Consumer(found=found)
    rest(client)
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        await client._client._metadata_update()
    return int(client._client.asked)


async def test_metadata_is_not_asked_for_without_rest() -> None:
    assert 2 <= await asked_for(0.3, found=True) <= 8
    assert 2 <= await asked_for(0.3, found=False) <= 4, "longer from time to time"


async def test_the_first_question_does_not_wait() -> None:
    client: Any = Consumer(found=True)
    rest(client)
    async with asyncio.timeout(0.02):
        assert await client._client._metadata_update()


async def test_what_ends_within_a_client_does_not_end_who_parts_from_it() -> None:
    client = Consumer()
    await part(client)
    assert client._client.closed


async def test_a_router_outlives_a_consumer_that_cannot_be_stopped() -> None:
    transport: Any = KafkaTransport("127.0.0.1:9", "holdfast.", {})
    transport._consumer = consumer = Consumer()
    await transport.stop()
    assert consumer._client.closed
