"""All roles on three brokers, and both die in turn while a rollout runs; nothing is different."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.embedded.kafka import Kafka
from streams.settings import Settings
from tests.pipeline import Roles
from tests.servers import (
    clickhouse,
    clickhouse_server,
    kafka,
    kafka_cluster,
    kafka_server,
    make_settings,
)
from tests.trial import trial

__all__ = [
    "clickhouse",
    "clickhouse_server",
    "kafka",
    "kafka_cluster",
    "kafka_server",
    "make_settings",
]

pytestmark = [pytest.mark.chaos, pytest.mark.broker, pytest.mark.timeout(600)]


@pytest.fixture
def cluster(kafka_cluster: Callable[..., Kafka]) -> Kafka:
    return kafka_cluster(3)


@pytest.fixture
def roles(make_settings: Callable[..., Settings], cluster: Kafka) -> Iterator[Roles]:
    made = Roles(
        make_settings(
            kafka=cluster.bootstrap, replication=3, min_insync_replicas=2, flush_seconds=1.0,
            session_timeout_seconds=3.0, record_seconds=0.4, log_level="WARNING",
        )
    )  # fmt: skip
    yield made
    made.kill_all()


async def brokers_die(cluster: Kafka, rng: random.Random) -> None:
    """Kill each node once, the leader of whatever it leads, and start it again."""
    nodes = [node.id for node in cluster.nodes]
    rng.shuffle(nodes)
    for node in nodes:
        await asyncio.sleep(rng.uniform(2.0, 5.0))
        await asyncio.to_thread(cluster.kill, node)
        await asyncio.sleep(rng.uniform(1.0, 3.0))
        await asyncio.to_thread(cluster.restart, node)


async def test_roles_and_the_brokers_that_lead_die_in_turn(
    roles: Roles, cluster: Kafka, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    record_property("seed", seed)
    dying = brokers_die(cluster, random.Random(seed + 1))
    await trial(
        roles, seed, tmp_path,
        count=6_000, kills=9, pause=(1.0, 3.0), meanwhile=dying,
    )  # fmt: skip
