"""The agents without a broker: fed with records, what they send kept in a list.

Also the run without faults that the tests of faults compare with.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from control.bundles import identified
from control.signing import REQUEST_TYPE, KeyRing, Signer, sign
from schemas import Bundle, Contract, Phase, Policy, Request, Tenant
from streams.agents.decide import Decide
from streams.agents.directory import Directory
from streams.agents.measure import Measure
from streams.agents.notify import Notify
from streams.agents.prove import Prove
from streams.agents.score import Score
from streams.desk import keys
from streams.desk.ring import People
from streams.embedding.embedders import Embedders
from streams.kafka.broadcast import Broadcast
from streams.kafka.entries import Entry, decode, split_key
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.settings import Settings
from tests.stream.kafka_fakes import FakeProducer, FakeRecord, make_app, own

__all__ = [
    "CONTROL",
    "PERSON",
    "DecideDesk",
    "MeasureDesk",
    "Sent",
    "bundle",
    "key_of",
    "request",
]

PERSON = Signer("person-1", b"\x01" * 32)
CONTROL = Signer("control-1", b"\x02" * 32)
PREFIX = "x."
PARTITIONS = 4


class Sent(NamedTuple):
    """One message an agent sent; the topic is without its prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None


def bundle(model: str) -> Bundle:
    """Return a bundle that differs in its model."""
    return identified({"provider": "acme", "model": model, "prompt_version": "p1"})


def key_of(record: Contract) -> bytes:
    """Return the key of a record of the registry."""
    match record:
        case Bundle():
            return f"bundle/{record.bundle_id}".encode()
        case Tenant():
            return f"tenant/{record.tenant_id}".encode()
        case Policy():
            return f"policy/{record.policy_id}".encode()
        case Phase():
            return f"phase/{record.phase_id}".encode()
    raise TypeError(record)


def request(signer: Signer = PERSON, **fields: Any) -> bytes:
    """Return a signed request."""
    given = {"agent_id": "care", "person": "ann", **fields}
    made = Request.model_validate(given)
    return sign(made, signer, REQUEST_TYPE).model_dump_json().encode()


class _Desk(ABC):
    """An app on a fake producer, and a registry that the test fills."""

    STATES: tuple[str, ...] = ()

    def __init__(self, folder: Path, registry: Iterable[Contract] = ()) -> None:
        self.producer = FakeProducer()
        self.app = make_app(folder, self.producer)
        self.settings = Settings(data_dir=folder, namespace=PREFIX, transformer=False)
        self.metrics = Metrics()
        self.asked = 0
        """How often the registry was read on."""
        self.late: list[Contract] = []
        """What the registry tells only when it is read on."""
        self.start()
        self.tell(*registry)

    directory: Directory
    outbox: Outbox

    @abstractmethod
    def start(self) -> None:
        """Make the agents."""

    def tell(self, *records: Contract) -> None:
        """Put records into the registry that the agents know."""
        for record in records:
            self.directory.apply(key_of(record), record.model_dump_json().encode())

    def follows(self, registry: Broadcast) -> None:
        """Have the registry read on without a broker."""

        async def catch_up(timeout: float = 5.0) -> bool:  # noqa: ASYNC109
            self.asked += 1
            await asyncio.sleep(0)
            self.tell(*self.late)
            return True

        registry.catch_up = catch_up  # type: ignore[method-assign]

    def owns(self, *partitions: int) -> None:
        """Give the app partitions of its changelogs."""
        tables: Any = self.app.tables
        own(self.app, f"{PREFIX}measure-{self.STATES[0]}-changelog", *partitions)
        first = set(tables.recovery.active_tps)
        for name in self.STATES[1:]:
            own(self.app, f"{PREFIX}measure-{name}-changelog", *partitions)
            first |= tables.recovery.active_tps
        tables.recovery.active_tps.update(first)

    def here(self, record: Any, **changes: Any) -> FakeRecord:
        """Return a record of any broker as one of this desk's topics."""
        name = record.topic.rpartition(".")[2]
        found = FakeRecord(
            record.offset, record.key, record.value, PREFIX + name, record.partition,
            record.timestamp,
        )  # fmt: skip
        return replace(found, **changes)

    async def sent(self, *topics: str) -> list[Sent]:
        """Return what was sent to `topics`, all without any, in order."""
        await self.outbox.drain()
        found = [
            Sent(topic.removeprefix(PREFIX), key, value, partition)
            for topic, key, value, partition in self.producer.sent
        ]
        return [one for one in found if one.topic in topics or not topics]

    async def states(self, name: str) -> dict[tuple[int, bytes], Entry]:
        """Return the last durable entry of each key."""
        for hook in self.app.before_commit:
            await hook({self._tp(partition): 1 for partition in range(PARTITIONS)})
        return {
            split_key(key or b""): decode(value or b"")
            for topic, key, value, _ in self.producer.sent
            if topic == f"{PREFIX}measure-{name}-changelog"
        }

    def counted(self, topic: str) -> dict[str, int]:
        """Return how many messages of a topic had which outcome."""
        return {
            sample.labels["outcome"]: int(sample.value)
            for family in self.metrics.records.collect()
            for sample in family.samples
            if sample.name.endswith("_total") and sample.labels["topic"] == topic
        }

    async def rebalance(self) -> None:
        """Lose every partition, and get them back with what is durable."""
        await self.app.on_partitions_revoked.send(set())

    @staticmethod
    def _tp(partition: int) -> Any:
        from faust.types import TP

        return TP(f"{PREFIX}events", partition)


class MeasureDesk(_Desk):
    """The agent measure."""

    STATES = ("tenants",)

    def start(self) -> None:
        """Make the agent."""
        self.embedders = Embedders(self.settings)
        self.agent = Measure(self.app, self.settings, self.metrics, self.embedders)
        self.directory, self.outbox = self.agent.directory, self.agent.outbox
        self.follows(self.agent.registry)
        self.owns(*range(PARTITIONS))

    async def feed(self, records: Sequence[Any], size: int = 1000) -> None:
        """Fold records, each partition in order, in chunks of `size`."""
        for partition in sorted({record.partition for record in records}):
            mine = [self.here(record) for record in records if record.partition == partition]
            for start in range(0, len(mine), size):
                await self.agent.chunk(mine[start : start + size])

    def close(self) -> None:
        """Stop its threads."""
        self.embedders.close()
        self.agent._reader.shutdown()


class DecideDesk(_Desk):
    """The agents score, decide and prove."""

    STATES = ("scores", "decisions", "proofs")

    def start(self) -> None:
        """Make the agents."""
        settings, metrics = self.settings, self.metrics
        self.directory, self.outbox = Directory(), Outbox(self.app)
        registry = Broadcast(settings, "registry", self.directory.apply, metrics=metrics)
        self.follows(registry)
        notify = Notify(settings, metrics)
        few = (self.app, settings, metrics, self.directory)
        self.score = Score(*few, self.outbox, notify)
        ring = KeyRing({PERSON.keyid: PERSON.public})
        self.decide = Decide(
            *few, registry, self.outbox, notify, signer=CONTROL, people=lambda: ring,
        )  # fmt: skip
        self.prove = Prove(
            *few, self.outbox, notify, commanders=KeyRing({CONTROL.keyid: CONTROL.public})
        )
        self.owns(*range(PARTITIONS))

    def trust(self, settings: Settings) -> None:
        """Sign with the control key of a data folder, and hear the people of its ring."""
        self.decide.signer = keys.signer(settings.data_dir, keys.CONTROL)
        self.decide.people = People(settings.data_dir)
