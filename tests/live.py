"""Roles as real processes, and a service that asks its router and tells what was answered."""

import asyncio
import gzip
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from holdfast_client import Emitter, Router, Security, read_keys
from streams.demo.watch import Watch
from streams.desk.keys import folder
from streams.embedded import ports, python, roles
from streams.embedded.supervise import Supervised
from streams.settings import Settings

__all__ = ["DATA", "Roles", "Service", "answers", "holdfast", "recorded", "watching"]

DATA = Path(__file__).parents[1].parent / "shared" / "data"
READY_SECONDS = 120.0

Answers = Mapping[str, dict[str, Any]]
"""Model -> what it answered to one prompt, as fields of an event."""


def recorded(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of real outputs."""
    with gzip.open(DATA / f"{name}.jsonl.gz") as file:
        return [json.loads(line) for line in file]


def answers(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row's answer as fields of an event; what was not recorded stays out."""
    fields: dict[str, Any] = {"task": row["task"], "output": row["response"], "turn": 1}
    if row.get("tokens_out") is not None:
        fields["output_tokens"] = row["tokens_out"]
    if row.get("latency_s") is not None:
        fields["latency_ms"] = row["latency_s"] * 1000
    if row.get("cost_usd") is not None:
        fields["cost_usd"] = row["cost_usd"]
    return fields


async def holdfast(settings: Settings, *arguments: str | Path, status: int = 0) -> str:
    """Run the command `holdfast`; return what it printed.

    Args:
        settings: Its environment.
        arguments: Of the command.
        status: The exit status that it must have.
    """
    process = await asyncio.create_subprocess_exec(
        *python.module("streams.cli", *map(str, arguments)),
        env=python.environment(python.variables(settings)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    said = out.decode() + err.decode()
    assert process.returncode == status, said
    return out.decode() if status == 0 else said


class Roles:
    """Roles as processes; each may have settings of its own. A context: leaving it ends all."""

    def __init__(self) -> None:
        self.processes: dict[str, Supervised] = {}

    def __enter__(self) -> "Roles":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.child.ask_to_end()
        for process in self.processes.values():
            process.child.stop(grace=10)

    def start(self, **settings: Settings) -> None:
        """Start roles by name and wait until all are ready."""
        for role, own in settings.items():
            port = ports.free(1)[0]
            command = roles.command(role)
            process = roles.supervised(role, own, port, command, lambda _: None)
            self.processes[role] = process
            process.start()
        end = time.monotonic() + READY_SECONDS
        while waiting := [p for p in self.processes.values() if not p.ready]:
            for process in waiting:
                process.tick()
                assert process.deaths == 0, process.child.tail()
                assert time.monotonic() < end, process.child.tail()
            time.sleep(0.05)

    def stop(self, role: str) -> None:
        """Stop one role."""
        self.processes.pop(role).child.stop(grace=10)

    def logs(self) -> str:
        """Return everything that they have logged."""
        return "".join(process.child.log.read_text() for process in self.processes.values())


class Service(threading.Thread):
    """A customer's service: which bundle serves the call, the answer of its model, an event.

    Args:
        settings: Where Kafka is, and the data folder with the public keys.
        agent: The agent it runs.
        tenants: Whose calls come, in turn.
        pool: Prompts with the answers of each model; drawn at random.
        rate: Calls per second.
        seed: Of the draw.
        security: Of the client.
        router_security: Of the router, if it is another user.
    """

    def __init__(
        self,
        settings: Settings,
        agent: str,
        tenants: Sequence[str],
        pool: Sequence[Answers],
        *,
        rate: float,
        seed: int = 1,
        security: Security | None = None,
        router_security: Security | None = None,
    ) -> None:
        super().__init__(daemon=True, name=f"service-{agent}")
        self.router = Router(
            settings.kafka, read_keys(folder(settings.data_dir) / "ring.json"),
            settings.data_dir / f"router-{agent}", router_id=f"router-{agent}",
            namespace=settings.namespace, security=router_security or security,
        )  # fmt: skip
        self.emitter = Emitter(settings.kafka, namespace=settings.namespace, security=security)
        self.served: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        """(tenant, epoch) -> model -> calls."""
        self._agent, self._tenants, self._pool, self._rate = agent, tenants, pool, rate
        self._random = random.Random(seed)
        self._ending = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            begun, number = time.monotonic(), 0
            while not self._ending.wait(0.02):
                due = (time.monotonic() - begun) * self._rate
                while number < due:
                    self._call(number)
                    number += 1
        except BaseException as error:  # noqa: BLE001 - the test asks for it
            self.error = error

    def _call(self, number: int) -> None:
        tenant = self._tenants[number % len(self._tenants)]
        session = f"{self._agent}-{number}"
        serving = self.router.assign(tenant, self._agent, session=session)
        model = serving.bundle["model"]
        self.served[tenant, serving.stamp["epoch"]][model] += 1
        prompt = self._random.choice(self._pool)
        taken = self.emitter.emit(
            prompt[model], event_id=session, tenant_id=tenant, agent_id=self._agent,
            session_id=session, bundle_id=serving.bundle_id, stamp=serving.stamp,
        )  # fmt: skip
        assert taken, self.emitter.statistics()

    def __enter__(self) -> "Service":
        assert self.router.wait(30)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self.join()
        self.emitter.close()
        self.router.close()
        if self.error is not None:
            raise self.error


class watching:  # noqa: N801 - reads as a word of the test
    """The live view of what happens, as a context."""

    def __init__(self, settings: Settings) -> None:
        self._watch = Watch(settings)

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._watch.run())
        return self._watch

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
