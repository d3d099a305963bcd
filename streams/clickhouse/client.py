"""Clients of ClickHouse's HTTP interface, made from the settings."""

import logging
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.client import Client

from streams.settings import Settings

__all__ = ["INSERT", "connect", "connect_async"]

# What it cannot do is raised, and said in our words; where no log is kept it need not be said twice.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60

INSERT = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "max_partitions_per_insert_block": 0,
    "max_insert_block_size": 1_000_000,
}
"""Settings under which an insert with a token happens once, in its table and in every table that
a materialized view fills from it (measured: without the third, half of the rollups were doubled).
"""


def connect(settings: Settings, *, database: bool = True) -> Client:
    """Return a client for queries; the caller closes it.

    Args:
        settings: Where ClickHouse is, user and password.
        database: Look up names in the settings' database, which must exist.
    """
    return clickhouse_connect.get_client(**_options(settings, database))


async def connect_async(settings: Settings) -> AsyncClient:
    """Return a client for the sink; the caller closes it."""
    return await clickhouse_connect.get_async_client(**_options(settings, True))


def _options(settings: Settings, database: bool) -> dict[str, Any]:
    url = urlsplit(settings.clickhouse)
    return {
        "interface": url.scheme,
        "host": url.hostname,
        "port": url.port or (8443 if url.scheme == "https" else 8123),
        "username": settings.clickhouse_user,
        "password": settings.clickhouse_password.get_secret_value(),
        "database": settings.clickhouse_database if database else None,
        "ca_cert": None if settings.clickhouse_ca is None else str(settings.clickhouse_ca),
        "connect_timeout": CONNECT_SECONDS,
        "send_receive_timeout": ANSWER_SECONDS,
        "autogenerate_session_id": False,
        "client_name": "holdfast",
        "tz_mode": "aware",
    }
