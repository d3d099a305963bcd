"""What has stepped back on `control` is put right: its newest record is appended again, as it was.

Routers that have it take it for a repeat; those that came while the older one lay last flip to it.
"""

import logging
from functools import partial

from aiokafka.errors import KafkaError

from control.places import Place
from streams.kafka.batches import App, essential
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.reread import reread
from streams.settings import Settings

__all__ = ["Mend"]

log = logging.getLogger(__name__)


class Mend:
    """Looks after the keys of the partitions of `control` that this process serves.

    Attributes:
        behind: (partition, key) -> offset of the newest record, under which an older one lies last.

    Args:
        app: Whose partitions count.
        settings: For names and the interval.
        outbox: Of the app.
        metrics: Where steps back are counted.
    """

    def __init__(self, app: App, settings: Settings, outbox: Outbox, metrics: Metrics) -> None:
        self._app, self._outbox, self._metrics = app, outbox, metrics
        self._topic = settings.topic("control")
        self.reread = partial(reread, settings, self._topic)
        self.behind: dict[tuple[int, bytes], int] = {}
        self._gone: set[tuple[int, bytes, int]] = set()
        app.timer(interval=settings.tick_seconds, name="mend")(essential(self.mend))

    def look(self, partition: int, key: bytes, place: Place) -> None:
        """Take in how a key stands."""
        if not place.behind:
            self.behind.pop((partition, key), None)
        elif (partition, key) not in self.behind:
            self.behind[partition, key] = place.offset
            self._metrics.stepped_back.inc()
            log.warning("On control epoch %d of %r lies after %d.", place.last, key, place.epoch)

    async def mend(self) -> None:
        """Append again what is behind; once it is read back it is so no longer."""
        owned = set(self._app.owned(self._topic)) if self.behind else set()
        for (partition, key), offset in list(self.behind.items()):
            if partition not in owned or (partition, key, offset) in self._gone:
                continue
            try:
                raw = await self.reread(partition, offset, key)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("control cannot be read again yet (%s).", type(error).__name__)
                owned.discard(partition)  # the others need not wait for it
                continue
            if raw is None:
                self._gone.add((partition, key, offset))
                log.error("The newest record of %r is gone: new routers take an older one.", key)
            elif (partition, key) in self.behind:
                await self._outbox.send(self._topic, key, raw, partition)
