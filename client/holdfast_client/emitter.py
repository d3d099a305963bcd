"""The emitter: events and outcomes to Kafka, without ever holding up or breaking the service."""

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from holdfast_client.events import (
    InvalidError,
    Sharing,
    Text,
    encoded_event,
    encoded_outcome,
)
from holdfast_client.security import Security
from holdfast_client.sending import Sender

__all__ = ["Emitter"]

Encode = Callable[[Mapping[str, Any], Sharing], tuple[bytes, bytes]]


class Emitter:
    """Takes events into a bounded queue; a thread of its own sends them.

    Nothing it does waits for Kafka or raises into the service: what cannot be sent is dropped
    and counted (`statistics`). Kafka may be absent at the start and come later. Safe in
    threads, and in processes that fork: each begins a thread of its own at its first event.

    Args:
        bootstrap: Kafka servers, comma-separated.
        namespace: Prefix of the topics.
        security: How to reach Kafka.
        text: What of prompts and outputs leaves the service: `full`, `hash` or `none`.
        text_by_tenant: Tenants that share otherwise.
        unit_key: Key under which units and sessions are hashed before they leave.
        queue: Events that may wait.
        max_bytes: Of one event, as JSON.
        linger_ms: How long an event may wait for company.

    Raises:
        ValueError: `text` is none of the three.
    """

    def __init__(
        self,
        bootstrap: str = "127.0.0.1:9092",
        *,
        namespace: str = "holdfast.",
        security: Security | None = None,
        text: Text = "full",
        text_by_tenant: Mapping[str, Text] | None = None,
        unit_key: bytes | None = None,
        queue: int = 10_000,
        max_bytes: int = 1_000_000,
        linger_ms: int = 20,
    ) -> None:
        self._sharing = Sharing(text, unit_key)
        self._others = {
            tenant: Sharing(own, unit_key) for tenant, own in (text_by_tenant or {}).items()
        }
        self._most, self._max_bytes = queue, max_bytes
        self._topic, self._bootstrap, self._linger_ms = namespace + "events", bootstrap, linger_ms
        self._options = (security or Security()).options()
        self._closed = False
        self._begin()
        _in_forks(self)
        atexit.register(self.close, 2.0)

    def _begin(self) -> None:
        """Have nothing yet; also in a fork, whose parent may hold the lock and sends its own."""
        self._lock = threading.Lock()
        self._dropped: dict[str, int] = {}
        self._taken = 0
        self._queue: deque[tuple[bytes, bytes]] = deque()
        self._sender: Sender | None = None

    def emit(self, event: Mapping[str, Any] | None = None, /, **fields: Any) -> bool:
        """Queue one event: a mapping, fields, or both. Never waits, never raises.

        Returns:
            Whether it was taken; if not, it is counted.
        """
        return self._take(event, fields, encoded_event)

    def outcome(self, outcome: Mapping[str, Any] | None = None, /, **fields: Any) -> bool:
        """Queue what became known of an event or unit later. Never waits, never raises.

        Returns:
            Whether it was taken; if not, it is counted.
        """
        return self._take(outcome, fields, encoded_outcome)

    def _take(
        self, given: Mapping[str, Any] | None, fields: dict[str, Any], encode: Encode
    ) -> bool:
        try:
            whole = {**(given or {}), **fields}
            sharing = self._others.get(str(whole.get("tenant_id")), self._sharing)
            item = encode(whole, sharing)
        except InvalidError:
            return self._drop("invalid")
        except Exception:  # noqa: BLE001 - whatever a service hands in, it is not its problem
            return self._drop("invalid")
        if len(item[1]) > self._max_bytes:
            return self._drop("too large")
        reason = self._queued(item)
        return True if not reason else self._drop(reason)

    def _queued(self, item: tuple[bytes, bytes]) -> str:
        """Put an item into the queue, with the first begin the thread; return why not, if not."""
        with self._lock:
            if self._closed:
                return "closed"
            if self._sender is None:
                sender = Sender(
                    self._bootstrap, self._topic, self._options, self._queue, self._most,
                    self._linger_ms, self._drop,
                )  # fmt: skip
                try:
                    sender.start()
                except RuntimeError:  # the system gives no thread now; the next event asks again
                    return "no thread"
                self._sender = sender
            if len(self._queue) >= self._most:
                return "queue full"
            self._queue.append(item)
            self._taken += 1
            sender = self._sender
        sender.wake()
        return ""

    def _drop(self, reason: str, count: int = 1) -> bool:
        with self._lock:
            self._dropped[reason] = self._dropped.get(reason, 0) + count
        return False

    def statistics(self) -> dict[str, Any]:
        """Return counts: `emitted` (taken), `sent` (acked), `waiting`, `dropped` by reason."""
        sender = self._sender
        with self._lock:
            return {
                "emitted": self._taken,
                "sent": sender.sent if sender else 0,
                "waiting": len(self._queue) + (sender.in_flight if sender else 0),
                "dropped": dict(self._dropped),
            }

    def close(self, timeout: float = 10.0) -> bool:
        """Send what waits and stop; what does not get away in time is dropped and counted.

        Returns:
            Whether everything got away.
        """
        atexit.unregister(self.close)
        with self._lock:
            again, self._closed = self._closed, True
        if self._sender is None:
            return True
        self._sender.close(timeout)
        left = len(self._queue) + self._sender.in_flight
        if left and not again:
            self._drop("not sent at close", left)
            self._queue.clear()
        return not left

    def __enter__(self) -> "Emitter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _in_forks(emitter: Emitter) -> None:
    """Have an emitter begin anew in every process that is forked from this one."""
    if hasattr(os, "register_at_fork"):
        begin = weakref.WeakMethod(emitter._begin)
        os.register_at_fork(after_in_child=lambda: (anew := begin()) and anew())
