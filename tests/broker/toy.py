"""A small measure: counts and hashes what it reads, says so every 25 records; run as a process.

`python -m tests.broker.toy` with HOLDFAST_* set; with TOY_SECONDS a record takes so long. The
state of a key is a count and a hash chain, so one record lost, doubled or out of order shows in
its last bytes.
"""

import asyncio
import hashlib
import os
import sys
import time
from typing import Any

from streams.kafka.batches import App, essential, source
from streams.kafka.logs import setup
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.stamped import KeyedState
from streams.kafka.worker import build_app, run
from streams.settings import Settings

__all__ = ["EVERY", "Chain"]

EVERY = 25
SECONDS = float(os.environ.get("TOY_SECONDS", "0"))


class Chain:
    """Count and hash of what a key has seen."""

    def __init__(self, count: int = 0, digest: bytes = b"") -> None:
        self.count, self.digest = count, digest

    def step(self, value: bytes) -> list[bytes]:
        """Fold a value; return what to say."""
        time.sleep(SECONDS)
        self.count += 1
        self.digest = hashlib.sha256(self.digest + value).digest()
        return [] if self.count % EVERY else [b"%d %s" % (self.count, self.digest.hex().encode())]

    def dumps(self) -> bytes:
        """Return the bytes of the state, some padding with it."""
        return self.count.to_bytes(8, "big") + self.digest + self.digest * 40

    @classmethod
    def loads(cls, blob: bytes) -> "Chain":
        """Return the state of these bytes."""
        return cls(int.from_bytes(blob[:8], "big"), blob[8:40])


def attach(app: App, settings: Settings, metrics: Metrics) -> None:
    """Attach the agent."""
    outbox = Outbox(app)
    states: KeyedState[Chain] = KeyedState(
        app,
        "tenants",
        settings.partitions,
        factory=Chain,
        dumps=Chain.dumps,
        loads=Chain.loads,
        outbox=outbox,
        metrics=metrics,
    )

    @app.agent(source(app, settings.topic("events")))
    @essential
    async def count(stream: Any) -> None:
        async for event in stream.events():
            for record in event.value:
                if record.value == b"poison":
                    message = "poison"
                    raise RuntimeError(message)
                said = states.fold(record, Chain.step, record.value)
                if said is None:
                    metrics.skipped(record.topic)
                    continue
                metrics.processed(record.topic)
                for value in said:
                    outbox.send(settings.topic("signals"), record.key, value)
            event.value.clear()
            await outbox.room()
            await asyncio.sleep(0)


def main() -> int:
    """Run until told to stop."""
    settings = Settings()
    setup(settings)
    metrics = Metrics()
    app = build_app(settings, "measure", fetch=(30, 1))
    attach(app, settings, metrics)
    return run(app, settings, "measure", metrics=metrics, patience=5.0)


if __name__ == "__main__":
    sys.exit(main())
