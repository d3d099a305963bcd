"""What features and embeddings cost, against sentence-transformers in the same run.

    python -m benchmarks.embeddings [--texts FILE.jsonl.gz] [--report FILE]

Without `--texts` the answers are drawn from a word list by Zipf's law. One thread; CPU time, but
for the lag of the event loop, which is wall time.
"""

import asyncio
import gzip
import json
import os
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

from benchmarks.report import Row, arguments, cpu_us, report, row
from detectors.features.extract import extract
from detectors.features.format import answer_format
from detectors.features.observe import observe
from detectors.features.refusal import refusal
from detectors.features.stylometry import style
from schemas import Event
from streams.embedding import transformer
from streams.embedding.embedders import Embedders
from streams.embedding.pinned import STATIC_FOLDER
from streams.embedding.static import CHARACTERS, StaticEmbedder
from streams.settings import Settings

__all__ = ["main"]

TOKENS = 200
WORDS = (
    "the of and to in a is that for it as was with be by on not he this are or his from at which "
    "but have an they you were her all she there would their we him been has when who will more "
    "no if out so said what up its about into than them can only other time new some could these "
    "two may then do first any my now such like our over man me even most made after also did "
    "many before must through years where much your way well down should because each just those "
    "people how too little state good very make world still own see men work long get here "
    "between both life being under never day same another know while last might us great old "
    "year off come since against go came right used take three invoice refund deployment kubernetes "
    "asynchronous serialization authentication hyperparameter reconciliation cardiomyopathy"
)


def main() -> None:
    """Measure and report."""
    parser = arguments(__doc__)
    parser.add_argument("--texts", type=Path, help="gzip JSON Lines with a field `response`")
    options = parser.parse_args()
    texts = _read(options.texts) if options.texts else _written(400)
    static = StaticEmbedder()
    texts = [_cut(static, text) for text in texts]
    rows = _features(texts)
    rows += _static(static, texts) if transformer.available() else _static_alone(static, texts)
    if transformer.available():
        rows += _transformer(texts[:24])
    rows += asyncio.run(_lags(texts))
    report(f"Features and embeddings, answers of {TOKENS} tokens", rows, options.report)


def _features(texts: list[str]) -> list[Row]:
    whole = [(_event(text), extract(text)) for text in texts]
    unit = "us CPU/text"
    return [
        row("style, 42 features", cpu_us(style, texts), unit),
        row("refusal", cpu_us(refusal, texts), unit),
        row("format", cpu_us(answer_format, texts), unit),
        row("extract: all three", cpu_us(extract, texts), unit),
        row("observe", cpu_us(lambda both: observe(*both), whole), unit),
    ]


def _static_alone(static: StaticEmbedder, texts: list[str]) -> list[Row]:
    return [row("static tier", cpu_us(static.embed, texts), "us CPU/text")]


def _static(static: StaticEmbedder, texts: list[str]) -> list[Row]:
    model = _sentence_transformer(STATIC_FOLDER)
    ours = cpu_us(static.embed, texts)
    read = [text[:CHARACTERS] for text in texts]  # the same work for the peer
    theirs = cpu_us(lambda text: model.encode(text, show_progress_bar=False), read)
    batch = cpu_us(lambda all_: model.encode(all_, show_progress_bar=False), [read]) / len(read)
    peer, unit = "sentence-transformers' StaticEmbedding", "us CPU/text"
    return [
        row("static tier, one by one", ours, unit, peer=peer, peer_value=theirs),
        row("static tier, a batch", ours, unit, peer=f"{peer} in batches", peer_value=batch),
    ]


def _transformer(texts: list[str]) -> list[Row]:
    mine = transformer.TransformerEmbedder()
    one = 1e6 / cpu_us(mine.embed, texts)
    many = 1e6 / (
        cpu_us(lambda all_: mine._model.encode(all_, batch_size=32), [texts]) / len(texts)
    )
    peer = "the same in batches of 32, which do not repeat"
    unit = "texts/CPU s"
    return [row("transformer", one, unit, peer=peer, peer_value=many)]


async def _lags(texts: list[str]) -> list[Row]:
    embedders = await Embedders(Settings(_env_file=None)).start()
    chunk = [(text, number % 100 == 0) for number, text in enumerate(texts)]

    async def on_the_loop() -> None:
        embedders.static(texts)
        if embedders.why_off is None:
            for text, wanted in chunk:
                if wanted:
                    embedders._one_slow(text)
        await asyncio.sleep(0)

    off = await _lag_p99(lambda: embedders.embed(chunk))
    on = await _lag_p99(on_the_loop)
    embedders.close()
    return [
        row("lag of the event loop, p99", off, "ms", most=10),
        row("the same, on the loop", on, "ms"),
    ]


async def _lag_p99(work: Callable[[], Awaitable[object]], seconds: float = 4.0) -> float:
    """Return the 99th percentile of how late a 1 ms timer fires while `work` repeats, in ms."""
    late: list[float] = []
    done = False

    async def tick() -> None:
        while not done:
            due = time.perf_counter() + 0.001
            await asyncio.sleep(0.001)
            late.append((time.perf_counter() - due) * 1e3)

    ticking = asyncio.create_task(tick())
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await work()
    done = True
    await ticking
    return sorted(late)[int(0.99 * len(late))]


def _sentence_transformer(folder: Path) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def _cut(static: StaticEmbedder, text: str) -> str:
    """Cut `text` to about so many tokens, at a word."""
    words = text.split(" ")
    while len(words) > 1 and len(static.tokens(" ".join(words))) > TOKENS:
        words = words[: max(1, int(len(words) * 0.97))]
    return " ".join(words)


def _read(path: Path) -> list[str]:
    with gzip.open(path, "rt") as lines:
        texts = [json.loads(line)["response"] for line in lines]
    return random.Random(0).sample([text for text in texts if text and len(text) > 600], 400)


def _written(count: int) -> list[str]:
    rng, words = random.Random(0), WORDS.split()
    weights = [1 / (rank + 2) for rank in range(len(words))]
    return [
        ". ".join(
            " ".join(rng.choices(words, weights, k=rng.randrange(8, 24))).capitalize()
            for _ in range(14)
        )
        for _ in range(count)
    ]


def _event(text: str) -> Event:
    return Event.model_validate(
        {
            "event_id": "e", "occurred_at": datetime(2026, 1, 1, tzinfo=UTC), "tenant_id": "t",
            "agent_id": "a", "bundle_id": "b", "output": text, "output_tokens": TOKENS,
            "latency_ms": 900.0, "time_to_first_token_ms": 80.0, "cost_usd": 0.002,
            "finish_reason": "stop", "tool_calls": [{"name": "search"}, {"name": "read"}],
        }
    )  # fmt: skip


if __name__ == "__main__":
    main()
