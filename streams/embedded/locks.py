"""Folders that one process at a time may work in."""

import fcntl
import os
from pathlib import Path

from streams.embedded.errors import DataFolderError

__all__ = ["held", "hold", "release"]


def hold(path: Path) -> int:
    """Take the lock file `path` until `release`, or until this process ends in any way.

    Raises:
        DataFolderError: Another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise DataFolderError(str(path.parent), path.read_text() or "?") from error
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def release(lock: int) -> None:
    """Give a lock back."""
    os.close(lock)


def held(path: Path) -> bool:
    """Tell whether a living process holds the lock file `path`."""
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
