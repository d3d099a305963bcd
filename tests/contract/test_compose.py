"""docker-compose.yml and the Dockerfile say only what the roles accept. No engine is needed."""

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from streams.cli.app import app
from streams.settings import Settings

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
    "services"
]
OURS = {name: body for name, body in SERVICES.items() if body["image"].startswith("holdfast:")}


def test_every_role_has_a_service() -> None:
    assert {"measure", "decide", "record", "topics", "keys"} == set(OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_command_is_one_of_holdfast(name: str) -> None:
    command = typer.main.get_command(app)
    words = [str(word) for word in OURS[name]["command"]]
    context = command.make_context("holdfast", list(words), resilient_parsing=False)
    with context:
        group: Any = command
        while words and hasattr(group, "commands"):
            assert words[0] in group.commands, f"holdfast has no command {words[0]}"
            group = group.commands[words.pop(0)]
        group.make_context(name, words, parent=context)


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_environment_is_what_settings_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {key: str(value) for key, value in OURS[name]["environment"].items()}
    unknown = {key.removeprefix("HOLDFAST_").lower() for key in environment} - set(
        Settings.model_fields
    )
    assert not unknown
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    settings = Settings()
    assert settings.kafka == "kafka:9092"
    assert str(settings.data_dir) == "/data"


@pytest.mark.parametrize("name", ["kafka", "clickhouse"])
def test_official_images_are_pinned_and_publish_nothing(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert image in {"apache/kafka", "clickhouse/clickhouse-server"}
    assert tag[0].isdigit()
    assert "ports" not in SERVICES[name]


def test_kafka_keeps_its_data_in_the_volume_and_a_cluster_id_of_its_own() -> None:
    # With any variable set the image's own log.dirs is left out: data would go with the container.
    kafka = SERVICES["kafka"]
    mounted = {volume.partition(":")[2] for volume in kafka["volumes"]}
    assert kafka["environment"]["KAFKA_LOG_DIRS"] in mounted
    assert "export CLUSTER_ID=" in kafka["command"][-1]


def test_the_image_copies_every_floor_and_a_lock_that_exists() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    copied = {
        line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line
    }
    assert {"schemas", "detectors", "control", "simulation", "streams"} <= copied
    assert (ROOT / "requirements" / "base.txt").exists()
    assert any(line.startswith("USER ") for line in lines)
