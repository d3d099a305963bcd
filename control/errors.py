"""Errors of the control floor.

* ControlError
  * BundleError
    x UnknownFieldError
    x BundleMismatchError
    x UnknownBundleError
  * SignatureError
    x MalformedEnvelopeError
    x UnknownKeyError
    x BadSignatureError
    x WrongSignerError
  x RequestRefusedError
  x StateError
"""

import enum

__all__ = [
    "BadSignatureError",
    "BundleError",
    "BundleMismatchError",
    "ControlError",
    "MalformedEnvelopeError",
    "Refusal",
    "RequestRefusedError",
    "SignatureError",
    "StateError",
    "UnknownBundleError",
    "UnknownFieldError",
    "UnknownKeyError",
    "WrongSignerError",
]


class ControlError(Exception):
    """Base of every error of this floor."""


class BundleError(ControlError):
    """A bundle is not what it says, or is not there."""


class UnknownFieldError(BundleError):
    """An overlay or a bundle names a field that bundles do not have."""

    def __init__(self, fields: list[str], known: list[str]) -> None:
        names = ", ".join(sorted(fields))
        super().__init__(f"bundles have no field {names}; use one of {', '.join(sorted(known))}")
        self.fields = fields


class BundleMismatchError(BundleError):
    """The content of a bundle does not have the digest that its id claims."""

    def __init__(self, claimed: str, actual: str) -> None:
        super().__init__(f"bundle {claimed} has the content of {actual}; register it as that")
        self.claimed = claimed
        self.actual = actual


class UnknownBundleError(BundleError):
    """The registry has no such bundle."""

    def __init__(self, bundle_id: str) -> None:
        super().__init__(f"the registry has no bundle {bundle_id}; register it, then try again")
        self.bundle_id = bundle_id


class SignatureError(ControlError):
    """An envelope cannot be trusted. Nothing of its payload may be used."""


class MalformedEnvelopeError(SignatureError):
    """It is no DSSE envelope of the expected payload type."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a readable envelope ({reason}); send a DSSE v1 envelope")
        self.reason = reason


class UnknownKeyError(SignatureError):
    """None of the signing keys is on the ring."""

    def __init__(self) -> None:
        super().__init__("no signature is by a known key; add the public key, or sign with one")


class BadSignatureError(SignatureError):
    """A known key's signature does not fit the payload."""

    def __init__(self) -> None:
        super().__init__("the signature does not fit the payload; have it signed again")


class WrongSignerError(SignatureError):
    """A known key has signed in the name of somebody else."""

    def __init__(self, person: str) -> None:
        super().__init__(f"it speaks for {person}, whose key has not signed it; sign as yourself")
        self.person = person


class Refusal(enum.StrEnum):
    """Why a request is refused: short and constant, for counting and dead letters."""

    BAD_BUNDLE = "bad-bundle"
    BAD_OVERLAY = "bad-overlay"
    BAD_WAVES = "bad-waves"
    NAME_SPENT = "name-spent"
    NO_CHANGE = "no-change"
    NO_PIN = "no-pin"
    NO_ROLLOUT = "no-rollout"
    NO_START = "no-start"
    NO_REASON = "no-reason"
    NOT_ASKED = "not-asked"
    NOT_ASSIGNED = "not-assigned"
    NOTHING_TO_REVERT = "nothing-to-revert"
    PAUSED = "paused"
    ROLLOUT_ACTIVE = "rollout-active"
    TOO_EARLY = "too-early"
    TOO_OLD = "too-old"
    UNKNOWN_POLICY = "unknown-policy"
    UNKNOWN_TENANT = "unknown-tenant"
    WRONG_AGENT = "wrong-agent"
    WRONG_ROLLOUT = "wrong-rollout"


class RequestRefusedError(ControlError):
    """A request cannot be granted; the state is as it was, but for the request's id.

    Args:
        code: Why.
        detail: What is wrong and what to do next.
    """

    def __init__(self, code: Refusal, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class StateError(ControlError):
    """Stored state cannot be read by this version."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"stored state is unreadable ({reason}); restore the version that wrote it"
        )
