"""What `rollout start` is told, made into a request: overlay, weight, waves."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from control import bundles
from schemas import Bundle, Phase, Start, Tenant, Wave
from streams.desk.errors import DeskError

__all__ = ["in_order", "overlay_of", "retry_of", "share", "start", "waves"]

CAUTIOUS = {"free": 0, "gold": 1, "platinum": 2}
"""Tiers in the order in which they join."""


def overlay_of(settings: Iterable[str]) -> dict[str, Any]:
    """Return the overlay of `field=value` words; `configuration.key=value` reaches inside.

    A value is JSON where it reads as such, else plain text; empty takes the field away.

    Raises:
        DeskError: A word has no `=`, or names no field of a bundle.
    """
    overlay: dict[str, Any] = {}
    for word in settings:
        name, equals, text = word.partition("=")
        field, _, key = name.strip().partition(".")
        if not equals or field not in bundles.FIELDS or (key and field != "configuration"):
            fields = ", ".join(sorted(bundles.FIELDS))
            message = f"--set {word!r}: write field=value with a field of: {fields}."
            raise DeskError(message)
        if key:
            inside = overlay.setdefault("configuration", {})
            if not isinstance(inside, dict):
                message = "--set configuration: give it whole or key by key, not both."
                raise DeskError(message)
            inside[key] = _value(text)
        else:
            overlay[field] = _value(text) if field == "configuration" else (text or None)
    if not overlay:
        message = "A rollout changes something: say what with --set model=… (or another field)."
        raise DeskError(message)
    return overlay


def share(text: str) -> float:
    """Return the share of `5%` or `0.05`.

    Raises:
        DeskError: It is none between 0 and 1.
    """
    try:
        value = float(text.rstrip("% ")) / (100 if text.rstrip().endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        message = f"{text!r} is no share of traffic; write 5% or 0.05."
        raise DeskError(message)
    return value


def in_order(tenants: Iterable[Tenant]) -> list[str]:
    """Return tenant ids, those with the least at stake first."""
    ordered = sorted(tenants, key=lambda one: (CAUTIOUS[one.tier], one.tenant_id))
    return [tenant.tenant_id for tenant in ordered]


def waves(
    text: str, tenants: Sequence[str], min_units: int = 100, min_seconds: int = 0
) -> list[Wave]:
    """Return the waves of `10%,50%,100%` or `2,10,40`: how many take part after each.

    Raises:
        DeskError: The steps do not grow, or reach beyond the tenants there are.
    """
    found: list[Wave] = []
    joined = 0
    for step in text.split(","):
        upto = _upto(step.strip(), len(tenants))
        if upto is None or upto > len(tenants) or upto < joined:
            message = (
                f"--waves {text!r}: write growing shares or numbers of the {len(tenants)} tenants, "
                "like 10%,50%,100% or 2,10,40."
            )
            raise DeskError(message)
        if upto > joined:
            names = list(tenants[joined:upto])
            found.append(Wave(tenants=names, min_units=min_units, min_seconds=min_seconds))
        joined = upto
    return found


def retry_of(candidates: set[str], phases: Iterable[Phase]) -> int:
    """Return j: this would be the j-th rollout that puts one of `candidates` to the test."""
    earlier = {
        phase.rollout_id
        for phase in phases
        for cohort in phase.cohorts
        if cohort.candidate in candidates
    }
    return len(earlier) + 1


def start(
    agent_id: str,
    overlay: Mapping[str, Any],
    pins: Mapping[str, Bundle],
    weight: float,
    steps: Sequence[Wave],
    *,
    rollout_id: str | None = None,
    retry: int = 1,
    policy_id: str = "default",
    shadow: bool = False,
) -> Start:
    """Return the request's plan, after trying the overlay on every tenant's pin.

    Raises:
        DeskError: The overlay changes nothing for a tenant, or a name is no name.
        control.errors.ControlError: A candidate would be no bundle.
    """
    for tenant, pin in pins.items():
        if bundles.overlay(pin, overlay).bundle_id == pin.bundle_id:
            message = f"Nothing would change for {tenant}: its pin has these values already."
            raise DeskError(message)
    try:
        return Start(
            rollout_id=rollout_id or f"{agent_id}-{secrets.token_hex(3)}",
            overlay=dict(overlay),
            weight=weight,
            waves=list(steps),
            retry=retry,
            policy_id=policy_id,
            shadow=shadow,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
        raise DeskError(message) from error


def _value(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _upto(step: str, count: int) -> int | None:
    """Return how many of `count` tenants `10%`, `4` or `all` means; None: it is nothing such."""
    if step == "all":
        return count
    try:
        if step.endswith("%"):
            part = float(step[:-1]) / 100
            return max(round(part * count), 1) if 0 < part <= 1 else None
        return int(step)
    except ValueError:
        return None
