"""Lines of files as events, in the order of time."""

import heapq
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from detectors.metrics import SIZE
from detectors.seen import Seen
from schemas.reading import MAX_EVENT
from streams.backtest.contract import Message, at_ms, decode, reason
from streams.desk.emit import BadLine, lines

__all__ = ["UNREAD", "WINDOW", "Line", "Reading", "in_order", "read"]

WINDOW: Final = 64_000_000
"""Bytes of lines held back to be put in order."""
SHOWN: Final = 20
"""Unreadable lines that are kept to be shown."""
SAMPLE: Final = 6000
"""Lines that are kept to be timed."""
BREATH: Final = 250
"""Lines between two looks at the clock."""
UNREAD: Final[NDArray[np.float64]] = np.full(SIZE, np.nan)
"""Values of an event that is only glanced at."""


@dataclass(slots=True)
class Line:
    """One event or outcome, as a record of a topic would carry it.

    Args:
        timestamp: Broker time, ms; the service's own where the file has none.
        message: What was read; None where `seen` holds what measure has stored of it.
        size: Bytes of the line.
        seen: As far as it is of use in a repeat too.
        rest: Writes what else was stored into `seen`.
        twin: What tells the prompt, where there is no message to tell it.
        offset: Position in the order of time.
        static: Embedding of the answer, if that is likely to count.
    """

    timestamp: int
    message: Message | None
    size: int
    seen: Seen | None = None
    twin: str = ""
    offset: int = 0
    partition: int = 0
    topic: str = ""
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()
    rest: Callable[[Seen], None] | None = None
    static: NDArray[np.float32] | None = None


@dataclass(slots=True)
class Reading:
    """What became of the lines so far."""

    lines: int = 0
    expected: int = 0
    """Lines there will be; 0: not known."""
    bad: int = 0
    late: int = 0
    """Events older than one already folded in: the files are further out of order than the
    window."""
    disordered: int = 0
    """Events older than the one before in their file."""
    shown: list[BadLine] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Files that could not be read to their end."""
    position: dict[str, int] = field(default_factory=dict)
    """Bytes read of each file."""
    sample: list[tuple[bytes, int, bytes]] = field(default_factory=list)
    """The first lines as they are, with key and time, to be timed."""
    breathe: Callable[[], None] = lambda: None
    """Called every few lines."""

    def reject(self, file: str, number: int, why: str) -> None:
        """Count a line that cannot be used; the first few are kept."""
        self.bad += 1
        if len(self.shown) < SHOWN:
            self.shown.append(BadLine(file, number, why))


def read(paths: Sequence[Path], reading: Reading) -> Iterator[Line]:
    """Give the readable lines of all files, merged by time.

    Args:
        paths: JSON Lines, gzip or not; `-` is standard input.
        reading: Counts, kept up to date.

    Raises:
        UnreadableFileError: A file cannot be opened.
    """
    with ExitStack() as stack:
        opened = [(path, *stack.enter_context(lines(path))) for path in paths]
        streams = [_one(path, file, position, reading) for path, file, position in opened]
        if len(streams) == 1:
            yield from streams[0]
        else:
            yield from heapq.merge(*streams, key=_time)


def in_order(found: Iterable[Line], reading: Reading, window: int = WINDOW) -> Iterator[Line]:
    """Give lines in order of time, those of equal time as they came.

    Args:
        found: In any order.
        reading: Counts what came too late to be put in its place.
        window: Bytes held back, at most.
    """
    run, odd = deque[_Held](), list[_Held]()
    waiting = count = 0
    place = _Place(reading)
    for count, line in enumerate(found):
        if run and line.timestamp < run[-1][0]:
            heapq.heappush(odd, (line.timestamp, count, line))
        else:
            run.append((line.timestamp, count, line))
        waiting += line.size
        while waiting > window:
            line = _earliest(run, odd)
            waiting -= line.size
            yield place(line)
    while run or odd:
        yield place(_earliest(run, odd))


_Held = tuple[int, int, Line]
"""Time, how many came before, line."""


def _earliest(run: deque[_Held], odd: list[_Held]) -> Line:
    """Take the earliest of what came in order and what did not."""
    if not odd or (run and run[0][:2] < odd[0][:2]):
        return run.popleft()[2]
    return heapq.heappop(odd)[2]


class _Place:
    """Numbers lines; time never goes back."""

    def __init__(self, reading: Reading) -> None:
        self._reading, self._newest, self._number = reading, 0, 0

    def __call__(self, line: Line) -> Line:
        line.offset, self._number = self._number, self._number + 1
        if line.timestamp < self._newest:
            self._reading.late += 1
            line.timestamp = self._newest
        self._newest = line.timestamp
        return line


def _time(line: Line) -> int:
    return line.timestamp


def _one(
    path: Path, file: BinaryIO, position: Callable[[], int], reading: Reading
) -> Iterator[Line]:
    name, number, before = path.name, 0, 0
    try:
        for number, raw in enumerate(file, 1):
            if number % BREATH == 0:
                reading.position[str(path)] = position()
                reading.breathe()
            stripped = raw.strip() if number > 1 else raw.removeprefix(b"\xef\xbb\xbf").strip()
            if not stripped:
                continue
            reading.lines += 1
            if len(stripped) > MAX_EVENT:
                reading.reject(name, number, f"{len(stripped)} bytes are more than {MAX_EVENT}")
                continue
            try:
                message = decode(stripped)
            except ValidationError as error:
                reading.reject(name, number, reason(error))
                continue
            line = Line(at_ms(message), message, len(stripped))
            reading.disordered += line.timestamp < before
            before = line.timestamp
            if len(reading.sample) < SAMPLE:
                key = f"{message.tenant_id}/{message.agent_id}".encode()
                reading.sample.append((key, line.timestamp, stripped))
            yield line
    except (OSError, EOFError, zlib.error) as error:
        reading.broken.append(
            f"{path} is cut off or damaged after line {number}; what follows is left out ({error})."
        )
    reading.position[str(path)] = position()
