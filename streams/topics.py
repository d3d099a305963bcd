"""Every topic: its key, contracts, producers, consumers, retention and partitions.

Topics, least ACLs, AsyncAPI and the picture in docs/ are made from this one table.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["TABLE", "Role", "Topic", "topic"]

Role = Literal["service", "router", "person", "measure", "decide", "record", "console"]
HOUR = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic as it must exist.

    Args:
        name: Without the namespace prefix.
        key: What the message key is made of.
        contracts: Names of the contracts in `schemas` that travel on it.
        producers: Who writes.
        consumers: Who reads.
        retention_ms: How long records stay; None for ever.
        compacted: Only the last record of a key is kept.
        single: One partition whatever the settings say: small, and read whole.
    """

    name: str
    key: str
    contracts: tuple[str, ...]
    producers: tuple[Role, ...]
    consumers: tuple[Role, ...]
    retention_ms: int | None = 168 * HOUR
    compacted: bool = False
    single: bool = False


TABLE: tuple[Topic, ...] = (
    Topic(
        name="events",
        key="tenant/agent",
        contracts=("Event", "Outcome", "Accept"),
        producers=("service", "decide"),
        consumers=("measure", "record"),
        retention_ms=72 * HOUR,
    ),
    Topic(
        name="features",
        key="events/partition/offset",
        contracts=("FeaturesRow",),
        producers=("measure",),
        consumers=("record",),
        retention_ms=72 * HOUR,
    ),
    Topic(
        name="signals",
        key="agent",
        contracts=("Signal",),
        producers=("measure",),
        consumers=("decide", "record", "person"),
    ),
    Topic(
        name="alerts",
        key="agent",
        contracts=("Alert", "Tick"),
        producers=("decide",),
        consumers=("decide", "record", "person"),
    ),
    Topic(
        name="requests",
        key="agent",
        contracts=("Envelope",),
        producers=("person",),
        consumers=("decide", "record"),
    ),
    Topic(
        name="control",
        key="tenant/agent, agent/*, agent/lease",
        contracts=("Envelope",),
        producers=("decide",),
        consumers=("router", "decide", "record", "person"),
        retention_ms=None,
        compacted=True,
    ),
    Topic(
        name="acks",
        key="tenant/agent, router",
        contracts=("Ack", "Heartbeat", "Sighting", "Tick"),
        producers=("router", "measure", "decide"),
        consumers=("decide", "record", "person"),
    ),
    Topic(
        name="proofs",
        key="tenant/agent",
        contracts=("Proof",),
        producers=("decide",),
        consumers=("record", "person"),
    ),
    Topic(
        name="registry",
        key="bundle/id, tenant/id, policy/id, phase/id",
        contracts=("Bundle", "Tenant", "Policy", "Phase"),
        producers=("person", "decide"),
        consumers=("measure", "decide", "record", "person"),
        retention_ms=None,
        compacted=True,
        single=True,
    ),
    Topic(
        name="dead-letters",
        key="the original key",
        contracts=("DeadLetter",),
        producers=("measure", "decide", "record"),
        consumers=("record", "person"),
        retention_ms=14 * 24 * HOUR,
    ),
)


def topic(name: str) -> Topic:
    """Return the topic called `name`, without prefix.

    Raises:
        KeyError: The table has no such topic.
    """
    for row in TABLE:
        if row.name == name:
            return row
    raise KeyError(name)
