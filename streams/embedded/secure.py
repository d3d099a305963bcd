"""Users, certificates and access control for an embedded Kafka."""

import base64
import datetime
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Secure"]

SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
ITERATIONS = 4096
VALID = datetime.timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Secure:
    """SASL_SSL with SCRAM-SHA-512 for clients, and Kafka's StandardAuthorizer.

    Args:
        admin: The user above all access rules.
        password: The admin's, at least 8 characters.
        users: Further users and their passwords; without a rule they may do nothing.
    """

    admin: str
    password: str = field(repr=False)
    users: dict[str, str] = field(repr=False, default_factory=dict)

    def authority(self, folder: Path) -> Path:
        """Return where the certificate authority's PEM file is, for clients."""
        return folder / "ca.pem"

    def server(self, folder: Path) -> dict[str, str]:
        """Return the settings of a node; make its certificate on first use."""
        certificate = folder / "server.pem"
        if not certificate.exists():
            _certificates(certificate, self.authority(folder))
        scram = f'{SCRAM} required username="{self.admin}" password="{self.password}";'
        plain = (
            f'{PLAIN} required username="{self.admin}" password="{self.password}" '
            f'user_{self.admin}="{self.password}";'
        )
        return {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{self.admin}",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": scram,
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": plain,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(certificate),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority(folder)),
        }

    def format_arguments(self) -> list[str]:
        """Return what `format` needs to know the users from the first start."""
        everyone = {self.admin: self.password, **self.users}
        return [
            argument
            for name, password in everyone.items()
            for argument in ("--add-scram", _credential(name, password))
        ]


def _credential(name: str, password: str) -> str:
    """Say a SCRAM credential salted, so that no command line carries a password (RFC 5802)."""
    salt = secrets.token_bytes(24)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    parts = {"name": name, "iterations": str(ITERATIONS)} | {
        key: f'"{base64.b64encode(value).decode()}"'
        for key, value in (("salt", salt), ("saltedpassword", salted))
    }
    return f"SCRAM-SHA-512=[{','.join(f'{key}={value}' for key, value in parts.items())}]"


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificates(server: Path, authority: Path) -> None:
    """Write a new authority's certificate, and one it signed for loopback with its key.

    The authority's key is used once and forgotten.
    """
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    issuer = _named("Holdfast embedded authority")

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + VALID)
        )

    ca = (
        begin(issuer, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    loopback = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    signed = (
        begin(_named("localhost"), key.public_key())
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    server.touch(mode=0o600)
    server.write_bytes(secret + signed.public_bytes(pem) + ca.public_bytes(pem))
    authority.write_bytes(ca.public_bytes(pem))
