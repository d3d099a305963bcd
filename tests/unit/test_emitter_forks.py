"""An emitter in forked processes, and where the system gives no thread."""

import os
import sys
import threading
from collections.abc import Callable
from unittest.mock import patch

import pytest

from holdfast_client import Emitter
from holdfast_client.sending import Sender

EVENT = {"tenant_id": "acme", "agent_id": "desk", "bundle_id": "v1", "latency_ms": 5}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "aiokafka")


def in_a_fork(check: Callable[[], bool]) -> bool:
    """Return what `check` says in a forked process; False if it says nothing within seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover  another process
        said = threading.Thread(target=lambda: os.write(writing, bytes([check()])), daemon=True)
        said.start()
        said.join(5)
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as answer:
        return answer.read() == b"\1"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_begins_anew_even_if_its_parent_held_the_lock() -> None:
    emitter = Emitter("127.0.0.1:1")
    emitter.emit(EVENT)

    def counts_its_own() -> bool:
        emitter.emit({})
        emitter.emit(EVENT)
        said = emitter.statistics()
        return (said["emitted"], said["dropped"]) == (1, {"invalid": 1})

    with emitter._lock:
        assert in_a_fork(counts_its_own)
    assert emitter.statistics()["emitted"] == 1
    emitter.close(0.1)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_that_begins_in_many_threads_has_one_queue() -> None:
    emitter = Emitter("127.0.0.1:1")
    emitter.emit(EVENT)

    def one_queue() -> bool:
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=emitter.emit, args=(EVENT,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sender = emitter._sender
        waiting: int = emitter.statistics()["waiting"]
        return waiting == 8 and sender is not None and sender._queue is emitter._queue

    assert all(in_a_fork(one_queue) for _ in range(10))
    emitter.close(0.1)


def test_without_a_thread_events_are_counted_and_the_next_one_asks_again() -> None:
    emitter = Emitter("127.0.0.1:1")
    with patch.object(threading.Thread, "start", side_effect=RuntimeError("no more threads")):
        assert emitter.emit(EVENT) is False
    assert emitter.emit(EVENT) is True
    assert emitter.statistics()["dropped"] == {"no thread": 1}
    emitter.close(0.1)


def test_closing_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sender, "in_flight", property(lambda _: 1))
    emitter = Emitter("127.0.0.1:1")
    emitter.emit(EVENT)
    assert not emitter.close(0.1)
    assert not emitter.close(0.1)
    assert emitter.statistics()["dropped"] == {"not sent at close": 2}
