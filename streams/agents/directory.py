"""The registry topic as this process knows it: bundles, tenants, policies and phases by id."""

from typing import TypeVar

from control.bundles import verify
from control.policy import sound
from control.registry import Registry
from schemas import Bundle, Command, Contract, Phase, Policy, Tenant

__all__ = ["Directory"]

C = TypeVar("C", bound=Contract)


class Directory:
    """Takes each record of the registry topic; its mappings are read by the agents."""

    def __init__(self) -> None:
        self.bundles: dict[str, Bundle] = {}
        self.tenants: dict[str, Tenant] = {}
        self.policies: dict[str, Policy] = {}
        self.phases: dict[str, Phase] = {}
        self._policies_of: dict[tuple[str, str], str] = {}
        self.registry = Registry(self.bundles, self.tenants, self.policies)

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Take one record: key `bundle/id`, `tenant/id`, `policy/id` or `phase/id`.

        Raises:
            ValidationError: The value is not of the contract that the key says.
            BundleError: The bundle's id is not the digest of its content.
            ValueError: The key is another's, or a policy's numbers are beyond reach.
        """
        kind, _, name = key.decode().partition("/")
        if kind == "bundle":
            if value is not None:
                verify(Bundle.model_validate_json(value))
            _put(self.bundles, Bundle, name, value)
        elif kind == "tenant":
            _put(self.tenants, Tenant, name, value)
        elif kind == "policy":
            if value is not None and not sound(Policy.model_validate_json(value)):
                message = "a policy whose numbers nobody can live to see"
                raise ValueError(message)
            _put(self.policies, Policy, name, value)
        elif kind == "phase":
            _put(self.phases, Phase, name, value)
            if value is not None:
                phase = self.phases[name]
                self._policies_of[phase.agent_id, phase.rollout_id] = phase.policy_id

    def policy_of(self, command: Command) -> Policy:
        """Return the policy of a command's rollout; the default one where no phase names it."""
        rollout = command.agent_id, command.rollout_id or ""
        return self.registry.policy(self._policies_of.get(rollout, "default"))


def _put(rows: dict[str, C], contract: type[C], name: str, value: bytes | None) -> None:
    if value is None:
        rows.pop(name, None)
        return
    row = contract.model_validate_json(value)
    if getattr(row, f"{contract.__name__.lower()}_id") != name:
        message = f"a {contract.__name__.lower()} under the key of another"
        raise ValueError(message)
    rows[name] = row
