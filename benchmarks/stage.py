"""The stage of the benchmarks: an embedded Kafka, topics of a run, roles as real processes."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from prometheus_client.parser import text_string_to_metric_families

from streams.embedded import ports, python
from streams.embedded.child import Child
from streams.embedded.kafka import Kafka
from streams.kafka.admin import ensure_topics
from streams.kafka.required import app_id
from streams.kafka.security import client_options
from streams.settings import Settings

__all__ = [
    "Record",
    "Role",
    "Sample",
    "Stage",
    "committed",
    "cpu_seconds",
    "fill",
    "memory_bytes",
    "numbers",
    "say",
]

Record = tuple[bytes, bytes]
Sample = tuple[str, tuple[str, ...]]
"""Name and label values of a Prometheus sample."""
TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 120.0


def say(text: str) -> None:
    """Show what is going on."""
    print(f"  … {text}", flush=True)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds, user and system, that all threads of a process have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Stage:
    """One broker for a whole benchmark, in a folder that goes away with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
        self.kafka = Kafka(self.folder / "kafka", cache=Settings().cache, say=say)

    def __enter__(self) -> Self:
        try:
            self.kafka.start()
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clear()

    def _clear(self) -> None:
        self.kafka.kill_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, **overrides: Any) -> Settings:
        """Return settings of a namespace of its own, topics made."""
        name = f"b{uuid.uuid4().hex[:8]}"
        fields = {
            "namespace": f"{name}.", "data_dir": self.folder / name,
            "kafka": self.kafka.bootstrap, "transformer": False, "metrics_port": ports.free(1)[0],
            # A role that stands still while its topic is filled stays a member.
            "session_timeout_seconds": 60.0, "log_level": "WARNING",
        }  # fmt: skip
        settings = Settings.model_validate(Settings().model_dump() | fields | overrides)
        asyncio.run(ensure_topics(settings))
        return settings


class Role:
    """A role as `holdfast` runs it.

    Args:
        settings: Handed over as its environment.
        name: Of the role.
    """

    def __init__(self, settings: Settings, name: str = "measure") -> None:
        self._url = f"http://{settings.listen}:{settings.metrics_port}"
        self.ready_after = 0.0
        """Seconds from its start until it was ready."""
        self.child = Child(
            name,
            python.module("streams.cli", name),
            log=settings.data_dir / "logs" / f"{name}.log",
            env=python.environment(python.variables(settings)),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.child.signal(signal.SIGCONT)
        self.child.stop()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        begun = time.monotonic()
        self.child.start()
        self.child.wait_ready(self._ready, READY_SECONDS)
        self.ready_after = time.monotonic() - begun

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self.child.pid)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let it stand while its topic is filled."""
        self.child.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.child.signal(signal.SIGCONT)

    def numbers(self) -> dict[Sample, float]:
        """Return its Prometheus samples by name and label values."""
        return numbers(self._url)


def numbers(url: str) -> dict[Sample, float]:
    """Return the Prometheus samples that a role serves, by name and label values."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


TOGETHER = 3
"""Records of a batch: what an emitter at 2,000 events/s with 5 ms of linger and four partitions
sends. A topic filled in one go has thousands in a batch, and costs a reader half as much."""


async def fill(settings: Settings, topic: str, records: Sequence[Record]) -> None:
    """Send records as fast as it goes, in batches such as the emitter's."""
    size = sum(len(key) + len(value) for key, value in records[:1000]) // min(len(records), 1000)
    producer = AIOKafkaProducer(
        **client_options(settings), acks="all", linger_ms=5, compression_type="lz4",
        max_batch_size=TOGETHER * (size + 64), max_request_size=2_097_152,
    )  # fmt: skip
    await producer.start()
    try:
        for key, value in records:
            await producer.send(settings.topic(topic), value, key)
        await producer.flush()
    finally:
        await producer.stop()


async def ends(settings: Settings, topic: str) -> dict[TopicPartition, int]:
    """Return the end offset of each partition."""
    async with _consumer(settings) as consumer:
        parts = [TopicPartition(topic, p) for p in await _partitions(consumer, topic)]
        return dict(await consumer.end_offsets(parts))


@contextlib.asynccontextmanager
async def _consumer(settings: Settings) -> Any:
    consumer = AIOKafkaConsumer(**client_options(settings), enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    consumer._client.add_topic(topic)
    await consumer._client.force_metadata_update()
    return sorted(consumer.partitions_for_topic(topic) or ())


async def committed(settings: Settings, topic: str, seconds: float = 300.0) -> None:
    """Wait until measure has committed all of a topic.

    Raises:
        TimeoutError: It has not within `seconds`.
    """
    wanted = {tp: end for tp, end in (await ends(settings, topic)).items() if end}
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = await admin.list_consumer_group_offsets(app_id(settings, "measure"))
                if all(found.get(tp) and found[tp].offset >= end for tp, end in wanted.items()):
                    return
                await asyncio.sleep(0.1)
    finally:
        await admin.close()
