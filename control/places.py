"""Where the newest word about a key lies on `control`, and whether an older one lies after it.

The topic is compacted: what lies last under a key is all that a new router comes to know. A
process that is cut off while it sends may have its record appended after its successor's.
"""

import msgspec

__all__ = ["Place"]


class Place(msgspec.Struct, array_like=True):
    """Of one key; fresh when nothing lies there."""

    epoch: int = 0
    """The newest."""
    offset: int = -1
    """Where it lies."""
    last: int = 0
    """Epoch of what lies last."""

    def note(self, epoch: int, offset: int) -> None:
        """Note a verified record, in the order of the topic."""
        self.last = epoch
        if epoch >= self.epoch:
            self.epoch, self.offset = epoch, offset

    @property
    def behind(self) -> bool:
        """Whether an older epoch lies after a newer one."""
        return self.last < self.epoch
