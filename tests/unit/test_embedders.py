import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from streams.embedding import transformer
from streams.embedding.embedders import Embedders
from streams.embedding.static import StaticEmbedder
from streams.settings import Settings

LONG = "Some words about nothing in particular, said twice. " * 12


@pytest.fixture
def embedders() -> Iterator[Embedders]:
    made = Embedders(Settings(transformer=False))
    yield made
    made.close()


async def test_results_stand_in_the_order_of_the_plan(embedders: Embedders) -> None:
    plan = [(f"text number {number}" if number % 3 else None, True) for number in range(100)]
    found = await embedders.embed(plan)
    assert len(found) == len(plan)
    alone = StaticEmbedder()
    for (text, _), got in zip(plan, found, strict=True):
        assert got.transformer is None
        if text is None:
            assert got.static is None
        else:
            expected = alone.embed(text)
            assert got.static is not None
            assert expected is not None
            assert got.static.tobytes() == expected.tobytes()


async def test_a_chunk_without_text_costs_nothing(embedders: Embedders) -> None:
    assert await embedders.embed([]) == []
    assert [e.static for e in await embedders.embed([(None, True)] * 3)] == [None] * 3


async def test_the_loop_keeps_turning_while_a_chunk_is_embedded(embedders: Embedders) -> None:
    turns, threads = 0, set()
    plain = embedders._static.embed_all

    def watched(texts: Sequence[str]) -> object:
        threads.add(threading.current_thread().name)
        return plain(texts)

    async def tick() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    embedders._static.embed_all = watched  # type: ignore[method-assign, assignment]
    ticking = asyncio.create_task(tick())
    await embedders.embed([(f"{number} {LONG}", False) for number in range(640)])
    ticking.cancel()
    assert turns > 20
    assert len(threads) == 1
    assert threads.pop().startswith("static")


def test_without_the_extra_the_tier_is_off_and_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transformer, "missing", lambda: ["sentence-transformers"])
    with caplog.at_level(logging.WARNING):
        made = Embedders(Settings(transformer=True))
    assert not transformer.available()
    assert made.transformer_id is None
    assert [r.getMessage() for r in caplog.records] == [
        "transformer tier is off: install holdfast[transformer] (sentence-transformers)"
    ]
    made.close()


@pytest.mark.transformer
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not transformer.available(), reason="needs the transformer extra")
async def test_the_transformer_is_asked_for_the_sample_only_and_repeats() -> None:
    embedders = Embedders(Settings(transformer=True))
    await embedders.start()
    plan = [(LONG, True), ("Bread needs flour.", False), ("Bread needs flour.", True), (" ", True)]
    first = await embedders.embed(plan)
    again = await embedders.embed(list(reversed(plan)))
    assert [e.transformer is not None for e in first] == [True, False, True, False]
    for one, other in zip(first, reversed(again), strict=True):
        if one.transformer is not None:
            assert other.transformer is not None
            assert one.transformer.shape == (384,)
            assert np.linalg.norm(one.transformer) == pytest.approx(1, abs=1e-5)
            assert one.transformer.tobytes() == other.transformer.tobytes()
    assert embedders._loaded().id == embedders.transformer_id
    lone = embedders._loaded().embed("\ud800 broken")
    assert np.isfinite(lone).all()
    embedders.close()
