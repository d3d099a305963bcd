"""Real servers for the tests of this folder; each test has a namespace of its own."""

from tests.servers import (
    clickhouse,
    clickhouse_server,
    kafka,
    kafka_cluster,
    kafka_secure,
    kafka_server,
    make_settings,
    settings,
)

__all__ = [
    "clickhouse",
    "clickhouse_server",
    "kafka",
    "kafka_cluster",
    "kafka_secure",
    "kafka_server",
    "make_settings",
    "settings",
]
