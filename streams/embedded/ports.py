"""Ports on the loopback interface."""

import socket
from collections.abc import Iterable

__all__ = ["HOST", "answers", "choose", "free"]

HOST = "127.0.0.1"


def answers(port: int) -> bool:
    """Tell whether something accepts connections at `port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free(count: int) -> list[int]:
    """Return `count` different ports that nobody uses just now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for probe in held:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in held]
    finally:
        for probe in held:
            probe.close()


def choose(wanted: Iterable[int]) -> list[int]:
    """Return each wanted port, or a free one in place of a taken one."""
    return [port if port and _is_free(port) else free(1)[0] for port in wanted]
