"""The demo on a slow machine: its service waits for measure."""

import asyncio
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from streams.demo import pace
from streams.demo.scrape import behind, counters

SERIES = b"""\
# HELP holdfast_consumer_lag Records not yet folded
holdfast_consumer_lag{partition="0",topic="holdfast.events"} 1500.0
holdfast_consumer_lag{partition="1",topic="holdfast.events"} 500.0
holdfast_consumer_lag{partition="0",topic="holdfast.signals"} 9.0
holdfast_records_total{outcome="processed",topic="events"} 7.0
holdfast_records_total{outcome="processed",topic="signals"} 2.0
"""


def test_the_service_is_full_speed_while_measure_keeps_up_and_never_stands_still() -> None:
    shares = [pace.slowed(seconds) for seconds in (0, 1, 2, 3, 4, 60)]
    assert shares == [1, 1, 1, 0.5, 0.25, 0.25]


@pytest.mark.asyncio
async def test_the_rate_follows_what_waits_and_a_person_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SECONDS", 0.001)
    file, said, seen = tmp_path / "pace", list[str](), list[float]()
    waits = iter([0.0, 3000.0, None, 3500.0, 1e6, 100.0])
    done = asyncio.Event()

    def waiting() -> float | None:
        seen.append(pace.read(file, 1000.0))
        found = next(waits, -1.0)
        if found == -1.0:
            done.set()
            return None
        return found

    task = asyncio.create_task(pace.paced(file, 1000.0, waiting, said.append))
    await asyncio.wait_for(done.wait(), 10)
    task.cancel()
    assert seen[:7] == [1000, 1000, 500, 500, 250, 250, 1000]
    assert said == ["measure is 3 s behind: the service calls slower until it is not"]


def test_before_anything_is_said_and_after_nonsense_the_rate_is_the_asked_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "pace"
    assert pace.read(file, 7.0) == 7.0
    file.write_text("soon")
    assert pace.read(file, 7.0) == 7.0


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SERIES)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_what_measure_counts_of_events_is_read_and_nothing_when_it_is_away() -> None:
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        assert behind(port) == 2000.0
        assert counters(port) == {"processed": 7.0}
        server.shutdown()
    assert behind(port) is None
    assert counters(port) == {}
