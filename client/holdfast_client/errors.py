"""Errors of the client.

* HoldfastError
  x KeysError
  x NoAssignmentError
  x RefusedError
"""

__all__ = ["HoldfastError", "KeysError", "NoAssignmentError", "RefusedError"]


class HoldfastError(Exception):
    """Base of every error the client raises."""


class KeysError(HoldfastError):
    """Public keys cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no public keys ({reason}); give 32 raw bytes a key, or a ring.json")
        self.reason = reason


class NoAssignmentError(HoldfastError, LookupError):
    """No verified assignment of a (tenant, agent) has ever reached this router."""

    def __init__(self, tenant_id: str, agent_id: str) -> None:
        super().__init__(
            f"no assignment of {tenant_id}/{agent_id} is known; assign the tenant, "
            "or wait until the router has read the control topic (Router.wait)"
        )
        self.tenant_id = tenant_id
        self.agent_id = agent_id


class RefusedError(HoldfastError):
    """A control record is not to be obeyed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"refused: {reason}; the control plane has to say it again, soundly")
        self.reason = reason
