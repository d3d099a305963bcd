"""The registry as people write it: a JSON file of bundles, tenants and policies.

    {"bundles": {"main": {"provider": "…", "model": "…", "prompt_version": "…"}},
     "tenants": [{"tenant_id": "acme", "tier": "gold", "pins": {"care": "main"}}],
     "policies": [{"policy_id": "default", "pause_fleet": 33.3}]}

Bundles are content: their ids are computed, and the names of the file stand for them in `pins`
and `fallbacks`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from control import bundles
from control.errors import BundleError
from control.policy import sound
from schemas import Bundle, Contract, Phase, Policy, Tenant
from streams.desk import keys, pins, requests, wire
from streams.desk.errors import UnreadableFileError
from streams.settings import Settings

__all__ = ["Entries", "apply", "content", "load", "parse", "read"]

KINDS: dict[str, type[Contract]] = {
    "bundle": Bundle,
    "tenant": Tenant,
    "policy": Policy,
    "phase": Phase,
}


@dataclass(slots=True)
class Entries:
    """What the registry holds, by id."""

    bundles: dict[str, Bundle] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)

    def records(self) -> list[tuple[str, str, bytes]]:
        """Return (topic, key, value) of each entry; phases are decide's to write."""
        rows: list[tuple[str, Contract]] = [
            *((f"bundle/{name}", one) for name, one in self.bundles.items()),
            *((f"policy/{name}", one) for name, one in self.policies.items()),
            *((f"tenant/{name}", one) for name, one in self.tenants.items()),
        ]
        return [("registry", key, one.model_dump_json().encode()) for key, one in rows]

    def agents(self) -> dict[str, list[str]]:
        """Return agent -> tenants pinned on it."""
        found: dict[str, list[str]] = {}
        for tenant in self.tenants.values():
            for agent in tenant.pins:
                found.setdefault(agent, []).append(tenant.tenant_id)
        return found

    def add(self, key: str, value: bytes) -> None:
        """Take in one record of the topic; what cannot be read is left out."""
        kind, _, name = key.partition("/")
        contract = KINDS.get(kind)
        if contract is None:
            return
        try:
            one = contract.model_validate_json(value)
        except ValidationError:
            return
        place: dict[str, dict[str, Any]] = {
            "bundle": self.bundles,
            "tenant": self.tenants,
            "policy": self.policies,
            "phase": self.phases,
        }
        place[kind][name] = one


def load(path: Path) -> Entries:
    """Read a registry file.

    Raises:
        UnreadableFileError: It is missing, no JSON, or an entry is wrong; the message says which.
    """
    return parse(content(path), str(path))


def content(path: Path) -> dict[str, Any]:
    """Return what a registry file holds, its entries unread.

    Raises:
        UnreadableFileError: It is missing, no JSON, or no object.
    """
    try:
        found: Any = json.loads(path.read_bytes())
    except OSError as error:
        message = f"Cannot read {path}: {error.strerror}."
        raise UnreadableFileError(message) from error
    except ValueError as error:
        message = f"{path} is no JSON: {error}."
        raise UnreadableFileError(message) from error
    if not isinstance(found, dict):
        message = f"{path} must hold an object with bundles, tenants and policies."
        raise UnreadableFileError(message)
    return found


def parse(content: Mapping[str, Any], source: str) -> Entries:
    """Return the entries of a registry file's content.

    Raises:
        UnreadableFileError: An entry is wrong.
    """
    entries, names = Entries(), {}
    where = "its shape"
    _shaped(content, source)
    try:
        for name, fields in content.get("bundles", {}).items():
            where = f"bundle {name!r}"
            bundle = bundles.identified(fields)
            names[name] = bundle.bundle_id
            entries.bundles[bundle.bundle_id] = bundle
        for number, fields in enumerate(content.get("tenants", []), 1):
            where = f"tenant number {number}"
            _known(Tenant, fields)
            tenant = Tenant.model_validate(
                {
                    **fields,
                    "pins": _resolved(fields.get("pins", {}), names),
                    "fallbacks": _resolved(fields.get("fallbacks", {}), names),
                }
            )
            entries.tenants[tenant.tenant_id] = tenant
        for number, fields in enumerate(content.get("policies", []), 1):
            where = f"policy number {number}"
            _known(Policy, fields)
            policy = Policy.model_validate(fields)
            entries.policies[policy.policy_id] = policy
            if not sound(policy):
                message = "a count or a time is beyond 2147483647; give one that comes to pass."
                raise TypeError(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        spot = ".".join(str(part) for part in first["loc"])
        message = f"{source}: {where}: {spot}: {first['msg']}."
        raise UnreadableFileError(message) from error
    except (BundleError, AttributeError, TypeError) as error:
        message = f"{source}: {where}: {error}"
        raise UnreadableFileError(message) from error
    return entries


async def read(settings: Settings) -> Entries:
    """Return what the registry topic holds now."""
    entries = Entries()
    for record in await wire.read(settings, "registry"):
        if record.key is not None and record.value is not None:
            entries.add(record.key.decode(errors="replace"), record.value)
    return entries


async def apply(settings: Settings, entries: Entries, person: str) -> dict[str, list[str]]:
    """Write `entries`, then ask for the first pin of each tenant that has one.

    Returns:
        Agent -> tenants asked for.

    Raises:
        UnreadableFileError: A pin names a bundle that is nowhere.
        PinnedError: A pin has changed whose tenant is on another bundle; nothing was written.
        KeyMissingError: The person has no key; nothing was written.
    """
    keys.signer(settings.data_dir, person)  # before anything is written
    before = await read(settings)
    known = {**before.bundles, **entries.bundles}
    for tenant in entries.tenants.values():
        for bundle in (*tenant.pins.values(), *tenant.fallbacks.values()):
            if bundle not in known:
                message = (
                    f"Tenant {tenant.tenant_id} names the bundle {bundle!r}, which is neither in "
                    "the file nor in the registry; add it under `bundles`."
                )
                raise UnreadableFileError(message)
    commands = await pins.commanded(settings)
    pins.check(pins.changed(entries.tenants, before.tenants, commands), known)
    await wire.send(settings, entries.records())
    asked = entries.agents()
    for agent, tenants in asked.items():
        request = requests.build("assign", agent, person, tenants=tenants, reason="registry")
        await requests.submit(settings, request)
    return asked


def _shaped(content: Mapping[str, Any], source: str) -> None:
    groups = ("bundles", "tenants", "policies", "phases")
    if unknown := sorted(set(content) - set(groups)):
        message = f"{source}: there is no {unknown[0]!r}; there are {', '.join(groups)}."
        raise UnreadableFileError(message)
    for name, kind, what in (
        ("bundles", dict, "an object, name -> bundle"),
        ("tenants", list, "a list of tenants"),
        ("policies", list, "a list of policies"),
    ):
        if not isinstance(content.get(name, kind()), kind):
            message = f"{source}: {name} must be {what}; see `holdfast registry apply --help`."
            raise UnreadableFileError(message)


def _known(contract: type[Contract], fields: object) -> None:
    """Refuse what a person has misspelt; on the wire an unknown field would be ignored."""
    if not isinstance(fields, dict):
        message = "it must be an object"
        raise TypeError(message)
    unknown = sorted(set(fields) - set(contract.model_fields))
    if unknown:
        message = f"there is no field {unknown[0]!r}; there are {', '.join(contract.model_fields)}"
        raise TypeError(message)


def _resolved(pins: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {agent: names.get(name, name) for agent, name in pins.items()}
