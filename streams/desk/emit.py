"""Events of one's own, one JSON object a line, onto the topic `events`."""

import asyncio
import gzip
import sys
import zlib
from asyncio import Future, get_running_loop, sleep
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any, BinaryIO, NamedTuple, cast

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from pydantic import ValidationError

from schemas import Event, Outcome
from schemas.reading import read_event
from streams.desk import wire
from streams.desk.errors import UnreadableFileError
from streams.settings import Settings

__all__ = ["BadLine", "Line", "Tally", "check", "emit", "lines", "numbered"]

SHOWN = 20
"""Unreadable lines that are kept to be shown."""
BREATH = 200
"""Lines between two looks at the clock."""
SEND_SECONDS = 0.05
"""For what has been read to get away, before a read that may wait for long."""


class Line(NamedTuple):
    """A readable line: what to send under which key."""

    key: bytes
    value: bytes


class BadLine(NamedTuple):
    """A line that cannot be sent, and why, without any of its values."""

    file: str
    number: int
    reason: str


@dataclass(slots=True)
class Tally:
    """What became of the lines so far."""

    lines: int = 0
    sent: int = 0
    failed: int = 0
    bad: int = 0
    shown: list[BadLine] = field(default_factory=list)

    def reject(self, file: str, number: int, reason: str) -> None:
        """Count a line that cannot be sent; the first few are kept."""
        self.bad += 1
        if len(self.shown) < SHOWN:
            self.shown.append(BadLine(file, number, reason))

    def settle(self, done: "Future[Any]") -> None:
        """Count what the broker said of one message."""
        if done.cancelled() or done.exception() is not None:
            self.failed += 1
        else:
            self.sent += 1


def check(raw: bytes) -> Line | str:
    """Return what to send of a line, or why it cannot be read."""
    message: Event | Outcome
    try:
        try:
            message = read_event(raw)
        except ValidationError:
            if b'"outcome_id"' not in raw:
                raise
            message = Outcome.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        spot = ".".join(str(part) for part in first["loc"])
        return f"{spot}: {first['msg']}" if spot else first["msg"]
    return Line(f"{message.tenant_id}/{message.agent_id}".encode(), raw)


@contextmanager
def lines(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """Open a file of lines, gzip or not (`-`: standard input); give it and the bytes read so far.

    Raises:
        UnreadableFileError: It cannot be opened.
    """
    if str(path) == "-":
        yield sys.stdin.buffer, lambda: 0
        return
    try:
        file = path.open("rb")
    except OSError as error:
        message = f"Cannot read {path}: {error.strerror}."
        raise UnreadableFileError(message) from error
    with file:
        position = file.tell if file.seekable() else lambda: 0
        if file.peek(2)[:2] != b"\x1f\x8b":
            yield file, position
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast("BinaryIO", unpacked), position


async def emit(
    settings: Settings,
    paths: list[Path],
    tally: Tally,
    *,
    rate: float | None = None,
    progress: Callable[[int], None] = lambda _read: None,
) -> None:
    """Send every readable line of `paths`; what happened stands in `tally`, also when stopped.

    Args:
        settings: Where to.
        paths: Files, one JSON event or outcome a line.
        tally: Counts, kept up to date.
        rate: Events per second at most; None: as fast as it goes.
        progress: Called with the bytes read of all files so far.

    Raises:
        NothingRunningError: No broker answers.
        UnreadableFileError: A file cannot be opened or unpacked.
    """
    options = {"linger_ms": 5, "max_batch_size": 262_144, "max_request_size": 4_194_304}
    async with wire.producing(settings, **options) as producer:
        topic, pace, before = settings.topic("events"), _Pace(rate), 0
        for path in paths:
            with lines(path) as (file, position):
                for number, raw in numbered(file, path):
                    if number % BREATH == 0:
                        progress(before + position())
                        await sleep(0)
                    await pace.wait()
                    await _send(producer, topic, tally, (path.name, number), raw)
                    if str(path) == "-" and not _more(file):
                        await sleep(SEND_SECONDS)
                before += position()
                progress(before)
        await producer.flush()
        # A broker's refusal reaches the callbacks one turn of the loop after the flush.
        await sleep(0)


def _more(file: BinaryIO) -> bool:
    """Return whether a read of standard input would not wait, and the event loop with it."""
    try:
        return bool(select([file], [], [], 0)[0])
    except (OSError, ValueError):  # no pipe or file
        return True


def numbered(file: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    """Give (line number, line) of every line that is not blank; a byte order mark is no text.

    Raises:
        UnreadableFileError: It cannot be read or unpacked to its end.
    """
    try:
        for number, raw in enumerate(file, 1):
            stripped = raw.strip() if number > 1 else raw.removeprefix(BOM_UTF8).strip()
            if stripped:
                yield number, stripped
    except (OSError, EOFError, zlib.error) as error:
        message = f"{path} cannot be read to its end ({error}); what came before was sent."
        raise UnreadableFileError(message) from error


async def _send(
    producer: Any,
    topic: str,
    tally: Tally,
    where: tuple[str, int],
    raw: bytes,
) -> None:
    tally.lines += 1
    line = check(raw)
    if isinstance(line, str):
        tally.reject(*where, line)
        return
    try:
        future = await producer.send(topic, key=line.key, value=line.value)
    except MessageSizeTooLargeError:
        tally.reject(*where, f"{len(raw)} bytes are too large for one message")
        return
    except KafkaError:
        tally.failed += 1
        return
    future.add_done_callback(tally.settle)


class _Pace:
    """Holds a loop to a rate, in slices that the event loop can sleep."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._count = 0
        self._start: float | None = None

    async def wait(self) -> None:
        """Return when the next one may go."""
        if self._rate is None:
            return
        now = get_running_loop().time()
        if self._start is None:
            self._start = now
        ahead = self._start + self._count / self._rate - now
        self._count += 1
        if ahead > 0.005:
            await asyncio.sleep(ahead)
