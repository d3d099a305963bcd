"""Kafka and ClickHouse as child processes of ours: servers like any other, and no role knows."""
