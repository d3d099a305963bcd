"""Two recorders, many deaths, and processes that stall until others have taken over."""

import random
import sys
from pathlib import Path

import pytest

from streams.embedded.clickhouse import ClickHouse
from streams.settings import Settings
from tests.ordeal import ordeal

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


@pytest.mark.timeout(600)
async def test_two_recorders_lose_and_double_nothing(settings: Settings, tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    sys.stderr.write(f"seed {seed}\n")
    server = ClickHouse(tmp_path / "mortal")
    server.start()
    try:
        given = settings.model_copy(
            update={"clickhouse": server.url, "record_seconds": 0.3, "session_timeout_seconds": 6.0}
        )
        await ordeal(given, server, seed=seed, events=6000, turns=12, recorders=2, patience=180.0)
    finally:
        server.kill()
