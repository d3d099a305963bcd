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


YOUNG, MIDDLE, OLD = 10_000, 10, 500
"""New objects before the garbage collector looks, and its looks before it looks at older ones. There
are no cycles to be found; but with the states of many tenants just met it would stop the loop, for
half a second where it looks at a million objects at once."""


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
        gc.set_threshold(YOUNG, MIDDLE, OLD)

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
