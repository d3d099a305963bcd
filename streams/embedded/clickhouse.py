"""A ClickHouse as a child process: `clickhouse` where there is one on PATH, else chdb's front."""

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from xml.sax.saxutils import escape

from streams.embedded import ports, python
from streams.embedded.child import PATIENT, Child

__all__ = ["ClickHouse", "installed"]

READY_SECONDS = 60.0
VERSION_SECONDS = 10.0
OLDEST = (24, 8)
CONFIG = """<clickhouse>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{port}</http_port>
  <path>{data}/</path>
  <tmp_path>{data}/tmp/</tmp_path>
  <user_files_path>{data}/user_files/</user_files_path>
  <format_schema_path>{data}/format_schemas/</format_schema_path>
  <logger><level>warning</level><console>1</console></logger>
  <mark_cache_size>67108864</mark_cache_size>
  <timezone>UTC</timezone>
  <max_server_memory_usage>4000000000</max_server_memory_usage>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password>{password}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>1</access_management>
    </default>
  </users>
</clickhouse>
"""


def installed() -> str | None:
    """Return the path of a `clickhouse` on PATH that is new enough, or None."""
    program = shutil.which("clickhouse")
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "local", "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)\.(\d+)", said)
    return program if found and (int(found[1]), int(found[2])) >= OLDEST else None


class ClickHouse:
    """A ClickHouse on loopback whose data stay in its folder from start to start.

    Args:
        folder: Its data, settings and log. A server's data and chdb's are kept apart.
        wanted: Port to listen on where free; 0: any.
        password: Of the user `default`; empty: none.
        program: A `clickhouse` to run; None: chdb behind the front.
    """

    def __init__(
        self, folder: Path, *, wanted: int = 0, password: str = "", program: str | None = None
    ) -> None:
        self.folder = folder.absolute()
        self._wanted = wanted
        self._password = password
        self._program = program
        self.port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"http://{ports.HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ChildError: It did not come up; carries the end of its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = ports.choose([self.port or self._wanted])[0]
        command = self._front() if self._program is None else self._server(self._program)
        log, environment = self.folder / "clickhouse.log", python.environment()
        self.child = Child("ClickHouse", command, log=log, env=environment, nice=PATIENT)
        self.child.start()
        try:
            self.child.wait_ready(self.answers, READY_SECONDS)
        except BaseException:
            self.child.kill()
            raise

    def stop(self) -> None:
        """Stop it cleanly."""
        if self.child is not None:
            self.child.stop(grace=20)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self.child is not None:
            self.child.kill()

    def answers(self) -> bool:
        """Tell whether it can be asked."""
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _front(self) -> list[str]:
        secret = _private(self.folder / "password", self._password)
        return [
            *python.module("streams.embedded.front"),
            f"--port={self.port}",
            f"--path={self.folder / 'chdb'}",
            f"--password-file={secret}",
        ]

    def _server(self, program: str) -> list[str]:
        data = self.folder / "server"
        data.mkdir(exist_ok=True)
        config = CONFIG.format(
            port=self.port, data=escape(str(data)), password=escape(self._password)
        )
        path = _private(self.folder / "config.xml", config)
        return [program, "server", f"--config-file={path}"]


def _private(path: Path, text: str) -> Path:
    """Write a file that only we may read."""
    path.touch(mode=0o600)
    os.chmod(path, 0o600)
    path.write_text(text)
    return path
