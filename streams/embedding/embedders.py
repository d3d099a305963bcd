"""Both tiers behind one call that never holds up the event loop."""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Self

from streams.embedding import transformer
from streams.embedding.static import StaticEmbedder, Vector
from streams.embedding.transformer import TransformerEmbedder
from streams.settings import Settings

__all__ = ["SLICE", "Embedded", "Embedders", "Plan", "why_off"]

Plan = Sequence[tuple[str | None, bool]]
"""Texts of a chunk, each with whether the transformer is wanted too."""

SLICE: Final = 64
"""Texts that the thread of the static tier is woken for: about 1 ms."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Embeddings of one text, at length 1; None where there is no text, no token or no tier."""

    static: Vector | None = None
    transformer: Vector | None = None


_NOTHING: Final = Embedded()


class Embedders:
    """The static tier, and the transformer where it is wanted and installed.

    Each tier has one thread of its own, so that the fast one never waits for the slow one. The
    transformer is loaded in its thread by `start`, or by the first text that wants it.

    Args:
        settings: `transformer` turns the slow tier off, `static` both.

    Raises:
        ModelFileError: The static model is not the one that is pinned.
    """

    def __init__(self, settings: Settings) -> None:
        self._wanted: Final = settings.static
        self._static = StaticEmbedder()
        self._transformer: TransformerEmbedder | None = None
        self.why_off: Final = why_off(settings)
        """Why there is no transformer tier; None: there is one."""
        if self.why_off:
            _log.warning("transformer tier is off: %s", self.why_off)
        self._transformer_id: Final = None if self.why_off else transformer.model_id()
        self._fast = ThreadPoolExecutor(1, thread_name_prefix="static")
        self._slow = ThreadPoolExecutor(1, thread_name_prefix="transformer")

    @property
    def static_id(self) -> str:
        """Name of the static model, recorded on signals."""
        return self._static.id

    @property
    def transformer_id(self) -> str | None:
        """Name of the transformer, recorded on signals; None where the tier is off."""
        return self._transformer_id

    async def start(self) -> Self:
        """Load the transformer now rather than with the first text."""
        if self.why_off is None:
            await asyncio.get_running_loop().run_in_executor(self._slow, self._loaded)
        return self

    def close(self) -> None:
        """Stop both threads; work that has not begun is dropped."""
        self._fast.shutdown(wait=False, cancel_futures=True)
        self._slow.shutdown(wait=False, cancel_futures=True)

    def static(self, texts: Sequence[str | None]) -> list[Vector | None]:
        """Embed with the static tier, here and now: some 10 us a text."""
        found = iter(self._static.embed_all([text for text in texts if text is not None]))
        return [None if text is None else next(found) for text in texts]

    async def embed(self, plan: Plan) -> list[Embedded]:
        """Embed a chunk off the loop, in order; each result depends on its text alone."""
        if not self._wanted or all(text is None for text, _ in plan):
            return [_NOTHING] * len(plan)
        if not any(wanted for _, wanted in plan):
            static, slow = await self._all_static(plan), dict[int, Vector]()
        else:
            static, slow = await asyncio.gather(self._all_static(plan), self._all_slow(plan))
        return [
            Embedded(vector, slow.get(number)) if vector is not None else _NOTHING
            for number, vector in enumerate(static)
        ]

    async def _all_static(self, plan: Plan) -> list[Vector | None]:
        loop = asyncio.get_running_loop()
        texts = [text for text, _ in plan]
        found: list[Vector | None] = []
        for start in range(0, len(texts), SLICE):
            part = texts[start : start + SLICE]
            found += await loop.run_in_executor(self._fast, self.static, part)
        return found

    async def _all_slow(self, plan: Plan) -> dict[int, Vector]:
        if self.why_off is not None:
            return {}
        loop = asyncio.get_running_loop()
        return {
            number: await loop.run_in_executor(self._slow, self._one_slow, text)
            for number, (text, wanted) in enumerate(plan)
            if wanted and text and not text.isspace()
        }

    def _one_slow(self, text: str) -> Vector:
        return self._loaded().embed(text)

    def _loaded(self) -> TransformerEmbedder:
        # Only ever called in the transformer's single thread.
        if self._transformer is None:
            _log.info("loading the transformer tier (sentence-transformers, torch): 10 to 60 s")
            begun = time.monotonic()
            self._transformer = TransformerEmbedder()
            took = time.monotonic() - begun
            _log.info("transformer tier is on after %.1f s: %s", took, self._transformer.id)
        return self._transformer


def why_off(settings: Settings) -> str | None:
    """Return why there is no transformer tier, known without loading it; None: there is one."""
    if not settings.static:
        return "HOLDFAST_STATIC is false"
    if not settings.transformer:
        return "HOLDFAST_TRANSFORMER is false"
    absent = transformer.missing()
    return f"install holdfast[transformer] ({', '.join(absent)})" if absent else None
