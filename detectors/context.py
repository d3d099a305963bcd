"""The context of a watch and of a rollout: which mixes around the answers have moved, and when.

A watch keeps, of every variable, how often each label came in the baseline and lately (an
exponentially weighted 50 units). Sixteen units at a time, what comes is explained twice: by the
baseline's shares and by an urn that starts with the latest ones and learns within the block. The
log of the ratio is added up and never falls below 0 (a CUSUM), so where it last was 0 is where
the movement began. The baseline learns while nothing moves.

Of a rollout only the counts of both arms are kept: units were assigned at random, so the Bayes
factor of "two mixes" against "one mix" says all.

Source: E. S. Page (1954), Continuous inspection schemes, Biometrika 41.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from detectors.surroundings import VARIABLES, Circumstances, as_number
from schemas import ContextReading

__all__ = ["BLOCK", "MOVED", "Arms", "Context", "Tables"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

BLOCK = 16
"""Units that are compared together; only to save time."""
LABELS = 16
"""Labels of a variable, the last of which stands for all others."""
OTHER = "others"
MOVED = 3.0
"""log10 of the evidence from which on a variable counts as moved, or as different."""
WARM = 48
"""Units of a baseline before anything is compared with it."""
_SIZE = len(VARIABLES)
_ABSENT = LABELS
_FADING = 0.02
_PRIOR = 6.0
"""Units that the baseline's mix is worth in the latest one."""
_FREEZE = np.log(1e2)
"""Sum from which on the baseline stops learning: a movement may be under way."""
_STALE = 2_000
"""Units after which a movement is past: what it led to is the baseline."""
_MOST = 1_000.0
_FORGET = 30_000
_LN10 = float(np.log(10.0))
_COLUMN = np.arange(_SIZE) * (LABELS + 1)
_ALPHA = 0.5


class Tables:
    """Labels met of each variable, and their numbers.

    Args:
        labels: Of each variable, in the order of their numbers.
    """

    __slots__ = ("labels", "numbers")

    def __init__(self, labels: list[list[str]] | None = None) -> None:
        self.labels: list[list[str]] = labels or [[] for _ in VARIABLES]
        self.numbers: list[dict[str | None, int]] = [
            {None: _ABSENT} | {name: number for number, name in enumerate(names)}
            for names in self.labels
        ]

    def row(self, given: Circumstances) -> bytes:
        """Return the number of each variable's label; 16 where it has none."""
        try:
            return bytes([numbers[label] for numbers, label in zip(self.numbers, given)])  # noqa: B905
        except KeyError:
            return bytes([self._number(i, label) for i, label in enumerate(given)])

    def _number(self, variable: int, label: str | None) -> int:
        numbers, names = self.numbers[variable], self.labels[variable]
        if label not in numbers and label is not None:
            if len(names) >= LABELS - 1:
                return LABELS - 1
            numbers[label] = len(names)
            names.append(label)
        return numbers[label]

    def known(self) -> Floats:
        """Return how many labels of each variable have a number, [variable]."""
        return np.array([min(len(names) + 1, LABELS) for names in self.labels], np.float64)

    def names(self, variable: int) -> list[str]:
        """Return the labels of a variable by number, `others` last."""
        found = self.labels[variable]
        return found + [OTHER] * (LABELS - len(found))

    def copy(self) -> "Tables":
        """Return tables of their own."""
        return Tables([list(names) for names in self.labels])


def _singles() -> Singles:
    return np.zeros((_SIZE, LABELS), np.float32)


class Context:
    """What the requests of one watch look like, against their past."""

    __slots__ = ("base", "onset", "recent", "risen", "tables", "units", "waiting")

    def __init__(self) -> None:
        self.tables = Tables()
        self.base: Singles = _singles()
        """Units of the baseline with each label, [variable, label]."""
        self.recent: Singles = _singles()
        """The latest, weighted."""
        self.risen: Singles = np.zeros(_SIZE, np.float32)
        """The sum of each variable, in nats."""
        self.onset = np.zeros(_SIZE, np.uint32)
        """Units when it was last 0."""
        self.units = 0
        self.waiting = b""
        """Rows of units that wait for their block to fill."""

    def take(self, given: Circumstances) -> None:
        """Take one unit."""
        self.units += 1
        self.waiting += self.tables.row(given)
        if len(self.waiting) == BLOCK * _SIZE:
            self._fold()

    def follow(self, previous: "Context") -> None:
        """Go on from the baseline of the label before."""
        self.tables = previous.tables.copy()
        self.base = previous.base.copy()

    def rebase(self) -> None:
        """Take the latest mix of every variable as the baseline, and count units from here."""
        if self.waiting:
            self._fold()
        self.units = 0
        self._settle(np.ones(_SIZE, bool))

    def readings(self) -> list[ContextReading]:
        """Return the variables that have moved, those that began first in front."""
        if self.waiting:
            self._fold()
        moved = np.flatnonzero(self.risen >= MOVED * _LN10)
        order = moved[np.argsort(self.onset[moved], kind="stable")]
        return [
            _reading(
                int(row), self.tables, self.base[row], self.recent[row],
                float(self.risen[row]) / _LN10, int(self.onset[row]), self.units,
            )
            for row in order
        ]  # fmt: skip

    def common(self, variable: int) -> str | None:
        """Return the label that most of the latest units had."""
        if not self.recent[variable].any():
            return None
        return self.tables.names(variable)[int(np.argmax(self.recent[variable]))]

    def _fold(self) -> None:
        counts = _counted(self.waiting)
        self.waiting = b""
        base, recent = self.base.astype(np.float64), self.recent.astype(np.float64)
        held, there = base.sum(axis=1), counts.sum(axis=1)
        met = np.nonzero(counts)
        came = counts[met]
        rest = held + _ALPHA * self.tables.known()
        share = (base[met] + _ALPHA) / rest[met[0]]
        urn, full = recent[met] + _PRIOR * share, recent.sum(axis=1) + _PRIOR
        each = gammaln(urn + came) - gammaln(urn) - came * np.log(share)
        gain = np.bincount(met[0], each, _SIZE) - gammaln(full + there) + gammaln(full)
        risen = np.where(held >= WARM, self.risen + gain, 0.0)
        left = (1.0 - _FADING) ** there
        self.recent = (recent * left[:, None] + counts).astype(np.float32)
        quiet = risen <= 0.0
        self.risen = np.clip(risen, 0.0, _MOST).astype(np.float32)
        self.onset[quiet] = self.units
        learning = self.risen < _FREEZE
        self.base = (base + counts * learning[:, None]).astype(np.float32)
        self.base[held > _FORGET] /= 2.0
        begun = self.units - self.onset.astype(np.int64)
        stale = ~learning & (begun >= _STALE)
        if stale.any():
            self._settle(stale)

    def _settle(self, rows: NDArray[np.bool_]) -> None:
        self.base[rows] = self.recent[rows]
        self.risen[rows] = 0.0
        self.onset[rows] = self.units


class Arms:
    """The labels that both arms of a rollout have met, one a unit.

    Args:
        rollout_id: Whose.
    """

    __slots__ = ("counts", "rollout_id", "tables", "waiting")

    def __init__(self, rollout_id: str = "") -> None:
        self.rollout_id = rollout_id
        self.tables = Tables()
        self.counts: Floats = np.zeros((2, _SIZE, LABELS))
        """Units of each arm with each label, [arm, variable, label]."""
        self.waiting = [b"", b""]

    def take(self, given: Circumstances, candidate: bool) -> None:
        """Take the first event of one unit."""
        self.waiting[candidate] += self.tables.row(given)
        if len(self.waiting[candidate]) >= BLOCK * _SIZE:
            self.settle()

    def settle(self) -> None:
        """Count what waits; when that is done makes no difference."""
        for arm, rows in enumerate(self.waiting):
            self.counts[arm] += _counted(rows)
        self.waiting = [b"", b""]

    def readings(self) -> list[ContextReading]:
        """Return the variables in which the arms differ."""
        self.settle()
        counts = self.counts
        alpha = _ALPHA * self.tables.known()
        factor = _evidence(counts[0], alpha) + _evidence(counts[1], alpha)
        factor -= _evidence(counts.sum(axis=0), alpha)
        return [
            _reading(
                int(row), self.tables, counts[0, row], counts[1, row],
                float(factor[row]) / _LN10, None, int(counts[:, row].sum()),
            )
            for row in np.flatnonzero(factor >= MOVED * _LN10)
        ]  # fmt: skip


def _evidence(counts: Floats, alpha: Floats) -> Floats:
    """Return ln of the probability of labels under a Dirichlet prior of 1/2 each, [variable]."""
    total = counts.sum(axis=1)
    each = (gammaln(counts + _ALPHA) - gammaln(_ALPHA)).sum(axis=1)
    found: Floats = each + gammaln(alpha) - gammaln(alpha + total)
    return found


def _counted(rows: bytes) -> Floats:
    """Return how many of some units have each label, [variable, label]."""
    places = np.frombuffer(rows, np.uint8).reshape(-1, _SIZE) + _COLUMN
    counts = np.bincount(places.ravel(), minlength=_SIZE * (LABELS + 1))
    return counts.reshape(_SIZE, LABELS + 1)[:, :LABELS].astype(np.float64)


def _reading(
    row: int,
    tables: Tables,
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    score: float,
    onset: int | None,
    units: int,
) -> ContextReading:
    """Return a reading in words: means of a number, else the label that lost and that won."""
    variable, names = VARIABLES[row], tables.names(row)
    shares = [mix / max(float(mix.sum()), 1e-9) for mix in (before, after)]
    if variable.scale == "label":
        gone, come = np.argmax(shares[0] - shares[1]), np.argmax(shares[1] - shares[0])
        told = [
            f"{names[int(place)][:200]} ({100 * share[int(place)]:.0f} %)"
            for place, share in zip((gone, come), shares, strict=True)
        ]
    else:
        middles = np.array([as_number(variable, name) for name in names])
        there = np.isfinite(middles)
        told = [
            f"{float(share[there] @ middles[there]) / max(float(share[there].sum()), 1e-9):.3g}"
            for share in shares
        ]
    return ContextReading(
        variable=variable.name, baseline=told[0], recent=told[1],
        score=min(max(score, -400.0), 400.0), changed_at_unit=onset, units=units,
    )  # fmt: skip
