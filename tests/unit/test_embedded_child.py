"""A child process never outlives its parent; a failed one says why."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.embedded.child import Child
from streams.embedded.errors import ChildError

PARENT = """
import signal, sys, time
from pathlib import Path
from streams.embedded.child import Child
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
child = Child("sleeper", ["sleep", "100"], log=Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
time.sleep(100)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_dies_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as p:
        assert p.stdout is not None
        pid = int(p.stdout.readline())
        assert alive(pid)
        p.send_signal(how)
        p.wait()
    assert gone(pid)


def test_stop_ends_what_ignores_sigterm_and_what_it_started(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 100 & echo $!; wait; sleep 100"
    child = Child("stubborn", ["bash", "-c", script], log=tmp_path / "log")
    child.start()
    child.wait_ready(lambda: child.tail().strip().isdigit(), 5)
    grandchild = int(child.tail())
    child.stop(grace=0.1)
    assert not child.running
    assert child.returncode == -signal.SIGKILL
    assert gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness is of the process")
def test_every_thread_of_a_child_steps_back_once_it_is_told_to(tmp_path: Path) -> None:
    script = (
        "import threading, time\n"
        "for _ in range(3): threading.Thread(target=time.sleep, args=[100]).start()\n"
        "print('ready', flush=True)"
    )
    child = Child("patient", [sys.executable, "-c", script], log=tmp_path / "log", nice=19)
    child.start()
    child.wait_ready(lambda: "ready" in child.tail(), 20)
    threads = [int(each.name) for each in Path(f"/proc/{child.pid}/task").iterdir()]
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert [os.getpriority(os.PRIO_PROCESS, one) for one in threads] == [ours] * 4
    child.step_back()
    assert [os.getpriority(os.PRIO_PROCESS, one) for one in threads] == [19] * 4
    child.kill()
    child.step_back()  # of one that is gone nothing comes


def test_a_child_that_ends_says_why(tmp_path: Path) -> None:
    child = Child("broken", ["sh", "-c", "echo port in use; exit 3"], log=tmp_path / "log")
    for _ in range(2):
        child.start()
        with pytest.raises(ChildError, match=r"broken ended with code 3; .*\nport in use") as error:
            child.wait_ready(lambda: False, 5)
    assert str(error.value).count("port in use") == 1


def test_a_child_that_is_never_ready(tmp_path: Path) -> None:
    child = Child("slow", ["sleep", "100"], log=tmp_path / "log")
    child.start()
    with pytest.raises(ChildError, match=r"slow was not ready after 0\.1 s"):
        child.wait_ready(lambda: False, 0.1)
    child.kill()
    assert not child.running
