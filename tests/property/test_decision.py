from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from control.decision import (
    AgentState,
    Publish,
    RequestRefusedError,
    dumps,
    fold_alert,
    fold_request,
    fold_tick,
    loads,
    pending,
    published,
)
from control.signing import canonical
from schemas import Alert, Command, Hold, Phase, Request, Start, Tenant, Tick, Wave
from tests.unit.control_world import AGENT, SAFE, T0, World, names, tenant

INSIDE, OUTSIDE = names(6), ["x0", "x1"]
STAKES = ["alert-and-continue", "shadow-and-hold", "hard-pin-and-escalate"]
TIERS = ["platinum", "gold", "free"]
SCORE = st.sampled_from([0.0, 20.0, 40.0, 70.0, 90.0, 100.0])

Step = tuple[str, dict[str, Any]]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    kind = draw(st.sampled_from(["tenant", "fleet", "tick", "request", "watch"]))
    some = st.sampled_from([*INSIDE, *OUTSIDE])
    if kind == "tick":
        return kind, {"seconds": draw(st.sampled_from([1, 15, 70, 200]))}
    if kind == "request":
        asked = draw(
            st.sampled_from(
                ["assign", "start", "finish", "abort", "revert", "hold", "resume", "accept"]
            )
        )
        named = draw(st.lists(some, max_size=2)) if asked in {"revert", "accept"} else []
        return asked, {"tenants": named, "reason": "so it is"}
    fields: dict[str, Any] = {"pause": draw(SCORE), "action": draw(SCORE), "display": draw(SCORE)}
    fields["ratio"] = draw(st.sampled_from([0.0, 0.0, 0.0, 4.0]))
    if kind == "fleet":
        fields["contested"] = draw(st.booleans())
        fields["selected"] = draw(st.lists(some, max_size=3))
        fields["units"] = {name: draw(st.sampled_from([0, 50, 150])) for name in INSIDE}
    else:
        fields["tenant_id"] = draw(some)
        fields["contested"] = draw(st.booleans())
        fields["cause"] = draw(st.sampled_from([None, "candidate", "input", "provider", "unknown"]))
    return kind, fields


class Run:
    """One life of an agent's control plane, with what it said and what it broke."""

    def __init__(self, approval: bool) -> None:
        tenants = [
            Tenant.model_validate(
                {**tenant(name).model_dump(), "stakes": STAKES[i % 3], "tier": TIERS[i // 2 % 3],
                 "fallbacks": {AGENT: SAFE.bundle_id} if i % 2 else {}}
            )
            for i, name in enumerate([*INSIDE, *OUTSIDE])
        ]  # fmt: skip
        policy = {"approval": ["free"] if approval else [], "reverts_per_hour": 3}
        self.world = World(tenants, **policy)
        self.rollouts = 0
        self.outputs: list[Publish] = []

    def record(self, step: Step) -> Alert | Request | Tick:
        kind, fields = step
        world = self.world
        if kind == "tick":
            world.now += fields["seconds"] * 1000
            return Tick(at=world.now)
        if kind in {"tenant", "fleet"}:
            return world.crying(subject=f"r{self.rollouts}", **fields)
        if kind == "watch":
            held = world.state.tenants.get(fields["tenant_id"])
            pin = "sha256:" + held.pin.hex() if held else "none"
            return world.crying(kind="watch", subject=pin, **fields)
        if kind == "start":
            self.rollouts += 1
            waves = [Wave(tenants=INSIDE[:3], min_units=100), Wave(tenants=INSIDE[3:])]
            overlay = {"model": f"m-{self.rollouts}"}
            fields = {"start": Start(rollout_id=f"r{self.rollouts}", overlay=overlay, waves=waves)}
        return world.asking(kind, **fields)

    def fold(self, record: Alert | Request | Tick) -> list[Publish]:
        state, registry, now = self.world.state, self.world.registry, self.world.now
        try:
            if isinstance(record, Tick):
                made = fold_tick(state, record, registry, now)
            elif isinstance(record, Request):
                made = fold_request(state, record, registry, now)
            else:
                made = fold_alert(state, record, registry, now)
        except RequestRefusedError:
            made = []
        self.outputs += made
        return made


def each(run: Run, story: list[Step], check: Callable[[Any, list[Publish]], None]) -> Run:
    for step in [("assign", {}), ("start", {}), *story]:
        record = run.record(step)
        check(record, run.fold(record))
    return run


def told(outputs: list[Publish]) -> list[bytes]:
    return [canonical(one.record) for one in outputs]


STORY = st.lists(steps(), max_size=25)
SETTINGS = settings(max_examples=60, deadline=None)


@SETTINGS
@given(STORY, st.booleans())
def test_epochs_only_grow_and_a_phase_names_the_epochs_of_its_commands(
    story: list[Step], approval: bool
) -> None:
    epochs: dict[str, int] = {}
    phases: dict[str, Phase] = {}
    holds: list[int] = []

    def check(_: Any, made: list[Publish]) -> None:
        for one in made:
            record = one.record
            if isinstance(record, Phase):
                phases[record.phase_id] = record
            elif isinstance(record, Hold):
                holds.append(record.epoch)
            elif isinstance(record, Command):
                assert record.epoch > epochs.get(record.tenant_id, 0)
                epochs[record.tenant_id] = record.epoch
                if record.mode == "canary":
                    phase = phases[record.phase_id or ""]
                    assert phase.cohorts[0].tenants[record.tenant_id] == record.epoch

    each(Run(approval), story, check)
    assert holds == sorted(set(holds))


@SETTINGS
@given(STORY, st.booleans())
def test_nobody_outside_the_rollout_is_given_a_candidate_or_taken_back(
    story: list[Step], approval: bool
) -> None:
    def check(record: Any, made: list[Publish]) -> None:
        for one in made:
            command = one.record
            if isinstance(command, Command) and command.tenant_id in OUTSIDE:
                assert command.mode == "pinned"
                assert command.action == "assign" or (
                    command.action == "revert"
                    and getattr(record, "kind", "") in {"watch", "revert"}
                )

    each(Run(approval), story, check)


@SETTINGS
@given(STORY, st.booleans())
def test_what_is_contested_takes_nobody_back(story: list[Step], approval: bool) -> None:
    def check(record: Any, made: list[Publish]) -> None:
        if isinstance(record, Alert) and record.kind == "rollout" and record.contested:
            assert not [one for one in made if isinstance(one.record, Command)] or (
                record.scope == "fleet"  # its progress may open a wave
                and {o.record.action for o in made if isinstance(o.record, Command)} == {"join"}
            )
        if isinstance(record, Alert) and record.kind == "watch" and record.cause == "input":
            assert made == []

    each(Run(approval), story, check)


@SETTINGS
@given(STORY, st.booleans())
def test_after_an_end_no_candidate_is_served(story: list[Step], approval: bool) -> None:
    newest: dict[str, Command] = {}

    def check(_: Any, made: list[Publish]) -> None:
        newest.update({o.record.tenant_id: o.record for o in made if isinstance(o.record, Command)})
        ended = [o for o in made if isinstance(o.record, Hold)]
        if ended and ended[-1].record.state in {"halted", "aborted", "finished"}:  # type: ignore[attr-defined]
            assert {command.mode for command in newest.values()} == {"pinned"}

    each(Run(approval), story, check)


@SETTINGS
@given(STORY, st.booleans())
def test_a_repeat_changes_nothing(story: list[Step], approval: bool) -> None:
    run = Run(approval)

    def check(record: Any, _: list[Publish]) -> None:
        before = dumps(run.world.state)
        assert isinstance(record, Tick) or run.fold(record) == []
        assert dumps(run.world.state) == before

    each(run, story, check)


@SETTINGS
@given(STORY, st.booleans(), st.lists(st.booleans(), min_size=30, max_size=30))
def test_a_crash_anywhere_loses_no_command_and_doubles_none(
    story: list[Step], approval: bool, crashes: list[bool]
) -> None:
    straight = each(Run(approval), story, lambda *_: None)
    run, said, chance = Run(approval), list[bytes](), iter(crashes)

    def check(_: Any, made: list[Publish]) -> None:
        if next(chance):
            run.world.state = loads(dumps(run.world.state))
            lasting = [one for one in made if not one.id.startswith("lease/")]
            again = pending(run.world.state, run.world.registry)
            assert {one.id for one in lasting} >= {one.id for one in again}
            assert set(told(again)) <= set(told(lasting))
            newest = {one.key: one for one in lasting}
            assert {one.id for one in newest.values()} <= {one.id for one in again}
        said.extend(told(made))
        published(run.world.state, [one.id for one in made])
        assert pending(run.world.state, run.world.registry) == []

    each(run, story, check)
    assert said == told(straight.outputs)


def test_all_of_a_bundle_moves_or_none() -> None:
    run = each(Run(False), [("finish", {})], lambda *_: None)
    for one in run.outputs:
        if isinstance(one.record, Command) and one.record.candidate is not None:
            changed = one.record.baseline.model_copy(
                update={"model": "m-1", "bundle_id": one.record.candidate.bundle_id}
            )
            assert one.record.candidate == changed
    assert isinstance(run.world.state, AgentState)
    assert run.world.now == T0
