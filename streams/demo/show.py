"""The screen: live on a terminal, lines in a pipe."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.demo.drive import Result
from streams.demo.plan import Stage
from streams.demo.watch import Happening, Watch, percentiles

__all__ = ["Screen"]

LINES = 12
PLAIN_SECONDS = 10.0


@dataclass(slots=True)
class _Rate:
    """Events per second between two looks."""

    at: float = 0.0
    count: int = 0
    now: float = 0.0


class Screen:
    """What the demo shows.

    Args:
        console: Where.
        watch: Live view of the topics.
        emitted: Returns how many events the service has emitted so far.
        stages: All of the demo's.
        results: Of those begun.
    """

    def __init__(
        self,
        console: Console,
        watch: Watch,
        emitted: Callable[[], int],
        stages: Sequence[Stage],
        results: Sequence[Result],
    ) -> None:
        self._console, self._watch = console, watch
        self._emitted, self._stages, self._results = emitted, stages, results
        self._lines: deque[str] = deque(maxlen=LINES)
        self._rate = _Rate()
        self._live: Live | None = None

    def say(self, line: str) -> None:
        """Show one thing that happened."""
        stamped = f"{datetime.now().astimezone():%H:%M:%S}  {line}"
        self._lines.append(stamped)
        if self._live is None:
            self._console.print(stamped, markup=False, highlight=False)

    async def run(self) -> None:
        """Keep the screen up to date until cancelled."""
        if not self._console.is_terminal:
            while True:
                await asyncio.sleep(PLAIN_SECONDS)
                self._measure()
                self._console.print(f"          {self._figures()}", markup=False, highlight=False)
        with Live(self._draw(), console=self._console, refresh_per_second=4) as live:
            self._live = live
            try:
                while True:
                    await asyncio.sleep(0.5)
                    self._measure()
                    live.update(self._draw())
            finally:
                self._live = None

    def _measure(self) -> None:
        now, count = asyncio.get_running_loop().time(), self._emitted()
        if self._rate.at:
            self._rate.now = (count - self._rate.count) / max(now - self._rate.at, 1e-3)
        self._rate.at, self._rate.count = now, count

    def _figures(self) -> str:
        watch = self._watch
        flips = percentiles(watch.flip_ms())
        quick = "" if flips["p50"] is None else f", flip {flips['p50']} ms"
        proven = sum(one.state.startswith("proven") for one in watch.proofs.values())
        stage = self._results[-1].stage if self._results else None
        where = "" if stage is None else f"{self._where(stage)}; "
        return (
            f"{where}{self._rate.now:,.0f} events/s, {self._rate.count:,} emitted, "
            f"{len(watch.acks)} acks{quick}, {proven} proofs"
        )

    def _where(self, stage: Stage) -> str:
        now = self._watch.rollout(stage.name)
        display, _, action = self._scores(now)
        joined, back = len(now.of("join")), len({one.tenant_id for one in now.back()})
        return (
            f"{stage.name}: {joined} of {len(stage.tenants)} joined, {back} back, "
            f"ALERT {display:.0f} action {action:.0f}"
        )

    def _draw(self) -> Group:
        table = Table(box=None, expand=True, header_style="bold")
        for name in ("rollout", "state", "wave", "joined", "back", "ALERT", "pause", "action"):
            table.add_column(name)
        begun = {result.stage.name: result for result in self._results}
        for stage in self._stages:
            table.add_row(*self._row(stage, begun.get(stage.name)))
        lines = Text("\n".join(self._lines))
        return Group(Panel(table, title="Holdfast"), Text(self._figures(), style="cyan"), lines)

    def _row(self, stage: Stage, result: Result | None) -> list[str | Text]:
        now = self._watch.rollout(stage.name)
        if result is None:
            return [f"{stage.name}: {stage.scenario.title}", "", "", "", "", "", "", ""]
        joined = {one.tenant_id for one in now.of("join")}
        wave = sum(bool(joined & set(wave.tenants)) for wave in stage.waves)
        state = now.holds[-1].state if now.holds else "starting"
        style = {"running": "green", "finished": "green", "paused": "yellow"}.get(state, "red")
        return [
            f"{stage.name}: {stage.scenario.title}",
            Text(state, style=style),
            f"{wave}/{len(stage.waves)}",
            f"{len(joined)}/{len(stage.tenants)}",
            str(len({one.tenant_id for one in now.back()})),
            *(_bar(score) for score in self._scores(now)),
        ]

    @staticmethod
    def _scores(now: Happening) -> tuple[float, float, float]:
        return now.scores[-1][1:] if now.scores else (0.0, 0.0, 0.0)


def _bar(score: float) -> Text:
    """Return a score as a bar of ten."""
    style = "green" if score < 33 else "yellow" if score < 67 else "red"
    filled = round(score / 10)
    return Text(f"{'█' * filled}{'·' * (10 - filled)} {score:3.0f}", style=style)
