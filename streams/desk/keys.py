"""Keys under the data folder: the control plane's, each person's, and the public ring.

`keys/control.pem` signs commands, `keys/person-<name>.pem` signs a person's requests; both are
readable by their owner only. `keys/ring.json` holds the public halves: routers verify commands
and decide verifies requests with it.
"""

import base64
import getpass
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from control.signing import KeyRing, Signer
from streams.desk.errors import DeskError, KeyMissingError

__all__ = [
    "CONTROL",
    "RING",
    "KeyInfo",
    "create",
    "ensure",
    "folder",
    "key_id",
    "kind",
    "listed",
    "me",
    "ring",
    "signer",
]

CONTROL = "control"
RING = "ring.json"
"""Of the folder of keys: the public halves."""
NAME = re.compile(r"[A-Za-z0-9._@+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """One public key of the ring.

    Args:
        name: `control`, or the person's name.
        keyid: What signatures name it by.
        public: Base64 of the 32 raw bytes.
        here: Whether the private half is in this data folder too.
    """

    name: str
    keyid: str
    public: str
    here: bool


def folder(data_dir: Path) -> Path:
    """Return the folder of keys of a data folder."""
    return data_dir / "keys"


def me() -> str:
    """Return the name under which the person at the keyboard signs."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return "operator"
    return name if NAME.fullmatch(name) and name != CONTROL else "operator"


def kind(name: str) -> str:
    """Return what a key of this name may sign: `control` commands, `person` requests."""
    return "control" if name == CONTROL else "person"


def key_id(public: bytes) -> str:
    """Return the id of a raw public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def create(data_dir: Path, name: str) -> KeyInfo:
    """Make a key pair; the private half is written for its owner only.

    Raises:
        DeskError: The name is not one, or there is such a key already.
    """
    if not NAME.fullmatch(name):
        message = f"{name!r} is no name for a key; use letters, digits and . _ @ + -"
        raise DeskError(message)
    path = _path(data_dir, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError:
        message = f"{path} exists already; to replace that key, move it away first."
        raise DeskError(message) from None
    public = _public(key)
    info = KeyInfo(
        name=name, keyid=key_id(public), public=base64.b64encode(public).decode(), here=True
    )
    _remember(data_dir, info)
    return info


def ensure(data_dir: Path) -> list[KeyInfo]:
    """Make what is missing of the control key and a key for the person at the keyboard."""
    known = {info.name for info in listed(data_dir) if info.here}
    return [create(data_dir, name) for name in (CONTROL, me()) if name not in known]


def listed(data_dir: Path) -> list[KeyInfo]:
    """Return every key of the ring, the control plane's first."""
    infos = [
        KeyInfo(
            name=row["name"],
            keyid=keyid,
            public=row["public"],
            here=_path(data_dir, row["name"]).exists(),
        )
        for keyid, row in _ring(data_dir).items()
    ]
    return sorted(infos, key=lambda info: (info.name != CONTROL, info.name))


def signer(data_dir: Path, name: str) -> Signer:
    """Return what signs as `name`: `control`, or a person.

    Raises:
        KeyMissingError: There is none here, or it is no Ed25519 key.
    """
    path = _path(data_dir, name)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        message = f"No key of {name} in {path.parent}; make one with `holdfast keys create {name}`."
        raise KeyMissingError(message) from None
    except ValueError:
        message = f"{path} is no private key; restore it, or move it away and make a new one."
        raise KeyMissingError(message) from None
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path} is no Ed25519 key; move it away and make a new one."
        raise KeyMissingError(message)
    return Signer(key_id(_public(key)), key.private_bytes_raw())


def ring(data_dir: Path, of: str) -> KeyRing:
    """Return the public keys that may sign commands (`control`) or requests (`person`)."""
    found = {keyid: row for keyid, row in _ring(data_dir).items() if row["kind"] == of}
    return KeyRing(
        {keyid: base64.b64decode(row["public"]) for keyid, row in found.items()},
        {keyid: row["name"] for keyid, row in found.items()},
    )


def _path(data_dir: Path, name: str) -> Path:
    file = "control.pem" if name == CONTROL else f"person-{name}.pem"
    return folder(data_dir) / file


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _ring(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Return keyid -> {name, kind, public} of the ring file."""
    path = folder(data_dir) / RING
    try:
        ring: dict[str, dict[str, Any]] = json.loads(path.read_bytes())["keys"]
        for row in ring.values():
            if not {"name", "kind"} <= row.keys():
                raise KeyError
            Ed25519PublicKey.from_public_bytes(base64.b64decode(row["public"], validate=True))
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"{path} is damaged; restore it, or delete the folder to make new keys."
        raise KeyMissingError(message) from None
    return ring


def _remember(data_dir: Path, info: KeyInfo) -> None:
    """Put a public key into the ring file, whole or not at all."""
    ring = _ring(data_dir)
    ring[info.keyid] = {"name": info.name, "kind": kind(info.name), "public": info.public}
    path = folder(data_dir) / RING
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"version": 1, "keys": ring}, indent=1) + "\n")
    fresh.replace(path)
