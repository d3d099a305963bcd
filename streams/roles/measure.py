"""The role measure: reads events, says what the monitors of each tenant see."""

import asyncio
import gc
from typing import Any

from mode import Service

from streams import features
from streams.agents.measure import Measure
from streams.embedding.embedders import Embedders
from streams.kafka.batches import App
from streams.kafka.logs import setup
from streams.kafka.metrics import Metrics
from streams.kafka.worker import build_app, run
from streams.settings import Settings

__all__ = ["build", "run_measure"]


YOUNG = 50_000
"""New objects before the garbage collector looks: a chunk makes some 10,000, and no cycles."""


class _Load(Service):
    """Loads what is slow to load before the first event asks for it; then all that is there stays.

    What is loaded by now is never garbage, so the collector need not walk it again and again.
    """

    def __init__(self, embedders: Embedders, **options: Any) -> None:
        super().__init__(**options)
        self._embedders = embedders

    async def on_start(self) -> None:
        await self._embedders.start()
        features.load()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, 20, 50)

    async def on_stop(self) -> None:
        self._embedders.close()


def build(settings: Settings, metrics: Metrics) -> tuple[App, Measure]:
    """Return the app with its agent; touches no broker."""
    app = build_app(settings, "measure")
    return app, Measure(app, settings, metrics, Embedders(settings))


def run_measure(settings: Settings) -> int:
    """Run the role until it is told to stop; return its exit status."""
    setup(settings)
    asyncio.set_event_loop(asyncio.new_event_loop())
    metrics = Metrics()
    app, agent = build(settings, metrics)
    services = [agent.registry, _Load(agent.embedders)]
    return run(app, settings, "measure", services=services, metrics=metrics)
