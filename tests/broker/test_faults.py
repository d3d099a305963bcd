"""All roles on a broker, killed while a rollout runs: what they leave equals a run without faults."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.faultless import decides_alike, measures_alike, records_alike
from tests.pipeline import Roles, Rollout, answering, poison, trouble
from tests.proofs import all_proven

pytestmark = pytest.mark.broker


@pytest.fixture
def roles(make_settings: Callable[..., Settings]) -> Iterator[Roles]:
    made = Roles(
        make_settings(
            flush_seconds=0.7, session_timeout_seconds=2.0, record_seconds=0.4, log_level="WARNING",
        )
    )  # fmt: skip
    yield made
    made.kill_all()


async def test_kills_rivals_and_poison_change_nothing(
    roles: Roles, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    record_property("seed", seed)
    settings, rollout = roles.settings, Rollout(roles.settings, seed)
    await rollout.prepare()
    for role in ("decide", "measure", "record"):
        roles.start(role)
    await rollout.begin()
    await poison(settings)
    async with answering(settings):
        feeding = asyncio.create_task(rollout.feed(1_600, pace=200))
        await trouble(roles, random.Random(seed), kills=3, pause=(0.5, 2.0))
        await feeding
        made = await measures_alike(settings, roles, tmp_path)
        assert len(made["signals"]) > 5
        decided = await decides_alike(settings, roles, tmp_path)
        assert len(decided["commands"]) >= 2 * len(rollout.names)
        await all_proven(settings, decided["commands"])
    roles.stop("measure", "decide")
    rows = await records_alike(settings, roles)
    assert rows["features"]["rows"] == len(made["features"])
    assert rows["signals"]["rows"] == len(made["signals"])
    assert rows["commands"]["rows"] == len(decided["commands"])
