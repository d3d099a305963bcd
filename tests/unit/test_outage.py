"""What a service's logs hear while Kafka is away."""

import logging
import time
from pathlib import Path

import pytest

from holdfast_client import Emitter
from tests.unit.router_world import World

GONE = "127.0.0.1:1"


def heard(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno > logging.DEBUG]


def test_an_outage_is_one_line_and_nothing_of_aiokafkas(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("holdfast_client.kafka").setLevel(logging.DEBUG)
    with Emitter(GONE) as emitter:
        emitter.emit(tenant_id="t", agent_id="a", bundle_id="v1", output_tokens=1)
        end = time.monotonic() + 10
        while (
            time.monotonic() < end and sum("Unable" in r.getMessage() for r in caplog.records) < 3
        ):
            time.sleep(0.05)
        emitter.close(0.1)
    assert heard(caplog) == [
        "emitter: no way to Kafka (KafkaConnectionError); up to 10,000 events wait"
    ]
    quiet = {one.name for one in caplog.records if "Unable" in one.getMessage()}
    assert quiet == {"holdfast_client.kafka"}


def test_what_aiokafka_says_of_the_services_own_clients_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Emitter(GONE) as emitter:
        emitter.emit(tenant_id="t", agent_id="a", bundle_id="v1", output_tokens=1)
        logging.getLogger("aiokafka").error("of the service's own")
        emitter.close(0.1)
    assert "of the service's own" in heard(caplog)


def test_a_router_tells_once_that_kafka_is_gone_and_once_that_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast_client.outage.CALM", 0.2)
    world = World(tmp_path)
    router = world.router()
    try:
        world.up = False
        time.sleep(0.5)
        world.up = True
        end = time.monotonic() + 10
        while time.monotonic() < end and len(heard(caplog)) < 2:
            time.sleep(0.02)
    finally:
        router.close()
    gone, back = heard(caplog)
    assert gone.startswith("router: no way to Kafka (")
    assert gone.endswith("); what is held is served on")
    assert back.startswith("router: Kafka is back after ")
