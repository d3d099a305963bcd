"""How to reach a Kafka that wants TLS or a password."""

import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Security"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Options of the connection; the defaults are for a broker on the same machine.

    Args:
        protocol: As Kafka calls it.
        mechanism: SASL mechanism.
        user: SASL user.
        password: Its password; never shown.
        ca: PEM file of the authority that signed the brokers' certificates; None: the system's.
        certificate: PEM file of the client's own certificate, if brokers ask for one.
        key: PEM file of its key.
    """

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None

    def options(self) -> dict[str, Any]:
        """Return the options as aiokafka's clients take them."""
        options: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key)
            options["ssl_context"] = context
        if self.protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.user
            options["sasl_plain_password"] = self.password
        return options
