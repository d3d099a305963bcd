"""The demo's rollouts on the pure core, without servers: folds, scores, decisions, a router."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from control.decision import AgentState, Publish, fold_alert, fold_request, fold_tick, published
from control.registry import Registry
from detectors import rollout
from detectors.features.extract import extract
from detectors.features.observe import observe, stratum
from detectors.monitor import Seen, TenantAgent, fold, fresh
from schemas import Bundle, Command, Event, Hold, Phase, Start, Tick
from simulation import Fleet
from streams.demo.plan import AGENT, Stage, make_plan
from streams.desk import registry, requests
from streams.desk.requests import Kind

RATE = 1500.0
EPOCH = 1_800_000_000_000


class Core:
    """Everything between an event and a command, in one process and simulated time.

    Args:
        seed: Of the fleet.
        lag: Seconds from a command to the first unit that is served by it: a slow machine.
    """

    def __init__(self, seed: int, lag: float = 0.0) -> None:
        self.lag = lag
        self.plan = make_plan(seed)
        self.fleet = Fleet(self.plan.tenants, self.plan.world, seed, agent_id=AGENT)
        entries = registry.parse(self.plan.registry(), "demo")
        self.registry = Registry(
            bundles=dict(entries.bundles),
            tenants=dict(entries.tenants),
            policies=dict(entries.policies),
        )
        self.tiers = {name: one.tier for name, one in entries.tenants.items()}
        self.decisions, self.scores = AgentState(AGENT), rollout.AgentScores()
        self.states: dict[str, TenantAgent] = {}
        self.phases: dict[str, Phase] = {}
        self.serving: dict[str, Command] = {}
        self.coming: deque[tuple[float, Command]] = deque()
        self.commands: list[Command] = []
        self.holds: list[Hold] = []
        self.units: dict[str, int] = {}
        self.at, self.offset, self.ticked = float(EPOCH), 0, 0
        self.ask("assign")

    def ask(self, kind: Kind, start: Start | None = None) -> None:
        at = datetime.fromtimestamp(self.at / 1000, UTC)
        request = requests.build(kind, AGENT, "demo", start=start).model_copy(update={"at": at})
        self.do(fold_request(self.decisions, request, self.registry, int(self.at)))

    def start(self, stage: Stage) -> None:
        self.ask("start", Start(
            rollout_id=stage.name, overlay=dict(stage.scenario.overlay), weight=stage.weight,
            waves=list(stage.waves),
        ))  # fmt: skip

    def do(self, outputs: Iterable[Publish]) -> None:
        for one in outputs:
            match one.record:
                case Phase() as phase:
                    self.phases[phase.phase_id] = phase
                case Bundle() as bundle:
                    self.registry = Registry(
                        bundles={**self.registry.bundles, bundle.bundle_id: bundle},
                        tenants=self.registry.tenants,
                        policies=self.registry.policies,
                    )
                case Command() as command:
                    self.coming.append((self.at + self.lag * 1000, command))
                    self.commands.append(command)
                case Hold() as hold:
                    self.holds.append(hold)
                case _:
                    pass
            published(self.decisions, [one.id])

    def back(self) -> set[str]:
        return {c.tenant_id for c in self.commands if c.action in ("revert", "halt")}

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        end = self.at + seconds * 1000
        while self.at < end:
            self.step()
            if true():
                return True
        return False

    def step(self) -> None:
        """One call of the service, and what comes of it."""
        self.at += 1000 / RATE
        self.offset += 1
        while self.coming and self.coming[0][0] <= self.at:
            command = self.coming.popleft()[1]
            self.serving[command.tenant_id] = command
        call = self.fleet.call()
        tenant = call.traits.tenant_id
        if tenant not in self.serving:
            return
        command = self.serving[tenant]
        side, arm = command.baseline, "baseline"
        name = f"{command.phase_id}\0{call.session_id}".encode()
        luck = int.from_bytes(hashlib.sha256(name).digest()[:8], "big") / 2**64
        if command.candidate is not None and luck < command.weight:
            side, arm = command.candidate, "candidate"
        stamp = {
            "phase_id": command.phase_id or "pin", "arm": arm, "epoch": command.epoch,
            "router_id": "r", "unit_id": call.session_id,
        }  # fmt: skip
        bundle = side.model_dump(mode="json")
        event = Event.model_validate(self.fleet.event(call, bundle, "2027-01-15T08:00:00Z", stamp))
        self.fold(event)
        if self.at - self.ticked > 1000:
            self.ticked = int(self.at)
            self.do(fold_tick(self.decisions, Tick(at=self.ticked), self.registry, self.ticked))

    def fold(self, event: Event) -> None:
        assert event.stamp is not None
        features = extract(event.output)
        state = self.states.setdefault(event.tenant_id, fresh())
        seen = Seen(
            tenant_id=event.tenant_id, agent_id=AGENT, bundle_id=event.bundle_id,
            stamp=event.stamp, unit_id=event.stamp.unit_id, event_id=event.event_id,
            stratum=stratum(event), values=observe(event, features), at=int(self.at),
            partition=0, offset=self.offset, evidence=True, outcome=False,
        )  # fmt: skip
        policy = self.registry.policy("default")
        for signal in fold(state, seen, self.phases).signals:
            if signal.kind == "rollout":
                self.units[signal.tenant_id] = signal.units.candidate
            for alert in rollout.fold(self.scores, signal, policy, self.tiers):
                self.do(fold_alert(self.decisions, alert, self.registry, int(self.at)))


@pytest.mark.parametrize("seed", [7, 8])
def test_a_tenant_whose_tools_break_goes_back_alone_within_some_twenty_units(seed: int) -> None:
    core = Core(seed)
    stage = next(one for one in core.plan.stages if one.expected == "one")
    core.start(stage)
    (broken,) = stage.scenario.hurt
    assert core.until(lambda: bool(core.back()), 12)
    assert core.back() == {broken}
    assert core.units[broken] <= 30
    assert core.holds[-1].state == "running"


@pytest.mark.parametrize("seed", [7, 8])
def test_what_a_broken_tenant_says_until_the_router_obeys_halts_nobody(seed: int) -> None:
    core = Core(seed, lag=8)
    stage = next(one for one in core.plan.stages if one.expected == "one")
    core.start(stage)
    assert core.until(lambda: bool(core.back()), 30)
    at_command = core.units[next(iter(core.back()))]
    assert not core.until(lambda: len(core.back()) > 1, 25)
    assert core.back() == set(stage.scenario.hurt)
    assert core.units[next(iter(core.back()))] >= at_command + 8, "it went on for a while"
    assert core.holds[-1].state == "running"


@pytest.mark.chaos
def test_the_whole_demo_comes_as_said() -> None:
    core = Core(7)
    good, single, bad = core.plan.stages
    core.start(good)
    assert core.until(lambda: sum(c.action == "join" for c in core.commands) == 40, 110)
    assert not core.back()
    core.ask("finish")
    core.start(single)
    assert core.until(lambda: bool(core.back()), 20)
    core.ask("abort")
    core.commands.clear()
    core.start(bad)
    assert core.until(lambda: core.holds[-1].state == "halted", 110)
    assert "paused" in {hold.state for hold in core.holds}
    joined = {c.tenant_id for c in core.commands if c.action == "join"}
    assert core.back() == joined
    assert not joined & set(bad.waves[-1].tenants)
