"""ClickHouse's HTTP interface over chdb carries what clickhouse-connect sends."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import lz4.frame
import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from streams.embedded.clickhouse import ClickHouse
from streams.embedded.errors import ChildError
from streams.settings import Settings

pytestmark = pytest.mark.broker

WINDOW = "SETTINGS non_replicated_deduplication_window = 100"


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    client = clickhouse_connect.get_client(
        dsn=settings.clickhouse, database=settings.clickhouse_database
    )
    yield client
    client.close()


def count(client: Client, table: str) -> int:
    return int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])


def test_rows_parameters_and_settings(client: Client) -> None:
    client.command("CREATE TABLE t (a UInt64, b String) ORDER BY a")
    written = client.insert("t", [[1, "it's"], [2, "ü\\n"]], column_names=["a", "b"])
    assert written.written_rows == 2
    found = client.query(
        "SELECT a, b FROM t WHERE b = {b:String}", parameters={"b": "it's"}
    ).result_rows
    assert found == [(1, "it's")]
    setting = client.query("SELECT getSetting('max_threads')", settings={"max_threads": 3})
    assert setting.result_rows[0][0] == 3
    assert client.query("SELECT getSetting('max_threads')").result_rows[0][0] != 3


def test_an_arrow_table_of_several_megabytes(client: Client) -> None:
    client.command("CREATE TABLE t (a UInt64, b String, e Array(Float32)) ORDER BY a")
    rows = 5_000
    table = pa.table(
        {
            "a": pa.array(range(rows), pa.uint64()),
            "b": ["text " * 200] * rows,
            "e": pa.array([[0.5] * 8] * rows, pa.list_(pa.float32())),
        }
    )
    assert client.insert_arrow("t", table).written_rows == rows
    assert client.query("SELECT sum(a), sum(length(b)) FROM t").result_rows == [
        (rows * (rows - 1) // 2, rows * 1000)
    ]
    assert client.query_arrow("SELECT e FROM t LIMIT 1").column(0)[0].as_py() == [0.5] * 8


def test_every_frame_of_an_lz4_body_is_read(settings: Settings, client: Client) -> None:
    client.command("CREATE TABLE t (a UInt64) ORDER BY a")
    body = lz4.frame.compress(b"INSERT INTO t FORMAT CSV\n1\n") + lz4.frame.compress(b"2\n3\n")
    connection = http.client.HTTPConnection(urlsplit(settings.clickhouse).netloc)
    path = f"/?database={settings.clickhouse_database}"
    connection.request("POST", path, iter([body[:9], body[9:]]), {"Content-Encoding": "lz4"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    assert count(client, "t") == 3


def test_a_token_counts_once_behind_materialized_views_too(client: Client) -> None:
    client.command(f"CREATE TABLE target (a UInt64) ENGINE = MergeTree ORDER BY a {WINDOW}")
    client.command(f"CREATE TABLE source (a UInt64) ENGINE = MergeTree ORDER BY a {WINDOW}")
    client.command("CREATE MATERIALIZED VIEW v TO target AS SELECT a + 1 AS a FROM source")
    for token in ("one", "one", "two"):
        client.insert(
            "source",
            [[1], [2]],
            column_names=["a"],
            settings={
                "insert_deduplication_token": token,
                "deduplicate_blocks_in_dependent_materialized_views": 1,
                "async_insert": 0,
            },
        )
    assert count(client, "source") == count(client, "target") == 4


async def test_the_asynchronous_client(settings: Settings) -> None:
    client = await clickhouse_connect.get_async_client(
        dsn=settings.clickhouse, database=settings.clickhouse_database
    )
    await client.command("CREATE TABLE t (a UInt64) ORDER BY a")
    await client.insert("t", [[n] for n in range(1000)], column_names=["a"])
    found = await client.query("SELECT max(a), count() FROM t")
    await client.close()
    assert found.result_rows == [(999, 1000)]


def test_an_error_carries_its_code(client: Client) -> None:
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        client.query("SELECT * FROM nowhere")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "attacker.example"}, 403),
        ({"Content-Length": str(1 << 40)}, 413),
        ({"Content-Encoding": "br"}, 415),
        ({"Content-Encoding": "lz4"}, 400),
    ],
)
def test_what_is_refused(clickhouse: str, headers: dict[str, str], status: int) -> None:
    connection = http.client.HTTPConnection(urlsplit(clickhouse).netloc, timeout=5)
    connection.request("POST", "/", b"SELECT 1", headers)
    assert connection.getresponse().status == status
    connection.close()


def test_reading_requests_do_not_write(clickhouse: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(clickhouse).netloc)
    connection.request("GET", "/?query=CREATE%20DATABASE%20nobody")
    answer = connection.getresponse()
    assert (answer.status, b"readonly" in answer.read()) == (500, True)
    connection.close()


def test_data_and_password_over_a_kill_and_one_engine_a_folder(tmp_path: Path) -> None:
    server = ClickHouse(tmp_path, password="so secret")
    try:
        server.start()
        client = clickhouse_connect.get_client(dsn=server.url, password="so secret")
        client.command("CREATE TABLE t (a UInt64) ORDER BY a")
        client.insert("t", [[1]], column_names=["a"])
        client.close()
        with pytest.raises(DatabaseError, match="AUTHENTICATION_FAILED"):
            clickhouse_connect.get_client(dsn=server.url, password="guess")
        with pytest.raises(ChildError, match="is in use by process"):
            ClickHouse(tmp_path, password="so secret").start()
        server.kill()
        server.start()
        client = clickhouse_connect.get_client(dsn=server.url, password="so secret")
        assert count(client, "t") == 1
        client.close()
        server.stop()
        assert server.child is not None
        assert server.child.returncode == 0
    finally:
        server.kill()
