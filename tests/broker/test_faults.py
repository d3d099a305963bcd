"""All roles on a broker, killed while a rollout runs: what they leave equals a run without faults."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.pipeline import Roles
from tests.trial import trial

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
    record_property("seed", seed)
    await trial(roles, seed, tmp_path, count=1_600, kills=3, pause=(0.5, 2.0))
