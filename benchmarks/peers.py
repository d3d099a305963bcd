"""Peers that only read bytes: `python -m benchmarks.peers raw|faust BOOTSTRAP TOPIC COUNT FOLDER`.

Each prints the CPU microseconds of an event, from its first to its last: starting is left out.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from streams.embedded import python
from streams.settings import Settings

__all__ = ["Peer", "peer_us"]

Peer = Literal["raw", "faust"]


def peer_us(kind: Peer, settings: Settings, topic: str, count: int) -> float:
    """Run a peer over a topic that holds `count` records; return CPU us an event."""
    folder = settings.data_dir / f"peer-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    arguments = (kind, settings.kafka, settings.topic(topic), str(count), str(folder))
    done = subprocess.run(
        python.module("benchmarks.peers", *arguments),
        env=python.environment(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        message = f"the peer {kind} failed: {done.stderr[-2000:]}"
        raise RuntimeError(message)
    return float(json.loads(done.stdout.splitlines()[-1]))


class _Tally:
    """CPU from the first event to the last."""

    def __init__(self, count: int) -> None:
        self._count, self._seen, self._begun = count, 0, 0.0
        self._first = 0

    def add(self, number: int) -> bool:
        """Count events; say the figure and return True after the last."""
        if not self._seen:
            self._begun, self._first = time.process_time(), number
        self._seen += number
        if self._seen < self._count:
            return False
        spent = time.process_time() - self._begun
        print(spent * 1e6 / (self._seen - self._first), flush=True)
        return True


async def _raw(bootstrap: str, topic: str, count: int) -> None:
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=f"raw-{time.time_ns()}",
        auto_offset_reset="earliest", enable_auto_commit=False,
    )  # fmt: skip
    await consumer.start()
    tally, size = _Tally(count), 0
    while True:
        for records in (await consumer.getmany(timeout_ms=500, max_records=1000)).values():
            for record in records:
                size += len(record.value)
            if tally.add(len(records)):
                await consumer.stop()
                return


def _faust(bootstrap: str, topic: str, count: int, folder: Path) -> None:
    import faust

    app = faust.App(
        f"stock-{time.time_ns()}", broker=f"kafka://{bootstrap}", value_serializer="raw",
        key_serializer="raw", store="memory://", web_enabled=False, datadir=str(folder),
        topic_allow_declare=True, topic_disable_leader=True, topic_replication_factor=1,
        consumer_auto_offset_reset="earliest",
    )  # fmt: skip
    tally = _Tally(count)

    @app.agent(app.topic(topic, key_serializer="raw", value_serializer="raw"))
    async def read(stream: "faust.Stream[bytes]") -> None:
        size = 0
        async for value in stream:
            size += len(value)
            if tally.add(1):
                os._exit(0)

    worker = faust.Worker(app, loglevel="ERROR", redirect_stdouts=False)
    worker.execute_from_commandline()


def main() -> None:
    """Run one peer to the end of its topic."""
    kind, bootstrap, topic, count, folder = sys.argv[1:]
    if kind == "raw":
        asyncio.run(_raw(bootstrap, topic, int(count)))
    else:
        _faust(bootstrap, topic, int(count), Path(folder))


if __name__ == "__main__":
    main()
