"""Token ids as mean vectors of length 1, bitwise as sentence-transformers sums them."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import COUNT, INT, NOTHING, SINGLE, TINY, filled, kernel, read

__all__ = ["means", "shorten"]

Vectors = NDArray[np.float32]


@kernel(
    NOTHING, read(1, COUNT), read(1, INT), read(2, TINY), read(1, SINGLE), filled(2, SINGLE),
    apart=True,
)  # fmt: skip
def means(
    ids: NDArray[np.uint32],
    ends: NDArray[np.intp],
    table: NDArray[np.int8],
    weights: Vectors,
    found: Vectors,
) -> None:
    """Write the mean token vector of each text: sums in the order of tokens.

    Args:
        ids: Of all texts, one behind the other.
        ends: [texts] where each text's ids end.
        table: [tokens, d].
        weights: [tokens] that rows of the table are multiplied by.
        found: [texts, d]; of a text without tokens it is left.
    """
    start, size = 0, table.shape[1]
    for text in range(len(ends)):
        count = ends[text] - start
        for place in range(start, ends[text]):
            token = ids[place]
            weight = weights[token]
            if place == start:
                for k in range(size):
                    found[text, k] = np.float32(table[token, k]) * weight
            else:
                for k in range(size):
                    found[text, k] += np.float32(table[token, k]) * weight
        if count:
            for k in range(size):
                found[text, k] /= np.float32(count)
        start = ends[text]


@kernel(NOTHING, filled(2, SINGLE), apart=True)
def shorten(vectors: Vectors) -> None:
    """Bring each of some vectors to length 1; one without any is left."""
    for one in range(len(vectors)):
        total = 0.0
        for k in range(vectors.shape[1]):
            total += np.float64(vectors[one, k]) * np.float64(vectors[one, k])
        for k in range(vectors.shape[1]):
            if total > 0.0:
                vectors[one, k] = np.float32(vectors[one, k] / np.sqrt(total))
