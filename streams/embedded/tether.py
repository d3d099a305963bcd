"""Ties a process to its parent, then becomes the command: `tether.py PARENT COMMAND...`.

A program of its own rather than a `preexec_fn`, which is unsafe where threads run.
"""

import ctypes
import os
import signal
import sys

__all__ = ["main"]

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask Linux to kill us when the parent dies, and run the command in our place."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):
            sys.exit("the parent died before its child began")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
