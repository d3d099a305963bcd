"""A role's Faust app with every setting that matters, and the process around it."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import mode
from aiokafka.errors import KafkaError
from mode import Service

from streams.errors import BrokerUnreachableError, StreamsError
from streams.kafka import admin, unpacking
from streams.kafka.batches import App
from streams.kafka.fetching import Fetching
from streams.kafka.lag import Lag
from streams.kafka.metrics import Metrics, MetricsServer
from streams.kafka.records import EXIT_BROKEN
from streams.kafka.required import app_id
from streams.kafka.seats import follow
from streams.kafka.security import faust_options
from streams.settings import Settings

__all__ = ["EXIT_SETTINGS", "EXIT_UNREACHABLE", "build_app", "prepare", "run"]

EXIT_UNREACHABLE = 69
"""Exit status EX_UNAVAILABLE: no broker answered."""
EXIT_SETTINGS = 78
"""Exit status EX_CONFIG: topics are missing or have other partitions, or a port is taken."""

REACH_SECONDS = 60.0
TRY_SECONDS = 10.0
STOP_SECONDS = 4.5
SWITCH_SECONDS = 0.0001
"""A thread that wants the interpreter waits so long for another: the consumer's with each batch that
it unpacks, a hundred times a fetch."""
REQUEST = 4 * 1024 * 1024
FETCH = 128 * 1024
"""Bytes of a partition that a fetch takes: a megabyte, unpacked, is seconds of work in which the
others wait."""

log = logging.getLogger(__name__)


def build_app(
    settings: Settings,
    role: Literal["measure", "decide"],
    *,
    fetch: tuple[int, int] | None = None,
    linger: float | None = None,
) -> App:
    """Return the Faust app of a role; touches no broker.

    Args:
        settings: Of the process.
        role: Decides the app id and what a fetch waits for: load (30 ms, 64 KB) for measure,
            commands (100 ms, 1 byte) for decide.
        fetch: Wait in ms and least bytes, if not the role's.
        linger: Seconds a message waits for company; 5 ms for measure, none for decide.
    """
    unpacking.install()
    load = role == "measure"
    waits = Fetching(*fetch) if fetch else Fetching(30, 65_536) if load else Fetching(100, 1)
    data = settings.data_dir.absolute() / "faust" / app_id(settings, role)
    return App(
        app_id(settings, role),
        fetching=waits,
        env={},  # streams.settings is the only reader of the environment
        autodiscover=False,
        datadir=str(data),
        store="memory://",
        table_standby_replicas=0,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_allow_declare=False,
        topic_disable_leader=True,
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        worker_redirect_stdouts=False,
        broker_client_id=f"{app_id(settings, role)}-{os.getpid()}",
        broker_commit_interval=settings.flush_seconds,
        broker_session_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=settings.session_timeout_seconds / 10.0,
        broker_request_timeout=max(40.0, settings.session_timeout_seconds),
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH,
        producer_acks=-1,
        producer_request_timeout=1200.0,  # an outage shorter than this is waited for
        producer_linger=(0.005 if load else 0.0) if linger is None else linger,
        producer_max_batch_size=262_144,
        producer_max_request_size=REQUEST,
        **faust_options(settings),
    )


async def prepare(
    settings: Settings,
    role: Literal["measure", "decide", "record"],
    *,
    patience: float = REACH_SECONDS,
) -> None:
    """Wait for a broker and see that the role's topics are there, creating them where rights allow.

    Args:
        settings: Where the brokers are.
        role: Whose topics.
        patience: Seconds to keep trying.

    Raises:
        BrokerUnreachableError: No broker answered.
        TopicsMissingError: Topics are missing and could not be created.
        PartitionsChangedError: The partition count is another one.
    """
    loop = asyncio.get_running_loop()
    end, pause = loop.time() + patience, 0.25
    while True:
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await admin.ensure_topics(settings, roles=(role,))
        except (KafkaError, OSError, TimeoutError) as error:
            if loop.time() + pause > end:
                message = (
                    f"no broker answers at {settings.kafka} ({type(error).__name__}): start it, "
                    "or set HOLDFAST_KAFKA and HOLDFAST_KAFKA_SECURITY"
                )
                raise BrokerUnreachableError(message) from error
            log.warning("No broker answers at %s; trying again in %.1f s.", settings.kafka, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2.0, 5.0)
        else:
            return


def run(
    app: App,
    settings: Settings,
    role: Literal["measure", "decide"],
    *,
    services: Sequence[Service] | Callable[[], Sequence[Service]] = (),
    metrics: Metrics | None = None,
    ready: Callable[[], bool] = lambda: True,
    patience: float = REACH_SECONDS,
    before: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Run a role until it is told to stop.

    Args:
        app: From `build_app`, agents attached.
        settings: Of the process.
        role: Whose topics are needed.
        services: Start before the app, in this order; each has read what it must when its start
            returns.
        metrics: Served under `settings.listen` unless `settings.metrics_port` is 0.
        ready: What else must hold for `/ready`.
        patience: Seconds to wait for a broker.
        before: Runs when the topics are there and before any service starts.

    Returns:
        Exit status: 0 told to stop and all is written, 69 no broker, 75 start again, 78 settings.
    """
    numbers = metrics if metrics is not None else Metrics()
    sys.setswitchinterval(SWITCH_SECONDS)
    server: MetricsServer | None = None
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        server = _serve(settings, numbers, lambda: app.serving and ready())
        loop.run_until_complete(prepare(settings, role, patience=patience))
        app.seat = loop.run_until_complete(follow(settings, str(app.conf.id)))
        if before is not None:
            loop.run_until_complete(before())
        app.conf.datadir.mkdir(parents=True, exist_ok=True)
        app.on_startup_finished = lambda: _say_ready(app)
        found = services() if callable(services) else services
        _Worker(*found, Lag(app, numbers), app, loop=loop).execute()
    except BrokerUnreachableError as error:
        log.critical("%s.", error)
        return EXIT_UNREACHABLE
    except StreamsError as error:
        log.critical("%s.", error)
        return EXIT_SETTINGS
    except KeyboardInterrupt:
        return 0
    except Exception:
        log.critical("The worker failed; start it again, nothing is lost.", exc_info=True)
        return EXIT_BROKEN
    finally:
        if server is not None:
            server.stop()
    return 0


async def _say_ready(app: App) -> None:
    log.info("%s is ready.", app.conf.id)


def _serve(settings: Settings, metrics: Metrics, ready: Callable[[], bool]) -> MetricsServer | None:
    if not settings.metrics_port:
        return None
    return MetricsServer(metrics, settings.listen, settings.metrics_port, ready).start()


class _Worker(mode.Worker):
    """mode's worker with a bound on the time it takes to stop."""

    def __init__(self, *services: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(*services, override_logging=False, redirect_stdouts=False, loop=loop)

    def execute(self) -> None:
        """Run until stopped; raises what made it stop."""
        starting = asyncio.ensure_future(self.start(), loop=self.loop)
        self._starting_fut = starting
        try:
            self.loop.run_until_complete(starting)
        except asyncio.CancelledError:
            log.debug("Stopped while starting.")
        finally:
            starting.cancel()
            self.stop_and_shutdown()

    def _on_sigint(self) -> None:
        self._schedule_shutdown(signal.SIGINT)

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        if self._signal_stop_time is None:
            log.info("Told to stop (%s): flushing.", signal.name)
            self.loop.call_later(STOP_SECONDS, self._too_late)
        super()._schedule_shutdown(signal)

    def _too_late(self) -> None:
        log.warning("Not stopped within %.1f s: what is not committed is read again.", STOP_SECONDS)
        sys.stderr.flush()
        os._exit(EXIT_BROKEN)

    async def _sentinel_task(self) -> None:
        """Stock waits a second here."""
