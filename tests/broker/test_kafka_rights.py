"""With TLS, SCRAM and access control: a role runs on the least rights, and on no less."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from streams.embedded.kafka import Kafka
from streams.errors import TopicsMissingError
from streams.kafka.admin import ensure_topics
from streams.kafka.required import Right, required
from streams.kafka.security import client_options
from streams.kafka.worker import EXIT_SETTINGS, prepare
from streams.settings import Settings
from tests.broker.toys import Expected, Toys, feed, states
from tests.servers import ADMIN, PASSWORD

pytestmark = pytest.mark.broker

RESOURCES = {"topic": 2, "group": 3}
OPERATIONS = {"Read": 3, "Write": 4}
LITERAL, ALLOW = 3, 3


def settings_of(broker: Kafka, folder: Path, user: str, password: str, name: str) -> Settings:
    assert broker.secure is not None
    return Settings(
        kafka=broker.bootstrap,
        kafka_security="SASL_SSL",
        kafka_user=user,
        kafka_password=password,
        kafka_ca=broker.secure.authority(broker.folder),
        namespace=name,
        data_dir=folder,
        flush_seconds=0.5,
        session_timeout_seconds=1.5,
    )


async def allow(settings: Settings, rights: Iterable[Right]) -> None:
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    for right in rights:
        answer = await admin._send_to_controller(
            CreateAclsRequest(
                RESOURCES[right.resource], right.name, LITERAL, f"User:{right.role}", "*",
                OPERATIONS[right.operation], ALLOW,
            )
        )  # fmt: skip
        assert all(code == 0 for code, *_ in answer.creation_responses), answer
    await admin.close()


async def test_measure_runs_on_its_least_rights_over_tls(
    kafka_secure: Callable[..., Kafka], tmp_path: Path
) -> None:
    broker = kafka_secure({"measure": "measure-secret", "service": "service-secret"})
    name = f"s{uuid.uuid4().hex[:8]}."
    admin = settings_of(broker, tmp_path, ADMIN, PASSWORD, name)
    measure = settings_of(broker, tmp_path, "measure", "measure-secret", name)
    service = settings_of(broker, tmp_path, "service", "service-secret", name)
    await ensure_topics(admin)
    with pytest.raises(TopicsMissingError, match="holdfast topics"):
        await prepare(measure, "measure", patience=1.0)
    rights = required(admin).rights
    toys = Toys(measure)
    secure = {
        "HOLDFAST_KAFKA_SECURITY": "SASL_SSL",
        "HOLDFAST_KAFKA_USER": "measure",
        "HOLDFAST_KAFKA_PASSWORD": "measure-secret",
        "HOLDFAST_KAFKA_CA": str(measure.kafka_ca),
    }
    try:
        refused = toys.start(**secure)
        assert await asyncio.to_thread(refused.wait, 20) == EXIT_SETTINGS
        toys.running.clear()
        await allow(admin, (right for right in rights if right.role in ("measure", "service")))
        toy, expected = toys.start(**secure), Expected(20)
        await feed(service, expected, 2_000, random.Random(1))
        end = time.monotonic() + 20
        while await states(admin) != expected.states:
            assert time.monotonic() < end, toys.log.read_text()
            await asyncio.sleep(0.3)
        assert toys.end(toy) == 0
        assert "secret" not in toys.log.read_text()
    finally:
        toys.kill_all()
