"""Faust's table manager without its traps: a second of sleep, and a recovery that can hang.

For faust-streaming 0.15.3; line numbers are its.
"""

from faust.tables import TableManager
from mode import Service

__all__ = ["Tables"]

LOOK_SECONDS = 1.0


class Tables(TableManager):
    """Table manager of a batched app."""

    async def on_start(self) -> None:
        """Start recovery at once; stock sleeps a second first (tables/manager.py:140)."""
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()

    @Service.task
    async def _finish_recovery(self) -> None:
        """Let go of changelogs whose last offset is no readable record: stock waits for ever."""
        before: dict[object, object] = {}
        while not self.should_stop:
            await self.sleep(LOOK_SECONDS)
            before = await self._look(before) if self.recovery.in_recovery else {}

    async def _look(self, before: dict[object, object]) -> dict[object, object]:
        """Compare with the look before; a partition read to its end that stood still is done."""
        recovery, now = self.recovery, dict[object, object]()
        for tp, end in list(recovery.active_highwaters.items()):
            offset = recovery.active_offsets.get(tp)
            if offset is None or offset >= end:
                continue
            position = await self.app.consumer.position(tp)
            now[tp] = (offset, position)
            if position is not None and position > end and before.get(tp) == now[tp]:
                self.log.info("%s has nothing to read up to %d: recovered.", tp, end)
                recovery.active_offsets[tp] = end
        if now and not recovery.need_recovery():
            recovery.flush_buffers()
            recovery._set_recovery_ended()
            recovery.signal_recovery_end.set()
        return now
