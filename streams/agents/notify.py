"""Agent notify: alerts, commands and proofs that a person should hear of, to a webhook and the log.

A notice that cannot be delivered in time is dropped and counted, for notices must never hold up
decisions; after a crash one may be told again. What happened is on the topics and in ClickHouse.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
from mode import Service

from schemas import Contract, Hold
from schemas.alert import Alert
from schemas.control import Command, Proof
from streams.kafka.metrics import Metrics
from streams.settings import Settings

__all__ = ["Notify", "notice"]

WAITING = 1000
"""Notices that may wait."""
SECONDS = 5.0

log = logging.getLogger(__name__)


def notice(record: Contract) -> Mapping[str, Any] | None:
    """Return what a person is told of a record; None: nothing."""
    if isinstance(record, Command) and record.action in {"revert", "halt"}:
        return {
            "what": record.action, "tenant": record.tenant_id, "agent": record.agent_id,
            "epoch": record.epoch, "serves": record.baseline.bundle_id,
            "score": record.cause.score, "evidence": list(record.cause.evidence),
            "reason": record.cause.reason, "command": record.command_id,
        }  # fmt: skip
    if isinstance(record, Hold) and record.state in {"paused", "halted"}:
        return {
            "what": record.state, "agent": record.agent_id, "rollout": record.rollout_id,
            "score": record.cause.score, "reason": record.cause.reason,
        }  # fmt: skip
    if isinstance(record, Proof) and record.state == "late":
        return {
            "what": "late", "tenant": record.tenant_id, "agent": record.agent_id,
            "epoch": record.epoch, "routers": list(record.late), "command": record.command_id,
        }  # fmt: skip
    if isinstance(record, Alert) and record.kind == "watch" and record.scores.display >= 100:
        return {
            "what": "watch", "tenant": record.tenant_id, "agent": record.agent_id,
            "bundle": record.subject, "score": record.scores.display,
            "moved": [reading.metric for reading in record.moved],
            "cause": record.cause, "reasons": list(record.reasons), "alert": record.alert_id,
        }  # fmt: skip
    return None


class Notify(Service):
    """Delivers notices, one after the other, from a bounded queue.

    Args:
        settings: `webhook` is where they are posted; without one they are logged.
        metrics: Where they are counted.
    """

    def __init__(self, settings: Settings, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self._url, self._metrics = settings.webhook, metrics
        self._queue: deque[Mapping[str, Any]] = deque(maxlen=WAITING)
        self._more = asyncio.Event()

    def tell(self, record: Contract) -> None:
        """Queue what a person should hear of `record`, if anything; never waits."""
        told = notice(record)
        if told is None:
            return
        # A logger for each kind: many of one would have the damper leave out the rarer ones.
        log.getChild(told["what"]).warning("%s", json.dumps(told))
        if self._url:
            if len(self._queue) == WAITING:
                self._metrics.records.labels("notices", "dropped").inc()
            self._queue.append(told)
            self._more.set()

    @Service.task
    async def _deliver(self) -> None:
        while not self.should_stop:
            await self._more.wait()
            self._more.clear()
            while self._queue:
                await self._post(self._queue.popleft())

    async def _post(self, told: Mapping[str, Any]) -> None:
        assert self._url is not None
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, json=told) as answer,
            ):
                outcome = "delivered" if answer.status < 300 else "refused"
        except Exception:  # noqa: BLE001  whatever is wrong there, it must not end the process
            outcome = "undelivered"
        self._metrics.records.labels("notices", outcome).inc()
