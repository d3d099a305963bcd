import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner, murmur2
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth, server_list

from streams.errors import BrokerUnreachableError
from streams.kafka.metrics import Metrics
from streams.kafka.security import client_options, faust_options
from streams.kafka.worker import EXIT_SETTINGS, EXIT_UNREACHABLE, build_app, prepare, run
from streams.settings import Settings


def secured(tmp_path: Path, **given: Any) -> Settings:
    return Settings(
        kafka="a:9093, b:9093",
        data_dir=tmp_path,
        kafka_user="measure",
        kafka_password="secret",
        **given,
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_SSL", "SASL_PLAINTEXT"])
def test_faust_speaks_to_the_brokers_as_aiokafka_does(
    tmp_path: Path, mechanism: str, protocol: str
) -> None:
    settings = secured(tmp_path, kafka_security=protocol, kafka_sasl_mechanism=mechanism)
    ours, app = client_options(settings), build_app(settings, "measure")
    theirs = dict(credentials_to_aiokafka_auth(app.conf.broker_credentials, app.conf.ssl_context))
    assert server_list(app.conf.broker, 9092) == ours.pop("bootstrap_servers")
    for options in (ours, theirs):
        context = options.pop("ssl_context")
        assert (context is not None) == (protocol == "SASL_SSL")
        if context is not None:
            assert context.verify_mode == ssl.CERT_REQUIRED
            assert context.check_hostname
    assert theirs == ours
    assert "secret" not in repr(app.conf.broker_credentials) + repr(settings)


def test_tls_without_users_verifies_the_brokers(tmp_path: Path) -> None:
    options = faust_options(Settings(kafka_security="SSL", data_dir=tmp_path))
    auth = credentials_to_aiokafka_auth(options["broker_credentials"])
    assert auth["security_protocol"] == "SSL"
    assert auth["ssl_context"].check_hostname


def test_an_app_has_the_settings_that_keep_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLE_STANDBY_REPLICAS", "3")
    monkeypatch.setenv("APP_DATADIR", "/elsewhere")
    monkeypatch.setenv("PRODUCER_REQUEST_TIMEOUT", "1")
    settings = Settings(namespace="hf.", data_dir=tmp_path, partitions=6, flush_seconds=7)
    conf = build_app(settings, "decide").conf
    assert conf.id == "hf.decide"
    assert conf.table_standby_replicas == 0
    assert conf.datadir == tmp_path / "faust" / "hf.decide"
    assert not conf.datadir.exists()
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert not conf.web_enabled
    assert not conf.worker_redirect_stdouts
    assert conf.producer_acks == -1
    assert conf.producer_max_request_size == 4 << 20
    assert conf.broker_commit_interval == 7
    assert conf.producer_request_timeout == 1200
    assert (conf.producer_linger, build_app(settings, "measure").conf.producer_linger) == (0, 0.005)


def test_load_waits_for_company_and_commands_do_not(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert build_app(settings, "measure").fetching == (30, 65_536)
    assert build_app(settings, "decide").fetching == (100, 1)
    assert build_app(settings, "decide", fetch=(5, 2)).fetching == (5, 2)


@pytest.mark.parametrize(
    ("key", "known"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)],
)
def test_keys_go_where_kafkas_own_clients_send_them(key: bytes, known: int) -> None:
    assert murmur2(key) & 0xFFFFFFFF == known & 0xFFFFFFFF
    parts = list(range(7))
    assert DefaultPartitioner()(key, parts, parts) == (known & 0x7FFFFFFF) % 7


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_without_a_broker_it_says_so_after_a_while(tmp_path: Path) -> None:
    settings = Settings(kafka=f"127.0.0.1:{unused_port()}", data_dir=tmp_path)
    with pytest.raises(BrokerUnreachableError, match="HOLDFAST_KAFKA"):
        await prepare(settings, "measure", patience=0.6)


def test_without_a_broker_the_process_ends_with_69(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(kafka=f"127.0.0.1:{unused_port()}", data_dir=tmp_path)
    app = build_app(settings, "measure")
    assert run(app, settings, "measure", metrics=Metrics(), patience=0.3) == EXIT_UNREACHABLE
    (last,) = (record for record in caplog.records if record.levelname == "CRITICAL")
    assert "no broker answers at 127.0.0.1" in last.getMessage()
    assert last.exc_info is None


def test_a_port_of_the_metrics_that_is_taken_ends_with_78(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = Settings(data_dir=tmp_path, metrics_port=taken.getsockname()[1])
        assert run(build_app(settings, "measure"), settings, "measure") == EXIT_SETTINGS
    (last,) = (record for record in caplog.records if record.levelname == "CRITICAL")
    assert "HOLDFAST_METRICS_PORT" in last.getMessage()
