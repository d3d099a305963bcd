import urllib.error
import urllib.request
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from faust.types import TP

from streams.kafka.batches import App
from streams.kafka.lag import Lag
from streams.kafka.metrics import Metrics, MetricsServer


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_every_outcome_is_counted_by_topic() -> None:
    metrics = Metrics()
    metrics.processed("events", 3)
    metrics.parked("events")
    metrics.skipped("acks", 2)
    text = metrics.render()
    assert b'holdfast_records_total{outcome="processed",topic="events"} 3.0' in text
    assert b'holdfast_records_total{outcome="parked",topic="events"} 1.0' in text
    assert b'holdfast_records_total{outcome="skipped",topic="acks"} 2.0' in text


def test_two_processes_in_one_do_not_share_numbers() -> None:
    one, two = Metrics(), Metrics()
    one.signals.inc()
    assert b"holdfast_signals_total 1.0" in one.render()
    assert b"holdfast_signals_total 0.0" in two.render()


def test_the_lag_of_a_partition_given_away_is_told_no_more() -> None:
    class Served:
        served: ClassVar = {("events", 0): 5, ("events", 1): 7}

        def lags(self) -> dict[tuple[str, int], int]:
            return self.served

    metrics, app = Metrics(), Served()
    lag = Lag(cast("Any", app), metrics)
    lag.tell()
    app.served = {("events", 1): 0}
    lag.tell()
    told = [line for line in metrics.render().splitlines() if b"consumer_lag{" in line]
    assert told == [b'holdfast_consumer_lag{partition="1",topic="events"} 0.0']


def test_what_waits_in_a_queue_is_behind_too() -> None:
    place, chunks = TP("events", 0), [[1, 2, 3, 4], [5, 6, 7]]
    consumer = SimpleNamespace(
        assignment=lambda: {place, TP("states", 0)}, highwater=lambda _: 10,
        _read_offset={place: None, TP("states", 0): 3}, _order={place: []},
    )  # fmt: skip
    tables = SimpleNamespace(changelog_topics={"states"})
    app = cast("Any", SimpleNamespace(consumer=consumer, tables=tables))
    assert App.lags(app) == {("events", 0): 10}
    consumer._order[place] = [SimpleNamespace(value=chunk) for chunk in chunks]
    consumer._read_offset[place] = 7
    assert App.lags(app) == {("events", 0): 10}, "handed over is not folded"
    chunks[0].clear()
    assert App.lags(app) == {("events", 0): 6}
    chunks[1].clear()
    assert App.lags(app) == {("events", 0): 3}


def test_who_does_not_wait_for_the_answer_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    server = MetricsServer(Metrics(), "127.0.0.1", 0)
    try:
        for error in (BrokenPipeError(), ValueError("news")):
            try:
                raise error
            except (OSError, ValueError):
                server._http.handle_error(None, ("127.0.0.1", 1))
    finally:
        server._http.server_close()
    said = capsys.readouterr().err
    assert "news" in said
    assert "BrokenPipe" not in said


def test_it_serves_numbers_and_readiness() -> None:
    metrics, ready = Metrics(), [False]
    metrics.lag.labels("events", 3).set(12)
    server = MetricsServer(metrics, "127.0.0.1", 0, lambda: ready[0]).start()
    try:
        status, text = get(server.port, "/metrics")
        assert status == 200
        assert b'holdfast_consumer_lag{partition="3",topic="events"} 12.0' in text
        assert get(server.port, "/live") == (200, b'{"live": true}')
        assert get(server.port, "/ready") == (503, b'{"ready": false}')
        ready[0] = True
        assert get(server.port, "/ready?verbose") == (200, b'{"ready": true}')
        assert get(server.port, "/table/tenants")[0] == 404
    finally:
        server.stop()
    with pytest.raises(OSError, match="refused"):
        get(server.port, "/live")
