"""Bands of evidence: when is a change of log10 W worth telling?"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["CALM_MS", "SIGNAL_MS", "SIGNAL_UNITS", "Said", "band"]

Floats = NDArray[np.float64]
Bands = NDArray[np.int8]

SIGNAL_MS = 10_000
CALM_MS = 60_000
"""How long a subject may say nothing whose evidence cannot have changed, or a watch that is calm."""
SIGNAL_UNITS = 50
_TOP = 12
_LAG = 0.25


def band(log10_w: Floats, said: Bands) -> Bands:
    """Return the band of each log10 W: its whole part, 0 below 10 to 1 and 12 at most.

    A band is left downwards only .25 below its edge, so that evidence at an edge does not flutter.

    Args:
        log10_w: As it stands.
        said: Bands that were told last.
    """
    upper = np.minimum(np.maximum(log10_w + _LAG, 0), _TOP).astype(np.int8)
    lower = np.minimum(np.maximum(log10_w, 0), _TOP).astype(np.int8)
    now: Bands = np.maximum(lower, np.minimum(said, upper))
    return now


@dataclass(slots=True)
class Said:
    """What the last signal of a subject told, so that the next one goes out when it should.

    Args:
        at: Broker time of it, or of the first event.
        units: Units that count towards the next one, as of then.
        bands: Of the readings, and last of the sample ratio.
        news: Whether anything was folded since.
        compared: Whether anything was compared since, so that evidence may have changed.
    """

    at: int
    units: int = 0
    bands: Bands = field(default_factory=lambda: np.zeros(0, np.int8))
    news: bool = False
    compared: bool = False

    @property
    def loud(self) -> bool:
        """Whether the last signal told of evidence worth a band."""
        return bool(self.bands.any())

    def moved(self, log10_w: Floats) -> bool:
        """Return whether a band has changed, and remember the new ones.

        What sinks is told as soon as what rises: the fleet multiplies what each tenant said last,
        and peaks that only time took back would make evidence out of nothing.
        """
        if len(self.bands) != len(log10_w):
            if log10_w.max() < 1.0:
                return False  # nothing was ever loud: the usual case costs one look
            self.bands = np.zeros(len(log10_w), np.int8)
        now = band(log10_w, self.bands)
        if np.array_equal(now, self.bands):
            return False
        self.bands = now
        return True

    def due(self, at: int, soon: bool) -> bool:
        """Return whether time alone makes a signal due; `soon`: there may be something to tell."""
        return self.news and at - self.at >= (SIGNAL_MS if soon else CALM_MS)

    def tell(self, at: int, units: int, log10_w: Floats) -> None:
        """Note that a signal tells how all stands now."""
        self.at, self.units, self.news, self.compared = at, units, False, False
        if len(self.bands) == len(log10_w):
            self.bands = band(log10_w, self.bands)
