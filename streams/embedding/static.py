"""The static tier: the mean token vector of a text, for every event, without torch.

The model is sentence-transformers' own StaticEmbedding; the vectors are bitwise those that
sentence-transformers computes. Most words are one token each, so a dictionary of whole words in
front of the tokenizer saves most of the time; what it cannot split the same way goes to the
tokenizer.
"""

import re
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from streams.embedding.pinned import STATIC_FOLDER, identity, static_sha256, verify

__all__ = ["CHARACTERS", "StaticEmbedder", "Vector", "unit"]

Vector = NDArray[np.float32]

CHARACTERS: Final = 600
"""Of a text that are read."""
RARE_WORDS: Final = 50_000
"""Words remembered that are more than one token."""
RARE_CHARACTERS: Final = 40
"""Longer words are not remembered: they seldom come again."""

_words = re.compile(r"[^\W_]+|[^\w\s]|_").findall
_odd = re.compile(
    # Symbols that WordPiece does not split off, marks that combine, control characters.
    r"[^\x09\x0a\x0d\x20-\x7e\w‘’“”–—…•]"
    # Python lowers these by context or to two characters, the tokenizer does not.
    r"|[Σİ]"
    # Special tokens, which the tokenizer finds before it lowers.
    r"|\[(?:PAD|UNK|CLS|SEP|MASK)\]"
).search


def unit(vector: Vector) -> Vector:
    """Return `vector` at length 1; as it is where it has none."""
    length = float(np.sqrt(np.dot(vector, vector)))
    return vector / np.float32(length) if length > 0.0 else vector


class StaticEmbedder:
    """Embeds one text at a time; what it gives depends on the text alone.

    Args:
        folder: The model; its files must be those of `pins`.
        pins: sha256 by file name; None: those of the model in this package.

    Raises:
        ModelFileError: A file is missing or has other bytes.
    """

    def __init__(self, folder: Path = STATIC_FOLDER, pins: dict[str, str] | None = None) -> None:
        pins = static_sha256() if pins is None else pins
        verify(folder, pins)
        self.id: Final = identity("static", pins, CHARACTERS)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tensors = load_file(folder / "model.safetensors")
        self._table: NDArray[np.float32] = tensors["embeddings"] * tensors["weights"][:, None]
        vocabulary: dict[str, int] = self._tokenizer.get_vocab()
        self._whole = {
            token: number
            for token, number in vocabulary.items()
            if not token.startswith("##") and (len(token) == 1 or not token.startswith("["))
        }
        self._rare: dict[str, list[int]] = {}

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    def mean(self, text: str) -> Vector | None:
        """Return the mean token vector of the first characters; None without any token."""
        ids = self.tokens(text[:CHARACTERS])
        return cast(Vector, self._table.take(ids, 0).mean(0)) if ids else None

    def embed(self, text: str) -> Vector | None:
        """Return the mean token vector at length 1; None without any token."""
        mean = self.mean(text)
        return None if mean is None else unit(mean)

    def tokens(self, text: str) -> list[int]:
        """Return the token ids that the tokenizer gives `text`, special tokens not added."""
        if _odd(text):
            return self._encode(text)
        words = _words(text.lower())
        ids = list(map(self._whole.get, words))
        if None not in ids:
            return cast(list[int], ids)
        found: list[int] = []
        for word, number in zip(words, ids, strict=True):
            if number is None:
                found += self._pieces(word)
            else:
                found.append(number)
        return found

    def _pieces(self, word: str) -> list[int]:
        known = self._rare.get(word)
        if known is None:
            known = self._encode(word)
            if len(word) <= RARE_CHARACTERS:
                if len(self._rare) >= RARE_WORDS:
                    self._rare.clear()
                self._rare[word] = known
        return known

    def _encode(self, text: str) -> list[int]:
        # A lone surrogate has no UTF-8: the tokenizer would refuse the whole text.
        clean = text.encode("utf-8", "replace").decode()
        return self._tokenizer.encode(clean, add_special_tokens=False).ids
