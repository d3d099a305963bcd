"""How `holdfast up` runs a role: a process like any other, told all by its environment."""

import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from streams.embedded import ports, python
from streams.embedded.child import PATIENT, Child
from streams.embedded.supervise import Notice, Supervised
from streams.settings import Settings

__all__ = ["command", "slow", "supervised"]

PROBE_SECONDS = 1.0


def command(role: str) -> list[str]:
    """Return the command line of a role."""
    return python.module("streams.cli", role)


def slow(role: str, settings: Settings) -> str:
    """Return why a role takes long to be ready; empty: it does not."""
    from streams.embedding.embedders import why_off

    if role != "measure" or why_off(settings) is not None:
        return ""
    return (
        "loads the transformer tier (torch) first, some 10 to 60 s; "
        "HOLDFAST_TRANSFORMER=false does without"
    )


def supervised(
    role: str,
    settings: Settings,
    port: int,
    command: Sequence[str],
    tell: Callable[[Notice], None],
) -> Supervised:
    """Return the process of a role, not yet started.

    Args:
        role: Its name.
        settings: Handed to it as its environment.
        port: Where it serves its metrics and readiness.
        command: Its command line.
        tell: Told what happens to it.
    """
    theirs = settings.model_copy(update={"metrics_port": port})
    child = Child(
        role,
        command,
        log=settings.data_dir / "logs" / f"{role}.log",
        env=python.environment(python.variables(theirs)),
        nice=PATIENT if role == "record" else 0,
    )
    host = ports.HOST if settings.listen == "0.0.0.0" else settings.listen
    return Supervised(role, child, lambda: _ready(f"http://{host}:{port}/ready"), tell)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
