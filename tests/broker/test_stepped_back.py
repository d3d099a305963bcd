"""A command of a process that was cut off, appended after its successor's, with decide running."""

import asyncio
import time

import pytest

from control.signing import sign
from holdfast_client import Router, read_keys
from schemas import Contract
from streams.desk import keys, wire
from streams.kafka.admin import ensure_topics
from streams.kafka.reread import reread
from streams.settings import Settings
from tests.live import Roles
from tests.unit.router_world import command, hold

pytestmark = pytest.mark.broker


async def test_a_new_router_without_disk_takes_the_newest_command(settings: Settings) -> None:
    await ensure_topics(settings)
    keys.ensure(settings.data_dir)
    signer = keys.signer(settings.data_dir, keys.CONTROL)

    async def say(*records: tuple[str, Contract]) -> None:
        raw = [(key, sign(one, signer).model_dump_json().encode()) for key, one in records]
        await wire.send(settings, [("control", key, value) for key, value in raw])

    def lying() -> list[wire.Record]:
        return [one for one in records if one.key == b"acme/desk"]

    with Roles() as roles:
        await asyncio.to_thread(roles.start, decide=settings)
        said = [("acme/desk", command(n)) for n in (1, 2, 1)]
        await say(*said, ("desk/*", hold("halted", epoch=2)), ("desk/*", hold("running", epoch=1)))
        end = time.monotonic() + 30
        records = await wire.read(settings, "control")
        while len(records) < 7:
            assert time.monotonic() < end, roles.logs()
            await asyncio.sleep(0.2)
            records = await wire.read(settings, "control")
        ring = read_keys(keys.folder(settings.data_dir) / "ring.json")
        place = settings.data_dir / "router"
        with Router(settings.kafka, ring, place, namespace=settings.namespace) as router:
            assert await asyncio.to_thread(router.wait, 10)
            assert router.assign("acme", "desk").stamp["epoch"] == 2
        await asyncio.sleep(3 * settings.tick_seconds)
        assert len(await wire.read(settings, "control")) == 7
    first, second, _, again = lying()
    assert again.value == second.value
    topic, partition = settings.topic("control"), second.partition
    assert await reread(settings, topic, partition, first.offset, b"acme/desk") == first.value
    assert await reread(settings, topic, partition, first.offset, b"other") is None
