"""Bundles by content: their id, their check, and the overlay that makes a candidate of a pin."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import rfc8785
from pydantic import ValidationError

from control.errors import BundleError, BundleMismatchError, UnknownFieldError
from schemas import Bundle, Phase

__all__ = ["FIELDS", "bundle_id", "declared", "differing", "identified", "overlay", "verify"]

NOT_CONTENT = frozenset({"bundle_id", "version"})
FIELDS: frozenset[str] = frozenset(Bundle.model_fields) - NOT_CONTENT
"""What a bundle is made of: the fields that its id is the digest of."""


def bundle_id(content: Bundle | Mapping[str, Any]) -> str:
    """Return `sha256:` and the digest of the canonical JSON (RFC 8785) of `content`.

    `bundle_id`, `version` and absent (None) fields are left out, so a field that bundles
    get later changes the id of none that lacks it; an absent configuration is an empty one.

    Raises:
        BundleError: The content has no canonical JSON.
    """
    given = content.model_dump(mode="json") if isinstance(content, Bundle) else content
    fields: dict[str, Any] = {"configuration": {}, **given}
    kept = {k: v for k, v in fields.items() if k not in NOT_CONTENT and v is not None}
    try:
        canonical = rfc8785.dumps(kept)
    except rfc8785.CanonicalizationError as error:
        message = f"a bundle must be plain JSON: {error}"
        raise BundleError(message) from error
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def identified(content: Mapping[str, Any]) -> Bundle:
    """Return the bundle that has this content, with its id.

    Raises:
        UnknownFieldError: `content` has a field that bundles do not have.
        BundleError: A field is missing or mistyped.
    """
    unknown = [name for name in content if name not in FIELDS | {"version"}]
    if unknown:
        raise UnknownFieldError(unknown, list(FIELDS))
    try:
        plain = Bundle.model_validate({**content, "bundle_id": "sha256:"})
        return plain.model_copy(update={"bundle_id": bundle_id(plain)})
    except ValidationError as error:
        where = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        message = f"a bundle needs other values at: {where}"
        raise BundleError(message) from error


def verify(bundle: Bundle) -> Bundle:
    """Return `bundle` if its id is the digest of its content.

    Raises:
        BundleMismatchError: It is not.
    """
    actual = bundle_id(bundle)
    if actual != bundle.bundle_id:
        raise BundleMismatchError(bundle.bundle_id, actual)
    return bundle


def differing(one: Bundle, other: Bundle) -> frozenset[str]:
    """Return the fields in which two bundles differ."""
    return frozenset(name for name in FIELDS if getattr(one, name) != getattr(other, name))


def declared(
    phase: Phase | None, tenant_id: str, bundles: Mapping[str, Bundle]
) -> frozenset[str] | None:
    """Return the fields in which a tenant's two bundles differ by a phase; None: not known."""
    for cohort in phase.cohorts if phase else ():
        if tenant_id in cohort.tenants:
            pair = bundles.get(cohort.baseline), bundles.get(cohort.candidate)
            return None if pair[0] is None or pair[1] is None else differing(pair[0], pair[1])
    return None


def overlay(bundle: Bundle, changes: Mapping[str, Any]) -> Bundle:
    """Return `bundle` with `changes` laid over it, under its own id.

    `configuration` is laid over key by key; a value of None takes a field or a key away.

    Raises:
        UnknownFieldError: `changes` has a field that bundles do not have.
        BundleError: The result is no bundle.
    """
    unknown = [name for name in changes if name not in FIELDS]
    if unknown:
        raise UnknownFieldError(unknown, list(FIELDS))
    content = {k: v for k, v in bundle.model_dump(mode="json").items() if k in FIELDS}
    merged = {**content, **changes}
    settings = changes.get("configuration")
    if isinstance(settings, Mapping):
        laid: dict[str, Any] = {**content["configuration"], **cast("Mapping[str, Any]", settings)}
        merged["configuration"] = {k: v for k, v in laid.items() if v is not None}
    return identified({k: v for k, v in merged.items() if v is not None})
