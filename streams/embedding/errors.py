"""Errors of the embedding tiers; each message says what to do next."""

from pathlib import Path

from streams.errors import StreamsError

__all__ = ["MisfitError", "ModelFileError"]


class ModelFileError(StreamsError):
    """A file of an embedding model is missing or is not the one that is pinned.

    A model with other bytes gives other vectors, and every reference would drift at once.
    """

    def __init__(self, path: Path, found: str | None) -> None:
        what = "is missing" if found is None else f"has sha256 {found[:12]}…, not the pinned one"
        super().__init__(f"model file {path.name} {what}: install the package again")
        self.path = path


class MisfitError(StreamsError):
    """The tokenizer of a model names tokens that the model has no vector of."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"model {folder.name}: tokenizer.json and model.safetensors are of two models:"
            " distil it again, or install the package again"
        )
