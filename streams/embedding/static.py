"""The static tier: the mean token vector of a text, for every event, without torch.

The model is sentence-transformers' own StaticEmbedding; the means are bitwise those that
sentence-transformers computes. Most words are one token each, so a table of whole words in front
of the tokenizer saves most of the time; what it cannot split the same way goes to the tokenizer.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from streams.embedding.errors import MisfitError
from streams.embedding.pinned import STATIC_FOLDER, identity, static_sha256, verify
from streams.embedding.vectors import means, shorten
from streams.embedding.words import Ids, Words

__all__ = ["CHARACTERS", "StaticEmbedder", "Vector", "unit"]

Vector = NDArray[np.float32]

CHARACTERS: Final = 600
"""Of a text that are read."""

_context = re.compile("[Σİ]").search
"""Python lowers these by context or to two characters, the tokenizer does not."""
_special = re.compile(r"\[(?:PAD|UNK|CLS|SEP|MASK)\]").search
"""What the tokenizer finds before it lowers."""


def unit(vector: Vector) -> Vector:
    """Return `vector` at length 1; as it is where it has none."""
    length = float(np.sqrt(np.dot(vector, vector)))
    return vector / np.float32(length) if length > 0.0 else vector


class StaticEmbedder:
    """Embeds texts; what it gives for one depends on that text alone.

    Args:
        folder: The model; its files must be those of `pins`.
        pins: sha256 by file name; None: those of the model in this package.

    Raises:
        ModelFileError: A file is missing or has other bytes.
        MisfitError: The tokenizer and the vectors are of two models.
    """

    def __init__(self, folder: Path = STATIC_FOLDER, pins: dict[str, str] | None = None) -> None:
        pins = static_sha256() if pins is None else pins
        verify(folder, pins)
        self.id: Final = identity("static", pins, CHARACTERS)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tensors = load_file(folder / "model.safetensors")
        self._table: NDArray[np.int8] = tensors["embeddings"]
        self._weights: Vector = tensors["weights"]
        vocabulary: dict[str, int] = self._tokenizer.get_vocab()
        if max(vocabulary.values()) >= min(len(self._table), len(self._weights)):
            raise MisfitError(folder)  # a compiled loop would read beyond the table
        self._words = Words({
            token: number
            for token, number in vocabulary.items()
            if not token.startswith("##") and (len(token) == 1 or not token.startswith("["))
        })  # fmt: skip

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    def mean(self, text: str) -> Vector | None:
        """Return the mean token vector of the first characters; None without any token."""
        return self.embed_all([text], short=False)[0]

    def embed(self, text: str) -> Vector | None:
        """Return the mean token vector at length 1; None without any token."""
        return self.embed_all([text])[0]

    def embed_all(self, texts: Sequence[str], *, short: bool = True) -> list[Vector | None]:
        """Embed texts, most of it without holding the interpreter.

        Args:
            texts: One thread at a time may come with some.
            short: Bring the means to length 1.
        """
        ids, ends, _ = self._ids([text[:CHARACTERS] for text in texts])
        found = np.empty((len(texts), self.dimensions), np.float32)
        means(ids, ends, self._table, self._weights, found)
        if short:
            shorten(found)
        places = [0, *ends.tolist()]
        # Copies: what is kept of one text shall not keep the others in memory.
        return [
            row.copy() if after > before else None
            for row, (before, after) in zip(found, pairwise(places), strict=True)
        ]

    def tokens(self, text: str) -> list[int]:
        """Return the token ids that the tokenizer gives `text`, special tokens not added."""
        ids: list[int] = self._ids([text]).ids.tolist()
        return ids

    def _ids(self, texts: Sequence[str]) -> Ids:
        """Return the token ids of all texts, none unknown."""
        odd = {number for number, text in enumerate(texts) if _is_odd(text)}
        lower = ["" if number in odd else text.lower() for number, text in enumerate(texts)]
        found = self._words.read(lower)
        if found.unknown:
            self._words.add({word: self._encode(word) for _, word in found.unknown})
            found = self._words.read(lower)
        odd.update(number for number, _ in found.unknown)
        if not odd:
            return found
        parts = np.split(found.ids, found.ends[:-1])
        for number in odd:
            parts[number] = np.array(self._encode(texts[number]), np.uint32)
        return Ids(np.concatenate(parts), np.cumsum([len(part) for part in parts], dtype=np.intp))

    def _encode(self, text: str) -> list[int]:
        # A lone surrogate has no UTF-8: the tokenizer would refuse the whole text.
        clean = text.encode("utf-8", "replace").decode()
        return self._tokenizer.encode(clean, add_special_tokens=False).ids


def _is_odd(text: str) -> bool:
    """Return whether only the tokenizer knows how it lowers or splits a text."""
    lowered = text.isascii() or _context(text) is None
    return not lowered or ("[" in text and _special(text) is not None)
