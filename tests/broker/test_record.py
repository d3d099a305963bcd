"""Record as a process against real servers: rows exact whatever is killed."""

import asyncio
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.clickhouse.client import connect
from streams.embedded.clickhouse import ClickHouse
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from tests.ordeal import exact, ordeal, recording, send, until
from tests.recorded import event, every, expected

pytestmark = pytest.mark.broker


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[ClickHouse]:
    """Yield a ClickHouse that a test may kill."""
    server = ClickHouse(tmp_path / "mortal")
    server.start()
    yield server
    server.kill()


async def test_every_contract_lands_once_and_an_empty_database_is_filled_again(
    settings: Settings,
) -> None:
    await ensure_topics(settings)
    messages = every() + [event(number) for number in range(1, 50)]
    await send(settings, messages)
    given = settings.model_copy(update={"record_seconds": 0.3})
    for life in range(2):
        with recording(given) as recorder:
            await until(given, expected(messages), 60.0)
            await asyncio.sleep(1.0)  # what is there too often comes now
            exact(given, messages)
            assert recorder.stop() < 5.0
        if life == 0:
            client = connect(given)
            client.command(f"DROP DATABASE {given.clickhouse_database}")
            client.close()


async def test_rows_are_exact_after_kills_of_record_and_clickhouse(
    settings: Settings, mortal: ClickHouse, record_property: Callable[[str, object], None]
) -> None:
    seed = random.randrange(1_000_000)
    sys.stderr.write(f"seed {seed}\n")
    record_property("seed", seed)
    given = settings.model_copy(
        update={"clickhouse": mortal.url, "record_seconds": 0.3, "session_timeout_seconds": 6.0}
    )
    story = await ordeal(given, mortal, seed=seed, events=400, turns=2)
    assert story[:2] == ["record", "clickhouse"]
