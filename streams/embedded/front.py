"""ClickHouse's HTTP interface over chdb: `python -m streams.embedded.front --port P --path F`.

As much of it as clickhouse-connect and dashboards use, for one machine: loopback only, one
user. To everything else of Holdfast it is a ClickHouse like any other.
"""

import argparse
import base64
import binascii
import hmac
import json
import signal
import sys
import threading
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from streams.embedded.bodies import MAX_BYTES, BodyError, read_body
from streams.embedded.engine import Answer, Engine, QueryError, Statement
from streams.embedded.errors import DataFolderError
from streams.embedded.ports import HOST

__all__ = ["Front", "main"]

IDLE_SECONDS = 600
USER = "default"
HOSTS = {"127.0.0.1", "localhost"}
NOT_SETTINGS = {
    "query",
    "database",
    "query_id",
    "session_id",
    "session_timeout",
    "session_check",
    "user",
    "password",
    "default_format",
    "compress",
    "decompress",
    "wait_end_of_query",
    "buffer_size",
    "quota_key",
    "role",
    "stacktrace",
    "client_protocol_version",
    "enable_http_compression",
    "http_zlib_compression_level",
    "send_progress_in_http_headers",
    "http_headers_progress_interval_ms",
}
STATUS = {
    60: HTTPStatus.NOT_FOUND,
    81: HTTPStatus.NOT_FOUND,
    62: HTTPStatus.BAD_REQUEST,
    115: HTTPStatus.NOT_FOUND,
}
AUTHENTICATION_FAILED = 516
HTTP_ERROR = 1002


class Front(ThreadingHTTPServer):
    """The server: a thread for each connection, one engine for all.

    Args:
        port: On loopback.
        engine: Runs the statements.
        password: Of the user `default`; empty: none is asked for.
        max_bytes: Largest body, before and after decompression.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self, port: int, engine: Engine, *, password: str = "", max_bytes: int = MAX_BYTES
    ) -> None:
        super().__init__((HOST, port), _Handler)
        self.engine = engine
        self.password = password
        self.max_bytes = max_bytes

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in one line why a connection was given up; a client that left is no event."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            sys.stderr.write(f"connection given up: {error!r}\n")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_SECONDS
    server: Front  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: a request line may carry text of prompts."""

    def version_string(self) -> str:
        return "ClickHouse (chdb)"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        try:
            body = read_body(self.rfile, self.headers, self.server.max_bytes)
        except BodyError as error:
            self.close_connection = True
            self._fail(HTTP_ERROR, str(error), HTTPStatus(error.status))
            return
        if self.headers.get("Host", HOST).partition(":")[0] not in HOSTS:
            # A web page whose name was bent to point at loopback is no client of ours.
            self._fail(HTTP_ERROR, "this server answers on loopback only", HTTPStatus.FORBIDDEN)
        elif url.path in ("/ping", "/replicas_status"):
            self._reply(HTTPStatus.OK, b"Ok.\n", {})
        elif url.path not in ("", "/"):
            self._fail(HTTP_ERROR, "there is no such path", HTTPStatus.NOT_FOUND)
        else:
            self._query(dict(parse_qsl(url.query, keep_blank_values=True)), body)

    def _query(self, given: dict[str, str], body: bytes) -> None:
        if not self._allowed(given):
            text = "Code: 516. DB::Exception: Authentication failed (AUTHENTICATION_FAILED)"
            self._fail(AUTHENTICATION_FAILED, text, HTTPStatus.FORBIDDEN)
            return
        statement = _statement(given, body, read_only=self.command == "GET")
        if not statement.sql.strip():
            self._reply(HTTPStatus.OK, b"Ok.\n", {})
            return
        try:
            answer = self.server.engine.run(statement)
        except QueryError as error:
            status = STATUS.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)
            self._fail(error.code, str(error), status)
            return
        self._reply(HTTPStatus.OK, answer.data, _headers(answer, given.get("query_id")))

    def _allowed(self, given: Mapping[str, str]) -> bool:
        user, password = given.get("user", USER), given.get("password", "")
        authorization = self.headers.get("Authorization", "")
        if authorization.startswith("Basic "):
            try:
                pair = base64.b64decode(authorization[6:], validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return False
            user, _, password = pair.partition(":")
        user = self.headers.get("X-ClickHouse-User", user)
        password = self.headers.get("X-ClickHouse-Key", password)
        right = hmac.compare_digest(password.encode(), self.server.password.encode())
        return right and user == USER

    def _reply(self, status: HTTPStatus, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _fail(self, code: int, message: str, status: HTTPStatus) -> None:
        headers = {"X-ClickHouse-Exception-Code": str(code), "X-ClickHouse-Format": "TabSeparated"}
        self._reply(status, (message + "\n").encode(), headers)


def _statement(given: Mapping[str, str], body: bytes, *, read_only: bool) -> Statement:
    sql = body
    if "query" in given:
        sql = given["query"].encode("utf-8", "surrogateescape") + (b"\n" + body if body else b"")
    settings = {
        name: value
        for name, value in given.items()
        if name not in NOT_SETTINGS and not name.startswith("param_")
    }
    return Statement(
        sql=sql,
        settings=settings,
        parameters={n.removeprefix("param_"): v for n, v in given.items() if n[:6] == "param_"},
        database=given.get("database"),
        session=given.get("session_id"),
        form=given.get("default_format", "TabSeparated"),
        read_only=read_only,
    )


def _headers(answer: Answer, query_id: str | None) -> dict[str, str]:
    summary = {name: str(count) for name, count in answer.summary.items()}
    headers = {
        "X-ClickHouse-Query-Id": query_id or str(uuid.uuid4()),
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Summary": json.dumps(summary),
    }
    if answer.form:
        headers["X-ClickHouse-Format"] = answer.form
    return headers


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", type=Path, required=True, help="folder of the data")
    parser.add_argument("--password-file", type=Path, help="its first line is the password")
    options = parser.parse_args()
    password = ""
    if options.password_file:
        password = options.password_file.read_text().partition("\n")[0]
    try:
        engine = Engine(options.path.absolute())
        server = Front(options.port, engine, password=password)
    except (DataFolderError, OSError, RuntimeError) as error:
        sys.exit(f"cannot serve: {error}")
    for number in (signal.SIGTERM, signal.SIGINT):
        # From a thread: shutdown() waits for serve_forever(), which runs in this one.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    engine.close()


if __name__ == "__main__":
    main()
