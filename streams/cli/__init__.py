"""The command `holdfast`."""

from streams.cli.app import main

__all__ = ["main"]
