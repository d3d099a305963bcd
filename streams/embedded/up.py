"""The core of `holdfast up`: servers, topics, tables and every role on one machine."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import typer

from streams.embedded import clickhouse, discovery, locks, ports, roles
from streams.embedded.child import Child
from streams.embedded.discovery import discover
from streams.embedded.errors import ChildError
from streams.embedded.kafka import Kafka
from streams.embedded.signals import as_interrupts
from streams.embedded.supervise import Notice, Supervised
from streams.settings import Settings

__all__ = ["ROLES", "Notice", "Up", "as_interrupts", "discover", "lay_out", "run_up"]

ROLES = ("measure", "decide", "record")
READY_SECONDS = 180.0
START_DEATHS = 3
LOOK_SECONDS = 0.1


def lay_out(settings: Settings) -> None:
    """Create the topics and tables that are missing."""
    from streams.clickhouse.migrate import migrate
    from streams.kafka.admin import ensure_topics

    asyncio.run(ensure_topics(settings))
    migrate(settings)


class Up:
    """Everything of Holdfast as children of this process, in one data folder.

    Use it as a context: leaving it stops all, whatever happened.

    Args:
        settings: Of the roles; the servers' addresses are replaced by those of the servers
            started here.
        run: Which roles.
        own_kafka: Start a Kafka; else the settings' one is used.
        own_clickhouse: Start a ClickHouse; else the settings' one is used.
        tell: Told what happens to each process; called from two threads, never at once.
        say: Told what takes long.
        prepare: Makes topics and tables once the servers are ready.
        command: The command line of a role.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        run: Sequence[str] = ROLES,
        own_kafka: bool = True,
        own_clickhouse: bool = True,
        tell: Callable[[Notice], None] = lambda _: None,
        say: Callable[[str], None] = typer.echo,
        prepare: Callable[[Settings], None] = lay_out,
        command: Callable[[str], list[str]] = roles.command,
    ) -> None:
        self.settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
        self.kafka: Kafka | None = None
        self.clickhouse: clickhouse.ClickHouse | None = None
        self.processes: dict[str, Supervised] = {}
        self._roles = tuple(run)
        self._own = own_kafka, own_clickhouse
        self._tell = tell
        self._say = say
        self._lay_out = prepare
        self._command = command
        self._ports: dict[str, int] = {}
        self._ending = threading.Event()
        self._watch: threading.Thread | None = None
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start all and return when every role is ready; on any failure leave nothing running.

        Raises:
            DataFolderError: Another process has the data folder.
            ChildError: A server or role did not come up; carries the end of its log.
        """
        self._lock = locks.hold(self.settings.data_dir / discovery.LOCK)
        try:
            if self._own[0]:
                self._start_kafka()
            if self._own[1]:
                self._start_clickhouse()
            self._lay_out(self.settings)
            for role in self._roles:
                self._start_role(role)
            discovery.write(self.settings, self._ports)
            self._until_ready()
        except BaseException:
            self.stop()
            raise
        self._watch = threading.Thread(target=self._keep, name="watch", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Stop all, the last started first; a second Ctrl-C kills what is left."""
        self._ending.set()
        try:
            if self._watch is not None:
                self._watch.join()
            self._stop_gently()
        finally:
            for process in self.processes.values():
                process.child.kill()
            if self._lock is not None:
                locks.release(self._lock)
                self._lock = None

    def kill(self, name: str) -> None:
        """End a role or server at once (SIGKILL); it is started again as after any death."""
        self.processes[name].child.kill()

    def wait(self) -> None:
        """Block while all goes well.

        Raises:
            ChildError: A process died so often that it was given up.
        """
        while not self._ending.wait(LOOK_SECONDS):
            for process in self.processes.values():
                if process.given_up:
                    raise process.failure()

    def _start_kafka(self) -> None:
        self._tell(Notice(name="kafka", what="starting"))
        begun = time.monotonic()
        wanted = int(self.settings.kafka.split(",")[0].rpartition(":")[2])
        folder = self.settings.data_dir / "kafka"
        server = Kafka(folder, cache=self.settings.cache, wanted=[wanted], say=self._say)
        self.kafka = server
        server.start()
        plain = {"kafka_security": "PLAINTEXT", "kafka_user": None, "kafka_password": None}
        self._settle({"kafka": server.bootstrap} | plain)
        port = server.nodes[0].port
        self._adopt("kafka", server.children[1], lambda: ports.answers(port), begun)

    def _start_clickhouse(self) -> None:
        self._tell(Notice(name="clickhouse", what="starting"))
        begun = time.monotonic()
        known = discovery.read(self.settings.data_dir).get("clickhouse") or self.settings.clickhouse
        server = clickhouse.ClickHouse(
            self.settings.data_dir / "clickhouse",
            wanted=urlsplit(known).port or 0,
            password=self.settings.clickhouse_password.get_secret_value(),
            program=clickhouse.installed(),
        )
        self.clickhouse = server
        server.start()
        self._settle({"clickhouse": server.url, "clickhouse_user": "default"})
        if server.child is not None:
            self._adopt("clickhouse", server.child, server.answers, begun)

    def _settle(self, found: dict[str, Any]) -> None:
        self.settings = self.settings.model_copy(update=found)

    def _adopt(self, name: str, child: Child, probe: Callable[[], bool], begun: float) -> None:
        self.processes[name] = Supervised(name, child, probe, self._tell)
        self.processes[name].adopt()
        took = f"in {time.monotonic() - begun:.1f} s"
        self._tell(Notice(name=name, what="ready", detail=took))

    def _start_role(self, role: str) -> None:
        port = self._ports[role] = ports.free(1)[0]
        self.processes[role] = roles.supervised(
            role, self.settings, port, self._command(role), self._tell
        )
        self.processes[role].start()
        if why := roles.slow(role, self.settings):
            self._say(f"{role:<11}{why}")

    def _until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [p for p in self.processes.values() if not p.ready]:
            for process in waiting:
                process.tick()
                if process.deaths >= START_DEATHS:
                    raise process.failure()
            if time.monotonic() > deadline:
                what = f"was not ready after {READY_SECONDS:g} s"
                raise ChildError(waiting[0].name, what, waiting[0].child.tail())
            time.sleep(LOOK_SECONDS)

    def _keep(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            for process in self.processes.values():
                process.tick()

    def _stop_gently(self) -> None:
        running = [self.processes[role] for role in self._roles if role in self.processes][::-1]
        for process in running:
            self._tell(Notice(name=process.name, what="stopping"))
            process.child.ask_to_end()
        for process in running:
            process.child.stop(grace=15)
        if self.clickhouse is not None:
            self._tell(Notice(name="clickhouse", what="stopping"))
            self.clickhouse.stop()
        if self.kafka is not None:
            self._tell(Notice(name="kafka", what="stopping"))
            self.kafka.stop()


def run_up(settings: Settings) -> None:
    """Run all until Ctrl-C, SIGTERM or SIGHUP; servers that the environment names are used.

    Raises:
        ChildError: Something could not be started, or died too often.
        KeyboardInterrupt: Stopped before all was ready.
    """

    def tell(notice: Notice) -> None:
        typer.echo(f"{notice.name:<11}{notice.what} {notice.detail}".rstrip())

    given = settings.model_fields_set
    up = Up(
        settings,
        own_kafka="kafka" not in given,
        own_clickhouse="clickhouse" not in given,
        tell=tell,
    )
    with as_interrupts(), up:
        typer.echo(f"Kafka at {up.settings.kafka}, ClickHouse at {up.settings.clickhouse}")
        typer.echo(f"Data and logs in {up.settings.data_dir}; Ctrl-C stops, data stay")
        with suppress(KeyboardInterrupt):
            up.wait()
