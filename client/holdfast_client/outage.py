"""What a service's logs hear of Kafka: one line when it is lost, one when it is back."""

import asyncio
import logging
import threading
import time
from collections.abc import Coroutine
from typing import Any

__all__ = ["Outage", "run"]

log = logging.getLogger("holdfast_client")
theirs = logging.getLogger("holdfast_client.kafka")

CALM = 20.0
"""Seconds without a failure after which Kafka is back; who waits for brokers fails within 15."""


class Outage:
    """Tells of the first failure, and of the end once there has been none for a while.

    Args:
        who: Whose way to Kafka it is.
        meanwhile: What becomes of its work.
    """

    def __init__(self, who: str, meanwhile: str) -> None:
        self._who, self._meanwhile = who, meanwhile
        self._since: float | None = None
        self._latest = 0.0
        self._answered: float | None = None

    def lost(self, error: BaseException | None) -> None:
        """Note that Kafka did not do what was asked; None: it was cancelled."""
        self._latest, self._answered = time.monotonic(), None
        if self._since is None:
            self._since = self._latest
            why = "cancelled" if error is None else type(error).__name__
            log.warning("%s: no way to Kafka (%s); %s", self._who, why, self._meanwhile)

    def answered(self) -> None:
        """Note that Kafka has done what was asked."""
        if self._since is None:
            return
        now = time.monotonic()
        if self._answered is None:
            self._answered = now
        if now - self._latest >= CALM:
            took = self._answered - self._since
            log.warning("%s: Kafka is back after %.0f s", self._who, took)
            self._since = None


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a thread's work on a loop of its own, apart from the service's logs.

    What aiokafka and asyncio say of it, ten lines a second while brokers are away, goes to
    `holdfast_client.kafka` at DEBUG; what they say of the service's own clients is not touched.
    """
    for name in [*logging.root.manager.loggerDict, "asyncio"]:
        if name.partition(".")[0] in {"aiokafka", "asyncio"}:
            logging.getLogger(name).addFilter(_apart)
    asyncio.run(_alone(work))


async def _alone(work: Coroutine[Any, Any, None]) -> None:
    me = threading.get_ident()
    asyncio.get_running_loop().set_exception_handler(_unheard)
    _OURS.add(me)
    try:
        await work
    finally:
        _OURS.discard(me)


_OURS: set[int] = set()
"""Threads of emitters and routers."""


def _apart(record: logging.LogRecord) -> bool:
    """Let pass what is not of our threads."""
    if threading.get_ident() not in _OURS:
        return True
    theirs.debug("%s: %s", record.name, record.getMessage())
    return False


def _unheard(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Take what asyncio finds when a client of aiokafka is left behind."""
    theirs.debug("asyncio: %s", context.get("message"))
