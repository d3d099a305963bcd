"""What decisions read of the registry: bundles, tenants and policies as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from control.bundles import overlay
from control.errors import UnknownBundleError
from schemas import Bundle, Policy, Tenant

__all__ = ["Registry"]

KEPT = 4096
"""Candidates kept ready."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Views of the compacted registry topic; the mappings may grow while this is held.

    Args:
        bundles: By bundle_id.
        tenants: By tenant_id.
        policies: By policy_id.
    """

    bundles: Mapping[str, Bundle] = field(default_factory=dict[str, Bundle])
    tenants: Mapping[str, Tenant] = field(default_factory=dict[str, Tenant])
    policies: Mapping[str, Policy] = field(default_factory=dict[str, Policy])
    _made: dict[tuple[str, bytes], Bundle] = field(
        default_factory=dict[tuple[str, bytes], Bundle], init=False, repr=False, compare=False
    )

    def policy(self, policy_id: str) -> Policy:
        """Return the policy; its defaults where the registry has none of that name."""
        return self.policies.get(policy_id) or Policy(policy_id=policy_id)

    def tenant(self, tenant_id: str) -> Tenant:
        """Return the tenant; the defaults where the registry has none of that name."""
        return self.tenants.get(tenant_id) or Tenant(tenant_id=tenant_id)

    def bundle(self, bundle_id: str) -> Bundle:
        """Return the bundle.

        Raises:
            UnknownBundleError: The registry has none of that id.
        """
        bundle = self.bundles.get(bundle_id)
        if bundle is None:
            raise UnknownBundleError(bundle_id)
        return bundle

    def overlaid(self, bundle_id: str, changes: bytes) -> Bundle:
        """Return the bundle with `changes`, the JSON of an overlay, laid over it.

        Bundles never change, so what was made once is kept: a wave of a thousand tenants
        needs the same few candidates.

        Raises:
            UnknownBundleError: The registry has none of that id.
            BundleError: The overlay does not fit.
        """
        bundle, made = self.bundle(bundle_id), self._made.get((bundle_id, changes))
        if made is None:
            made = overlay(bundle, msgspec.json.decode(changes))
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[bundle_id, changes] = made
        return made
