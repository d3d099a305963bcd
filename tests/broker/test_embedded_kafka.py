"""The embedded Kafka is a real one, and keeps its data."""

import contextlib
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from streams.embedded.kafka import Kafka
from streams.settings import Settings
from tests.servers import ADMIN, PASSWORD

pytestmark = pytest.mark.broker


async def create(name: str, replicas: int = 1, **options: Any) -> None:
    admin = AIOKafkaAdminClient(**options)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=replicas)])
    await admin.close()


async def send(name: str, value: bytes, **options: Any) -> Any:
    producer = AIOKafkaProducer(acks="all", **options)
    try:
        await producer.start()
        return await producer.send_and_wait(name, value)
    finally:
        await producer.stop()


async def read(name: str, count: int, **options: Any) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(name, auto_offset_reset="earliest", **options)
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_append_time_is_the_brokers(settings: Settings) -> None:
    await create(settings.topic("x"), bootstrap_servers=settings.kafka)
    sent = await send(settings.topic("x"), b"1", bootstrap_servers=settings.kafka)
    assert sent.timestamp_type == 1


async def test_topics_do_not_appear_by_themselves(settings: Settings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    with contextlib.suppress(KafkaError):
        await admin.describe_topics([settings.topic("nobody-made-this")])
    names = await admin.list_topics()
    await admin.close()
    assert settings.topic("nobody-made-this") not in names


async def test_three_nodes_lose_one_and_the_data_stay(
    kafka_cluster: Callable[[], Kafka],
) -> None:
    cluster = kafka_cluster()
    options = {"bootstrap_servers": cluster.bootstrap}
    await create("kept", replicas=3, **options)
    await send("kept", b"1", **options)
    cluster.kill(1)
    assert not cluster.children[1].running
    await send("kept", b"2", **options)
    cluster.restart(1)
    assert await read("kept", 2, **options) == [b"1", b"2"]


async def test_secure_kafka_refuses_strangers_and_users_without_a_rule(
    kafka_secure: Callable[..., Kafka],
) -> None:
    broker = kafka_secure({"service": "service-secret"})
    assert broker.secure is not None
    authority = broker.secure.authority(broker.folder)
    options: dict[str, Any] = {
        "bootstrap_servers": broker.bootstrap,
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "ssl_context": ssl.create_default_context(cafile=str(authority)),
    }
    admin = {"sasl_plain_username": ADMIN, "sasl_plain_password": PASSWORD} | options
    await create("mine", **admin)
    await send("mine", b"1", **admin)
    user = {"sasl_plain_username": "service", "sasl_plain_password": "service-secret"} | options
    with pytest.raises(KafkaError, match=r"TopicAuthorizationFailed|Timeout"):
        await send("mine", b"2", **user)
    with pytest.raises(KafkaError):
        await send("mine", b"2", **(user | {"sasl_plain_password": "wrong"}))
    with pytest.raises(KafkaError):
        await send("mine", b"2", bootstrap_servers=broker.bootstrap)
    assert await read("mine", 1, **admin) == [b"1"]
    secret_free = "".join(child.log.read_text() for child in broker.children.values())
    assert "secret" not in secret_free
