"""A ClickHouse whose disk is full answers questions and takes no rows: record waits."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from streams.clickhouse import queries
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from tests.ordeal import exact, recording, send, until
from tests.recorded import event, every, expected

pytestmark = pytest.mark.broker

SAID = b"Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)"
ANSWER = (
    b"HTTP/1.1 500 Internal Server Error\r\nX-ClickHouse-Exception-Code: 243\r\n"
    b"Content-Type: text/plain\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
) % (len(SAID), SAID)
"""As ClickHouse says it."""


class Full:
    """Stands before a ClickHouse; while `full` it refuses every insert as a full disk would."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._host, self._port = at.hostname, at.port
        self.full, self.refused = False, 0
        self.url = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Full":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._between(reader, writer))
        self._tasks.add(task)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        back = asyncio.create_task(_pipe(up_reader, writer))
        try:
            while data := await reader.read(65_536):
                if self.full and b"INSERT" in data:
                    self.refused += 1
                    writer.write(ANSWER)
                    await writer.drain()
                    break
                up_writer.write(data)
                await up_writer.drain()
        except ConnectionError:
            pass
        finally:
            back.cancel()
            for each in (up_writer, writer):
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass


async def test_record_waits_for_room_and_loses_nothing(settings: Settings) -> None:
    await ensure_topics(settings)
    first, then = every(), [event(number) for number in range(1, 80)]
    async with Full(settings.clickhouse) as disk:
        given = settings.model_copy(update={"clickhouse": disk.url, "record_seconds": 0.3})
        with recording(given) as recorder:
            await send(settings, first)
            await until(settings, expected(first), 60.0)
            disk.full = True
            await send(settings, then)
            await asyncio.sleep(3.0)
            assert disk.refused > 1, "tried again"
            assert recorder.process.poll() is None, "and alive"
            before = await asyncio.to_thread(queries.counts, settings)
            assert before["events"] == expected(first)["events"]
            disk.full = False
            await until(settings, expected(first + then), 30.0)
            await asyncio.sleep(1.0)
            await asyncio.to_thread(exact, settings, first + then)
            assert await asyncio.to_thread(recorder.stop) < 5.0
