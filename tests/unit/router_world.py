"""A control plane and a Kafka that live in memory, for tests of the router."""

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from control.bundles import identified
from control.signing import Signer, sign
from holdfast_client import Router
from holdfast_client.book import Received
from schemas import (
    Ack,
    Bundle,
    Cause,
    Command,
    Contract,
    Envelope,
    Heartbeat,
    Hold,
    InFlight,
    Lease,
)

__all__ = [
    "BASE",
    "BROKER_NOW",
    "CAND",
    "KEYS",
    "SIGNER",
    "Wire",
    "World",
    "command",
    "hold",
    "lease",
]

SIGNER = Signer("control-1", bytes(range(32)))
KEYS = {"control-1": SIGNER.public}
BASE = identified({"provider": "acme", "model": "m1", "prompt_version": "p1"})
CAND = identified({"provider": "acme", "model": "m2", "prompt_version": "p1"})
BROKER_NOW = 1_790_000_000_000
CAUSE = Cause(kind="request", id="q1")


def command(
    epoch: int = 1,
    *,
    tenant: str = "acme",
    canary: bool = False,
    weight: float = 0.5,
    baseline: Bundle = BASE,
    in_flight: str = "drain",
    drain_seconds: int = 5,
    **more: Any,
) -> Command:
    fields: dict[str, Any] = {
        "command_id": f"command-{tenant}-{epoch}", "tenant_id": tenant, "agent_id": "desk",
        "epoch": epoch, "mode": "canary" if canary else "pinned",
        "action": "join" if canary else "revert", "baseline": baseline, "cause": CAUSE,
        "issued_at": BROKER_NOW,
        "in_flight": InFlight.model_validate(
            {"policy": in_flight, "drain_seconds": drain_seconds}
        ),
    }  # fmt: skip
    if canary:
        fields |= {"candidate": CAND, "weight": weight, "rollout_id": "r1", "phase_id": "phase-1"}
    return Command.model_validate({**fields, **more})


def hold(state: str, epoch: int = 1, rollout: str = "r1") -> Hold:
    return Hold.model_validate(
        {
            "hold_id": f"hold-{epoch}", "agent_id": "desk", "rollout_id": rollout, "epoch": epoch,
            "state": state, "cause": CAUSE, "issued_at": BROKER_NOW,
        }
    )  # fmt: skip


def lease(issued: float = 0, seconds: float = 300, rollout: str = "r1") -> Lease:
    """A lease issued so many seconds after the world began."""
    at = BROKER_NOW + round(issued * 1000)
    return Lease(
        agent_id="desk", rollout_id=rollout, issued_at=at, expires_at=at + round(seconds * 1000)
    )


def key_of(record: Contract) -> str:
    if isinstance(record, Command):
        return f"{record.tenant_id}/{record.agent_id}"
    suffix = "*" if isinstance(record, Hold) else "lease"
    return f"{getattr(record, 'agent_id', '')}/{suffix}"


class World:
    """The topics, the brokers' clock, and routers that come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log: list[tuple[str, bytes, int]] = []
        self.acks: list[Ack] = []
        self.heartbeats: list[Heartbeat] = []
        self.seconds = 0.0
        self.up = True
        self.stamps = True
        self.talks = True
        self.whole = True
        self.routers: list[Router] = []

    def broker_now(self) -> int:
        return BROKER_NOW + round(self.seconds * 1000)

    def running(self) -> float:
        """Running seconds of the routers' machine: another zero, the same pace."""
        return 5_000 + self.seconds

    def say(
        self, record: Contract | Envelope, *, key: str | None = None, signer: Signer = SIGNER
    ) -> Envelope:
        envelope = record if isinstance(record, Envelope) else sign(record, signer)
        raw = envelope.model_dump_json().encode()
        self.say_raw(key or key_of(record), raw)
        return envelope

    def say_raw(self, key: str, raw: bytes) -> None:
        self.log.append((key, raw, self.broker_now()))

    def router(self, name: str = "ra", **more: Any) -> Router:
        router = Router(
            "nowhere:1", KEYS, self.folder / name, router_id=name, transport=Wire(self),
            clock=self.running, heartbeat_seconds=0.02, retry_seconds=0.02, **more,
        )  # fmt: skip
        self.routers.append(router)
        if self.up:
            assert router.wait(5)
        return router

    def until(self, check: Callable[[], object]) -> None:
        """Wait for something that is about to happen."""
        deadline = time.monotonic() + 5
        while not check():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.005)

    def settle(self) -> None:
        """Wait until everything said has been read and answered."""
        wires = [router._follower._transport for router in self.routers]
        for wire in wires:
            assert isinstance(wire, Wire)
            self.until(partial(self._has_read, wire, wire.rounds + 2))

    def _has_read(self, wire: "Wire", rounds: int) -> bool:
        return wire.rounds > rounds and wire.position == len(self.log)

    def statuses(self, tenant: str = "acme") -> list[tuple[str, int]]:
        return [(ack.status, ack.epoch) for ack in self.acks if ack.tenant_id == tenant]

    def close(self) -> None:
        for router in self.routers:
            router.close()


class Wire:
    """The transport of one router."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.position = self.end = self.rounds = 0

    def _check(self) -> None:
        if not self.world.up:
            raise ConnectionError

    async def start(self) -> None:
        self._check()
        self.position, self.end = 0, len(self.world.log)

    async def read(self, seconds: float) -> list[Received]:
        await asyncio.sleep(0.005)
        self._check()
        self.rounds += 1
        new = self.world.log[self.position :]
        first, self.position = self.position, self.position + len(new)
        return [
            Received(key, raw, at, history=first + i < self.end)
            for i, (key, raw, at) in enumerate(new)
        ]

    def whole(self) -> bool:
        return self.world.whole

    def caught_up(self) -> bool:
        return self.position >= self.end

    async def fresh(self) -> bool:
        self._check()
        return self.world.whole and self.position == len(self.world.log)

    async def ack(self, key: str, value: bytes) -> None:
        self._check()
        if not self.world.talks:
            raise ConnectionError
        ack = Ack.model_validate(json.loads(value), strict=True)
        assert ack.model_extra == {}
        assert key == f"{ack.tenant_id}/{ack.agent_id}"
        self.world.acks.append(ack)

    async def heartbeat(self, key: str, value: bytes) -> int | None:
        self._check()
        if not self.world.talks:
            raise ConnectionError
        beat = Heartbeat.model_validate(json.loads(value), strict=True)
        assert (beat.model_extra, beat.router_id) == ({}, key)
        self.world.heartbeats.append(beat)
        return self.world.broker_now() if self.world.stamps else None

    async def stop(self) -> None:
        return None
