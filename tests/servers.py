"""Fixtures with real servers; a conftest imports what its folder's tests need."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import clickhouse_connect
import pytest

from streams.embedded.clickhouse import ClickHouse
from streams.embedded.kafka import Kafka
from streams.embedded.secure import Secure
from streams.settings import Settings

__all__ = [
    "ADMIN",
    "PASSWORD",
    "clickhouse",
    "clickhouse_server",
    "kafka",
    "kafka_cluster",
    "kafka_secure",
    "kafka_server",
    "make_settings",
    "settings",
]

ADMIN, PASSWORD = "admin", "admin-secret"


def _cache() -> Path:
    return Settings().cache


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One broker for all tests; do not stop it."""
    server = Kafka(tmp_path_factory.mktemp("kafka"), cache=_cache())
    server.start()
    yield server
    server.kill_all()


@pytest.fixture(scope="session")
def kafka(kafka_server: Kafka) -> str:
    """Bootstrap address of the one broker."""
    return kafka_server.bootstrap


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    """One ClickHouse for all tests; do not stop it."""
    server = ClickHouse(tmp_path_factory.mktemp("clickhouse"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def clickhouse(clickhouse_server: ClickHouse) -> str:
    """Address of ClickHouse's HTTP interface."""
    return clickhouse_server.url


@pytest.fixture(scope="session")
def make_settings(
    kafka: str, clickhouse: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Settings]]:
    """Make settings with a namespace, a database and a data folder nobody else uses."""
    made: list[Settings] = []

    def make(**overrides: object) -> Settings:
        name = f"t{uuid.uuid4().hex[:10]}"
        given = {
            "namespace": f"{name}.",
            "data_dir": tmp_path_factory.mktemp(name),
            "kafka": kafka,
            "clickhouse": clickhouse,
            "clickhouse_database": name,
            "transformer": False,
        }
        settings = Settings.model_validate({**Settings().model_dump(), **given, **overrides})
        _command(settings, f"CREATE DATABASE IF NOT EXISTS {settings.clickhouse_database}")
        made.append(settings)
        return settings

    yield make
    for settings in made:
        _command(settings, f"DROP DATABASE IF EXISTS {settings.clickhouse_database}")


def _command(settings: Settings, sql: str) -> None:
    client = clickhouse_connect.get_client(
        dsn=settings.clickhouse,
        username=settings.clickhouse_user,
        password=settings.clickhouse_password.get_secret_value(),
    )
    client.command(sql)
    client.close()


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Settings of this test alone: own namespace, own (empty) database, own data folder."""
    return make_settings()


@pytest.fixture
def kafka_cluster(tmp_path: Path) -> Iterator[Callable[..., Kafka]]:
    """Start a cluster of three nodes: `kafka_cluster()`."""
    started: list[Kafka] = []

    def start(nodes: int = 3) -> Kafka:
        server = Kafka(tmp_path / f"cluster-{len(started)}", cache=_cache(), nodes=nodes)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill_all()


@pytest.fixture
def kafka_secure(tmp_path: Path) -> Iterator[Callable[..., Kafka]]:
    """Start a broker with SASL_SSL, SCRAM and ACLs: `kafka_secure({"user": "password"})`.

    The authority's certificate is at `server.secure.authority(server.folder)`.
    """
    started: list[Kafka] = []

    def start(users: dict[str, str] | None = None) -> Kafka:
        secure = Secure(ADMIN, PASSWORD, users or {})
        folder = tmp_path / f"secure-{len(started)}"
        server = Kafka(folder, cache=_cache(), secure=secure)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill_all()
