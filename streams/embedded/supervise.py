"""A child that is started again when it dies, with longer and longer pauses."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from streams.embedded.child import Child
from streams.embedded.errors import ChildError

__all__ = ["Notice", "Supervised"]

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
MOST_DEATHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something happened to a process of ours.

    Args:
        name: kafka, clickhouse, or the role.
        what: What happened; "given up": it died too often to be started again.
        detail: How, in a few words.
    """

    name: str
    what: Literal["starting", "ready", "died", "given up", "stopping"]
    detail: str = ""


class Supervised:
    """Keeps one child running.

    Not thread-safe but for `kill`: one thread at a time calls `tick`.

    Args:
        child: The process.
        probe: Whether it can do its work; must answer within a second or so.
        tell: Told what happens.
        name: What notices call it.
    """

    def __init__(
        self, name: str, child: Child, probe: Callable[[], bool], tell: Callable[[Notice], None]
    ) -> None:
        self.name = name
        self.child = child
        self.ready = False
        self.given_up = False
        self.deaths = 0
        self._probe = probe
        self._tell = tell
        self._since = 0.0
        self._again: float | None = None

    def adopt(self) -> None:
        """Take over a child that is ready already."""
        self._since = time.monotonic()
        self._note_ready()

    def start(self) -> None:
        """Start the child; `tick` then follows it."""
        self._again = None
        self._since = time.monotonic()
        self._tell(Notice(name=self.name, what="starting"))
        self.child.start()

    def tick(self) -> None:
        """Look at the child once: note that it is ready or dead, start it when its time comes."""
        now = time.monotonic()
        if self.given_up:
            return
        if self.child.running:
            if not self.ready and self._probe():
                self._note_ready()
                self._tell(
                    Notice(name=self.name, what="ready", detail=f"in {now - self._since:.1f} s")
                )
            if self.ready and now - self._since > STEADY_SECONDS:
                self.deaths = 0
        elif self._again is None:
            self._bury(now)
        elif now >= self._again:
            self.start()

    def _note_ready(self) -> None:
        self.ready = True
        self.child.step_back()

    def _bury(self, now: float) -> None:
        self.ready = False
        self.deaths += 1
        self._again = now + min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        self._tell(Notice(name=self.name, what="died", detail=_how(self.child.returncode)))
        if self.deaths >= MOST_DEATHS:
            self.given_up = True
            self._tell(Notice(name=self.name, what="given up", detail=str(self.child.log)))

    def failure(self) -> ChildError:
        """Say why it was given up."""
        what = f"died {self.deaths} times and was given up, last {_how(self.child.returncode)}"
        return ChildError(self.name, what, self.child.tail())


def _how(code: int | None) -> str:
    if code is None:
        return "still running"
    return f"by signal {-code}" if code < 0 else f"with code {code}"
