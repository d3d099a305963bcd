"""Events and outcomes before they leave the service: checked, and shorn of what is not shared."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from holdfast_client.answers import valid_name

__all__ = ["InvalidError", "Sharing", "Text", "encoded_event", "encoded_outcome"]

Text = Literal["full", "hash", "none"]

METRICS = (
    "output", "output_tokens", "latency_ms", "output_chars", "finish_reason", "schema_valid",
    "refused", "embedding", "tool_calls", "time_to_first_token_ms", "cost_usd", "error",
)  # fmt: skip
UNITS = ("unit_id", "session_id")
HASHES = ("prompt_hash", "output_hash")


class InvalidError(ValueError):
    """An event that measure would not take."""


class Sharing:
    """What of an event may leave the service.

    Args:
        text: `full`; `hash`: digests instead of prompt and output; `none`: not even those. The
            output's length is always told.
        unit_key: Units and sessions are told as keyed hashes (HMAC-SHA-256) under this key, and
            so are hashed texts; the same key in every process, or units fall apart.
    """

    def __init__(self, text: Text = "full", unit_key: bytes | None = None) -> None:
        if text not in {"full", "hash", "none"}:
            message = f"text is full, hash or none, not {text!r}"
            raise ValueError(message)
        self._text, self._key = text, unit_key

    def applied(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields with text and units as they may be shared."""
        fields = self._without_text(fields) if self._text != "full" else fields
        if self._key is None:
            return fields
        fields = {k: self._unit(v) if k in UNITS and v else v for k, v in fields.items()}
        stamp = fields.get("stamp")
        if isinstance(stamp, Mapping) and stamp.get("unit_id"):
            fields["stamp"] = {**stamp, "unit_id": self._unit(stamp["unit_id"])}
        return fields

    def _without_text(self, fields: dict[str, Any]) -> dict[str, Any]:
        kept = dict(fields)
        for name in ("prompt", "output"):
            text = kept.pop(name, None)
            if not isinstance(text, str):
                continue
            if self._text == "hash":
                kept[f"{name}_hash"] = self._digest(text)
            if name == "output":
                kept["output_chars"] = len(text)
        if self._text == "none":
            kept = {name: value for name, value in kept.items() if name not in HASHES}
        return kept

    def _unit(self, value: object) -> str:
        return hmac.digest(self._key or b"", str(value).encode(), "sha256").hex()[:32]

    def _digest(self, text: str) -> str:
        raw = text.encode("utf-8", "surrogatepass")
        if self._key is not None:
            return hmac.digest(self._key, raw, "sha256").hex()
        return hashlib.sha256(raw).hexdigest()


def encoded_event(fields: Mapping[str, Any], sharing: Sharing) -> tuple[bytes, bytes]:
    """Return key and value of an event; its id and time are added where they are absent.

    Raises:
        InvalidError: A name is missing or malformed, there is no metric, or it is no JSON.
    """
    event = _whole(fields, "event_id")
    bundle_id = event.get("bundle_id")
    if not isinstance(bundle_id, str) or not bundle_id:
        message = "bundle_id"
        raise InvalidError(message)
    if all(event.get(name) is None for name in METRICS):
        message = "no metric"
        raise InvalidError(message)
    return _encoded(sharing.applied(event))


def encoded_outcome(fields: Mapping[str, Any], sharing: Sharing) -> tuple[bytes, bytes]:
    """Return key and value of an outcome; its id and time are added where they are absent.

    Raises:
        InvalidError: A name is missing or malformed, it is of nothing, says nothing, or is no
            JSON.
    """
    outcome = _whole(fields, "outcome_id")
    if not isinstance(outcome.get("name"), str) or not outcome["name"]:
        message = "name"
        raise InvalidError(message)
    if all(outcome.get(name) is None for name in ("event_id", "unit_id", "stamp")):
        message = "event_id or unit_id"
        raise InvalidError(message)
    if outcome.get("value") is None and outcome.get("label") is None:
        message = "value or label"
        raise InvalidError(message)
    return _encoded(sharing.applied(outcome))


def _whole(fields: Mapping[str, Any], identity: str) -> dict[str, Any]:
    whole = {"version": 1, **fields}
    for name in ("tenant_id", "agent_id"):
        value = whole.get(name)
        if not isinstance(value, str) or not valid_name(value):
            raise InvalidError(name)
    if whole.get(identity) is None:
        whole[identity] = uuid.uuid4().hex
    at = whole.get("occurred_at") or datetime.now(UTC)
    if isinstance(at, datetime):
        if at.tzinfo is None:
            message = "occurred_at has no zone"
            raise InvalidError(message)
        whole["occurred_at"] = at.isoformat()
    return whole


def _encoded(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    kept = {name: value for name, value in fields.items() if value is not None}
    try:
        value = json.dumps(kept, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        message = "no JSON"
        raise InvalidError(message) from error
    return f"{kept['tenant_id']}/{kept['agent_id']}".encode(), value
