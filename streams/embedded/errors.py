"""Errors of the embedded servers.

* StreamsError
  * EmbeddedError
    x ChildError
    x JarError
    x MissingExtraError
    x DataFolderError
"""

from streams.errors import StreamsError

__all__ = ["ChildError", "DataFolderError", "EmbeddedError", "JarError", "MissingExtraError"]


class EmbeddedError(StreamsError):
    """Anything the embedded servers say themselves."""


class ChildError(EmbeddedError):
    """A child process did not do what it was started for."""

    def __init__(self, name: str, what: str, tail: str) -> None:
        end = f"; the end of its log:\n{tail.strip()}" if tail.strip() else ""
        super().__init__(f"{name} {what}{end}")
        self.name = name


class JarError(EmbeddedError):
    """A jar of Kafka could not be had, or is not the one that was recorded."""

    def __init__(self, jar: str, what: str) -> None:
        super().__init__(f"{jar} {what}")
        self.jar = jar


class MissingExtraError(EmbeddedError):
    """A package of an extra is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(
            f"{package} is not installed; install the extra: pip install 'holdfast[{extra}]'"
        )


class DataFolderError(EmbeddedError):
    """Another process works in the data folder."""

    def __init__(self, folder: str, pid: str) -> None:
        super().__init__(
            f"{folder} is in use by process {pid}; stop it, or choose another HOLDFAST_DATA_DIR"
        )
