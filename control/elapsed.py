"""How long something has lasted, though a clock is set, or nobody was there to look.

A tick bears two clocks: of the process that made it, and of the broker that stamped it. Between two
ticks as much time has passed as both of them say, so one that jumps moves nothing: no lease ends,
no wave opens, no hour of the breaker is over. Where a tick comes after a minute or more, none came
before it, and that no data came either says nothing: silence is counted from now, and the lease is
renewed at once.
"""

from control.phases import restart_clocks
from control.state import AgentState
from schemas import Tick

__all__ = ["elapse", "note"]

AWAY = 60_000
"""Milliseconds without a tick from which on nobody was there."""


def note(state: AgentState, now_ms: int) -> None:
    """Take in the broker time of any record; durations do not follow it."""
    state.clock = state.clock or state.now or now_ms
    state.now = max(state.now, now_ms)


def elapse(state: AgentState, tick: Tick, now_ms: int) -> None:
    """Let time pass up to a tick.

    Args:
        state: The agent's state; changed in place.
        tick: With the time at which it was made.
        now_ms: Broker time of the tick.
    """
    state.clock = state.clock or state.now or now_ms
    stamped, made = state.ticked
    told = tick.at - made if stamped else AWAY
    step = min(now_ms - (stamped or state.clock), told)
    state.ticked = now_ms, tick.at
    state.now = max(state.now + 1, now_ms)
    state.clock += max(0, step)
    rollout = state.rollout
    if step >= AWAY and rollout is not None and rollout.active:
        rollout.leased_at = 0
        restart_clocks(state)
