"""The router: which bundle serves this tenant, agent and session?"""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from holdfast_client.answers import valid_name
from holdfast_client.assigning import Assigner, Assignment, Pair
from holdfast_client.book import Book
from holdfast_client.clocks import BrokerClock, running
from holdfast_client.disk import Disk
from holdfast_client.following import Follower
from holdfast_client.keys import Ring
from holdfast_client.outage import run
from holdfast_client.security import Security
from holdfast_client.transport import KafkaTransport, Transport

__all__ = ["Router"]


class Router:
    """Obeys signed commands; serves the last verified pin for ever if nobody commands any more.

    A thread of its own follows the control topic. What it verified lies on disk, so a router
    that starts without Kafka serves its pins too (`Assignment.stale` says so), but no candidate:
    those need a fresh lease of the control plane. Create it after the process has forked.

    Args:
        bootstrap: Kafka servers, comma-separated.
        public_keys: Key id -> 32 raw bytes, of the control plane; see `read_keys`.
        state_dir: Folder for the last verified assignments, of this router alone.
        router_id: Its name in stamps, acks and proofs; None: the host's, with a random end.
        namespace: Prefix of the topics.
        security: How to reach Kafka.
        stale_seconds: An assignment is stale if the control topic was not known to be read to
            its end for so long.
        sessions: How many sessions under way are remembered.
        heartbeat_seconds: Between two heartbeats; the control plane takes one that is silent
            for 15 s for gone.
        retry_seconds: Before connecting again.
        transport: Instead of Kafka.
        clock: Running seconds; must not go back.

    Raises:
        KeysError: No usable public key.
        ValueError: A router cannot be called so.
    """

    def __init__(
        self,
        bootstrap: str,
        public_keys: Mapping[str, bytes],
        state_dir: str | Path,
        *,
        router_id: str | None = None,
        namespace: str = "holdfast.",
        security: Security | None = None,
        stale_seconds: float = 30.0,
        sessions: int = 50_000,
        heartbeat_seconds: float = 5.0,
        retry_seconds: float = 1.0,
        transport: Transport | None = None,
        clock: Callable[[], float] = running,
    ) -> None:
        self.router_id = router_id or f"{socket.gethostname()[:64]}-{os.urandom(4).hex()}"
        if not valid_name(self.router_id):
            message = f"a router cannot be called {self.router_id!r}: no white space, no slash"
            raise ValueError(message)
        self._stale_seconds = stale_seconds
        broker_clock = BrokerClock()
        book = Book(Ring(public_keys), broker_clock, clock)
        disk = Disk(state_dir)
        for record in disk.load():
            book.apply(record)
        options = (security or Security()).options()
        self._follower = Follower(
            self.router_id,
            transport or KafkaTransport(bootstrap, namespace, options),
            book, disk, broker_clock, clock,
            heartbeat_seconds=heartbeat_seconds, retry_seconds=retry_seconds,
        )  # fmt: skip
        self._assigner = Assigner(self.router_id, clock, sessions)
        self._thread = threading.Thread(target=self._run, name="holdfast-router", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        run(self._follower.run())

    def assign(
        self, tenant: str, agent: str, session: str | None = None, user: str | None = None
    ) -> Assignment:
        """Return which bundle serves a call. Never waits; safe in threads; some microseconds.

        Args:
            tenant: Whose call.
            agent: Which of the tenant's agents.
            session: What the call belongs to; all its calls are served alike.
            user: Whose, where there are no sessions.

        Raises:
            NoAssignmentError: Nothing verified is known of the tenant and agent.
        """
        view = self._follower.view
        return self._assigner.assign(view, tenant, agent, session, user, self._stale)

    def pair(self, tenant: str, agent: str, live: Assignment | None = None) -> Pair | None:
        """Return both bundles of a tenant's rollout for the same prompt, to compare like with like.

        Call both with the prompt and emit both answers with their stamps, the live one too.

        Args:
            tenant: Whose.
            agent: Which of the tenant's agents.
            live: What `assign` gave for a call that the baseline answers: the candidate is called
                beside it (shadow). None: a probe or golden case that answers nobody.

        Returns:
            None while there is no candidate, its lease has run out, or another bundle answers.

        Raises:
            NoAssignmentError: Nothing verified is known of the tenant and agent.
        """
        return self._assigner.pair(self._follower.view, tenant, agent, live, self._stale)

    def wait(self, timeout: float = 30.0) -> bool:
        """Wait until the control topic has been read to its end; return whether it has."""
        step = threading.Event()
        for _ in range(max(1, round(timeout / 0.02))):
            if self._follower.fresh_at is not None or not self._thread.is_alive():
                break
            step.wait(0.02)
        return self._follower.fresh_at is not None

    @property
    def _stale(self) -> bool:
        follower = self._follower
        return follower.fresh_at is None or follower.staleness() > self._stale_seconds

    @property
    def staleness_seconds(self) -> float:
        """Seconds since the control topic was last known to be read to its end."""
        return self._follower.staleness()

    def statistics(self) -> dict[str, int]:
        """Return how many control records were flipped, refused, stale, … so far."""
        return dict(self._follower.counts)

    def close(self, timeout: float = 5.0) -> None:
        """Say goodbye and stop; assigning goes on from what is known."""
        self._follower.stop()
        self._thread.join(timeout)

    def __enter__(self) -> "Router":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
