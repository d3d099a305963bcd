"""From a line to what the fold takes: text is read only where the answer may count."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from detectors.features import NOTHING
from detectors.features.categories import categories
from detectors.features.extract import extract
from detectors.features.observe import observe, observe_outcome, stratum
from detectors.seen import Seen
from schemas import Outcome
from streams.agents.prepare import Prepared, seen_in
from streams.backtest.lines import UNREAD, Line
from streams.embedding.embedders import SLICE, Embedded
from streams.embedding.static import StaticEmbedder

__all__ = ["Reader"]

_NOTHING = Embedded()
_UNITS: Final = 200_000
"""Remembered of those met; then all are forgotten, which costs time and changes nothing."""


class Reader:
    """Reads lines as measure does, the text of an answer only when asked.

    Args:
        embedder: The static tier; None: no embeddings.
    """

    def __init__(self, embedder: StaticEmbedder | None) -> None:
        self._embedder = embedder
        self._id = "" if embedder is None else embedder.id
        self._units: set[tuple[str, str, str]] = set()

    def glances(self, lines: Iterable[Line]) -> Iterator[tuple[Line, Seen | None]]:
        """Glance at all lines; answers that are likely to count are embedded, some together.

        Ctrl-C ends it once what has been read is given.
        """
        some: deque[tuple[Line, Seen | None]] = deque()
        try:
            for line in lines:
                some.append((line, self.glance(line)))
                if len(some) == SLICE:
                    self._embed_ahead(some)
                    while some:
                        yield some.popleft()
        except KeyboardInterrupt:
            yield from some
            raise
        yield from some

    def _embed_ahead(self, some: Iterable[tuple[Line, Seen | None]]) -> None:
        if self._embedder is None:
            return
        likely = [line for line, seen in some if seen is not None and self._counts(line, seen)]
        vectors = self._embedder.embed_all([_text(line) for line in likely])
        for line, vector in zip(likely, vectors, strict=True):
            line.static = vector

    def glance(self, line: Line) -> Seen | None:
        """Return an event without its values, or an outcome; None: an outcome of no metric."""
        message = line.message
        if message is None:
            return line.seen
        if isinstance(message, Outcome):
            values = observe_outcome(message)
            if values is None:
                return None
            prepared = Prepared(line, b"", None, values, NOTHING, "", 0, message)
        else:
            prepared = Prepared(line, b"", message, UNREAD, NOTHING, stratum(message), 0)
        return seen_in(prepared, _NOTHING, self._id, unread=True)

    def read(self, line: Line, seen: Seen) -> None:
        """Look at the answer: its values, its style, its embedding."""
        message = line.message
        if line.rest is not None:
            line.rest(seen)
        if message is None or isinstance(message, Outcome):
            return
        text = message.output
        features = extract(text)
        seen.values = observe(message, features)
        seen.labels = categories(message, features.format)
        self.embed(line, seen)

    def embed(self, line: Line, seen: Seen) -> None:
        """Embed the answer, unless the service, measure or a glance has."""
        if seen.static is None and self._embedder is not None and (text := _text(line)):
            seen.static = self._embedder.embed(text) if line.static is None else line.static

    def _counts(self, line: Line, seen: Seen) -> bool:
        """Return whether an answer with text is of a unit not met before."""
        if seen.static is not None or not _text(line):
            return False
        unit = seen.tenant_id, seen.agent_id, seen.unit_id
        new = unit not in self._units
        if new and len(self._units) >= _UNITS:
            self._units.clear()
        self._units.add(unit)
        return new


def _text(line: Line) -> str:
    return getattr(line.message, "output", None) or ""
