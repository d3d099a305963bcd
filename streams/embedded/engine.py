"""Runs what ClickHouse's HTTP interface is asked for on chdb, ClickHouse in this process."""

import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chdb

from streams.embedded import locks

__all__ = ["Answer", "Engine", "QueryError", "Statement"]

SESSIONS = 256
SESSION_SECONDS = 600.0
AT_ONCE = 8
UNKNOWN_EXCEPTION = 1002
FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.I)
INSERT = re.compile(
    rb"^(\s*INSERT\s+INTO\b(?:(?!\bVALUES\b|\bSELECT\b).)*?)\bFORMAT\s+(\w+)[ \t]*(?:\r?\n|$)",
    re.I | re.S,
)
READS = re.compile(rb"^\s*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN)\b", re.I)
NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


class QueryError(Exception):
    """The engine refused a statement; `code` is ClickHouse's number of the error."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        found = re.search(r"Code: (\d+)", message)
        self.code = int(found.group(1)) if found else UNKNOWN_EXCEPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement as it came over HTTP.

    Args:
        sql: The text; an insert's data follow its FORMAT clause on the next line.
        settings: ClickHouse settings of this statement alone.
        parameters: Values of `{name:Type}` places.
        database: Where unqualified names are looked up; None: the session's.
        session: Name of the session it belongs to, with its temporary tables; None: none.
        form: Output format where the text names none.
        read_only: Refuse what writes.
    """

    sql: bytes
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    database: str | None = None
    session: str | None = None
    form: str = "TabSeparated"
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: bytes in `form` ("" for none), and counts of rows and bytes."""

    data: bytes
    form: str
    summary: Mapping[str, int]


@dataclass(slots=True)
class _Session:
    connection: Any
    lock: threading.Lock = field(default_factory=threading.Lock)
    used: float = field(default_factory=time.monotonic)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Engine:
    """One database folder; statements run on several threads at once.

    Args:
        folder: Where the data are.

    Raises:
        DataFolderError: Another process has the folder open.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = locks.hold(folder / "engine.lock")
        # A config.xml in the working directory would be loaded without a word.
        os.chdir(folder)
        self._path = str(folder / "data")
        self._kept = chdb.connect(self._path)
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._guard = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def close(self) -> None:
        """Close every session and the database."""
        for session in self._sessions.values():
            session.connection.close()
        self._kept.close()
        locks.release(self._lock)

    def run(self, statement: Statement) -> Answer:
        """Run one statement.

        Raises:
            QueryError: ClickHouse refused it.
        """
        try:
            with (
                self._turns,
                self._connection(statement.session) as connection,
                _dressed(connection, statement),
            ):
                return _execute(connection, statement)
        except RuntimeError as error:
            raise QueryError(str(error)) from error

    @contextmanager
    def _connection(self, name: str | None) -> Iterator[Any]:
        if name is None:
            connection = chdb.connect(self._path)
            try:
                yield connection
            finally:
                connection.close()
            return
        session = self._session(name)
        with session.lock:
            session.used = time.monotonic()
            yield session.connection

    def _session(self, name: str) -> _Session:
        """Return the session, made on first use; forget the idle and the least used ones."""
        with self._guard:
            if name not in self._sessions:
                self._sessions[name] = _Session(chdb.connect(self._path))
            self._sessions.move_to_end(name)
            horizon = time.monotonic() - SESSION_SECONDS
            for old, session in list(self._sessions.items()):
                unwanted = session.used < horizon or len(self._sessions) > SESSIONS
                if old == name or not unwanted:
                    break
                if session.lock.acquire(blocking=False):
                    session.connection.close()
                    del self._sessions[old]
            return self._sessions[name]


@contextmanager
def _dressed(connection: Any, statement: Statement) -> Iterator[None]:
    """Give the connection the statement's database and settings for its time only."""
    settings = dict(statement.settings)
    if statement.read_only and statement.session is None:
        settings["readonly"] = "2"
    for name in settings:
        if not NAME.match(name):
            message = f"Code: 115. DB::Exception: Unknown setting {name!r} (UNKNOWN_SETTING)"
            raise QueryError(message)
    if statement.database:
        escaped = statement.database.replace("\\", "\\\\").replace("`", "\\`")
        connection.query(f"USE `{escaped}`")
    if settings:
        # One statement for all: of those that record makes, three in four would be these.
        given = ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items())
        connection.query(f"SET {given}")
    try:
        yield
    finally:
        if statement.session is not None and settings:
            with suppress(RuntimeError):
                connection.query(f"SET {', '.join(f'{name} = DEFAULT' for name in settings)}")


def _execute(connection: Any, statement: Statement) -> Answer:
    sql = statement.sql
    insert = INSERT.match(sql)
    if insert and insert.end() < len(sql):
        head, form = insert.group(1).decode(), insert.group(2).decode()
        with connection.send_insert(head, form) as stream:
            stream.append(sql[insert.end() :])
            done = stream.finish()
        written = {"written_rows": done.rows_written, "written_bytes": done.bytes_written}
        return Answer(b"", "", written)
    named = FORMAT.search(sql)
    form = named.group(1).decode() if named else statement.form
    parameters = dict(statement.parameters) or None
    result = connection.query(sql.decode("utf-8", "surrogateescape"), form, params=parameters)
    data = bytes(result.bytes() or b"")
    counts = {"read_rows": result.rows_read(), "read_bytes": result.bytes_read()}
    return Answer(data, form if data or READS.match(sql) else "", counts)
