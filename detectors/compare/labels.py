"""The past of a categorical metric in one stratum, and exact ranks by how common a label is.

Nonconformity is rarity: a unit whose label the past met less often ranks above one whose label it
met more often. If labels of one kind keep arriving, the smoothed rank is uniform given all before,
so the bets on cells hold for labels too; a label that becomes common was rare a moment ago.
Which labels are kept apart is settled by the first units, which then count no more: were it
settled by who comes first for ever, the rank would depend on the order of arrival.
Source: conformal test martingales, Vovk, Gammerman, Shafer (2022), Algorithmic Learning in a
Random World, ch. 8.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.features.categories import OTHER

__all__ = ["Labels"]

Floats = NDArray[np.float64]

MOST = 15
"""Labels that are kept apart, the commonest of the first units; all else is one."""
WARM = 31
"""Units that settle which."""
_AGAIN = 3
"""Times that a label is met among them. One met once or twice may be there by chance: should the
same requests come again, it would too, and what is rare in the long run would look like a change."""
_FADING = 0.02
_REST = int(OTHER)


@dataclass(slots=True)
class Labels:
    """How often each label was met.

    Args:
        met: Units so far that helped to settle which labels are kept apart.
        times: Code -> units of the past; while that is being settled, of the first units.
        lately: Code -> exponentially weighted share of the latest units, for people.
    """

    met: int = 0
    times: dict[int, int] = field(default_factory=dict)
    lately: dict[int, float] = field(default_factory=dict)

    @property
    def several(self) -> bool:
        """Whether there is more than one label, so that there is something to bet on.

        What was met under the label before counts: it may never be met again.
        """
        if len(self.lately) > 1:
            return True
        return any(times and code not in self.lately for code, times in self.times.items())

    def shares(self, most: int) -> list[tuple[int, float, float]]:
        """Return the labels that moved most: code, share of the past, share lately."""
        total, recent = max(sum(self.times.values()), 1), max(sum(self.lately.values()), 1e-9)
        codes = dict.fromkeys([*self.times, *self.lately])
        found = [(c, self.times.get(c, 0) / total, self.lately.get(c, 0.0) / recent) for c in codes]
        return sorted(found, key=lambda f: -abs(f[2] - f[1]))[:most]

    def place(self, codes: Floats, learning: bool) -> tuple[Floats, Floats]:
        """Return where each unit's label falls among the past and the units before it.

        The unit itself counts as met, as its rank is among all including it.

        Args:
            codes: [unit] in order of arrival, NaN where a unit has none.
            learning: Whether units count as past for those after them.

        Returns:
            Bounds of each unit's cell, the rarest at the top; all of [0, 1] where absent.
        """
        low, high, met = [0.0] * len(codes), [1.0] * len(codes), 0
        for i, value in enumerate(codes.tolist()):
            if value != value:
                continue
            met += 1
            self._show(int(value))
            if self.met < WARM:
                self._settle(int(value))
            else:
                low[i], high[i] = self._cell(int(value), learning)
        fading = (1.0 - _FADING) ** met
        # In single precision, as states keep it.
        self.lately = {c: float(np.float32(s * fading)) for c, s in self.lately.items()}
        return np.array(low), np.array(high)

    def _cell(self, code: int, learning: bool) -> tuple[float, float]:
        key = code if code in self.times else _REST
        own = self.times[key] + 1
        total = commoner = 0
        alike = own
        for number in self.times.values():
            total += number
            if number > own:
                commoner += number
            elif number == own:
                alike += number
        total += 1
        if learning:
            self.times[key] = own
        return commoner / total, (commoner + alike) / total

    def _settle(self, code: int) -> None:
        self.met += 1
        self.times[code] = self.times.get(code, 0) + 1
        if self.met == WARM:
            again = [c for c, times in self.times.items() if times >= _AGAIN]
            kept = sorted(again, key=lambda c: (-self.times[c], c))[:MOST]
            self.times = dict.fromkeys([*kept, _REST], 0)

    def _show(self, code: int) -> None:
        key = code if code in self.lately or len(self.lately) < MOST else _REST
        self.lately[key] = self.lately.get(key, 0.0) + _FADING
