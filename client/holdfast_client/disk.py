"""The last verified records on disk, so that a router serves its pins with nobody to ask."""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from holdfast_client.book import Received

__all__ = ["Disk"]

SHARDS = 64


class Disk:
    """Records as they came, envelopes and all: who loads them verifies them again.

    They lie in up to 64 files by key, each replaced as a whole (written aside, synced, renamed),
    so a crash or a full disk leaves the old file.

    Args:
        folder: One for each router.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def load(self) -> list[Received]:
        """Return what was kept; what cannot be read is left out."""
        records = []
        for path in sorted(self._folder.glob("assignments-*.jsonl")):
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            records += [one for one in map(_parsed, lines) if one is not None]
        return records

    def save(self, records: Mapping[str, Received], changed: Iterable[str]) -> None:
        """Keep `records`, of which those under the keys `changed` are not yet kept so.

        Raises:
            OSError: The disk is full or cannot be written; what lay there is unharmed.
        """
        shards = {_shard(key) for key in changed}
        if not shards:
            return
        lines: dict[str, list[bytes]] = {shard: [] for shard in shards}
        for key, record in records.items():
            shard = _shard(key)
            if shard in shards:
                lines[shard].append(_line(record))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for shard, content in lines.items():
            self._replace(shard, b"\n".join(content) + b"\n")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _replace(self, shard: str, content: bytes) -> None:
        aside = self._folder / f".{shard}.{os.getpid()}.{threading.get_ident()}"
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._folder / f"assignments-{shard}.jsonl")
        finally:
            aside.unlink(missing_ok=True)


def _shard(key: str) -> str:
    return f"{hashlib.sha256(key.encode()).digest()[0] % SHARDS:02d}"


def _line(record: Received) -> bytes:
    value = (record.value or b"").decode("utf-8", "replace")
    return json.dumps({"key": record.key, "at": record.at, "value": value}).encode()


def _parsed(line: bytes) -> Received | None:
    try:
        raw = json.loads(line)
        return Received(str(raw["key"]), str(raw["value"]).encode(), int(raw["at"]), history=True)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
