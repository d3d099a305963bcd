import base64

import pytest

from control.errors import BadSignatureError, MalformedEnvelopeError, UnknownKeyError
from control.signing import (
    REQUEST_TYPE,
    KeyRing,
    Signer,
    encoding,
    read_control,
    read_request,
    sign,
    verify,
)
from schemas import Envelope, EnvelopeSignature, Lease

SIGNER = Signer("control-1", bytes(range(32)))
RING = KeyRing({"control-1": SIGNER.public})
LEASE = Lease(agent_id="desk", rollout_id="r1", issued_at=1, expires_at=2)


def test_encoding_is_that_of_the_specification() -> None:
    # Source: github.com/secure-systems-lab/dsse, protocol.md, test vector.
    assert encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_what_is_signed_can_be_read() -> None:
    envelope = sign(LEASE, SIGNER)
    assert verify(envelope, RING)["rollout_id"] == "r1"
    assert read_control(envelope, RING) == LEASE
    assert sign(LEASE, SIGNER) == envelope


def test_a_forged_payload_is_refused() -> None:
    forged = LEASE.model_copy(update={"expires_at": 9})
    envelope = sign(LEASE, SIGNER).model_copy(update={"payload": sign(forged, SIGNER).payload})
    with pytest.raises(BadSignatureError):
        verify(envelope, RING)


def test_a_stranger_and_a_borrowed_key_id_are_refused() -> None:
    with pytest.raises(UnknownKeyError):
        verify(sign(LEASE, Signer("stranger", bytes(32))), RING)
    with pytest.raises(BadSignatureError):
        verify(sign(LEASE, Signer("control-1", bytes(32))), RING)


def test_one_good_signature_of_several_is_enough() -> None:
    envelope = sign(LEASE, SIGNER)
    other = EnvelopeSignature(keyid="stranger", sig=base64.b64encode(bytes(64)).decode())
    both = envelope.model_copy(update={"signatures": [other, *envelope.signatures]})
    assert read_control(both, RING) == LEASE


def test_a_signature_for_one_purpose_is_none_for_another() -> None:
    envelope = sign(LEASE, SIGNER)
    moved = envelope.model_copy(update={"payloadType": REQUEST_TYPE})
    with pytest.raises(BadSignatureError):
        read_request(moved, RING)
    with pytest.raises(MalformedEnvelopeError):
        read_request(envelope, RING)


@pytest.mark.parametrize("payload", ["?", "", base64.b64encode(b"[1]").decode()])
def test_a_malformed_envelope_is_refused(payload: str) -> None:
    raw = base64.b64decode(payload, validate=True) if payload not in {"?"} else b""
    signature = SIGNER.signature(encoding("application/vnd.holdfast.control+json", raw))
    envelope = Envelope(
        payloadType="application/vnd.holdfast.control+json",
        payload=payload,
        signatures=[EnvelopeSignature(keyid="control-1", sig=base64.b64encode(signature).decode())],
    )
    with pytest.raises(MalformedEnvelopeError):
        verify(envelope, RING)


def test_a_signed_payload_of_the_wrong_shape_is_refused() -> None:
    odd = LEASE.model_copy(update={"issued_at": -1})
    with pytest.raises(MalformedEnvelopeError, match="issued_at"):
        read_control(sign(odd, SIGNER), RING)


def test_no_key_is_ever_shown() -> None:
    assert bytes(range(32)).hex() not in repr(vars(SIGNER)) + repr(SIGNER)
