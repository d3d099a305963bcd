"""`holdfast up` starts roles, starts them again, and leaves nothing behind."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.embedded.discovery import discover, embedded_settings
from streams.embedded.errors import ChildError, DataFolderError
from streams.embedded.python import environment, variables
from streams.embedded.supervise import Notice
from streams.embedded.up import Up
from streams.embedding import transformer
from streams.settings import Settings

ROLE = """
import http.server, os, pathlib
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
pathlib.Path(os.environ["HOLDFAST_DATA_DIR"], f"pid-{os.getpid()}").touch()
print(os.environ["HOLDFAST_NAMESPACE"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["HOLDFAST_METRICS_PORT"])), Ready).serve_forever()
"""
PARENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from pathlib import Path
from streams.embedded.up import Up, as_interrupts
from streams.settings import Settings
def tell(notice):
    print(notice.what, flush=True)
up = Up(Settings(data_dir=Path(sys.argv[1])), own_kafka=False, own_clickhouse=False, tell=tell,
        run=["one", "two"], prepare=lambda _: None, command=lambda _: [sys.executable, "-c", ROLE])
with as_interrupts(), up:
    print("all", flush=True)
    up.wait()
"""


def role(_: str) -> list[str]:
    return [sys.executable, "-c", ROLE]


def make(folder: Path, tell: Callable[[Notice], None], **options: object) -> Up:
    given = {"run": ["one"], "command": role, "prepare": lambda _: None} | options
    settings = Settings(data_dir=folder, namespace="mine.")
    return Up(settings, own_kafka=False, own_clickhouse=False, tell=tell, **given)  # type: ignore[arg-type]


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_killed_role_comes_back(tmp_path: Path) -> None:
    notices: list[Notice] = []
    with make(tmp_path, notices.append) as up:
        first = up.processes["one"].child.pid
        up.kill("one")
        until(lambda: [notice.what for notice in notices].count("ready") == 2)
        assert up.processes["one"].child.pid != first
        assert "mine." in up.processes["one"].child.tail()
    assert not up.processes["one"].child.running
    assert [notice.what for notice in notices] == [
        "starting",
        "ready",
        "died",
        "starting",
        "ready",
        "stopping",
    ]
    assert notices[2].detail == "by signal 9"


@pytest.mark.parametrize(("wanted", "lines"), [(True, 1), (False, 0)])
def test_what_takes_long_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool, lines: int
) -> None:
    monkeypatch.setattr(transformer, "missing", list)
    monkeypatch.setenv("HOLDFAST_TRANSFORMER", str(wanted))
    said: list[str] = []
    with make(tmp_path, lambda _: None, run=["measure"], say=said.append):
        assert len(said) == lines
    assert all("transformer tier (torch) first, some 10 to 60 s" in line for line in said)


def test_a_role_that_cannot_start_is_an_error_with_its_log(tmp_path: Path) -> None:
    def broken(_: str) -> list[str]:
        return ["sh", "-c", "echo no such topic; exit 1"]

    with pytest.raises(ChildError, match=r"(?s)one died 3 times.*with code 1.*no such topic"):
        make(tmp_path, lambda _: None, command=broken).start()
    with make(tmp_path, lambda _: None):
        pass  # The folder is free again.


def test_a_data_folder_has_one_up_and_others_find_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert discover(settings) is None
    with make(tmp_path, lambda _: None):
        found = discover(settings)
        assert found is not None
        assert found.namespace == embedded_settings(tmp_path).namespace == "mine."
        with pytest.raises(DataFolderError, match=str(os.getpid())):
            make(tmp_path, lambda _: None).start()
    assert discover(settings) is None


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("when", ["starting", "all", "stopping"])
def test_nothing_is_left_whenever_it_is_ended(
    tmp_path: Path, how: signal.Signals, when: str
) -> None:
    command = [sys.executable, "-c", f"ROLE={ROLE!r}\n{PARENT}", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
        process_group=0,
    ) as parent:
        assert parent.stdout is not None
        for line in parent.stdout:
            if when == "stopping" and line == "all\n":
                parent.send_signal(signal.SIGINT)
            if line == f"{when}\n":
                break
        time.sleep(random.Random(f"{how} {when}").uniform(0, 0.1))
        parent.send_signal(how)
        parent.stdout.read()
        parent.wait(20)
    seen = [int(path.name[4:]) for path in tmp_path.glob("pid-*")]
    until(lambda: not any(alive(pid) for pid in seen), 5)
    assert when == "starting" or len(seen) == 2


def test_settings_travel_as_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_WEBHOOK", "http://gone")
    given = Settings(data_dir=tmp_path, webhook=None, transformer=False, partitions=7)
    said = environment(variables(given.model_copy(update={"metrics_port": 5})))
    assert "HOLDFAST_WEBHOOK" not in said
    for name in [name for name in os.environ if name.startswith("HOLDFAST_")]:
        monkeypatch.delenv(name)
    for name, value in said.items():
        if name.startswith("HOLDFAST_"):
            monkeypatch.setenv(name, value)
    assert Settings().model_dump() == given.model_dump() | {"metrics_port": 5}
