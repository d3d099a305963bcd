"""What aiokafka does not do of itself when brokers go or come: rest, know them again, part.

For aiokafka 0.13 and 0.14, whose names these are.
"""

import asyncio
from collections.abc import Callable
from typing import Any

__all__ = ["know_again", "part", "rest"]

SHORTEST, LONGEST = 0.05, 1.0
"""Seconds between two questions for metadata: the next one, and the next after many in vain."""
PART = 5.0


def rest(client: Any) -> None:
    """Let a consumer or producer rest between two questions for metadata.

    A broker that shuts down says of its partitions that nobody leads them. From then on aiokafka
    asks again as soon as asking has failed: a whole core of the service and thousands of log
    lines a second, until Kafka is back.

    Args:
        client: Not started yet.
    """
    connections = _connections(client)
    ask = connections._metadata_update
    free_at, pause = 0.0, SHORTEST

    async def rested(*given: Any) -> bool:
        nonlocal free_at, pause
        now = asyncio.get_running_loop().time
        if (wait := free_at - now()) > 0:
            await asyncio.sleep(wait)
        found = bool(await ask(*given))
        pause = SHORTEST if found else min(2 * pause, LONGEST)
        free_at = now() + pause
        return found

    connections._metadata_update = rested


def know_again(client: Any, changed: Callable[[], None]) -> None:
    """Tell when another cluster answers at the same address: rebuilt, restored or a stand-in.

    The offsets of the old one mean nothing in its topics, and may well exist there.

    Args:
        client: Not started yet.
        changed: Called with each answer of the brokers that names another cluster than the first.
    """
    cluster = _connections(client).cluster
    update = cluster.update_metadata
    known: str | None = None

    def checked(metadata: Any) -> None:
        nonlocal known
        found: str | None = getattr(metadata, "cluster_id", None)  # brokers before 0.10.1 have none
        known = known or found
        if found and found != known:
            changed()
        update(metadata)

    cluster.update_metadata = checked


async def part(client: Any) -> None:
    """Stop a consumer or producer, for a while at most, whatever comes of it.

    A consumer that is stopped while a fetch waits to be tried again raises the CancelledError of
    that fetch, which its caller would take for an order to end, and leaves its connections open.
    """
    for stop in (client.stop, _connections(client).close):
        stopping = asyncio.ensure_future(stop())
        await asyncio.wait({stopping}, timeout=PART)
        if not stopping.done():
            stopping.cancel()
        elif not stopping.cancelled():
            stopping.exception()  # the caller parts because the connection is lost: no news


def _connections(client: Any) -> Any:
    return client.client if hasattr(client, "client") else client._client
