"""Public keys of the control plane, and what they verify: DSSE v1 with Ed25519.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from holdfast_client.errors import KeysError, RefusedError

__all__ = ["PAYLOAD_TYPE", "Ring", "read_keys"]

PAYLOAD_TYPE = "application/vnd.holdfast.control+json"
MOST_SIGNATURES = 8


def read_keys(path: str | Path) -> dict[str, bytes]:
    """Return the control plane's public keys of a `ring.json`, by key id.

    Raises:
        KeysError: The file is not there, is no ring, or has no key of the control plane.
    """
    try:
        ring = json.loads(Path(path).read_text())
        keys = {
            keyid: base64.b64decode(entry["public"], validate=True)
            for keyid, entry in ring["keys"].items()
            if entry["kind"] == "control"
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{path}: {type(error).__name__}"
        raise KeysError(reason) from error
    if not keys:
        reason = f"{path} has none of the control plane"
        raise KeysError(reason)
    return keys


class Ring:
    """Public keys that verify envelopes.

    Args:
        keys: Key id -> the 32 raw bytes of an Ed25519 public key.

    Raises:
        KeysError: There is none, or one is no such key.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            reason = "none given"
            raise KeysError(reason)
        try:
            self._keys = {k: Ed25519PublicKey.from_public_bytes(raw) for k, raw in keys.items()}
        except (ValueError, TypeError) as error:
            reason = "one is not 32 bytes long"
            raise KeysError(reason) from error

    def open(self, envelope: bytes) -> dict[str, Any]:
        """Return the payload of a verified envelope; nothing of it is parsed before that.

        Raises:
            RefusedError: Malformed, signed by no known key, or the signature does not fit.
        """
        payload, signatures = _parts(envelope)
        message = b"DSSEv1 %d %b %d %b" % (
            len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload,
        )  # fmt: skip
        known = [(keyid, sig) for keyid, sig in signatures if keyid in self._keys]
        if not known:
            reason = "unknown key"
            raise RefusedError(reason)
        if not any(self._fits(keyid, sig, message) for keyid, sig in known):
            reason = "bad signature"
            raise RefusedError(reason)
        try:
            record = json.loads(payload)
        except (ValueError, RecursionError) as error:
            reason = "malformed payload"
            raise RefusedError(reason) from error
        if not isinstance(record, dict):
            reason = "malformed payload"
            raise RefusedError(reason)
        return record

    def _fits(self, keyid: str, signature: bytes, message: bytes) -> bool:
        try:
            self._keys[keyid].verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _parts(envelope: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return payload and (key id, signature) of an envelope."""
    reason = "malformed envelope"
    try:
        raw = json.loads(envelope)
        if raw["payloadType"] != PAYLOAD_TYPE:
            raise RefusedError(reason)
        payload = base64.b64decode(raw["payload"], validate=True)
        signatures = [
            (str(one["keyid"]), base64.b64decode(one["sig"], validate=True))
            for one in raw["signatures"][:MOST_SIGNATURES]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError(reason) from error
    return payload, signatures
