"""The present taken as the new baseline, on `events` under the key `tenant/agent`.

It travels with the events so that what measure makes of them follows from that one topic alone.
"""

from typing import Literal

from schemas.base import Contract, EventId, Label, Millis, Name

__all__ = ["Accept"]


class Accept(Contract):
    """A person's word, checked by decide, that what a watch sees now is as it should be."""

    version: Literal[1] = 1
    kind: Literal["accept"] = "accept"
    accept_id: EventId
    """A function of the request and the tenant."""
    request_id: EventId
    """The signed request behind it, on `requests`."""
    tenant_id: Name
    agent_id: Name
    bundle_id: Label | None = None
    """Whose watch; the one that is watched now if not said."""
    person: Label
    reason: str
    at: Millis
    """Broker time of the request."""
