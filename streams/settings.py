"""Settings of every role; the only reader of the environment."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]

SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")
"""One bootstrap server: a name, an IPv4 address or a bracketed IPv6 one, and its port."""


class Settings(BaseSettings):
    """Read from `HOLDFAST_*`; an ill-typed value stops the process with its name."""

    model_config = SettingsConfigDict(
        env_prefix="HOLDFAST_", frozen=True, hide_input_in_errors=True
    )

    namespace: str = Field(default="holdfast.", pattern=r"^[A-Za-z0-9._-]*$", max_length=100)
    """Prefix of topics, consumer groups and Faust app ids."""
    data_dir: Path = Path(".holdfast")
    """Keys, embedded servers, logs."""
    cache: Path = Path.home() / ".cache" / "holdfast"
    """Downloads that are kept for the next time: the embedded Kafka's jars."""

    kafka: str = "127.0.0.1:9092"
    """Bootstrap servers, comma-separated."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca: Path | None = None
    """PEM file of the authority that signed the brokers' certificates; None: the system's."""
    kafka_certificate: Path | None = None
    kafka_key: Path | None = None
    partitions: PositiveInt = 4
    """Of every topic not read whole. Recorded at first start; a changed one refuses to start."""
    replication: PositiveInt = 1
    min_insync_replicas: PositiveInt = 1

    clickhouse: str = "http://127.0.0.1:8123"
    clickhouse_user: str = "default"
    clickhouse_password: SecretStr = SecretStr("")
    clickhouse_database: str = Field(default="holdfast", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    clickhouse_ca: Path | None = None
    clickhouse_cluster: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_{}-]+$")
    """Create tables ON CLUSTER of this name, replicated; None: one server."""
    clickhouse_text_days: PositiveInt = 14
    """How long prompts, outputs and dead letters are kept in ClickHouse."""
    record_seconds: PositiveFloat = 1.5
    """Longest that a message waits for company before record inserts it; up to three times as long
    where inserts are dear (see `streams.kafka.pace`)."""

    flush_seconds: PositiveFloat = 20.0
    """Between two flushes of state, and so of offset commits; up to three times as long where many
    tenants make a flush dear (see `streams.kafka.pace`)."""
    session_timeout_seconds: PositiveFloat = 10.0
    tick_seconds: PositiveFloat = 1.0
    phase_wait_seconds: NonNegativeFloat = 5.0
    """How long measure waits for a phase that an event names."""

    static: bool = True
    """Embed every text with the static tier; some 0.1 ms of a core each."""
    transformer: bool = True
    """Sample events into the transformer tier where sentence-transformers is installed."""
    transformer_per_minute: NonNegativeFloat = 1.0
    """Budget of each (tenant, agent) in broker time; one text costs some 50 ms of a core."""

    listen: str = "127.0.0.1"
    """Where metrics and readiness are served."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """0: none."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    webhook: str | None = None
    """URL that notify posts alerts and commands to."""

    @field_validator("kafka")
    @classmethod
    def _servers_are_a_list(cls, value: str) -> str:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        found = [SERVER.fullmatch(part) for part in parts]
        if not found or not all(one and 0 < int(one[1] or 9092) < 65536 for one in found):
            message = "HOLDFAST_KAFKA is a list like broker-1:9092,broker-2:9092"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if self.kafka_security.startswith("SASL") and not (self.kafka_user and self.kafka_password):
            message = "SASL needs HOLDFAST_KAFKA_USER and HOLDFAST_KAFKA_PASSWORD"
            raise ValueError(message)
        return self

    def topic(self, name: str) -> str:
        """Return the full name of a topic of `streams.topics`."""
        return self.namespace + name
