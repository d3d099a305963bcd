"""Every role over TLS and passwords, with the topics and rights that `holdfast topics` prints."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from clickhouse_connect.driver.client import Client
from pydantic import SecretStr

from holdfast_client import Security
from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.clickhouse.migrate import migrate
from streams.desk import keys
from streams.embedded.clickhouse import ClickHouse
from streams.embedded.kafka import Kafka
from streams.kafka.required import Right
from streams.kafka.security import client_options
from streams.settings import Settings
from tests.broker.test_kafka_rights import allow, settings_of
from tests.live import Roles, Service, holdfast, watching
from tests.servers import ADMIN, PASSWORD

pytestmark = pytest.mark.broker

USERS = ("measure", "decide", "record", "router", "service", "person")
SECRET = "a-secret-of-"
AGENT, STEADY, REFUSING = "care", "steady-1", "refusing-1"
TENANTS = ("acme", "bravo", "corto", "delta")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ClickHouse]:
    server = ClickHouse(tmp_path / "clickhouse", password=f"{SECRET}clickhouse")
    server.start()
    yield server
    server.kill()


def of(user: str, password: str, broker: Kafka, database: ClickHouse, folder: Path) -> Settings:
    return settings_of(broker, folder, user, password, "acme.prod.").model_copy(
        update={
            "clickhouse": database.url,
            "clickhouse_password": SecretStr(f"{SECRET}clickhouse"),
            "transformer": False,
        }
    )


async def as_printed(admin: Settings) -> None:
    """Make the topics and rights that the command prints, and no others."""
    printed: dict[str, Any] = json.loads(await holdfast(admin, "topics", "--json"))
    client = AIOKafkaAdminClient(**client_options(admin))
    await client.start()
    await client.create_topics(
        [
            NewTopic(
                one["name"], one["partitions"], one["replication"],
                topic_configs=one["configuration"],
            )
            for one in printed["topics"]
        ]
    )  # fmt: skip
    await client.close()
    await allow(admin, [Right(**row) for row in printed["rights"]])


def pool(rng: random.Random, count: int = 300) -> list[dict[str, dict[str, Any]]]:
    """Return prompts with what a steady and a refusing model say to them."""
    made = []
    for _ in range(count):
        plain = {"output": "word " * rng.randint(20, 60), "output_tokens": rng.randint(20, 60)}
        no = {"output": "I'm sorry, but I can't help with that.", "output_tokens": 10}
        made.append({STEADY: plain, REFUSING: no if rng.random() < 0.7 else plain})
    return made


async def test_all_roles_run_on_their_least_rights_over_tls(
    kafka_secure: Callable[..., Kafka], database: ClickHouse, tmp_path: Path
) -> None:
    broker = kafka_secure({name: SECRET + name for name in USERS})
    folder = tmp_path / "data"
    admin = of(ADMIN, PASSWORD, broker, database, folder)
    mine = {name: of(name, SECRET + name, broker, database, folder) for name in USERS}
    await as_printed(admin)
    await asyncio.to_thread(migrate, mine["record"])
    keys.ensure(folder)
    with Roles() as roles:
        roles.start(**{name: mine[name] for name in ("measure", "decide", "record")})
        await _a_bad_rollout_goes_back(mine, tmp_path)
        said = roles.logs()
    assert "Traceback" not in said, said
    assert SECRET not in said


async def _a_bad_rollout_goes_back(mine: dict[str, Settings], tmp_path: Path) -> None:
    person = mine["person"]
    registry = {
        "bundles": {"main": {"provider": "lab", "model": STEADY, "prompt_version": "v1"}},
        "tenants": [{"tenant_id": one, "tier": "gold", "pins": {AGENT: "main"}} for one in TENANTS],
        "policies": [{"policy_id": "default", "drain_seconds": 1}],
    }
    path = tmp_path / "registry.json"
    path.write_text(json.dumps(registry))
    async with watching(person) as watch:
        await holdfast(person, "registry", "apply", path)
        assert await watch.until(lambda: len(watch.state.commands) == len(TENANTS), 30)
        with Service(
            mine["service"], AGENT, TENANTS, pool(random.Random(1)), rate=100,
            security=_security(mine["service"]), router_security=_security(mine["router"]),
        ):  # fmt: skip
            await holdfast(
                person, "rollout", "start", AGENT, "--set", f"model={REFUSING}", "--weight", "40%",
                "--waves", "100%", "--rollout", "worse",
            )  # fmt: skip
            now = watch.rollout("worse")
            assert await watch.until(lambda: len(now.back()) == len(TENANTS), 60), now
            assert await watch.until(lambda: not watch.unproven(now.back()), 30), watch.proofs
        wanted = {one.command_id for one in now.back()}
    client = connect(mine["record"])
    try:
        end = time.monotonic() + 40
        while not (wanted <= _proven(client) and _all_measured(mine["record"])):
            assert time.monotonic() < end, queries.counts(mine["record"])
            await asyncio.sleep(0.5)
    finally:
        client.close()


def _proven(client: Client) -> set[str]:
    rows = client.query("SELECT command_id FROM proofs WHERE state = 'proven'").result_rows
    return {name for (name,) in rows}


def _all_measured(settings: Settings) -> bool:
    rows = queries.counts(settings)
    return rows["events"] == rows["features"] > 0


def _security(settings: Settings) -> Security:
    assert settings.kafka_password is not None
    return Security(
        protocol="SASL_SSL", user=settings.kafka_user,
        password=settings.kafka_password.get_secret_value(), ca=str(settings.kafka_ca),
    )  # fmt: skip
