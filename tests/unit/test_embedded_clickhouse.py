"""Which ClickHouse is run, and with what."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from streams.embedded.child import Child
from streams.embedded.clickhouse import ClickHouse, installed


def program(folder: Path, said: str) -> Path:
    path = folder / "clickhouse"
    path.write_text(f"#!/bin/sh\n{said}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("echo 'ClickHouse local version 26.3.1.8 (official build).'", True),
        ("echo ClickHouse local version 21.8.15.7", False),
        ("echo something else", False),
        ("exit 1", False),
    ],
)
def test_a_modern_clickhouse_on_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, taken: bool
) -> None:
    path = program(tmp_path, said)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert installed() == (str(path) if taken else None)


def test_without_one_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed() is None


def test_a_server_listens_on_loopback_and_its_password_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[Child] = []
    monkeypatch.setattr(Child, "start", lambda child: commands.append(child))
    monkeypatch.setattr(Child, "wait_ready", lambda *_: None)
    server = ClickHouse(tmp_path, password="<&>", program="/bin/clickhouse")
    server.start()
    assert len(commands) == 1
    path = tmp_path / "config.xml"
    config = ElementTree.parse(path).getroot()
    assert config.findtext("listen_host") == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{config.findtext('http_port')}"
    assert config.findtext("users/default/password") == "<&>"
    assert path.stat().st_mode & 0o077 == 0
