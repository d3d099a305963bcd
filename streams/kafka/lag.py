"""Lag: of what is not yet handed over, and of the event loop."""

import asyncio

from mode import Service

from streams.kafka.batches import App
from streams.kafka.metrics import Metrics

__all__ = ["Lag"]

LAG_SECONDS = 5.0
LOOP_SECONDS = 0.05
"""Between two looks at how late the event loop is."""


class Lag(Service):
    """Keeps the metrics of both.

    Args:
        app: Whose partitions count.
        metrics: Where it is told.
    """

    def __init__(self, app: App, metrics: Metrics) -> None:
        super().__init__()
        self._app, self._metrics = app, metrics

    @Service.task
    async def _measure(self) -> None:
        while not self.should_stop:
            await self.sleep(LAG_SECONDS)
            if self._app.serving:
                for (topic, partition), lag in self._app.lags().items():
                    self._metrics.lag.labels(topic, partition).set(lag)

    @Service.task
    async def _measure_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.should_stop:
            due = loop.time() + LOOP_SECONDS
            await asyncio.sleep(LOOP_SECONDS)
            self._metrics.loop_lag.observe(max(0.0, loop.time() - due))
