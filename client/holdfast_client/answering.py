"""Acks that wait to be sent, and what there is to say about commands and leases."""

from collections import OrderedDict
from itertools import islice

from holdfast_client.answers import ack, refusal
from holdfast_client.book import Received, Verdict
from holdfast_client.records import Command
from holdfast_client.view import View

__all__ = ["Answer", "Answers"]

MOST = 20_000
GRACE = 2.0
"""Seconds that a lease may come after the command that needs it."""

Answer = tuple[str, bytes]


class Answers:
    """A bounded queue; what it drops was the oldest.

    Args:
        router_id: Who answers.
    """

    def __init__(self, router_id: str) -> None:
        self._router_id = router_id
        self._unsent: OrderedDict[Answer, None] = OrderedDict()
        self._withheld: set[tuple[str, str]] = set()
        self._said: dict[str, int] = {}
        """By key, the epoch whose flip was told."""
        self._turns = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._unsent)

    def waiting(self, most: int) -> list[Answer]:
        """Return those that come first, as (key, value)."""
        return list(islice(self._unsent, most))

    def sent(self, answer: Answer) -> None:
        """Forget what the brokers have."""
        self._unsent.pop(answer, None)

    def defer(self, answer: Answer) -> None:
        """Let the others go first."""
        if answer in self._unsent:
            self._unsent.move_to_end(answer)

    def to(self, judged: list[tuple[Received, Verdict]], flipped_at: float, kept: str) -> None:
        """Answer records; of what was history only the last word about each tenant.

        Args:
            judged: Records and what became of them, in order.
            flipped_at: Wall clock of the flip, in milliseconds.
            kept: Why the flip is not on disk; empty if it is.
        """
        history: dict[str, Answer] = {}
        for record, verdict in judged:
            answer = self._to(record, verdict, flipped_at, kept)
            if answer is None:
                continue
            if record.history and verdict.kind != "refused":
                history[record.key] = answer
            else:
                self._queue(answer)
        for answer in history.values():
            self._queue(answer)

    def _to(
        self, record: Received, verdict: Verdict, flipped_at: float, kept: str
    ) -> Answer | None:
        command = verdict.command
        if verdict.kind == "refused":
            return refusal(self._router_id, record, verdict)
        if command is None:
            return None
        # Held already, and history: from the disk. Once told, a new connection is no news.
        told = self._said.get(record.key) == command.epoch
        if verdict.kind == "same" and (told or not record.history):
            return None
        if verdict.kind == "stale":
            return ack(self._router_id, command, "stale", reason=verdict.reason)
        self._said[record.key] = command.epoch
        self._withheld.discard((command.tenant_id, command.agent_id))
        flip_ms = None if record.history else max(0.0, flipped_at - record.at)
        bundle_id = command.baseline.bundle_id
        return ack(
            self._router_id, command, "flipped", reason=kept, bundle_id=bundle_id, flip_ms=flip_ms
        )

    def about_leases(self, view: View, now: float) -> int:
        """Say whose candidate is not served for want of a lease, and whose is again.

        Returns:
            How many have lost theirs just now.
        """
        lost = 0
        for key, served in view.served.items():
            command = served.command
            if command.candidate is None or command.mode == "pinned":
                continue
            if view.lets(command, now):
                if key in self._withheld:
                    self._withheld.discard(key)
                    self._say(command, "flipped", "the lease is fresh again")
            elif key not in self._withheld and now > served.flipped_at + GRACE:
                self._withheld.add(key)
                self._say(command, "lease-expired", "without a fresh lease the pin is served")
                lost += 1
        return lost

    def _say(self, command: Command, status: str, reason: str) -> None:
        self._turns += 1
        bundle_id = command.baseline.bundle_id
        self._queue(
            ack(
                self._router_id, command, status,
                reason=reason, bundle_id=bundle_id, turn=self._turns,
            )
        )  # fmt: skip

    def _queue(self, answer: Answer) -> None:
        self._unsent[answer] = None
        while len(self._unsent) > MOST:
            self._unsent.popitem(last=False)
