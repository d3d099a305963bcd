"""A process's seat in its consumer group: who takes the seat of a dead one leaves the group for it.

A group waits for a member that was killed until its session is over, and until then nobody reads
its partitions. The kernel knows at once: a lock on a file ends with the process that holds it. The
file names the member; the next process to get the lock, on the same machine or volume, tells the
group. Others take seats of their own.
Source: Apache Kafka, protocol guide, LeaveGroup; flock(2).
"""

import asyncio
import fcntl
import logging
import os
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

from streams.kafka.security import client_options
from streams.settings import Settings

__all__ = ["Seat", "follow", "take"]

MOST = 64
"""Processes of a role on one machine that have a seat each; one more has none."""
LONGEST = 1024
"""Bytes of a member's name."""
LEAVE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Seat:
    """A place of its own among the processes of a role.

    Args:
        file: Open and locked; it is given back when this process ends, in whatever way.
    """

    def __init__(self, file: int | None = None) -> None:
        self._file = file
        self.predecessor = (
            "" if file is None else os.pread(file, LONGEST, 0).decode(errors="replace")
        )
        """Member of the group that had the seat before; it may have left the group by itself."""

    def note(self, member: str) -> None:
        """Name the member that this process is in its group; empty: it is none any more.

        Where it cannot be written, on a full disk, a successor waits for the session's end.
        """
        if self._file is None:
            return
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, member.encode()[:LONGEST], 0)
        except OSError as error:
            log.warning("A seat's member is not kept: %s.", error)


def take(folder: Path, group: str) -> Seat:
    """Take the first free seat.

    Args:
        folder: Where this machine's seats are.
        group: Of consumers.

    Returns:
        The seat; where no file can be locked, one that remembers nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(MOST):
            file = os.open(folder / f"{group}-{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            except OSError:
                os.close(file)
                raise
            else:
                return Seat(file)
    except OSError as error:
        log.warning("No seat in %s (%s): a successor waits for the session's end.", folder, error)
    return Seat()


async def follow(settings: Settings, group: str) -> Seat:
    """Take a seat; leave the group for the member that died in it.

    Args:
        settings: Where the brokers and the seats are.
        group: Of consumers.
    """
    seat = take(settings.data_dir.absolute() / "seats", group)
    if seat.predecessor:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await _leave(settings, group, seat.predecessor)
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("%s keeps %s until its session ends (%s).", group, seat.predecessor, error)
        seat.note("")
    return seat


async def _leave(settings: Settings, group: str, member: str) -> None:
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        node = await admin.find_coordinator(group)
        answer: Any = await admin._send_request_to_node(node, LeaveGroupRequest(group, member))
    finally:
        await admin.close()
    if not answer.error_code:
        log.info("%s: left for %s, which has died.", group, member)
