"""The ring of people as its file stands, without a restart for each key that is made or removed."""

import logging
from pathlib import Path

from control.signing import KeyRing
from streams.desk import keys
from streams.desk.errors import KeyMissingError

__all__ = ["People"]

log = logging.getLogger(__name__)


class People:
    """Gives the keys that may sign requests; reads them anew when their file has changed.

    It looks at each request, so that a key is good as soon as it is made and no longer than it
    is there: that costs a thirtieth of verifying a signature.
    A file that has become unreadable leaves the keys as they were, and that is logged once.

    Args:
        data_dir: Whose ring.

    Raises:
        KeyMissingError: The file is damaged at the start.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._seen = self._look()
        self._ring = keys.ring(data_dir, "person")

    def __call__(self) -> KeyRing:
        """Return the keys as they stand."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            self._read(there=seen is not None)
        return self._ring

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = (keys.folder(self._data_dir) / keys.RING).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, *, there: bool) -> None:
        try:
            ring = keys.ring(self._data_dir, "person") if there else None
        except (KeyMissingError, OSError):
            ring = None
        if ring is None:
            path = keys.folder(self._data_dir) / keys.RING
            log.error("%s can no longer be read: people's keys stay as they were.", path)
            return
        self._ring = ring
        log.info("People's keys are read anew.")
