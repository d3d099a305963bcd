"""Agent prove: commands, acks, sightings, heartbeats and ticks in; proofs out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from pydantic import Field, TypeAdapter, ValidationError

from control.errors import SignatureError
from control.proof import (
    ProofState,
    Routers,
    dumps,
    dumps_routers,
    fold_ack,
    fold_command,
    fold_sighting,
    fold_tick,
    loads,
    loads_routers,
    unsettled,
)
from control.signing import KeyRing, read_control
from schemas import Ack, Command, Envelope, Heartbeat, Hold, Proof, Sighting
from streams.agents.directory import Directory
from streams.agents.mend import Mend
from streams.agents.notify import Notify
from streams.agents.park import Park
from streams.agents.ticks import is_tick
from streams.kafka.batches import App, essential, source
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.stamped import KeyedState
from streams.settings import Settings

__all__ = ["Prove"]

ANSWER: TypeAdapter[Ack | Sighting | Heartbeat] = TypeAdapter(
    Annotated[Ack | Sighting | Heartbeat, Field(discriminator="kind")]
)
ROUTERS = b"\0routers"
"""Key of the entry that holds a partition's live routers; no tenant's key has a NUL."""
HOLD = b"\0hold/"
"""Before the key of an agent's holds: a tenant and agent may be called so too."""


@dataclass(slots=True)
class Entry:
    """The proof of one (tenant, agent), or under `ROUTERS` the routers of a partition."""

    proof: ProofState = field(default_factory=ProofState)
    routers: Routers = field(default_factory=Routers)


def _dumps(entry: Entry) -> bytes:
    return msgspec.msgpack.encode((dumps(entry.proof), dumps_routers(entry.routers)))


def _loads(raw: bytes) -> Entry:
    proof, routers = msgspec.msgpack.decode(raw, type=tuple[bytes, bytes])
    return Entry(loads(proof), loads_routers(routers))


class Prove:
    """The agent and its state.

    Args:
        app: A batched Faust app.
        settings: Of the process.
        metrics: Where messages are counted.
        directory: The registry, for the deadline of proofs.
        outbox: Of the app.
        notify: Tells people.
        commanders: Public keys of the control plane.
    """

    def __init__(
        self,
        app: App,
        settings: Settings,
        metrics: Metrics,
        directory: Directory,
        outbox: Outbox,
        notify: Notify,
        *,
        commanders: KeyRing,
    ) -> None:
        self.settings, self.metrics, self.directory = settings, metrics, directory
        self.outbox, self.notify, self.commanders = outbox, notify, commanders
        self.park = Park(outbox, settings)
        self.mend = Mend(app, settings, outbox, metrics)
        self.open: set[tuple[int, bytes]] = set()
        self.proofs: KeyedState[Entry] = KeyedState(
            app, "proofs", settings.partitions, factory=Entry, dumps=_dumps, loads=_loads,
            outbox=outbox, on_recovered=self._reopen, metrics=metrics,
        )  # fmt: skip
        names = settings.topic("control"), settings.topic("acks")

        @essential
        async def prove(stream: Any) -> None:
            async for event in stream.events():
                for record in event.value:
                    self.record(record)
                event.value.clear()
                await outbox.room()

        app.agent(source(app, *names), name="prove")(prove)

    async def _reopen(self) -> None:
        self.open = {
            (partition, key)
            for partition, key in self.proofs.keys()  # noqa: SIM118  no mapping
            if unsettled(self.proofs.get(partition, key).proof)
        }
        self.mend.behind.clear()
        for partition, key in self.proofs.keys():  # noqa: SIM118
            self._placed(partition, key)

    def record(self, record: Record) -> None:
        """Fold one record, and send what it proves."""
        if is_tick(record):
            for partition, key in sorted(self.open):
                if partition == record.partition:
                    self._fold(record, key, lambda entry, routers: fold_tick(
                        entry.proof, record.timestamp, routers))  # fmt: skip
        elif record.topic == self.settings.topic("control"):
            self._control(record)
        else:
            self._answer(record)

    def _control(self, record: Record) -> None:
        if record.value is None:
            return
        try:
            command = read_control(Envelope.model_validate_json(record.value), self.commanders)
        except ValidationError as error:
            self.metrics.parked("control")
            self.park.invalid(record, "control", "an-envelope", error)
            return
        except SignatureError as error:
            self.metrics.parked("control")
            self.park(record, "control", "bad-signature", str(error))
            return
        key = record.key or b""
        if isinstance(command, Command):
            if self._fits(record, "control", command):
                self._command(record, key, command)
            return
        self.metrics.processed("control")
        if isinstance(command, Hold) and key == f"{command.agent_id}/*".encode():
            epoch, key = command.epoch, HOLD + key
            self.proofs.fold_at(record, key, lambda e: e.proof.place.note(epoch, record.offset))
            self._placed(record.partition, key)

    def _command(self, record: Record, key: bytes, command: Command) -> None:
        seconds = self.directory.policy_of(command).proof_seconds

        def fold(entry: Entry, routers: Routers) -> list[Proof]:
            entry.proof.place.note(command.epoch, record.offset)
            return fold_command(entry.proof, command, routers, record.timestamp, seconds)

        self._fold(record, key, fold)
        self._placed(record.partition, key)

    def _placed(self, partition: int, key: bytes) -> None:
        place = self.proofs.get(partition, key).proof.place
        self.mend.look(partition, key.removeprefix(HOLD), place)

    def _answer(self, record: Record) -> None:
        try:
            answer = ANSWER.validate_json(record.value or b"")
        except ValidationError as error:
            self.metrics.parked("acks")
            self.park.invalid(record, "acks", "an-ack", error)
            return
        now = record.timestamp
        if isinstance(answer, Heartbeat):
            self.metrics.processed("acks")
            self.proofs.fold_at(record, ROUTERS, lambda entry: entry.routers.heartbeat(answer, now))
            return
        if not self._fits(record, "acks", answer):
            return
        key = record.key or b""
        if isinstance(answer, Ack):
            self._fold(
                record, key, lambda entry, routers: fold_ack(entry.proof, answer, routers, now)
            )
        else:
            self._fold(
                record, key, lambda entry, routers: fold_sighting(entry.proof, answer, routers, now)
            )

    def _fits(self, record: Record, topic: str, message: Command | Ack | Sighting) -> bool:
        """Count a message; set it aside if its key is another's, whose state it must not touch."""
        if record.key == f"{message.tenant_id}/{message.agent_id}".encode():
            self.metrics.processed(topic)
            return True
        self.metrics.parked(topic)
        self.park(record, topic, "wrong-key", "the key is not the message's tenant/agent")
        return False

    def _fold(
        self, record: Record, key: bytes, function: Callable[[Entry, Routers], list[Proof]]
    ) -> None:
        routers = self.proofs.get(record.partition, ROUTERS).routers
        proofs = self.proofs.fold_at(record, key, lambda entry: function(entry, routers))
        place = (record.partition, key)
        if unsettled(self.proofs.get(record.partition, key).proof):
            self.open.add(place)
        else:
            self.open.discard(place)
        for proof in proofs or ():
            self.notify.tell(proof)
            raw = proof.model_dump_json().encode()
            self.outbox.send(self.settings.topic("proofs"), key, raw)
