"""A producer, records and an app that need no broker."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

from faust.types import TP

from streams.kafka.batches import App
from streams.kafka.membership import Membership
from streams.kafka.worker import build_app
from streams.settings import Settings

__all__ = ["FakeProducer", "FakeRecord", "make_app", "own"]


@dataclass(frozen=True)
class FakeRecord:
    """A record as a chunk holds it."""

    offset: int
    key: bytes | None = b"t/a"
    value: bytes | None = b"v"
    topic: str = "events"
    partition: int = 0
    timestamp: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


class Placed(NamedTuple):
    topic: str
    partition: int
    offset: int

    @property
    def topic_partition(self) -> TP:
        return TP(self.topic, self.partition)


class FakeProducer:
    """Keeps what was sent; acks when told, or at once."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.sent: list[tuple[str, bytes | None, bytes | None, int | None]] = []
        self.at_once = at_once
        self.acks: list[tuple[asyncio.Future[Placed], Placed]] = []
        self.offsets: Counter[tuple[str, int]] = Counter()
        self.error: Exception | None = None

    async def send(
        self, topic: str, key: Any, value: Any, partition: Any, *_: Any, **__: Any
    ) -> "asyncio.Future[Placed]":
        if self.error is not None:
            raise self.error
        self.sent.append((topic, key, value, partition))
        place = Placed(topic, partition or 0, self.offsets[topic, partition or 0])
        self.offsets[topic, partition or 0] += 1
        future: asyncio.Future[Placed] = asyncio.get_running_loop().create_future()
        self.acks.append((future, place))
        if self.at_once:
            future.set_result(place)
        return future

    def ack_all(self) -> None:
        for future, place in self.acks:
            if not future.done():
                future.set_result(place)

    async def maybe_start(self) -> None:
        return None

    def topics(self) -> list[str]:
        return [topic for topic, *_ in self.sent]


class FakeApp(App):
    """An app whose coordinator answers what the test says."""

    answer: Membership = "member"

    async def membership(self) -> Membership:
        return self.answer


def make_app(folder: Path, producer: FakeProducer) -> FakeApp:
    """Return a real app on a fake producer."""
    app = build_app(Settings(data_dir=folder, namespace="x."), "measure")
    app.__class__ = FakeApp
    app.producer = cast(Any, producer)
    assert isinstance(app, FakeApp)
    return app


def own(app: App, changelog: str, *partitions: int) -> None:
    """Give the app these partitions."""
    tables: Any = app.tables
    tables.recovery.active_tps.clear()
    tables.recovery.active_tps.update(TP(changelog, number) for number in partitions)
