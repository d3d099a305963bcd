"""The past of one stratum, so small that it can be kept for ever, and exact ranks in it.

A rank among a reservoir is not enough: whatever the reservoir, its own error is there in every
comparison, and bets find it in the end. Here the first 31 values cut the line into 16 cells, and
every later value is counted. If values of one kind keep arriving, the next falls into cell j with
probability (2 + n_j) / (32 + n) exactly, given every cell before (Pólya's urn: the spacings of
order statistics are Dirichlet), so bets on the cell are fair with no assumption on the shape.
For a flag the same rank is taken among zeros and ones: fair whatever the unknown rate.

Source: conformal test martingales, Vovk, Gammerman, Shafer (2022), Algorithmic Learning in a
Random World, ch. 8.
"""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compare.labels import Labels
from detectors.compiled import COUNT, FLAG, INT, NOTHING, SHORT, SINGLE, filled, kernel, read
from detectors.metrics import CATALOGUE, SIZE
from detectors.untouched import own, shared

__all__ = ["CELLS", "WARM", "Named", "Past"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

CELLS = 16
WARM = 2 * CELLS - 1
"""Values that cut the cells; a flag too is bet on only after so many."""
_FORGET = 30_000
"""Values of a stratum after which all counts are halved, so that the distant past fades."""


class Named(NamedTuple):
    """Where new labels fall among those of the past, the rarest at the top; all of it if absent."""

    rows: Rows
    """Metrics that have several."""
    low: Floats
    high: Floats
    """Bounds of each label's cell, [unit, metric]."""


_EDGES = shared((SIZE, CELLS - 1), np.float32, np.inf)
_COUNTS = shared((SIZE, CELLS), np.uint16, 2)
_LONG, _SHORT = shared(SIZE, np.uint32), shared(SIZE, np.float32)
_ARRAYS = ("seen", "edges", "counts", "ones", "drawn")


@dataclass(slots=True)
class Past:
    """One stratum's past, an entry per metric of the catalogue."""

    seen: NDArray[np.uint32] = field(default_factory=lambda: _LONG)
    """Values held, those of the warm-up too."""
    edges: NDArray[np.float32] = field(default_factory=lambda: _EDGES)
    """Between cells, ascending; of continuous metrics."""
    counts: NDArray[np.uint16] = field(default_factory=lambda: _COUNTS)
    """Values in each cell, plus 2; of continuous metrics."""
    ones: NDArray[np.uint32] = field(default_factory=lambda: _LONG)
    """Of flags: how many of `seen` were 1."""
    drawn: NDArray[np.float32] = field(default_factory=lambda: _SHORT)
    """Recent mean: of normal scores (continuous), of value minus rate (flags)."""
    warming: dict[int, list[float]] = field(default_factory=dict)
    """Values of metrics whose cells are not yet cut."""
    labels: dict[int, Labels] = field(default_factory=dict)
    """Of categorical metrics."""

    def copy(self) -> "Past":
        """Return what it has learned of values, apart; not what lately moved."""
        return Past(
            self.seen.copy(), self.edges.copy(), self.counts.copy(), self.ones.copy(),
            warming={row: list(kept) for row, kept in self.warming.items()},
            labels={row: Labels(kept.met, dict(kept.times)) for row, kept in self.labels.items()},
        )  # fmt: skip

    def own(self) -> None:
        """Make arrays of its own: it is about to learn."""
        own(self, _ARRAYS)

    def forget(self, rows: list[int]) -> None:
        """Begin to learn some metrics anew."""
        self.own()
        self.seen[rows], self.ones[rows], self.drawn[rows] = 0, 0, 0.0
        self.edges[rows], self.counts[rows] = _EDGES[rows], _COUNTS[rows]
        for row in rows:
            self.warming.pop(row, None)
            self.labels.pop(row, None)

    def warm(self) -> Flags:
        """Return which metrics have enough of a past to bet on."""
        enough: Flags = self.seen >= WARM
        return enough

    def place(self, rows: Rows, values: Floats, learning: Flags) -> tuple[Floats, Floats]:
        """Return where continuous values fall among the past and those before them; count them.

        Args:
            rows: Metrics.
            values: [unit, metric] in order of arrival, NaN where a unit has none.
            learning: Metrics whose values count as past for those after them, [metric].

        Returns:
            Bounds of each value's cell, [unit, metric]; all of [0, 1] where absent.
        """
        low, high = np.zeros(values.shape), np.ones(values.shape)
        _place(rows, values, learning, self.edges, self.counts, self.seen, low, high)
        return low, high

    def rates(self, rows: Rows, flags: Flags, there: Flags) -> tuple[Floats, Floats]:
        """Return how many flags before each were 1, and how many there were; count them.

        Args:
            rows: Metrics.
            flags: [unit, metric] in order of arrival.
            there: Flags that count as past for those after them.

        Returns:
            Both [unit, metric].
        """
        ones, seen = np.empty(flags.shape), np.empty(flags.shape)
        _rates(rows, flags, there, self.ones, self.seen, ones, seen)
        return ones, seen

    def learn(self, row: int, value: float) -> None:
        """Keep a value of the warm-up; the last one cuts the cells at every second value."""
        if self.seen[row] >= WARM:
            return
        values = self.warming.setdefault(row, [])
        values.append(value)
        self.seen[row] += 1
        if len(values) == WARM:
            self.edges[row] = np.sort(np.array(values, np.float32))[1::2]
            del self.warming[row]

    def place_labels(self, rows: Rows, block: Floats, learning: Flags) -> Named:
        """Return where units fall among the labels of metrics that have several.

        Args:
            rows: Categorical metrics.
            block: [unit, any metric] in order of arrival, NaN where a unit has none.
            learning: Metrics whose units count as past for those after them, [any metric].
        """
        kept, low, high = list[int](), list[Floats](), list[Floats]()
        for row in rows.tolist():
            labels = self.labels.get(row) or self.labels.setdefault(row, Labels())
            bounds = labels.place(block[:, row], bool(learning[row]))
            if labels.several:
                kept.append(row)
                low.append(bounds[0])
                high.append(bounds[1])
        size = len(kept), len(block)
        ends = np.array(low).reshape(size).T.copy(), np.array(high).reshape(size).T.copy()
        return Named(np.array(kept, np.intp), *ends)

    def moved(self, row: int) -> float:
        """Return how far a metric's latest values are from the past, in standard deviations."""
        drawn = abs(float(self.drawn[row]))
        if CATALOGUE[row].kind != "binary":
            return drawn
        rate = (float(self.ones[row]) + 0.5) / (float(self.seen[row]) + 1.0)
        return drawn / math.sqrt(rate * (1.0 - rate))


@kernel(
    NOTHING, read(1, INT), read(2), read(1, FLAG), read(2, SINGLE), filled(2, SHORT),
    filled(1, COUNT), filled(2), filled(2),
)  # fmt: skip
def _place(
    rows: Rows, values: Floats, learning: Flags, edges: NDArray[np.float32],
    counts: NDArray[np.uint16], seen: NDArray[np.uint32], low: Floats, high: Floats,
) -> None:  # fmt: skip
    for column, row in enumerate(rows):
        total = 0
        for number in counts[row]:
            total += number
        for unit in range(len(values)):
            value, cell, below = values[unit, column], 0, 0
            if value != value:
                continue
            while cell < CELLS - 1 and value > edges[row, cell]:
                below += counts[row, cell]
                cell += 1
            low[unit, column] = below / total
            high[unit, column] = (below + counts[row, cell]) / total
            if learning[column]:
                counts[row, cell] += 1
                seen[row] += 1
                total += 1
        if total > _FORGET:
            for cell in range(CELLS):
                counts[row, cell] = max(counts[row, cell] // 2, 1)


@kernel(
    NOTHING, read(1, INT), read(2, FLAG), read(2, FLAG), filled(1, COUNT), filled(1, COUNT),
    filled(2), filled(2),
)  # fmt: skip
def _rates(
    rows: Rows, flags: Flags, there: Flags, hits: NDArray[np.uint32], met: NDArray[np.uint32],
    ones: Floats, seen: Floats,
) -> None:  # fmt: skip
    for column, row in enumerate(rows):
        for unit in range(len(flags)):
            ones[unit, column], seen[unit, column] = hits[row], met[row]
            if there[unit, column]:
                hits[row] += flags[unit, column]
                met[row] += 1
        if met[row] >= _FORGET:
            met[row] //= 2
            hits[row] //= 2
