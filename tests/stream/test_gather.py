"""Rows of features: none is lost or sent twice, whoever is cancelled and whoever else sends."""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest

from detectors.features import Features
from streams.agents.gather import Gather
from streams.features import METRICS, FeaturesSeen, decode
from streams.kafka.outbox import Outbox
from tests.stream.kafka_fakes import FakeProducer
from tests.stream.test_outbox import OnlyProducer

NAMES = ("event", "tenant", "agent", "sha256:" + "0" * 64)


@pytest.fixture
def producer() -> FakeProducer:
    return FakeProducer()


@pytest.fixture
def gather(producer: FakeProducer) -> Gather:
    return Gather(Outbox(OnlyProducer(producer)), "features")


def row(offset: int) -> FeaturesSeen:
    values = np.full(len(METRICS), np.nan)
    return FeaturesSeen(NAMES, offset, 0, "chat|1", "evidence", values, Features())


def offsets(producer: FakeProducer) -> list[tuple[int | None, list[int]]]:
    return [
        (partition, decode(value or b"")["offset"].to_pylist())
        for _, _, value, partition in producer.sent
    ]


async def packing(gather: Gather) -> "asyncio.Task[None]":
    """Return a task in the middle of sending a first row."""
    gather.add(0, row(1))
    task = asyncio.create_task(gather.send())
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_who_is_cancelled_leaves_the_rows_to_the_next(
    gather: Gather, producer: FakeProducer
) -> None:
    first = await packing(gather)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    gather.add(0, row(2))
    await gather._outbox.drain()
    assert offsets(producer) == [(0, [1, 2])]


async def test_a_drain_waits_for_rows_that_another_is_packing(
    gather: Gather, producer: FakeProducer
) -> None:
    other = await packing(gather)
    gather.add(0, row(2))
    gather.add(1, row(7))
    await gather._outbox.drain()
    assert offsets(producer) == [(0, [1]), (0, [2]), (1, [7])]
    await other


async def test_few_rows_wait_for_company(gather: Gather, producer: FakeProducer) -> None:
    gather.add(0, row(1))
    await gather.send(2)
    gather.add(0, row(2))
    gather.add(1, row(3))
    await gather.send(2)
    await gather._outbox.drain()
    assert offsets(producer) == [(0, [1, 2]), (1, [3])]


FIRST = """
import sys
import numpy as np
from detectors.features import Features
from streams.features import METRICS, FeaturesSeen, columns, load, pack
load()
before = set(sys.modules)
vector = np.zeros(4, np.float32)
row = FeaturesSeen(("e", "t", "a", "b"), 1, 1, "", "watch", np.zeros(len(METRICS)), Features(), vector)
pack(list(columns(0, [row])))
print(*(set(sys.modules) - before))
"""


def test_the_first_rows_find_all_loaded_that_packing_needs() -> None:
    """What is loaded only then stops the loop: pandas for a second."""
    packed = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, check=True)
    assert packed.stdout.split() == []


VARIABLE = "ARROW_DEFAULT_MEMORY_POOL"
ALLOCATED = "import streams.features, pyarrow; print(pyarrow.default_memory_pool().backend_name)"


@pytest.mark.parametrize(("chosen", "taken"), [(None, "system"), ("mimalloc", "mimalloc")])
def test_arrow_takes_its_memory_from_malloc_unless_told_otherwise(
    chosen: str | None, taken: str
) -> None:
    """Its own allocator stops the loop for 4-12 ms when it hands memory back."""
    said = {} if chosen is None else {VARIABLE: chosen}
    env = {name: value for name, value in os.environ.items() if name != VARIABLE} | said
    asked = subprocess.run(
        [sys.executable, "-c", ALLOCATED], env=env, capture_output=True, check=True
    )
    assert asked.stdout.decode().strip() == taken
