"""Kafka is lost with all it held, and an empty one answers at the same address."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable

import pytest

from holdfast_client import Emitter, Router, read_keys
from schemas import Command
from streams.clickhouse.client import connect
from streams.desk import keys, pins, registry, wire
from streams.embedded.kafka import Kafka
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from tests.live import Roles
from tests.ordeal import send
from tests.recorded import event

pytestmark = pytest.mark.broker

SECONDS = 90
EVENT = {"tenant_id": "acme", "agent_id": "desk", "bundle_id": "v1", "latency_ms": 5}
KNOWN = {
    "bundles": {"main": {"provider": "p", "model": "m", "prompt_version": "v1"}},
    "tenants": [{"tenant_id": "acme", "pins": {"desk": "main"}}],
}


async def until(check: Callable[[], Awaitable[bool]], roles: Roles) -> None:
    end = time.monotonic() + SECONDS
    while not await check():
        assert time.monotonic() < end, roles.logs()
        for process in roles.processes.values():
            process.tick()
        await asyncio.sleep(0.2)


async def commanded(settings: Settings, roles: Roles) -> Command:
    """Write the registry, wait for the command that follows from it, return it."""
    await registry.apply(settings, registry.parse(KNOWN, "file"), keys.me())

    async def said() -> bool:
        return "acme/desk" in await pins.commanded(settings)

    await until(said, roles)
    return (await pins.commanded(settings))["acme/desk"]


async def test_roles_begin_anew_and_services_go_on_with_the_new_cluster(
    make_settings: Callable[..., Settings], kafka_cluster: Callable[..., Kafka]
) -> None:
    server = kafka_cluster(1)
    settings = make_settings(kafka=server.bootstrap, record_seconds=0.3, flush_seconds=0.5)
    keys.ensure(settings.data_dir)
    client = connect(settings)

    async def recorded(count: int) -> bool:
        """Return whether so many events are in ClickHouse, and as many as measure has folded in."""
        counts = [
            client.query(f"SELECT count() FROM {settings.clickhouse_database}.{table}").result_rows
            for table in ("events", "features")
        ]
        return counts == [[(count,)], [(count,)]]

    async def flushed() -> bool:
        stored = await wire.read(settings, "measure-tenants-changelog")
        return len({record.key for record in stored}) == 8

    with Roles() as roles:
        await asyncio.to_thread(roles.start, measure=settings, decide=settings, record=settings)
        before = await commanded(settings, roles)
        await send(settings, [event(number) for number in range(60)])
        await until(lambda: recorded(60), roles)
        ring = read_keys(keys.folder(settings.data_dir) / "ring.json")
        place = settings.data_dir / "router"
        with (
            Router(settings.kafka, ring, place, namespace=settings.namespace) as router,
            Emitter(settings.kafka, namespace=settings.namespace) as emitter,
        ):
            assert emitter.emit(EVENT, event_id="before")
            await until(lambda: recorded(61), roles)
            await until(flushed, roles)
            assert await asyncio.to_thread(router.wait, 10)
            assert router.assign("acme", "desk").stamp["epoch"] == before.epoch

            server.kill_all()
            shutil.rmtree(server.folder / "node-1")
            record = server.folder / "cluster.json"
            record.write_text(record.read_text().replace('"cluster"', '"former"'))
            await asyncio.to_thread(server.start)
            assert server.bootstrap == settings.kafka
            await ensure_topics(settings)

            died = set[str]()

            async def again() -> bool:
                # Deaths are forgotten once a role is steady, and that may be before the last is ready.
                died.update(name for name, process in roles.processes.items() if process.deaths)
                ready = all(process.ready for process in roles.processes.values())
                return ready and died == roles.processes.keys()

            await until(again, roles)
            assert router.assign("acme", "desk").stamp["epoch"] == before.epoch
            after = await commanded(settings, roles)
            assert after.epoch > before.epoch

            async def obeyed() -> bool:
                return router.assign("acme", "desk").stamp["epoch"] == after.epoch

            await until(obeyed, roles)
            assert emitter.emit(EVENT, event_id="after")
            await send(settings, [event(number) for number in range(100, 130)])
            await until(lambda: recorded(92), roles)
        assert roles.logs().count("the brokers are another cluster now") == 3
    client.close()
