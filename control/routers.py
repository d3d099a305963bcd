"""Which routers live, by their heartbeats."""

from collections.abc import Collection

import msgspec

from control.codec import decoded
from schemas import Heartbeat

__all__ = ["LIVE_MS", "Routers", "dumps_routers", "loads_routers"]

LIVE_MS = 15_000
"""A router that has not been heard for so long does not live: three heartbeats."""
FORGOTTEN_MS = 3_600_000


class Life(msgspec.Struct, array_like=True):
    """One router, from its first heartbeat to its last."""

    first_at: int
    last_at: int
    with_state: bool
    """Whether it held assignments when it was first heard."""
    stopping: bool = False


class Routers(msgspec.Struct):
    """The routers of one partition of acks; fresh when empty. Times are the broker's, in ms."""

    version: int = 1
    lives: dict[str, Life] = {}

    def heartbeat(self, beat: Heartbeat, now_ms: int) -> None:
        """Fold a heartbeat in; after a silence or a stop it begins a life of its own.

        Nothing heard before can be later than it: where the broker's clock was ahead, whoever is
        gone since would live on until then.
        """
        for known in self.lives.values():
            known.first_at, known.last_at = min(known.first_at, now_ms), min(known.last_at, now_ms)
        life = self.lives.get(beat.router_id)
        if life is None or (not beat.stopping and self._gone(life, now_ms)):
            life = Life(now_ms, now_ms, beat.assignments > 0)
            self.lives[beat.router_id] = life
        life.last_at = now_ms
        life.stopping = beat.stopping
        for name in [k for k, v in self.lives.items() if now_ms - v.last_at > FORGOTTEN_MS]:
            del self.lives[name]

    def live(self, now_ms: int) -> list[str]:
        """Return the routers that live at `now_ms`, in order of name."""
        return sorted(name for name, life in self.lives.items() if not self._gone(life, now_ms))

    def owing(self, commanded_at: int, now_ms: int, expected: Collection[str] = ()) -> list[str]:
        """Return the live routers that owe an answer to a command.

        Those that lived when it was given, and those that came later but brought an older
        assignment with them. One that came with nothing serves nothing until it has read the
        command itself. Those `expected` are known to have lived then, whatever came between.
        """
        return [
            name
            for name in self.live(now_ms)
            if name in expected
            or self.lives[name].first_at <= commanded_at
            or self.lives[name].with_state
        ]

    @staticmethod
    def _gone(life: Life, now_ms: int) -> bool:
        return life.stopping or now_ms - life.last_at > LIVE_MS


_DECODER = msgspec.msgpack.Decoder(Routers)


def dumps_routers(routers: Routers) -> bytes:
    """Return `routers` as bytes."""
    return msgspec.msgpack.encode(routers)


def loads_routers(data: bytes) -> Routers:
    """Return what `dumps_routers` wrote.

    Raises:
        StateError: Another version, or no such state at all.
    """
    return decoded(_DECODER, data, 1)
