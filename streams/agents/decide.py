"""Agent decide: alerts, requests and ticks in; phases, commands, holds, leases, accepts out.

A decision is made durable before any of it is sent; what a crash left unsent is sent again,
unchanged. The registry's part is acked before the control topic's: no router names a phase that
measure cannot know.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pydantic import ValidationError

from control.decision import (
    AgentState,
    Publish,
    Registry,
    dumps,
    fold_alert,
    fold_request,
    fold_tick,
    held_up,
    loads,
    pending,
    published,
)
from control.errors import RequestRefusedError, SignatureError
from control.signing import KeyRing, Signer, read_request, sign
from schemas import Alert, Contract, Envelope, Tick
from streams.agents.directory import Directory
from streams.agents.notify import Notify
from streams.agents.park import Park
from streams.agents.ticks import is_tick
from streams.kafka.batches import App, essential, source
from streams.kafka.broadcast import Broadcast
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.stamped import KeyedState
from streams.settings import Settings

__all__ = ["Decide"]

Fold = Callable[[AgentState, Any, Registry, int], list[Publish]]

log = logging.getLogger(__name__)


class Decide:
    """The agent and its state, one entry an agent of the customer's.

    Args:
        app: A batched Faust app.
        settings: Of the process.
        metrics: Where messages are counted.
        directory: The registry.
        registry: The topic behind it, asked to catch up before a request is answered.
        outbox: Of the app.
        notify: Tells people.
        signer: The control plane's key.
        people: Gives the keys of whose requests are heard.
    """

    def __init__(
        self,
        app: App,
        settings: Settings,
        metrics: Metrics,
        directory: Directory,
        registry: Broadcast,
        outbox: Outbox,
        notify: Notify,
        *,
        signer: Signer,
        people: Callable[[], KeyRing],
    ) -> None:
        self.settings, self.metrics, self.directory = settings, metrics, directory
        self.registry, self.outbox, self.notify = registry, outbox, notify
        self.signer, self.people = signer, people
        self._era = 0
        self._told: dict[tuple[str, str], int] = {}
        """By agent and tenant, the epoch of whose waiting command was told."""
        self.park = Park(outbox, settings)
        self.decisions: KeyedState[AgentState] = KeyedState(
            app, "decisions", settings.partitions, factory=partial(AgentState, ""), dumps=dumps,
            loads=loads, outbox=outbox, on_recovered=self._resend, metrics=metrics,
        )  # fmt: skip
        names = settings.topic("alerts"), settings.topic("requests")

        @essential
        async def decide(stream: Any) -> None:
            async for event in stream.events():
                await self.chunk(event.value)
                event.value.clear()

        app.agent(source(app, *names), name="decide")(decide)

    async def chunk(self, records: Sequence[Record]) -> None:
        """Fold one chunk of one partition; after a rebalance the rest of it comes again."""
        self._era = self.decisions.era
        for record in records:
            if self.decisions.era != self._era:
                return
            await self._record(record)

    async def _record(self, record: Record) -> None:
        if is_tick(record):
            await self._tick(record)
        elif record.topic == self.settings.topic("requests"):
            await self._request(record)
        else:
            await self._alert(record)

    async def _alert(self, record: Record) -> None:
        try:
            alert = Alert.model_validate_json(record.value or b"")
        except ValidationError as error:
            self._invalid(record, "alerts", "an-alert", error)
            return
        if record.key != alert.agent_id.encode():
            self.metrics.parked("alerts")
            self.park(record, "alerts", "wrong-key", "the key is not the alert's agent")
            return
        await self._fold(record, "alerts", alert.agent_id, fold_alert, alert)

    async def _request(self, record: Record) -> None:
        try:
            envelope = Envelope.model_validate_json(record.value or b"")
            request = read_request(envelope, self.people())
        except ValidationError as error:
            self._invalid(record, "requests", "a-request", error)
            return
        except SignatureError as error:
            self._refuse(record, "bad-signature", str(error))
            return
        if record.key != request.agent_id.encode():
            self._refuse(record, "wrong-key", "the key is not the request's agent")
            return
        await self.registry.catch_up()
        await self._fold(record, "requests", request.agent_id, fold_request, request)

    async def _tick(self, record: Record) -> None:
        tick = Tick(at=record.timestamp)
        stored = self.decisions.keys()
        for key in [key for partition, key in stored if partition == record.partition]:
            await self._fold(record, None, key.decode(), fold_tick, tick)
            await self._catch_up(record.partition, key)

    async def _fold(
        self, record: Record, topic: str | None, agent_id: str, function: Fold, message: Contract
    ) -> None:
        """Apply one of control's folds to the agent's state, then make it durable and send."""
        if self.decisions.era != self._era:  # a rebalance since the record was handed over
            return
        key = agent_id.encode()
        step = partial(self._step, agent_id=agent_id, function=function, now=record.timestamp)
        outputs = self.decisions.fold_at(record, key, step, message)
        if isinstance(outputs, RequestRefusedError):
            self._refuse(record, "refused", str(outputs))
            return
        if topic is not None:
            count = self.metrics.skipped if outputs is None else self.metrics.processed
            count(topic)
        if not outputs:
            return
        leases = [one for one in outputs if one.id.startswith("lease/")]
        if len(leases) < len(outputs) and not await self.decisions.write_through(
            record.partition, key
        ):
            return
        await self._send(record.partition, key, outputs)

    async def _catch_up(self, partition: int, key: bytes) -> None:
        """Send what was decided while the registry lacked a bundle of it; tell once what waits."""
        if self.decisions.era != self._era:
            return
        state, registry = self.decisions.get(partition, key), self.directory.registry
        if not state.waiting.commands:
            return
        for tenant_id, what in held_up(state, registry).items():
            place, epoch = (state.agent_id, tenant_id), state.tenants[tenant_id].epoch
            if self._told.get(place) != epoch:
                self._told[place] = epoch
                self.metrics.held_up.inc()
                log.error("The command for %s/%s waits: %s.", tenant_id, state.agent_id, what)
        outputs = pending(state, registry)
        if outputs and await self.decisions.write_through(partition, key):
            await self._send(partition, key, outputs)

    def _step(
        self, state: AgentState, message: Contract, *, agent_id: str, function: Fold, now: int
    ) -> list[Publish] | RequestRefusedError:
        state.agent_id = agent_id
        try:
            return function(state, message, self.directory.registry, now)
        except RequestRefusedError as refusal:
            return refusal

    async def _send(self, partition: int, key: bytes, outputs: Sequence[Publish]) -> None:
        """Send in order; the state forgets what the brokers have."""
        for topic in ("registry", "control", "events"):
            acks = [self._publish(one) for one in outputs if one.topic == topic]
            for ack in acks:
                await ack
        published(self.decisions.get(partition, key), [one.id for one in outputs])
        self.decisions.mark(partition, key)

    def _publish(self, one: Publish) -> Any:
        record = sign(one.record, self.signer) if one.topic == "control" else one.record
        raw = record.model_dump_json(exclude_none=True).encode()
        self.notify.tell(one.record)
        return self.outbox.send(self.settings.topic(one.topic), one.key.encode(), raw)

    async def _resend(self) -> None:
        """Send again, unchanged, what was decided and perhaps not sent."""
        stored = self.decisions.keys()
        for partition, key in stored:
            outputs = pending(self.decisions.get(partition, key), self.directory.registry)
            if outputs:
                await self._send(partition, key, outputs)

    def _invalid(self, record: Record, topic: str, what: str, error: ValidationError) -> None:
        self.metrics.parked(topic)
        self.park.invalid(record, topic, what, error)

    def _refuse(self, record: Record, reason: str, detail: str) -> None:
        self.metrics.parked("requests")
        self.park(record, "requests", reason, detail)
        log.warning("A request is refused (%s): %s", reason, detail)
