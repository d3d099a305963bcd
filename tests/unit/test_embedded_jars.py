"""No jar runs whose sum is not the recorded one."""

import hashlib
from pathlib import Path

import pytest

from streams.embedded.errors import JarError
from streams.embedded.jars import KAFKA, fetch, listing


def silent(_: str) -> None:
    pass


def kept(cache: Path, data: bytes) -> Path:
    jar = cache / KAFKA / "a-1.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(data)
    return jar


def test_every_jar_is_recorded_with_a_sum() -> None:
    sums = listing()
    assert "org/apache/kafka/kafka_2.13/4.3.0/kafka_2.13-4.3.0.jar" in sums
    assert all(len(digest) == 64 and path.endswith(".jar") for path, digest in sums.items())


def test_a_jar_that_is_here_is_taken(tmp_path: Path) -> None:
    jar = kept(tmp_path, b"good")
    sums = {"org/a/1/a-1.jar": hashlib.sha256(b"good").hexdigest()}
    assert fetch(tmp_path, silent, sums) == [jar]


def test_a_changed_jar_is_refused(tmp_path: Path) -> None:
    kept(tmp_path, b"evil")
    sums = {"org/a/1/a-1.jar": hashlib.sha256(b"good").hexdigest()}
    with pytest.raises(JarError, match="not the recorded"):
        fetch(tmp_path, silent, sums)


def test_a_download_with_another_sum_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(path: str, scratch: Path) -> Path:
        jar = scratch / "a-1.jar"
        jar.write_bytes(b"evil")
        return jar

    monkeypatch.setattr("streams.embedded.jars._download", download)
    said: list[str] = []
    with pytest.raises(JarError, match="not the recorded"):
        fetch(tmp_path, said.append, {"org/a/1/a-1.jar": "0" * 64})
    assert len(said) == 1
    assert not list(tmp_path.rglob("*.jar"))
