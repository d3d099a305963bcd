import time
from collections.abc import Iterator

import pytest

from holdfast_client import Emitter

EVENT = {"tenant_id": "acme", "agent_id": "desk", "bundle_id": "v1", "latency_ms": 5}


@pytest.fixture
def emitter() -> Iterator[Emitter]:
    made = Emitter("127.0.0.1:1", queue=50, max_bytes=2_000)
    yield made
    made.close(0.1)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "aiokafka")


def test_without_kafka_events_wait_and_the_rest_is_counted(emitter: Emitter) -> None:
    taken = [emitter.emit(EVENT, turn=number + 1) for number in range(60)]
    assert taken == [True] * 50 + [False] * 10
    assert emitter.statistics() == {
        "emitted": 50, "sent": 0, "waiting": 50, "dropped": {"queue full": 10},
    }  # fmt: skip


def test_it_never_waits(emitter: Emitter) -> None:
    begun = time.perf_counter()
    for _ in range(500):
        emitter.emit(EVENT)
    assert time.perf_counter() - begun < 1


class Odd:
    def __iter__(self) -> Iterator[str]:
        raise RuntimeError


@pytest.mark.parametrize(
    "event", [{}, None, 7, "text", Odd(), {**EVENT, "latency_ms": Odd()}, {**EVENT, "agent_id": 1}]
)
def test_it_never_raises(emitter: Emitter, event: object) -> None:
    assert emitter.emit(event) is False  # type: ignore[arg-type]
    assert emitter.outcome(event) is False  # type: ignore[arg-type]
    assert emitter.statistics()["dropped"] == {"invalid": 2}


def test_what_is_too_large_is_dropped(emitter: Emitter) -> None:
    assert not emitter.emit(EVENT, output="x" * 2_000)
    assert emitter.emit(EVENT, output="x" * 100)
    assert emitter.statistics()["dropped"] == {"too large": 1}


def test_closing_counts_what_did_not_get_away(emitter: Emitter) -> None:
    emitter.emit(EVENT)
    assert emitter.close(0.2) is False
    assert emitter.emit(EVENT) is False
    assert emitter.statistics()["dropped"] == {"not sent at close": 1, "closed": 1}


def test_closing_what_was_never_used_is_quick() -> None:
    begun = time.perf_counter()
    assert Emitter("127.0.0.1:1").close()
    assert time.perf_counter() - begun < 1


def test_a_tenant_may_share_less() -> None:
    with Emitter("127.0.0.1:1", text_by_tenant={"shy": "none"}) as emitter:
        emitter.emit(EVENT, output="secret")
        emitter.emit({**EVENT, "tenant_id": "shy"}, output="secret")
        shared = [value for _, value in emitter._queue]
        emitter._queue.clear()
    assert [b"secret" in value for value in shared] == [True, False]


def test_an_unknown_text_setting_is_an_error() -> None:
    with pytest.raises(ValueError, match="full, hash or none"):
        Emitter(text="some")  # type: ignore[arg-type]
