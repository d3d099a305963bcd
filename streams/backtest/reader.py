"""From a line to what the fold takes: text is read only where the answer may count."""

from detectors.features import NOTHING
from detectors.features.categories import categories
from detectors.features.extract import extract
from detectors.features.observe import observe, observe_outcome, stratum
from detectors.seen import Seen
from schemas import Outcome
from streams.agents.prepare import Prepared, seen_in
from streams.backtest.lines import UNREAD, Line
from streams.embedding.embedders import Embedded
from streams.embedding.static import StaticEmbedder

__all__ = ["Reader"]

_NOTHING = Embedded()


class Reader:
    """Reads lines as measure does, the text of an answer only when asked.

    Args:
        embedder: The static tier; None: no embeddings.
    """

    def __init__(self, embedder: StaticEmbedder | None) -> None:
        self._embedder = embedder
        self._id = "" if embedder is None else embedder.id

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
        """Embed the answer, unless the service or measure has."""
        text = getattr(line.message, "output", None)
        if text and seen.static is None and self._embedder is not None:
            seen.static = self._embedder.embed(text)
