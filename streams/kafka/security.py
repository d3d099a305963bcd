"""How to reach the brokers: one set of settings, in aiokafka's words and in Faust's."""

import ssl
from typing import Any

import faust
from yarl import URL

from streams.errors import StreamsError
from streams.settings import Settings

__all__ = ["client_options", "faust_options", "servers", "ssl_context"]


def servers(settings: Settings) -> list[str]:
    """Return the bootstrap servers as `host:port`."""
    return [part.strip() for part in settings.kafka.split(",") if part.strip()]


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """Return a context that verifies the brokers' names; None where TLS is off.

    Raises:
        StreamsError: A PEM file is missing or none.
    """
    if not settings.kafka_security.endswith("SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca)
        if settings.kafka_certificate is not None:
            context.load_cert_chain(settings.kafka_certificate, settings.kafka_key)
    except OSError as error:  # of ssl too, which names no file
        message = (
            f"the files of TLS cannot be used ({error.strerror or error}): look at "
            "HOLDFAST_KAFKA_CA, HOLDFAST_KAFKA_CERTIFICATE and HOLDFAST_KAFKA_KEY"
        )
        raise StreamsError(message) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def client_options(settings: Settings) -> dict[str, Any]:
    """Return the options that aiokafka's producer, consumer and admin client share."""
    options: dict[str, Any] = {
        "bootstrap_servers": servers(settings),
        "security_protocol": settings.kafka_security,
        "ssl_context": ssl_context(settings),
    }
    if settings.kafka_security.startswith("SASL"):
        password = settings.kafka_password
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": password.get_secret_value() if password else None,
        }
    return options


def faust_options(settings: Settings) -> dict[str, Any]:
    """Return Faust's settings of brokers and credentials.

    Faust makes SASL_SSL of SASL credentials with a context and SASL_PLAINTEXT of those without.
    """
    options: dict[str, Any] = {
        "broker": [URL(f"kafka://{server}") for server in servers(settings)],
    }
    context = ssl_context(settings)
    if settings.kafka_security.startswith("SASL"):
        password = settings.kafka_password
        options["broker_credentials"] = faust.SASLCredentials(
            username=settings.kafka_user,
            password=password.get_secret_value() if password else None,
            ssl_context=context,
            mechanism=settings.kafka_sasl_mechanism,
        )
    elif context is not None:
        options["broker_credentials"] = faust.SSLCredentials(context)
    return options
