"""Lag: of what is not yet folded, and of the event loop."""

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
        self._told: set[tuple[str, int]] = set()

    @Service.task
    async def _measure(self) -> None:
        while not self.should_stop:
            await self.sleep(LAG_SECONDS)
            if self._app.serving:
                self.tell()

    def tell(self) -> None:
        """Tell the lag of each partition served here, and no more that of one given away."""
        lags = self._app.lags()
        for place in self._told - lags.keys():
            self._metrics.lag.remove(*place)
        for place, lag in lags.items():
            self._metrics.lag.labels(*place).set(lag)
        self._told = set(lags)

    @Service.task
    async def _measure_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.should_stop:
            due = loop.time() + LOOP_SECONDS
            await asyncio.sleep(LOOP_SECONDS)
            self._metrics.loop_lag.observe(max(0.0, loop.time() - due))
