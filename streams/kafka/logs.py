"""Log lines: JSON for machines, plain for people; damped when a broker is gone; without values."""

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Any

from streams.settings import Settings

__all__ = ["Damper", "HumanFormatter", "JsonFormatter", "redact", "setup"]

WINDOW_SECONDS = 30.0
BURST = 3
KEPT = 2_000
"""Distinct messages remembered by the damper."""

QUIET = ("aiokafka", "kafka", "faust", "mode", "asyncio")
"""Libraries that say much that is no news: INFO of theirs only at DEBUG of ours."""


def setup(settings: Settings, stream: IO[str] | None = None) -> None:
    """Send all logs to one stream, in the form that suits it.

    Args:
        settings: The level.
        stream: Where to; stderr by default. JSON lines unless it is a terminal.
    """
    out = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(out)
    handler.setFormatter(HumanFormatter() if out.isatty() else JsonFormatter())
    handler.addFilter(_no_chatter)
    handler.addFilter(Damper())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name in QUIET:
        level = logging.DEBUG if settings.log_level == "DEBUG" else logging.WARNING
        logging.getLogger(name).setLevel(max(level, root.level))
    logging.captureWarnings(True)


def _no_chatter(record: logging.LogRecord) -> bool:
    """Leave out what mode says of every service that starts and stops, ours too."""
    return record.levelno > logging.INFO or not str(record.msg).startswith("[^")


def redact(value: Any, depth: int = 3) -> Any:
    """Return what may be logged of an argument: never the content of a message.

    Args:
        value: An argument of a log call.
        depth: Levels of containers that are looked into.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if hasattr(value, "offset") and hasattr(value, "partition") and hasattr(value, "value"):
        return f"<{value.topic}[{value.partition}]@{value.offset}>"
    if (
        depth
        and isinstance(value, list | set | frozenset | tuple)
        and not hasattr(value, "_asdict")
    ):
        return [redact(item, depth - 1) for item in value]
    if depth and isinstance(value, Mapping):
        return {key: redact(item, depth - 1) for key, item in value.items()}
    return value


class Damper(logging.Filter):
    """Lets a message through three times in half a minute, then counts it.

    A lost broker makes aiokafka and Faust write 4,400 lines in a minute. Two messages are the
    same if logger, level and template are.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, str], list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write it."""
        key, now = (record.name, record.levelno, str(record.msg)[:200]), time.monotonic()
        begun, count = self._seen.get(key, [now, 0])
        if now - begun >= WINDOW_SECONDS:
            record.suppressed = max(0, int(count) - BURST)
            begun, count = now, 0
        if key not in self._seen and len(self._seen) >= KEPT:
            self._seen.clear()
        self._seen[key] = [begun, count + 1]
        return count < BURST or record.levelno >= logging.CRITICAL


class _Formatter(logging.Formatter):
    def message(self, record: logging.LogRecord) -> str:
        """Return the text with every argument redacted."""
        if isinstance(record.args, tuple):
            args: Any = tuple(redact(value) for value in record.args)
        else:
            args = redact(record.args)
        try:
            text = str(record.msg) % args if args else str(record.msg)
        except (TypeError, ValueError):
            text = str(record.msg)
        more = getattr(record, "suppressed", 0)
        return f"{text} [{more} more like this were not written]" if more else text

    def trace(self, record: logging.LogRecord) -> str:
        """Return the traceback; of a contract's error only where it is, not what was there."""
        if not record.exc_info or record.exc_info[1] is None:
            return ""
        error = record.exc_info[1]
        text = self.formatException(record.exc_info)
        for each in _chain(error):
            if hasattr(each, "errors") and type(each).__name__ == "ValidationError":
                places = [f"{part['loc']}: {part['type']}" for part in each.errors()]
                text = text.replace(str(each), "; ".join(places))
        return text


def _chain(error: BaseException | None) -> list[Any]:
    found: list[Any] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


class JsonFormatter(_Formatter):
    """One JSON object each line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        row = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message(record),
        }
        if trace := self.trace(record):
            row["trace"] = trace
        return json.dumps(row, ensure_ascii=False)


class HumanFormatter(_Formatter):
    """Time, level and text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback below it."""
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        line = f"{at} {record.levelname:<8} {self.message(record)}"
        trace = self.trace(record)
        return f"{line}\n{trace}" if trace else line
