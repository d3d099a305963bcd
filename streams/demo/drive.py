"""Drives the rollouts as a person would, and says what did not come as it must."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import time

from schemas import Command, Start
from streams.demo.plan import AGENT, PERSON, Stage
from streams.demo.watch import Happening, Watch
from streams.desk import requests
from streams.settings import Settings

__all__ = ["Driver", "Result"]

MANY_UNITS = 30
"""Candidate units by which a broken tenant must be back: "some 20" and what was under way."""
CRASH_AFTER = 8.0
"""Seconds of the stage after which measure is killed."""
PROOF_SECONDS = 45.0
BACK_SECONDS = 20.0
"""Between a halt and the last tenant's command."""
LAST_WAVE_SECONDS = 8.0
"""How long the last wave is watched before a rollout is finished."""


@dataclass(slots=True)
class Result:
    """What came of one stage."""

    stage: Stage
    started_at: float
    """Seconds since 1970."""
    ended_at: float = 0.0
    crashed: bool = False
    resumed: bool = False
    units_at_revert: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all came as said."""
        return not self.problems


class Driver:
    """Runs stages one after another.

    Args:
        settings: Where.
        watch: Live view.
        say: Told of each step, for the screen.
        kill_measure: Kills the role with -9; the supervisor starts it again.
    """

    def __init__(
        self,
        settings: Settings,
        watch: Watch,
        say: Callable[[str], None],
        kill_measure: Callable[[], None],
    ) -> None:
        self._settings, self._watch = settings, watch
        self._say, self._kill = say, kill_measure
        self.results: list[Result] = []

    async def run(self, stage: Stage) -> Result:
        """Do one rollout to its end; what is not as said is in the result's problems."""
        result = Result(stage, time())
        self.results.append(result)
        self._say(f"Rollout {stage.name}: {stage.scenario.title}")
        start = Start(
            rollout_id=stage.name,
            overlay=dict(stage.scenario.overlay),
            weight=stage.weight,
            waves=list(stage.waves),
        )
        await self._ask("start", stage, start=start)
        crash = asyncio.create_task(self._crash(result)) if stage.crash else None
        try:
            await {"through": self._through, "one": self._one, "halt": self._halt}[stage.expected](
                stage, self._watch.rollout(stage.name), result
            )
        finally:
            if crash is not None:
                crash.cancel()
        await self._proven(stage, result)
        result.ended_at = time()
        return result

    async def _through(self, stage: Stage, now: Happening, result: Result) -> None:
        """All waves join, nobody goes back, the candidate becomes the pin."""
        joined = await self._watch.until(
            lambda: len(now.of("join")) >= len(stage.tenants) or bool(now.back()), stage.seconds
        )
        if not joined or now.back():
            self._problem(result, self._why_stuck(stage, now))
            await self._ask("abort", stage, reason="demo")
            return
        self._say(f"All {len(stage.tenants)} tenants are in {stage.name}; watching the last wave")
        await self._watch.until(lambda: bool(now.back()), LAST_WAVE_SECONDS)
        if now.back():
            self._problem(result, f"{len(now.back())} tenants went back from a good candidate")
        await self._finish(stage, now, result, len(stage.tenants))

    async def _one(self, stage: Stage, now: Happening, result: Result) -> None:
        """The broken tenant alone goes back, the rest goes on to the last wave and is finished."""
        (broken,) = stage.scenario.hurt
        if not await self._watch.until(lambda: bool(now.reverted()), stage.seconds):
            self._problem(result, f"{broken} was not taken back: {self._why_stuck(stage, now)}")
            await self._ask("abort", stage, reason="demo")
            return
        self._note_units(now, result)
        units = result.units_at_revert.get(broken)
        self._say(f"{now.reverted()[0].tenant_id} is back after {units} candidate units")
        if units is None or units > MANY_UNITS:
            self._problem(result, f"{broken} was back only after {units} candidate units")
        everyone = len(stage.tenants)
        went_on = False
        while not went_on:
            went_on = await self._watch.until(
                lambda: len(now.of("join")) >= everyone or now.is_in("paused"), stage.seconds
            )
            if not went_on:
                self._problem(result, f"it did not go on: {self._why_stuck(stage, now)}")
                break
            if now.is_in("paused"):
                result.resumed = True
                self._say(f"Paused for {broken}, which is back: a person lets the others go on")
                await self._ask("resume", stage, reason=f"{broken} is back, the others are well")
                went_on = not await self._watch.until(lambda: not now.is_in("paused"), 15)
        await self._watch.until(lambda: now.is_in("halted"), LAST_WAVE_SECONDS)
        others = {one.tenant_id for one in now.back()} - {broken}
        if others:
            self._problem(result, f"tenants that are well went back: {', '.join(sorted(others))}")
        if now.is_in("halted"):
            self._problem(result, "the whole rollout was halted for one tenant")
            return
        await self._finish(stage, now, result, everyone - 1)

    async def _halt(self, stage: Stage, now: Happening, result: Result) -> None:
        """Onboarding is paused, the rollout halted, everyone back, the last wave untouched."""
        paused = await self._watch.until(
            lambda: bool(now.was("paused") or now.was("halted")), stage.seconds
        )
        if paused:
            self._say(f"{stage.name} is {now.holds[-1].state}: {now.holds[-1].cause.reason}")
        if not await self._watch.until(lambda: now.is_in("halted"), stage.seconds):
            self._problem(result, f"it was not halted: {self._why_stuck(stage, now)}")
            await self._ask("abort", stage, reason="demo")
        joined = {one.tenant_id for one in now.of("join")}
        await self._watch.until(
            lambda: joined <= {one.tenant_id for one in now.back()}, BACK_SECONDS
        )
        self._note_units(now, result)
        left = joined - {one.tenant_id for one in now.back()}
        if left:
            self._problem(result, f"not back on the baseline: {', '.join(sorted(left))}")
        if not now.was("paused"):
            self._problem(result, "onboarding was not paused before the halt")
        late = joined & set(stage.waves[-1].tenants)
        if late:
            self._problem(result, f"the last wave saw it: {', '.join(sorted(late))}")
        if stage.crash and not result.crashed:
            self._problem(result, "it was over before measure was killed")

    async def _finish(self, stage: Stage, now: Happening, result: Result, count: int) -> None:
        await self._ask("finish", stage)
        if await self._watch.until(lambda: len(now.of("finish")) >= count, 20):
            self._say(f"{stage.name} is finished: {count} tenants are pinned to the candidate")
        else:
            pinned = len(now.of("finish"))
            self._problem(result, f"finish pinned {pinned} tenants of {count} to the candidate")

    async def _proven(self, stage: Stage, result: Result) -> None:
        """Wait until every reversion of the stage is proven."""
        back = self._watch.rollout(stage.name).back()
        if await self._watch.until(lambda: not self._watch.unproven(back), PROOF_SECONDS):
            if back:
                self._say(f"All {len(back)} reversions of {stage.name} are proven")
            return
        names = ", ".join(one.tenant_id for one in self._watch.unproven(back))
        self._problem(result, f"not proven within {PROOF_SECONDS:.0f} s: {names}")

    async def _crash(self, result: Result) -> None:
        await asyncio.sleep(CRASH_AFTER)
        self._kill()
        result.crashed = True
        self._say("measure was killed with -9; it comes back and goes on where it was")

    async def _ask(
        self,
        kind: requests.Kind,
        stage: Stage,
        *,
        start: Start | None = None,
        reason: str = "",
    ) -> None:
        request = requests.build(
            kind,
            AGENT,
            PERSON,
            rollout_id=None if start else stage.name,
            start=start,
            reason=reason,
        )
        await requests.submit(self._settings, request)

    def _problem(self, result: Result, text: str) -> None:
        result.problems.append(text)
        self._say(f"NOT AS SAID: {result.stage.name}: {text}")

    def _note_units(self, now: Happening, result: Result) -> None:
        """Note how many candidate units each tenant had given when it was taken back."""
        for command in now.reverted():
            result.units_at_revert[command.tenant_id] = self._units_of(command, now)

    def _units_of(self, command: Command, now: Happening) -> int:
        alert = self._watch.alerts.get(command.cause.id)
        if alert is None:
            return now.units.get(command.tenant_id, 0)
        if alert.tenant_id == command.tenant_id:
            return alert.units.candidate
        units = alert.units_by_tenant.get(command.tenant_id)
        return now.units.get(command.tenant_id, 0) if units is None else units.candidate

    def _why_stuck(self, stage: Stage, now: Happening) -> str:
        state = now.holds[-1].state if now.holds else "never started"
        joined = len(now.of("join"))
        cause = f" ({now.holds[-1].cause.reason})" if now.holds else ""
        return (
            f"{state}{cause}, {joined} of {len(stage.tenants)} tenants joined, "
            f"{len(now.back())} went back"
        )
