"""What live measure's own path costs for the same events, here and now, for comparison.

Kafka, tables and features records are not in it; `make bench` has the whole.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.monitor import TenantAgent, fold, fresh
from schemas import Phase
from streams.agents.prepare import Prepared, prepare, seen_in
from streams.embedding.embedders import SLICE, Embedded
from streams.embedding.static import StaticEmbedder, Vector

__all__ = ["live_us"]


@dataclass(slots=True)
class _Stored:
    timestamp: int
    offset: int
    key: bytes
    value: bytes
    topic: str = ""
    partition: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


def live_us(
    sample: Sequence[tuple[bytes, int, bytes]], phases: Mapping[str, Phase], static: bool
) -> float | None:
    """Return CPU microseconds an event of prepare, embed, fold and saying signals.

    Args:
        sample: Key, time and bytes of each line.
        phases: By id.
        static: Whether answers are embedded.
    """
    if not sample:
        return None
    embedder = StaticEmbedder() if static else None
    records = [_Stored(at, number, key, raw) for number, (key, at, raw) in enumerate(sample)]
    states: dict[bytes, TenantAgent] = {}
    begun = time.process_time()
    found = [one for one in prepare(records) if isinstance(one, Prepared)]
    texts = ["" if one.event is None else one.event.output or "" for one in found]
    for one, vector in zip(found, _vectors(embedder, texts), strict=True):
        seen = seen_in(one, Embedded(vector), "" if embedder is None else embedder.id)
        state = states.get(one.key)
        if state is None:
            state = states[one.key] = fresh()
        for signal in fold(state, seen, phases).signals:
            signal.model_dump_json()
    return (time.process_time() - begun) * 1e6 / len(records)


def _vectors(embedder: StaticEmbedder | None, texts: Sequence[str]) -> Iterator[Vector | None]:
    """Embed texts so many together as live does."""
    for start in range(0, len(texts), SLICE):
        some = texts[start : start + SLICE]
        yield from [None] * len(some) if embedder is None else embedder.embed_all(some)
