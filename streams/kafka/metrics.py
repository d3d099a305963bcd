"""Numbers of one process in Prometheus' format, and whether it is ready, over HTTP.

`/metrics`, `/ready` (503 while tables are read back or partitions move) and `/live`.
"""

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from streams.errors import StreamsError

__all__ = ["Metrics", "MetricsServer", "Tally"]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SHORT = (0.001, 0.002, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.05, 0.1, 0.25, 1.0)
TOGETHER = 100
BYTES = (1_024, 4_096, 16_384, 65_536, 262_144, 921_600, 4_194_304)


class Metrics:
    """Counters of one process; every message is counted once: processed, parked or skipped.

    Attributes:
        records: By topic and outcome.
        folded: Records folded, by state.
        signals: Signals said.
        flush_seconds: Duration of a flush, by state.
        entry_bytes: Stored size of a flushed entry, by state.
        oversized: Entries over 900 KB, by state.
        corrupt: Entries that could not be read, by state.
        unknown_fields: Fields that no contract knows, by contract.
        held_up: Commands that had to wait for a bundle that the registry lacks.
        stepped_back: Older control records that came after newer ones.
        unapplied: Records of a broadcast topic that could not be applied.
        lag: Records up to the end that are not yet folded, by topic and partition.
        loop_lag: How late the event loop comes to what is due.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.records = self._counter("records", "Messages by outcome", "topic", "outcome")
        self.folded = self._counter("folded", "Records folded into state", "state")
        self.signals = self._counter("signals", "Signals said")
        self.oversized = self._counter("oversized_entries", "Entries over 900 KB", "state")
        self.corrupt = self._counter("corrupt_entries", "Entries that cannot be read", "state")
        self.unknown_fields = self._counter("unknown_fields", "Fields not known", "contract")
        self.held_up = self._counter("held_up", "Commands that wait for a bundle")
        self.stepped_back = self._counter("stepped_back", "Older control records after newer ones")
        self.unapplied = self._counter("unapplied", "Broadcast records not applied", "topic")
        self.flush_seconds = Histogram(
            "holdfast_flush_seconds", "Flush of state", ["state"], buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.entry_bytes = Histogram(
            "holdfast_entry_bytes", "Stored size of an entry", ["state"], buckets=BYTES,
            registry=self.registry,
        )  # fmt: skip
        self.lag = Gauge(
            "holdfast_consumer_lag", "Records not yet folded", ["topic", "partition"],
            registry=self.registry,
        )  # fmt: skip

        self.loop_lag = Histogram(
            "holdfast_loop_lag_seconds", "How late the event loop is", buckets=SHORT,
            registry=self.registry,
        )  # fmt: skip

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"holdfast_{name}", text, labels, registry=self.registry)

    def processed(self, topic: str, count: int = 1) -> None:
        """Count messages that were folded or stored."""
        self.records.labels(topic, "processed").inc(count)

    def parked(self, topic: str, count: int = 1) -> None:
        """Count messages that went to the dead letters."""
        self.records.labels(topic, "parked").inc(count)

    def skipped(self, topic: str, count: int = 1) -> None:
        """Count messages that were delivered again."""
        self.records.labels(topic, "skipped").inc(count)

    def render(self) -> bytes:
        """Return the text that Prometheus scrapes."""
        return generate_latest(self.registry)


class Tally:
    """Counts for a counter and tells it by the hundred: telling is dear beside a fold.

    Args:
        counter: With its labels.
    """

    def __init__(self, counter: Counter) -> None:
        self._counter, self._untold = counter, 0

    def add(self) -> None:
        """Count one."""
        self._untold += 1
        if self._untold >= TOGETHER:
            self.tell()

    def tell(self) -> None:
        """Tell the counter what it does not know yet."""
        self._counter.inc(self._untold)
        self._untold = 0


class MetricsServer:
    """Serves the metrics from a thread of its own.

    Args:
        metrics: What to serve.
        host: Address to bind.
        port: 0 takes a free one; see `port` after `start`.
        ready: Asked at each `/ready`; called from another thread, so it only reads flags.

    Raises:
        StreamsError: The address cannot be had.
    """

    def __init__(
        self, metrics: Metrics, host: str, port: int, ready: Callable[[], bool] = lambda: True
    ) -> None:
        try:
            self._http = _Server((host, port), _Handler)
        except OSError as error:
            message = (
                f"metrics cannot be served at {host}:{port} ({error}): "
                "set HOLDFAST_METRICS_PORT and HOLDFAST_LISTEN"
            )
            raise StreamsError(message) from error
        self._http.metrics, self._http.ready = metrics, ready
        self._thread = Thread(target=self._http.serve_forever, name="metrics", daemon=True)

    @property
    def port(self) -> int:
        """Port that is bound."""
        return int(self._http.server_address[1])

    def start(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End serving and free the port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(2.0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    metrics: Metrics
    ready: Callable[[], bool]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of those who did not wait for the answer, as while a model is loaded."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]
    server_version = "holdfast"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, self.server.metrics.render(), CONTENT_TYPE_LATEST)
        elif path in ("/ready", "/live"):
            good = path == "/live" or self.server.ready()
            self._answer(200 if good else 503, json.dumps({path[1:]: good}).encode())
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a scrape each few seconds is no news."""
