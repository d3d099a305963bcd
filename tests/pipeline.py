"""Roles as processes that die at random, fed with a rollout's traffic and with poison."""

import asyncio
import json
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from control.bundles import overlay
from schemas import Bundle, Command, Contract, Policy, Start, Tenant, Wave
from simulation.behaviour import Effects, World, bad
from simulation.fleet import Fleet
from simulation.tenants import make_tenants
from streams.desk import keys, requests, wire
from streams.embedded import python
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from tests.agents import bundle, key_of

__all__ = ["AGENT", "Role", "Roles", "Rollout", "poison", "trouble"]

Role = Literal["measure", "decide", "record"]
AGENT = "care"
BASE = bundle("steady-1")
WEIGHT = 0.5
TERRIBLE = Effects(length=3.0, refusal_odds=170.0, tool_failure=1.0, latency=4.0)
"""Found within a few units, for a test has little time."""


class Roles:
    """Processes of the roles, each with its log."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.running: dict[Role, list[subprocess.Popen[bytes]]] = {}
        self.kills: list[Role] = []

    def start(self, role: Role) -> None:
        """Start one more."""
        environment = python.environment(python.variables(self.settings))
        with self.log(role).open("ab") as log:
            process = subprocess.Popen(
                python.module("streams.cli", role), env=environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self.running.setdefault(role, []).append(process)

    def kill(self, role: Role) -> None:
        """kill -9 the one that runs longest."""
        process = self.running[role].pop(0)
        assert process.poll() is None, f"{role} ended by itself: {self.tail(role)}"
        process.kill()
        process.wait()
        self.kills.append(role)

    def stop(self, *which: Role) -> None:
        """Ask processes to end; each must do so well and soon."""
        found = [(role, process) for role in which for process in self.running.pop(role, [])]
        for _, process in found:
            process.terminate()
        for role, process in found:
            assert process.wait(20.0) == 0, self.tail(role)

    def log(self, role: Role) -> Path:
        """Return the log of a role."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return self.settings.data_dir / f"{role}.log"

    def tail(self, role: Role) -> str:
        """Return the end of a log."""
        return self.log(role).read_text(errors="replace")[-3000:] if self.log(role).exists() else ""

    def kill_all(self) -> None:
        """End what is left."""
        for process in [one for many in self.running.values() for one in many]:
            process.kill()
            process.wait()
        self.running.clear()


async def trouble(roles: Roles, rng: random.Random, kills: int, pause: tuple[float, float]) -> None:
    """Kill roles at random moments, half of the time while a second worker joins.

    Args:
        roles: One of each runs before and after.
        rng: Says who and when.
        kills: How many; each role dies at least once in three.
        pause: Seconds between two, from and to.
    """
    order: list[Role] = []
    while len(order) < kills:
        round_: list[Role] = ["measure", "decide", "record"]
        rng.shuffle(round_)
        order += round_
    for role in order[:kills]:
        await asyncio.sleep(rng.uniform(*pause))
        if rng.random() < 0.5:
            roles.start(role)
            await asyncio.sleep(rng.uniform(0.0, pause[1]))
        roles.kill(role)
        if not roles.running[role]:
            roles.start(role)


class Rollout:
    """A rollout that hurts a third of its tenants, and the traffic of all of them.

    Args:
        settings: Where.
        seed: Of the traffic.
        tenants: How many.
    """

    def __init__(self, settings: Settings, seed: int, tenants: int = 9) -> None:
        self.settings, self.rng = settings, random.Random(seed)
        traits = make_tenants(tenants, seed)
        hurt = [one.tenant_id for one in traits[: tenants // 3]]
        self.scenario = replace(bad(hurt), harm=TERRIBLE)
        self.fleet = Fleet(traits, World([self.scenario]), seed, agent_id=AGENT)
        self.registry: list[Contract] = [
            BASE,
            Policy(silence_seconds=36_000, revert={"platinum": 40.0, "gold": 40.0, "free": 40.0}),
            *(
                Tenant(tenant_id=one.tenant_id, tier=one.tier, pins={AGENT: BASE.bundle_id})
                for one in traits
            ),
        ]
        self.names = [one.tenant_id for one in traits]
        self.candidate = overlay(BASE, dict(self.scenario.overlay))
        self.commands: dict[str, Command] = {}

    async def prepare(self) -> None:
        """Make topics and keys, and fill the registry."""
        await ensure_topics(self.settings)
        for name in ("control", "ann"):
            keys.create(self.settings.data_dir, name)
        rows = [(key_of(one).decode(), one.model_dump_json().encode()) for one in self.registry]
        await wire.send(self.settings, [("registry", *row) for row in rows])

    async def begin(self, seconds: float = 60.0) -> None:
        """Ask for the rollout, and wait until every tenant has joined."""
        start = Start(
            rollout_id="r1", overlay=dict(self.scenario.overlay), weight=WEIGHT,
            waves=[Wave(tenants=self.names)],
        )  # fmt: skip
        for asked in (
            requests.build("assign", AGENT, "ann"),
            requests.build("start", AGENT, "ann", start=start),
        ):
            await requests.submit(self.settings, asked)
        async with asyncio.timeout(seconds):
            async for record in wire.follow(self.settings, "control", from_start=True):
                try:
                    body = wire.unwrapped(record.value or b"")
                except (ValueError, KeyError, TypeError):
                    continue  # poison
                if body.get("kind") == "command" and body.get("action") == "join":
                    self.commands[body["tenant_id"]] = Command.model_validate(body)
                if len(self.commands) == len(self.names):
                    return

    def traffic(self, count: int) -> Iterator[tuple[str, bytes]]:
        """Give key and value of messages: repeats, some out of order, clocks that lie, poison."""
        held: list[tuple[str, bytes]] = []
        for _ in range(count):
            message, luck = self._event(), self.rng.random()
            if luck < 0.04:
                held.append(message)  # comes later
                continue
            yield message
            if luck < 0.08:
                yield message
            elif luck < 0.12:
                yield self.rng.choice(BROKEN)(message)
            if held and self.rng.random() < 0.05:
                yield held.pop(self.rng.randrange(len(held)))
        yield from held

    def _event(self) -> tuple[str, bytes]:
        call = self.fleet.call()
        told = random.Random(call.session_id)
        arm = "candidate" if told.random() < WEIGHT else "baseline"
        serving: Bundle = self.candidate if arm == "candidate" else BASE
        command = self.commands[call.traits.tenant_id]
        stamp = {
            "phase_id": command.phase_id, "arm": arm, "epoch": command.epoch,
            "router_id": told.choice(["router-a", "router-b"]), "unit_id": call.session_id,
        }  # fmt: skip
        year = self.rng.randrange(1, 9999) if self.rng.random() < 0.2 else 2026
        content = serving.model_dump()
        fields = self.fleet.event(call, content, f"{year:04}-11-21T12:00:00Z", stamp)
        key = f"{call.traits.tenant_id}/{AGENT}"
        good = self.fleet.feedback(call, content, 0.05)
        if good is not None and self.rng.random() < 0.5:
            return key, json.dumps(good | {"occurred_at": "2026-11-21T12:00:00Z"}).encode()
        return key, json.dumps(fields).encode()

    async def feed(self, count: int, pace: float) -> None:
        """Send traffic, `pace` messages a second."""
        begun, topic = time.monotonic(), self.settings.topic("events")
        async with wire.producing(self.settings, linger_ms=5) as producer:
            for number, (key, value) in enumerate(self.traffic(count)):
                await producer.send(topic, value, key=key.encode())
                if not number % 20:
                    await asyncio.sleep(max(0.0, begun + number / pace - time.monotonic()))


BROKEN = (
    lambda message: (message[0], b"{not json"),
    lambda message: ("someone/else", message[1]),
    lambda message: (message[0], message[1].replace(b'"phase-', b'"forged-')),
    lambda message: (message[0], b'{"event_id": "e"}'),
    lambda message: (message[0], message[1].replace(b'"epoch": ', b'"epoch": 9')),
)


async def poison(settings: Settings) -> int:
    """Send what nobody can read to every topic but events; return how many of them."""
    names = (
        "features", "signals", "alerts", "requests", "control", "acks", "proofs", "registry",
        "dead-letters",
    )  # fmt: skip
    values = (b"{not json", b"\xff\x00", b"null", b'{"kind": "command"}')
    rows = [(name, f"{AGENT}", value) for name in names for value in values]
    await wire.send(settings, rows)
    return len(rows)
