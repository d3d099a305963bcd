"""Visits: which unit each event of a tenant belongs to, when sessions last and users return."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Visits", "visits"]

Ints = NDArray[np.intp]


class Visits(NamedTuple):
    """Events in the order of their arrival.

    Args:
        unit: Number of each event's unit, 0 and up.
        turn: Of each event in its session, from 1.
    """

    unit: Ints
    turn: Ints


def visits(
    rng: np.random.Generator, sessions: int, *, mean_turns: float = 5.0, returning: float = 0.0
) -> Visits:
    """Return the events of sessions that overlap.

    Args:
        rng: Source of chance.
        sessions: How many.
        mean_turns: Mean of the geometric number of a session's turns.
        returning: Probability that a session is of a unit that was there before.
    """
    turns = rng.geometric(1.0 / mean_turns, sessions)
    back = (rng.random(sessions) < returning) & (np.arange(sessions) > 0)
    unit = np.cumsum(~back) - 1
    unit[back] = (rng.random(int(back.sum())) * unit[back]).astype(np.intp)
    session = np.repeat(np.arange(sessions), turns)
    first = np.repeat(np.cumsum(turns) - turns, turns)
    turn = np.arange(len(session)) - first + 1
    # Ten sessions are open at a time, or so.
    passed = np.cumsum(rng.exponential(1.0, len(session)))
    at = session * mean_turns / 10.0 + passed - passed[first]
    order = np.argsort(at, kind="stable")
    return Visits(unit[session][order], turn[order])
