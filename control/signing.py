"""Signed records: DSSE v1 envelopes with Ed25519, over canonical JSON.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md; RFC 8032; RFC 8785.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from control.errors import (
    BadSignatureError,
    MalformedEnvelopeError,
    UnknownKeyError,
    WrongSignerError,
)
from schemas import Command, Contract, Envelope, EnvelopeSignature, Hold, Lease, Request

__all__ = [
    "CONTROL_TYPE",
    "REQUEST_TYPE",
    "KeyRing",
    "Signer",
    "canonical",
    "encoding",
    "read_control",
    "read_request",
    "sign",
    "verify",
]

CONTROL_TYPE = "application/vnd.holdfast.control+json"
REQUEST_TYPE = "application/vnd.holdfast.request+json"
T = TypeVar("T", bound=Contract)
KINDS: dict[object, type[Command | Hold | Lease]] = {
    "command": Command,
    "hold": Hold,
    "lease": Lease,
}


def canonical(record: Contract) -> bytes:
    """Return the canonical JSON (RFC 8785) of `record`."""
    return rfc8785.dumps(record.model_dump(mode="json"))


def encoding(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding: what is really signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Signer:
    """One private key and its id; neither is ever shown.

    Args:
        keyid: How a key ring calls the public key.
        private: The 32 raw bytes of the Ed25519 private key.
    """

    def __init__(self, keyid: str, private: bytes) -> None:
        self.keyid = keyid
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @property
    def public(self) -> bytes:
        """The 32 raw bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    def signature(self, message: bytes) -> bytes:
        """Return the 64 bytes that sign `message`; the same message, the same bytes."""
        return self._key.sign(message)


class KeyRing:
    """Public keys by id.

    Args:
        keys: Key id -> the 32 raw bytes of an Ed25519 public key.
        holders: Key id -> whose it is; those of whom it does not say may speak for anybody.
    """

    def __init__(self, keys: Mapping[str, bytes], holders: Mapping[str, str] | None = None) -> None:
        self._keys = {name: Ed25519PublicKey.from_public_bytes(raw) for name, raw in keys.items()}
        self._holders = dict(holders or {})

    def __contains__(self, keyid: str) -> bool:
        return keyid in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def of(self, person: str) -> "KeyRing":
        """Return the ring of the keys that may speak for a person."""
        ring = KeyRing({}, self._holders)
        ring._keys = {k: v for k, v in self._keys.items() if self._holders.get(k, person) == person}
        return ring

    def check(self, keyid: str, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is that of `message` by the key called `keyid`."""
        try:
            self._keys[keyid].verify(signature, message)
        except (KeyError, InvalidSignature):
            return False
        return True


def sign(record: Contract, signer: Signer, payload_type: str = CONTROL_TYPE) -> Envelope:
    """Return the envelope of `record`; the same record and key, the same bytes."""
    payload = canonical(record)
    signature = signer.signature(encoding(payload_type, payload))
    return Envelope(
        payloadType=payload_type,
        payload=base64.b64encode(payload).decode(),
        signatures=[
            EnvelopeSignature(keyid=signer.keyid, sig=base64.b64encode(signature).decode())
        ],
    )


def verify(envelope: Envelope, ring: KeyRing, payload_type: str = CONTROL_TYPE) -> dict[str, Any]:
    """Return the payload if one signature is by a key on the ring and fits.

    The payload is parsed only after its signature was checked.

    Raises:
        MalformedEnvelopeError: Another payload type, or no base64, or no JSON object.
        UnknownKeyError: No signature is by a key on the ring.
        BadSignatureError: There is one, and it does not fit.
    """
    if envelope.payloadType != payload_type:
        reason = "another payload type"
        raise MalformedEnvelopeError(reason)
    payload = _bytes(envelope.payload)
    known = [signature for signature in envelope.signatures if signature.keyid in ring]
    if not known:
        raise UnknownKeyError
    message = encoding(payload_type, payload)
    if not any(ring.check(one.keyid, _bytes(one.sig), message) for one in known):
        raise BadSignatureError
    try:
        record = json.loads(payload)
    except ValueError as error:
        reason = "its payload is no JSON"
        raise MalformedEnvelopeError(reason) from error
    if not isinstance(record, dict):
        reason = "its payload is no object"
        raise MalformedEnvelopeError(reason)
    return cast("dict[str, Any]", record)


def read_control(envelope: Envelope, ring: KeyRing) -> Command | Hold | Lease:
    """Verify an envelope of the control topic and return its record.

    Raises:
        SignatureError: It cannot be trusted or read.
    """
    payload = verify(envelope, ring)
    contract = KINDS.get(payload.get("kind"))
    if contract is None:
        reason = "neither command, hold nor lease"
        raise MalformedEnvelopeError(reason)
    return _model(contract, payload)


def read_request(envelope: Envelope, ring: KeyRing) -> Request:
    """Verify an envelope of the request topic and return its request.

    Raises:
        WrongSignerError: A key of the ring has signed it, but not one of its person's.
        SignatureError: It cannot be trusted or read.
    """
    request = _model(Request, verify(envelope, ring, REQUEST_TYPE))
    try:
        verify(envelope, ring.of(request.person), REQUEST_TYPE)
    except (UnknownKeyError, BadSignatureError) as error:
        raise WrongSignerError(request.person) from error
    return request


def _model(contract: type[T], payload: dict[str, Any]) -> T:
    try:
        return contract.model_validate(payload)
    except ValidationError as error:
        where = ", ".join(sorted({".".join(map(str, e["loc"])) for e in error.errors()}))
        reason = f"its payload is wrong at {where}"
        raise MalformedEnvelopeError(reason) from error


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        reason = "no base64"
        raise MalformedEnvelopeError(reason) from error
