"""The command `holdfast`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command; Ctrl-C while it is still loading leaves no traceback either."""
    try:
        from streams.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)
