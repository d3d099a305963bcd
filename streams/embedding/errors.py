"""Errors of the embedding tiers; each message says what to do next."""

from pathlib import Path

from streams.errors import StreamsError

__all__ = ["ModelFileError"]


class ModelFileError(StreamsError):
    """A file of an embedding model is missing or is not the one that is pinned.

    A model with other bytes gives other vectors, and every reference would drift at once.
    """

    def __init__(self, path: Path, found: str | None) -> None:
        what = "is missing" if found is None else f"has sha256 {found[:12]}…, not the pinned one"
        super().__init__(f"model file {path.name} {what}: install the package again")
        self.path = path
