"""Child processes that never outlive their parent."""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from streams.embedded import tether
from streams.embedded.errors import ChildError

__all__ = ["PATIENT", "Child"]

TAIL_BYTES = 3_000
LOG_BYTES = 10_000_000
POLL_SECONDS = 0.05
PATIENT = 19
"""Niceness of what only keeps records: on a small machine decisions go first. The most there is,
for it weighs each thread, and of ClickHouse's nine run at once."""

# Linux's death signal follows the *thread* that forked. This one lives as long as we do.
_forker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="children")
_living: "weakref.WeakSet[Child]" = weakref.WeakSet()


class Child:
    """A process in a group of its own, its output in a file, killed when we die.

    A Ctrl-C in the terminal does not reach it; its parent decides when it stops.

    Args:
        name: What errors call it.
        command: The program and its arguments.
        log: File its output is appended to; set aside as `.1` once over 10 MB.
        env: Its whole environment; None: ours.
        nice: How far `step_back` makes it give way where processors are short; see nice(2).
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        nice: int = 0,
    ) -> None:
        self.name = name
        self._nice = nice
        self.log = log
        self._command = tuple(command)
        self._env = None if env is None else dict(env)
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0

    @property
    def pid(self) -> int:
        """Its process id, also its group's.

        Raises:
            ChildError: It was never started.
        """
        if self._process is None:
            raise ChildError(self.name, "was not started", "")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """How it ended, minus the signal's number if by one; None while it runs."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it; nothing happens if it runs."""
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        self._began = self.log.stat().st_size if self.log.exists() else 0
        forking = _forker.submit(self._fork)
        try:
            forking.result()
        finally:
            # A Ctrl-C just now must not leave a process that we do not know of.
            wait([forking])

    def _fork(self) -> None:
        tied = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *self._command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                process_group=0,
            )
        _living.add(self)

    def step_back(self) -> None:
        """Let others go first from now on; on what they leave it might take minutes to start."""
        if self._nice and self.running:
            for thread in _threads(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.setpriority(os.PRIO_PROCESS, thread, self._nice)

    def wait_ready(self, probe: Callable[[], bool], seconds: float) -> None:
        """Wait until `probe` says yes.

        Raises:
            ChildError: It ended or was not ready in time; carries the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not probe():
            if not self.running:
                raise ChildError(self.name, f"ended with code {self.returncode}", self.tail())
            if time.monotonic() > deadline:
                raise ChildError(self.name, f"was not ready after {seconds:g} s", self.tail())
            time.sleep(POLL_SECONDS)

    def wait_done(self, seconds: float) -> None:
        """Wait until it has ended well.

        Raises:
            ChildError: It failed or took too long; carries the end of its log.
        """
        code = self.wait(seconds)
        if code != 0:
            what = f"ended with code {code}" if code else f"was not done after {seconds:g} s"
            raise ChildError(self.name, what, self.tail())

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for its end; return how it ended, None if it has not."""
        if self._process is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def stop(self, grace: float = 10.0) -> None:
        """Ask it to end (SIGTERM), then make it (SIGKILL); done when its group is gone.

        Args:
            grace: Seconds between the two.
        """
        self.ask_to_end()
        try:
            self.wait(grace)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it and whatever it started, at once (SIGKILL)."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            _living.discard(self)

    def ask_to_end(self) -> None:
        """Send SIGTERM and return at once."""
        self.signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens if it is gone."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def tail(self) -> str:
        """Return the end of what it has logged since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(self._began, self.log.stat().st_size - TAIL_BYTES))
            return log.read().decode(errors="replace")


def _threads(pid: int) -> list[int]:
    """Return the ids of a process's threads, which niceness is of on Linux; elsewhere its own."""
    try:
        return [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return [pid]


@atexit.register
def _leave_none() -> None:
    for child in list(_living):
        child.kill()
