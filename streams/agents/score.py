"""Agent score: signals in, alerts out."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from control.bundles import declared
from detectors.rollout import AgentScores, dumps, fold, loads
from schemas import Signal, Tier
from streams.agents.directory import Directory
from streams.agents.notify import Notify
from streams.agents.park import Park
from streams.kafka.batches import App, essential, source
from streams.kafka.metrics import Metrics
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.stamped import KeyedState
from streams.settings import Settings

__all__ = ["Score"]

SIGNALS = "signals"


class _Tiers(Mapping[str, Tier]):
    """Tenant -> tier, as the registry stands."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def __getitem__(self, tenant_id: str) -> Tier:
        return self._directory.registry.tenant(tenant_id).tier

    def __iter__(self) -> Iterator[str]:
        return iter(self._directory.tenants)

    def __len__(self) -> int:
        return len(self._directory.tenants)


class Score:
    """The agent and its state, one entry an agent of the customer's.

    Args:
        app: A batched Faust app.
        settings: Of the process.
        metrics: Where messages are counted.
        directory: The registry, for policies, tiers and phases.
        outbox: Of the app.
        notify: Tells people.
    """

    def __init__(
        self,
        app: App,
        settings: Settings,
        metrics: Metrics,
        directory: Directory,
        outbox: Outbox,
        notify: Notify,
    ) -> None:
        self.settings, self.metrics, self.directory = settings, metrics, directory
        self.outbox, self.notify = outbox, notify
        self.park = Park(outbox, settings)
        self.tiers = _Tiers(directory)
        self.scores: KeyedState[AgentScores] = KeyedState(
            app, "scores", settings.partitions, factory=AgentScores, dumps=dumps, loads=loads,
            outbox=outbox, metrics=metrics,
        )  # fmt: skip

        @essential
        async def score(stream: Any) -> None:
            async for event in stream.events():
                for record in event.value:
                    self.record(record)
                event.value.clear()
                await outbox.room()

        app.agent(source(app, settings.topic(SIGNALS)), name="score")(score)

    def record(self, record: Record) -> None:
        """Fold one signal and send what it makes of the scores."""
        try:
            signal = Signal.model_validate_json(record.value or b"")
        except ValidationError as error:
            self.metrics.parked(SIGNALS)
            self.park.invalid(record, SIGNALS, "a-signal", error)
            return
        key = signal.agent_id.encode()
        if record.key != key:
            self.metrics.parked(SIGNALS)
            self.park(record, SIGNALS, "wrong-key", "the key is not the signal's agent")
            return
        phase = self.directory.phases.get(signal.phase_id or "")
        policy = self.directory.registry.policy(phase.policy_id if phase else "default")
        retry = phase.retry if phase else 1
        differ = declared(phase, signal.tenant_id, self.directory.bundles)
        alerts = self.scores.fold_at(record, key, fold, signal, policy, self.tiers, retry, differ)
        if alerts is None:
            self.metrics.skipped(SIGNALS)
            return
        self.metrics.processed(SIGNALS)
        topic = self.settings.topic("alerts")
        for alert in alerts:
            self.notify.tell(alert)
            self.outbox.send(topic, key, alert.model_dump_json().encode())
