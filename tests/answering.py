"""Routers that answer every command, without traffic of their own."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any

from schemas import Ack, Command, Heartbeat
from streams.desk import wire
from streams.settings import Settings
from tests.pipeline import AGENT

__all__ = ["answering"]


@contextlib.asynccontextmanager
async def answering(settings: Settings, routers: Sequence[str] = ("router-a",)) -> Any:
    """Answer every command as routers would, and let them live."""
    tasks = [
        asyncio.create_task(_answer(settings, routers)),
        asyncio.create_task(_beat(settings, routers)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


async def _answer(settings: Settings, routers: Sequence[str]) -> None:
    async with wire.producing(settings) as producer:
        async for record in wire.follow(settings, "control", from_start=True):
            try:
                command = Command.model_validate(wire.unwrapped(record.value or b""))
            except (ValueError, KeyError, TypeError):
                continue
            for router in routers:
                ack = Ack(
                    ack_id=f"{command.command_id}-{router}", command_id=command.command_id,
                    router_id=router, tenant_id=command.tenant_id, agent_id=AGENT,
                    epoch=command.epoch, status="flipped", at=int(time.time() * 1000),
                )  # fmt: skip
                raw = ack.model_dump_json().encode()
                await producer.send_and_wait(settings.topic("acks"), raw, key=record.key)


async def _beat(settings: Settings, routers: Sequence[str]) -> None:
    async with wire.producing(settings) as producer:
        while True:
            for router in routers:
                raw = Heartbeat(router_id=router, at=int(time.time() * 1000)).model_dump_json()
                for number in range(settings.partitions):
                    await producer.send_and_wait(
                        settings.topic("acks"), raw.encode(), key=router.encode(), partition=number
                    )
            await asyncio.sleep(1.0)
