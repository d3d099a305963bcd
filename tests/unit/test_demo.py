"""The demo without servers: its plan, what it keeps of the topics, when it says NOT AS SAID."""

import asyncio
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from control.bundles import identified, overlay
from schemas import Ack, Alert, Cause, Command, Hold, Proof, Request, RouterProof, Scores, Units
from streams.demo import drive, report
from streams.demo.drive import Driver, Result
from streams.demo.plan import AGENT, BUNDLE, Stage, make_plan
from streams.demo.run import run_demo
from streams.demo.watch import Watch, percentiles
from streams.desk import registry, requests
from streams.desk.errors import DeskError
from streams.settings import Settings

PIN = identified(BUNDLE)


def command(stage: Stage, tenant: str, action: Any, epoch: int, cause: str = "c") -> Command:
    joining = action == "join"
    return Command(
        command_id=f"{stage.name}-{tenant}-{action}",
        tenant_id=tenant,
        agent_id=AGENT,
        epoch=epoch,
        mode="canary" if joining else "pinned",
        action=action,
        baseline=PIN,
        candidate=overlay(PIN, stage.scenario.overlay) if joining else None,
        weight=stage.weight if joining else 0.0,
        rollout_id=stage.name,
        phase_id=f"{stage.name}-1" if joining else None,
        cause=Cause(kind="alert", id=cause),
        issued_at=1000,
    )


def hold(stage: Stage, state: Any) -> Hold:
    cause = Cause(kind="alert", id="fleet", reason="fleet pause score")
    return Hold(
        hold_id=f"{stage.name}-{state}", agent_id=AGENT, rollout_id=stage.name, epoch=1,
        state=state, cause=cause, issued_at=2000,
    )  # fmt: skip


def alert(stage: Stage, tenant: str | None, candidate: int, name: str = "c") -> Alert:
    units = Units(baseline=3 * candidate, candidate=candidate)
    return Alert(
        alert_id=name, kind="rollout", scope="fleet" if tenant is None else "tenant",
        agent_id=AGENT, subject=stage.name, tenant_id=tenant, sequence=1, at=1500,
        signal_id="s", signal_at=1500, scores=Scores(display=60, pause=50, action=40),
        components={}, units=units,
        units_by_tenant=dict.fromkeys(stage.tenants[:2], units) if tenant is None else {},
    )  # fmt: skip


def proof(one: Command) -> Proof:
    return Proof(
        proof_id=f"p-{one.command_id}", command_id=one.command_id, tenant_id=one.tenant_id,
        agent_id=AGENT, epoch=one.epoch, action=one.action, state="proven", commanded_at=1000,
        proven_at=1700, routers=[RouterProof(router_id="r")],
    )  # fmt: skip


class Plane:
    """A control plane that answers requests as it is told to, into the watch."""

    def __init__(self, watch: Watch, stage: Stage, answers: dict[str, Callable[[], Iterable[Any]]]):
        self.watch, self.stage, self.answers = watch, stage, answers
        self.asked: list[str] = []

    async def submit(self, _settings: Settings, request: Request) -> None:
        self.asked.append(request.kind)
        for record in self.answers.get(request.kind, tuple)():
            self.watch.take(record, 1234)
            if isinstance(record, Command) and record.action in ("revert", "halt", "abort"):
                self.watch.take(proof(record), 1240)

    def joins(self, count: int) -> list[Command]:
        return [command(self.stage, t, "join", 2) for t in self.stage.tenants[:count]]

    def all_of(self, action: str, tenants: Iterable[str]) -> list[Command]:
        return [command(self.stage, t, action, 3) for t in tenants]


@pytest.fixture
def stages() -> dict[str, Stage]:
    return {stage.name: stage for stage in make_plan(7).stages}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "LAST_WAVE_SECONDS", 0.05)
    monkeypatch.setattr(drive, "PROOF_SECONDS", 0.05)
    monkeypatch.setattr(drive, "CRASH_AFTER", 0.0)


async def play(
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
    answers: Callable[[Plane], dict[str, Callable[[], Iterable[Any]]]],
) -> tuple[Result, Plane]:
    """Run one stage against a plane; return what came of it."""
    watch = Watch(Settings())
    plane = Plane(watch, stage, {})
    plane.answers = answers(plane)
    monkeypatch.setattr(requests, "submit", plane.submit)
    quick = Stage(
        scenario=stage.scenario, waves=stage.waves, expected=stage.expected, seconds=0.2,
        crash=stage.crash,
    )  # fmt: skip
    driver = Driver(Settings(), watch, lambda _: None, lambda: None)
    return await driver.run(quick), plane


def test_the_plan_has_forty_tenants_of_three_tiers_and_hurts_thirty_per_cent() -> None:
    plan = make_plan(7)
    assert {one.tier for one in plan.tenants} == {"platinum", "gold", "free"}
    good, single, bad = plan.stages
    for stage in plan.stages:
        assert sorted(stage.tenants) == sorted(one.tenant_id for one in plan.tenants)
    assert not good.scenario.hurt
    assert single.scenario.hurt <= set(single.waves[0].tenants)
    assert len(bad.scenario.hurt) == 12
    assert len(bad.scenario.hurt & set(bad.waves[0].tenants)) == 6
    entries = registry.parse(plan.registry(), "demo")
    assert entries.tenants["tenant-001"].pins == {AGENT: PIN.bundle_id}


def test_who_is_not_hurt_by_bad_sees_no_change_after_good() -> None:
    plan = make_plan(7)
    good, _, bad = plan.stages
    accepted = {**BUNDLE, **good.scenario.overlay}
    worse = {**accepted, **bad.scenario.overlay}
    well = next(t for t in bad.tenants if t not in bad.scenario.hurt)
    hurt = min(bad.scenario.hurt)
    assert plan.world.effects(worse, well) == plan.world.effects(accepted, well)
    harmed, before = plan.world.effects(worse, hurt), plan.world.effects(accepted, hurt)
    assert harmed.length / before.length == pytest.approx(1.6)


async def test_good_is_finished_when_all_have_joined(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    result, plane = await play(monkeypatch, stages["good"], lambda p: {
        "start": lambda: [hold(p.stage, "running"), *p.joins(40)],
        "finish": lambda: p.all_of("finish", p.stage.tenants),
    })  # fmt: skip
    assert result.problems == []
    assert plane.asked == ["start", "finish"]


async def test_a_good_candidate_that_loses_a_tenant_is_not_as_said(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    result, plane = await play(monkeypatch, stages["good"], lambda p: {
        "start": lambda: [*p.joins(40), *p.all_of("revert", p.stage.tenants[:1])],
    })  # fmt: skip
    assert not result.well
    assert plane.asked[:2] == ["start", "abort"]


async def test_waves_that_do_not_open_are_not_as_said(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    result, _ = await play(
        monkeypatch,
        stages["good"],
        lambda p: {"start": lambda: [hold(p.stage, "running"), *p.joins(10)]},
    )
    assert "10 of 40 tenants joined" in result.problems[0]


async def test_single_goes_on_after_a_person_has_looked(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    (broken,) = stages["single"].scenario.hurt

    def start(p: Plane) -> list[Any]:
        return [
            *p.joins(10), alert(p.stage, broken, 17), *p.all_of("revert", [broken]),
            hold(p.stage, "paused"),
        ]  # fmt: skip

    result, plane = await play(monkeypatch, stages["single"], lambda p: {
        "start": lambda: start(p),
        "resume": lambda: [hold(p.stage, "running"), *p.joins(40)[10:]],
        "finish": lambda: p.all_of("finish", set(p.stage.tenants) - {broken}),
    })  # fmt: skip
    assert result.problems == []
    assert result.units_at_revert == {broken: 17}
    assert result.resumed
    assert plane.asked == ["start", "resume", "finish"]


@pytest.mark.parametrize(("units", "also"), [(200, []), (17, ["tenant-001"])])
async def test_single_too_late_or_too_wide_is_not_as_said(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage], units: int, also: list[str]
) -> None:
    (broken,) = stages["single"].scenario.hurt
    result, _ = await play(monkeypatch, stages["single"], lambda p: {
        "start": lambda: [
            *p.joins(40), alert(p.stage, broken, units), *p.all_of("revert", [broken, *also]),
        ],
        "finish": lambda: p.all_of("finish", set(p.stage.tenants) - {broken}),
    })  # fmt: skip
    assert len(result.problems) == 1


async def test_bad_is_paused_halted_and_everyone_is_back(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    result, _ = await play(monkeypatch, stages["bad"], lambda p: {"start": lambda: [
        *p.joins(20), hold(p.stage, "paused"), hold(p.stage, "halted"),
        *p.all_of("halt", p.stage.tenants[:20]),
    ]})  # fmt: skip
    assert result.problems in ([], ["it was over before measure was killed"])


async def test_bad_that_reaches_the_last_wave_or_leaves_one_out_is_not_as_said(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    monkeypatch.setattr(drive, "BACK_SECONDS", 0.05)
    result, _ = await play(monkeypatch, stages["bad"], lambda p: {"start": lambda: [
        *p.joins(40), hold(p.stage, "paused"), hold(p.stage, "halted"),
        *p.all_of("halt", p.stage.tenants[1:]),
    ]})  # fmt: skip
    said = " ".join(result.problems)
    assert f"not back on the baseline: {stages['bad'].tenants[0]}" in said
    assert "the last wave saw it" in said


async def test_a_reversion_that_is_not_proven_is_not_as_said(
    monkeypatch: pytest.MonkeyPatch, stages: dict[str, Stage]
) -> None:
    monkeypatch.setattr(Watch, "unproven", lambda _self, commands: list(commands))
    (broken,) = stages["single"].scenario.hurt
    result, _ = await play(monkeypatch, stages["single"], lambda p: {
        "start": lambda: [
            *p.joins(40), alert(p.stage, broken, 17), *p.all_of("revert", [broken]),
        ],
        "finish": lambda: p.all_of("finish", set(p.stage.tenants) - {broken}),
    })  # fmt: skip
    assert any("not proven" in problem for problem in result.problems)


async def test_the_watch_gives_up_waiting_when_the_topics_cannot_be_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = Watch(Settings(kafka="127.0.0.1:1"))
    task = asyncio.create_task(watch.run())
    with pytest.raises(Exception, match="No Kafka"):
        await watch.until(lambda: False, 30)
    with pytest.raises(Exception, match="No Kafka"):
        await task


def test_percentiles_of_nothing_one_and_many() -> None:
    assert percentiles([]) == {"count": 0, "p50": None, "p99": None}
    assert percentiles([4.0]) == {"count": 1, "p50": 4.0, "p99": 4.0}
    assert percentiles([float(n) for n in range(101)]) == {"count": 101, "p50": 50.0, "p99": 99.0}


def told(stages: dict[str, Stage]) -> dict[str, Any]:
    """Return the report of a run in which `bad` was halted."""
    watch, stage = Watch(Settings()), stages["bad"]
    records = [
        hold(stage, "running"), *(command(stage, t, "join", 2) for t in stage.tenants[:20]),
        alert(stage, None, 30, "fleet"), hold(stage, "paused"),
        command(stage, stage.tenants[1], "revert", 3, "fleet"), hold(stage, "halted"),
    ]  # fmt: skip
    for record in records:
        watch.take(record, 2500)
    watch.take(
        Ack(
            ack_id="a", command_id="x", router_id="r", tenant_id="t", agent_id=AGENT, epoch=1,
            status="flipped", at=1, flip_ms=12.5,
        ),
        1,
    )  # fmt: skip
    result = Result(stage, 1.0, 9.0, units_at_revert={stage.tenants[1]: 30})
    result.problems.append("something odd")
    return report.as_dict(
        [result], watch, {"emitted": 10, "processed": 10}, {"events": 10, "acks": 0}, ["bad: odd"]
    )


def test_the_report_is_json_with_the_truth_beside_what_happened(stages: dict[str, Stage]) -> None:
    found = told(stages)
    assert json.loads(json.dumps(found)) == found
    bad = found["rollouts"]["bad"]
    assert len(bad["hurt"]) == 12
    assert bad["reverted"] == [stages["bad"].tenants[1]]
    assert bad["candidate_units_at_pause"] == dict.fromkeys(sorted(stages["bad"].tenants[:2]), 30)
    assert (bad["paused_after_s"], bad["halted_after_s"]) == (0.0, 0.0)
    assert bad["scores"] == [{"s": 0.5, "display": 60.0, "pause": 50.0, "action": 40.0}]
    assert found["command_to_flipped_ms"] == {"count": 1, "p50": 12.5, "p99": 12.5}
    assert found["reversions"] == {"commanded": 1, "unproven": 1}
    assert found["well"] is False


def test_the_report_for_people_names_what_was_not_as_said(stages: dict[str, Stage]) -> None:
    text = io.StringIO()
    report.say(Console(file=text, soft_wrap=True), told(stages), Settings(), None)
    assert "bad: " in text.getvalue()
    assert "NOT AS SAID" in text.getvalue()
    assert "something odd" in text.getvalue()
    assert "v_reversions" in text.getvalue()
    assert "Everything came as said" not in text.getvalue()


def test_a_folder_with_an_earlier_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    with pytest.raises(DeskError, match="earlier run"):
        run_demo(report=None, rate=100, data=tmp_path, seed=1)
