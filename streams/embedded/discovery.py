"""Where the servers of a running `holdfast up` listen, for the other commands."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from streams.embedded import locks
from streams.settings import Settings

__all__ = ["LOCK", "discover", "embedded_settings", "read", "write"]

RECORD = "embedded.json"
LOCK = "up.lock"
SHARED = ("kafka", "clickhouse", "namespace", "partitions", "clickhouse_database", "kafka_security")


def write(settings: Settings, metrics: Mapping[str, int]) -> None:
    """Record in the data folder what runs.

    Args:
        settings: Of the roles.
        metrics: Port of each role's metrics and readiness.
    """
    found = {name: getattr(settings, name) for name in SHARED} | {"metrics": dict(metrics)}
    path = settings.data_dir / RECORD
    scratch = path.with_suffix(".new")
    scratch.write_text(json.dumps(found, indent=1))
    scratch.replace(path)


def read(data_dir: Path) -> dict[str, Any]:
    """Return what was recorded last, running or not; empty if nothing was."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        return dict(json.loads((data_dir / RECORD).read_text()))
    return {}


def discover(settings: Settings) -> Settings | None:
    """Return the settings of the `holdfast up` that runs in the data folder; None: none runs."""
    found = read(settings.data_dir)
    if not found or not locks.held(settings.data_dir / LOCK):
        return None
    return settings.model_copy(update={name: found[name] for name in SHARED})


def embedded_settings(data_dir: Path) -> Settings:
    """Return the environment's settings, with the servers that run in the data folder, if any."""
    settings = Settings(data_dir=data_dir)
    return discover(settings) or settings
