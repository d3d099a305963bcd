"""Who calls when: sessions of several turns, tenants by their traffic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.draws import Draws
from simulation.tenants import Traits, running

__all__ = ["Call", "Sessions"]


@dataclass(slots=True)
class Call:
    """One turn of a session, before anyone has answered it.

    Args:
        refusal_luck: The session's own uniform: what makes its turns alike in refusals.
        length_luck: The session's own normal: the same for lengths.
    """

    traits: Traits
    session_id: str
    turn: int
    task: str
    refusal_luck: float
    length_luck: float


class Sessions:
    """A constant number of sessions under way; each ends after any turn with the same chance.

    Args:
        tenants: Whose shares say who starts sessions.
        seed: Same seed, same calls in the same order.
        prefix: Of session ids, so that two runs do not share any.
        mean_turns: Mean of the geometric number of turns, >= 1.
        open_sessions: Sessions under way at a time.
        drift: How far the share of tasks wanders in a (simulated) day; 0: not at all.
    """

    def __init__(
        self,
        tenants: Sequence[Traits],
        seed: int,
        *,
        prefix: str = "s",
        mean_turns: float = 3.0,
        open_sessions: int = 300,
        drift: float = 0.0,
    ) -> None:
        self._tenants = tenants
        self._shares = running([one.share for one in tenants])
        self._draws = Draws(seed)
        self._prefix = prefix
        self._end = 1.0 / mean_turns
        self._slots: list[Call | None] = [None] * open_sessions
        self._drift = drift
        self._count = 0

    def next(self, seconds: float = 0.0) -> Call:
        """Return the next call.

        Args:
            seconds: Simulated time, for the drift of tasks.
        """
        draws = self._draws
        slot = draws.below(len(self._slots))
        call = self._slots[slot]
        call = self._start(seconds) if call is None else _next_turn(call)
        self._slots[slot] = None if draws.uniform() < self._end else call
        return call

    def _start(self, seconds: float) -> Call:
        draws = self._draws
        traits = self._tenants[draws.weighted(self._shares)]
        extract = traits.extract
        if self._drift:
            extract *= math.exp(self._drift * math.sin(2 * math.pi * seconds / 86_400))
        task = "extract" if draws.uniform() < extract else "support"
        self._count += 1
        name = f"{self._prefix}-{self._count}"
        return Call(traits, name, 1, task, draws.uniform(), draws.normal())


def _next_turn(call: Call) -> Call:
    return Call(
        call.traits,
        call.session_id,
        call.turn + 1,
        call.task,
        call.refusal_luck,
        call.length_luck,
    )
