"""Settings of a command: from the environment, else of a running `holdfast up`."""

from streams.settings import Settings

__all__ = ["load", "of_running"]

SERVERS = ("kafka", "clickhouse")


def load() -> Settings:
    """Return the environment's settings, stopping with one line if one is ill-typed.

    Raises:
        pydantic.ValidationError: A setting cannot be read.
    """
    return Settings()


def of_running() -> Settings:
    """Return the settings of what runs: the environment's word counts before the data folder's.

    A running `holdfast up` writes where its servers listen into its data folder; whoever names
    a server in the environment means that one.
    """
    settings = load()
    if any(name in settings.model_fields_set for name in SERVERS):
        return settings
    from streams.embedded.discovery import discover

    found = discover(settings)
    return settings if found is None else found
