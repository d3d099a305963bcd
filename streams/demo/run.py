"""The demo from set-up to report."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from time import time
from typing import Any

from rich.console import Console

from streams.clickhouse import queries
from streams.demo import report as reports
from streams.demo.drive import Driver
from streams.demo.pace import paced
from streams.demo.plan import AGENT, PERSON, Plan, make_plan
from streams.demo.scrape import behind, counters
from streams.demo.show import Screen
from streams.demo.watch import Watch
from streams.desk import keys, registry
from streams.desk.errors import DeskError
from streams.embedded import python
from streams.embedded.child import Child
from streams.embedded.discovery import read as read_record
from streams.embedded.up import Notice, Up, as_interrupts
from streams.settings import Settings

__all__ = ["run_demo"]

PINNED_SECONDS = 60.0
DRAINED_SECONDS = 60.0
NEEDS = """Holdfast's demo starts Apache Kafka, ClickHouse and every role on this machine, simulates
40 tenants of one agent and tries three candidates on them: a good one, one that breaks the
tools of a single tenant, and a bad one. It takes under 4 minutes, some 3 GB of memory and
1 GB of disk; the first time it downloads Kafka's jars (44 MB) into {cache}.
"""


def run_demo(*, report: Path | None, rate: float, data: Path | None, seed: int) -> int:
    """Run the whole demo; return the exit code: 0 if all came as said.

    Args:
        report: Where to write the figures as JSON; None: nowhere.
        rate: Events per second.
        data: Folder to keep; None: a temporary one.
        seed: Of the simulated fleet.

    Raises:
        DeskError: The folder holds an earlier run.
    """
    console = Console(soft_wrap=True)
    settings = Settings()
    console.print(NEEDS.format(cache=settings.cache), highlight=False, markup=False)
    if find_spec("sentence_transformers") is None:
        console.print("sentence-transformers is not installed: the transformer tier is off.")
    folder = Path(tempfile.mkdtemp(prefix="holdfast-demo-")) if data is None else data.absolute()
    if (folder / "kafka").exists():
        message = f"{folder} holds an earlier run; look at it with `holdfast up`, or name another."
        raise DeskError(message)
    settings = settings.model_copy(update={"data_dir": folder})
    keys.ensure(folder)
    if not any(info.name == PERSON for info in keys.listed(folder)):
        keys.create(folder, PERSON)
    demo = _Demo(console, settings, make_plan(seed), rate, seed)
    try:
        with as_interrupts(), Up(settings, tell=demo.notice, say=demo.said) as up:
            found = asyncio.run(demo.run(up))
        reports.say(console, found, settings, data)
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_text(json.dumps(found, indent=1) + "\n")
        return 0 if found["well"] else 1
    except KeyboardInterrupt:
        console.print("Stopped; no process is left.", style="yellow")
        return 130
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


class _Demo:
    """One run.

    Args:
        console: Where to show it.
        settings: With the data folder.
        plan: What to do.
        rate: Events per second.
        seed: Of the service.
    """

    def __init__(
        self, console: Console, settings: Settings, plan: Plan, rate: float, seed: int
    ) -> None:
        self._console, self._plan = console, plan
        self._rate, self._seed = rate, seed
        self._counts = settings.data_dir / "service.json"
        self._pace = settings.data_dir / "service.pace"
        self._screen: Screen | None = None
        self._began = time()

    def notice(self, notice: Notice) -> None:
        """Show what happens to a process; called from other threads."""
        if notice.what in ("ready", "died", "given up"):
            verb = "" if notice.what == "died" else "is "
            self.said(f"{notice.name} {verb}{notice.what} {notice.detail}".rstrip())

    def said(self, line: str) -> None:
        """Show a line."""
        if self._screen is not None:
            self._screen.say(line)
        else:
            self._console.print(line, highlight=False, markup=False)

    async def run(self, up: Up) -> dict[str, Any]:
        """Do every rollout and return the report."""
        settings = up.settings
        watch = Watch(settings)
        driver = Driver(settings, watch, self.said, lambda: up.kill("measure"))
        self._screen = Screen(
            self._console, watch, self._emitted, self._plan.stages, driver.results
        )
        async with AsyncExitStack() as stack:
            _background(stack, watch.run())
            screen = _background(stack, self._screen.run())
            problems = await self._pin(settings, watch)
            service = self._service(settings)
            stack.callback(service.kill)
            service.start()
            self.said(f"The service sends {self._rate:,.0f} events/s")
            port = int(read_record(settings.data_dir).get("metrics", {}).get("measure", 0))
            _background(stack, paced(self._pace, self._rate, lambda: behind(port), self.said))
            await asyncio.sleep(3)
            for stage in self._plan.stages:
                result = await driver.run(stage)
                problems += [f"{stage.name}: {problem}" for problem in result.problems]
                if not service.running:
                    problems.append(f"the service died: {service.tail()}")
                    break
            await asyncio.to_thread(service.stop, 20.0)
            rows = await self._drained(settings, problems)
            screen.cancel()
        self._screen = None
        events = self._events(settings, rows)
        self.said(f"All stages took {time() - self._began:.0f} s")
        return reports.as_dict(driver.results, watch, events, rows, problems)

    async def _pin(self, settings: Settings, watch: Watch) -> list[str]:
        """Write the registry and wait until every tenant has its first pin."""
        entries = registry.parse(self._plan.registry(), "the demo's registry")
        await registry.apply(settings, entries, PERSON)
        everyone = len(entries.tenants)
        if await watch.until(lambda: len(watch.state.commands) >= everyone, PINNED_SECONDS):
            self.said(f"{everyone} tenants are pinned on {AGENT}")
            return []
        pinned = len(watch.state.commands)
        return [f"only {pinned} of {everyone} tenants were pinned in {PINNED_SECONDS:.0f} s"]

    def _service(self, settings: Settings) -> Child:
        words = (
            "--rate",
            str(self._rate),
            "--seed",
            str(self._seed),
            "--counts",
            str(self._counts),
            "--pace",
            str(self._pace),
        )
        return Child(
            "service",
            python.module("streams.demo.service", *words),
            log=settings.data_dir / "logs" / "service.log",
            env=python.environment(python.variables(settings)),
        )

    def _count(self) -> Mapping[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._counts.read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def _emitted(self) -> int:
        return int(self._count().get("emitted", 0))

    async def _drained(self, settings: Settings, problems: list[str]) -> dict[str, int]:
        """Wait until ClickHouse has every event and its features; return its row counts."""
        sent = self._emitted()
        self.said("Waiting for the last rows in ClickHouse")
        rows: dict[str, int] = {}
        end = time() + DRAINED_SECONDS
        while time() < end:
            rows = await asyncio.to_thread(queries.counts, settings)
            read = rows["features"] + rows["outcomes"] + rows["dead_letters"]
            if rows["events"] + rows["outcomes"] >= sent and read >= sent:
                break
            await asyncio.sleep(1)
        stored = rows["events"] + rows["outcomes"]
        if stored != sent:
            problems.append(f"{sent:,} events were emitted and {stored:,} are in ClickHouse")
        if rows["features"] != rows["events"]:
            problems.append(f"{rows['features']:,} events of {rows['events']:,} were measured")
        return rows

    def _events(self, settings: Settings, rows: Mapping[str, int]) -> dict[str, int]:
        """Return how many events were emitted, processed, parked and skipped."""
        ports = read_record(settings.data_dir).get("metrics", {})
        counted = counters(int(ports.get("measure", 0)))
        return {
            "emitted": self._emitted(),
            "dropped": sum(self._count().get("dropped", {}).values()),
            "processed": rows["features"] + rows["outcomes"],
            "parked": rows["dead_letters"],
            "skipped": int(counted.get("skipped", 0)),
        }


def _background(stack: AsyncExitStack, work: Any) -> "asyncio.Task[None]":
    """Run a coroutine until the stack closes."""
    task: asyncio.Task[None] = asyncio.ensure_future(work)

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)
    return task
