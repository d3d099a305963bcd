"""How a child runs a module of ours with the settings of its parent."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

import streams
from streams.settings import Settings

__all__ = ["environment", "module", "variables"]

PREFIX = "HOLDFAST_"


def module(name: str, *arguments: str) -> list[str]:
    """Return the command line of a module.

    Safe path: a `schemas` or `detectors` in the working directory must not stand in for ours.
    """
    return [sys.executable, "-P", "-m", name, *arguments]


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment with our code on its path and these settings instead of ours."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if settings is None or not name.upper().startswith(PREFIX)
    }
    root = str(Path(streams.__path__[0]).absolute().parent)
    paths = [root, *filter(None, [inherited.get("PYTHONPATH")])]
    return inherited | dict(settings or {}) | {"PYTHONPATH": os.pathsep.join(paths)}


def variables(settings: Settings) -> dict[str, str]:
    """Return settings as the environment variables that make them."""
    said = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            said[PREFIX + name.upper()] = str(value)
    return said
