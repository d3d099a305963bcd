"""Whether the brokers of today are those of yesterday: offsets of another cluster mean nothing here.

For aiokafka 0.14.0, whose names these are.
"""

from collections.abc import Callable
from typing import Any

from streams.kafka.records import give_up

__all__ = ["hold_to_cluster"]


def _leave(known: str, found: str) -> None:
    give_up(
        f"the brokers are another cluster now ({found}, was {known}): what was folded in goes by "
        "the offsets of the old one"
    )


def hold_to_cluster(client: Any, changed: Callable[[str, str], None] = _leave) -> None:
    """Tell when another cluster answers at the same address: rebuilt, restored or a stand-in.

    A process that lived on would take its first records for repeats of what it has folded in.

    Args:
        client: aiokafka's, not started yet.
        changed: Gets both ids; ends the process, which begins anew with what is there.
    """
    cluster = client.cluster
    update = cluster.update_metadata
    known: str | None = None

    def checked(metadata: Any) -> None:
        nonlocal known
        found: str | None = getattr(metadata, "cluster_id", None)  # brokers before 0.10.1 have none
        known = known or found
        if known and found and found != known:
            changed(known, found)
        update(metadata)

    cluster.update_metadata = checked
