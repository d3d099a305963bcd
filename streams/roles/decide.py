"""The role decide: scores signals, decides, commands, proves and notifies."""

import asyncio

from mode import Service

from streams.agents.decide import Decide
from streams.agents.directory import Directory
from streams.agents.notify import Notify
from streams.agents.prove import Prove
from streams.agents.score import Score
from streams.agents.ticks import attach_ticks
from streams.desk import keys
from streams.desk.ring import People
from streams.kafka.batches import App
from streams.kafka.broadcast import Broadcast
from streams.kafka.logs import setup
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.worker import build_app, run
from streams.settings import Settings

__all__ = ["build", "run_decide"]


def build(settings: Settings, metrics: Metrics) -> tuple[App, list[Service]]:
    """Return the app with its agents, and what must start before it; touches no broker.

    Raises:
        KeyMissingError: The data folder has no key of the control plane.
    """
    app, directory = build_app(settings, "decide"), Directory()
    registry = Broadcast(settings, "registry", directory.apply, metrics=metrics)
    outbox, notify = Outbox(app), Notify(settings, metrics)
    Score(app, settings, metrics, directory, outbox, notify)
    Decide(
        app, settings, metrics, directory, registry, outbox, notify,
        signer=keys.signer(settings.data_dir, keys.CONTROL),
        people=People(settings.data_dir),
    )  # fmt: skip
    Prove(
        app, settings, metrics, directory, outbox, notify,
        commanders=keys.ring(settings.data_dir, "control"),
    )  # fmt: skip
    attach_ticks(app, outbox, settings, ("alerts", "acks"))
    return app, [registry, notify]


def run_decide(settings: Settings) -> int:
    """Run the role until it is told to stop; return its exit status."""
    setup(settings)
    asyncio.set_event_loop(asyncio.new_event_loop())
    metrics = Metrics()
    app, services = build(settings, metrics)
    return run(app, settings, "decide", services=services, metrics=metrics)
