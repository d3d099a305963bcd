"""Histories of tenants whose model does not change, as they are: days, weekends, bursts, batches.

Each is a month of one service without a router. What moves in it are the people and the machines
around the model, so a watch should stay calm; a real change can be put in on top.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import INDEX, SIZE
from detectors.seen import Seen

__all__ = ["CALM", "CHANGES", "DAY_MS", "SAME", "START", "Change", "History", "events"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

DAY_MS = 24 * 60 * 60 * 1000
START = 1_700_000_000_000
"""A Tuesday."""
TOPICS = 4
TOOLS = ("no tool", "find_order", "search_articles", "open_ticket", "refund")
_DIMENSIONS = 16
_BURSTS = 0.3
"""Share of units that belong to a burst of one customer."""
_BURST = 40
_OFTEN = 0.5
"""Refusals by day: so much more and less, in ln odds."""


@dataclass(frozen=True, slots=True)
class History:
    """What moves around a model that stays as it is.

    Args:
        a_day: Units a day.
        length: Depth of the daily cycle of the answers' length.
        speed: Of their latency.
        mix: Of the topics, and of refusals.
        weekend: How much shorter and quicker Saturdays and Sundays are.
        growth: How much longer answers get in a day.
        batch: Whether all units of a day come within ten minutes of its night.
        bursts: Whether customers come with forty conversations of one kind in an hour.
        switching: Whether two mixes of topics take turns by the hour.
        slow: Whether the provider is slow for 20 minutes every other day.
        services: Tasks, each with a clock of its own.
        logs: Whether all is sent within minutes, as `holdfast emit` does.
    """

    a_day: int = 2000
    length: float = 0.0
    speed: float = 0.0
    mix: float = 0.0
    weekend: float = 0.0
    growth: float = 0.0
    batch: bool = False
    bursts: bool = False
    switching: bool = False
    slow: bool = False
    services: int = 1
    logs: bool = False


_DAYS = History(length=0.15, speed=0.3, mix=0.5)
CALM: dict[str, History] = {
    "nothing moves": History(),
    "lengths by day": History(length=0.15),
    "speed by day": History(speed=0.3),
    "topics by day": History(mix=0.5),
    "all by day": _DAYS,
    "weekends": replace(_DAYS, weekend=0.2),
    "growth": replace(_DAYS, growth=0.005),
    "nightly batch": History(3000, batch=True),
    "ten a day": replace(_DAYS, a_day=10, weekend=0.2),
    "bursts": History(bursts=True),
    "topics by the hour": History(switching=True),
    "slow for 20 minutes": History(slow=True),
    "three services": replace(_DAYS, services=3),
    "days sent as logs": replace(_DAYS, logs=True),
    "everything": replace(_DAYS, weekend=0.2, growth=0.005, bursts=True, slow=True, services=3),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A real one: factors, and odds of flags."""

    length: float = 1.0
    speed: float = 1.0
    refused: float = 0.0
    broken: float = 0.0
    tone: float = 1.0


CHANGES: dict[str, Change] = {
    "refusals 5 -> 15 %": Change(refused=0.15),
    "length +30 %": Change(length=1.3),
    "tone": Change(tone=3.0),
    "format broken 1 -> 10 %": Change(broken=0.1),
    "latency x2": Change(speed=2.0),
}
SAME = Change()


def events(history: History, seed: int, days: int, change: Change, since: float) -> Iterator[Seen]:
    """Yield the units of one tenant.

    Args:
        history: What moves.
        seed: Same seed, same tenant.
        days: How long.
        change: Of the model.
        since: Days after which it is there.
    """
    tenant = _Tenant(history, seed, change, since)
    for day in range(days):
        yield from tenant.day(day)


class _Tenant:
    def __init__(self, history: History, seed: int, change: Change, since: float) -> None:
        self.history, self.change, self.since = history, change, since
        self.rng = rng = np.random.default_rng([77, seed])
        self.name, self.met = f"tenant-{seed}", 0
        self.sigma = rng.uniform(0.4, 0.8)
        self.phase = rng.uniform(0.0, 1.0, 8)
        self.topics = rng.dirichlet(np.full(TOPICS, 3.0))
        self.longer = np.exp(rng.normal(0.0, 0.3, TOPICS))
        self.tools = rng.dirichlet(np.ones(len(TOOLS)), TOPICS)
        self.centres = rng.normal(0.0, 1.0, (TOPICS, _DIMENSIONS))
        self.first = rng.uniform(0.0, 1.0)
        """Of a day: when its logs begin."""

    def day(self, day: int) -> Iterator[Seen]:
        history, rng = self.history, self.rng
        number = int(rng.poisson(history.a_day * (0.4 if self._weekend(day) else 1.0)))
        at = np.sort(self._times(number)) + day
        service = rng.integers(0, history.services, number)
        topic, own = self._topics(at, service)
        at, order = np.sort(at), np.argsort(at, kind="stable")
        yield from self._units(at, service[order], topic[order], own[order])

    def _weekend(self, day: int) -> bool:
        return self.history.weekend > 0.0 and day % 7 in (4, 5)

    def _times(self, number: int) -> Floats:
        if self.history.batch:
            return np.float64(2 / 24) + self.rng.uniform(0.0, 1 / 144, number)
        return self.rng.uniform(0.0, 1.0, number)

    def _wave(self, at: Floats, service: Ints, which: int) -> Floats:
        """Return where in their day the services are, -1 to 1."""
        phase = self.phase[which % 2] * 0.1 + self.first + self.phase[2 + service % 3]
        waves: Floats = np.sin(2 * np.pi * (at + phase))
        return waves

    def _topics(self, at: Floats, service: Ints) -> tuple[Ints, Floats]:
        """Return each unit's topic, and ln of how much longer its customer's answers are."""
        history, rng = self.history, self.rng
        tilt = np.zeros(len(at))
        if history.mix:
            tilt = 2.0 * history.mix * self._wave(at, service, 1)
        if history.switching:
            tilt = np.where((at * 24).astype(int) % 2 == 0, 1.5, -1.5)
        if history.batch:
            tilt = np.full(len(at), 0.5 * rng.normal())
        signs = np.where(np.arange(TOPICS) % 2 == 0, 0.5, -0.5)
        shares = self.topics * np.exp(tilt[:, None] * signs)
        shares /= shares.sum(axis=1, keepdims=True)
        topic = (rng.random((len(at), 1)) > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)
        own = np.full(len(at), 0.08 * rng.normal() if history.batch else 0.0)
        if history.bursts:
            self._burst(at, topic, own)
        return topic, own

    def _burst(self, at: Floats, topic: Ints, own: Floats) -> None:
        rng = self.rng
        for _ in range(int(_BURSTS * len(at) / _BURST)):
            hit = rng.choice(len(at), _BURST, replace=False)
            at[hit] = np.floor(at[0]) + rng.uniform(0.0, 23 / 24) + rng.random(_BURST) / 24
            topic[hit], own[hit] = rng.integers(TOPICS), 0.3 * rng.normal()

    def _units(self, at: Floats, service: Ints, topic: Ints, own: Floats) -> Iterator[Seen]:
        after, wave = at >= self.since, self._wave(at, service, 0)
        rows = np.full((len(at), SIZE), np.nan)
        self._sizes(rows, at, after, wave, own + np.log(self.longer[topic]))
        self._style(rows, after, topic)
        self._flags(rows, after, topic, np.exp(self.history.mix * _OFTEN * wave))
        draws = self.rng.random((len(at), 1))
        tool = (draws > self.tools[topic].cumsum(axis=1)[:, :-1]).sum(axis=1)
        rows[:, INDEX["tool_called"]] = tool > 0
        rows[:, INDEX["tool_failed"]] = (tool > 0) & (self.rng.random(len(at)) < 0.02)
        vectors = self.centres[topic] + 1.5 * self.rng.normal(size=(len(at), _DIMENSIONS))
        times = START + (at * DAY_MS).astype(np.int64)
        for i, row in enumerate(rows):
            yield self._seen(row, int(times[i]), int(service[i]), int(tool[i]), vectors[i])

    def _seen(self, row: Floats, at: int, service: int, tool: int, vector: Floats) -> Seen:
        self.met += 1
        unit = f"u{self.met}"
        shape = "markdown" if row[INDEX["style_bullets"]] > 0.0 else "plain"
        broker = START + 5 * self.met if self.history.logs else at
        finish = "length" if row[INDEX["output_tokens"]] > 2000.0 else "stop"
        return Seen(
            self.name, "agent", "old", None, unit, unit, f"task-{service}|1", row, broker, 0, self.met,
            static=vector.astype(np.float32), embedder="e",
            labels=[(INDEX["tool_chosen"], TOOLS[tool]), (INDEX["output_format"], shape),
                    (INDEX["finish_reason"], finish)],
            occurred=at,
        )  # fmt: skip

    def _sizes(self, rows: Floats, at: Floats, after: Flags, wave: Floats, own: Floats) -> None:
        history, rng, new, n = self.history, self.rng, self.change, len(at)
        week = 1.0 - history.weekend if n and self._weekend(int(at[0])) else 1.0
        longer = (1.0 + history.length * wave) * week * (1.0 + history.growth) ** at * np.exp(own)
        longer = longer * np.where(after, new.length, 1.0)
        slow = (1.0 + history.speed * wave) * week * np.where(after, new.speed, 1.0)
        if history.slow:
            slow = slow * np.where(((at % 2.0) > 1.4) & ((at % 2.0) < 1.4 + 1 / 72), 3.0, 1.0)
        tokens = np.round(250.0 * longer * np.exp(self.sigma * rng.normal(size=n)))
        waited = (tokens / 250.0) ** 0.5 * np.exp(0.3 * rng.normal(size=n))
        rows[:, INDEX["output_tokens"]] = tokens
        rows[:, INDEX["output_chars"]] = np.round(tokens * 4.2 * np.exp(0.1 * rng.normal(size=n)))
        rows[:, INDEX["latency_ms"]] = 900.0 * slow * waited
        rows[:, INDEX["time_to_first_token_ms"]] = 200.0 * slow * np.exp(0.4 * rng.normal(size=n))
        rows[:, INDEX["cost_usd"]] = tokens * 1.5e-5 + 1e-3 * np.exp(0.5 * rng.normal(size=n))

    def _style(self, rows: Floats, after: Flags, topic: Ints) -> None:
        rng, n, tone = self.rng, len(rows), np.where(after, self.change.tone, 1.0)
        rows[:, INDEX["style_sentence_words"]] = 15.0 * np.exp(0.3 * rng.normal(size=n))
        bullets = rng.random(n) < 0.15 + 0.1 * topic
        rows[:, INDEX["style_bullets"]] = np.where(bullets, rng.random(n), 0.0)
        rows[:, INDEX["style_hedges"]] = rng.poisson(0.6 * tone) / 2.0
        rows[:, INDEX["style_warmth"]] = rng.poisson(0.4 * tone) / 2.0

    def _flags(self, rows: Floats, after: Flags, topic: Ints, moved: Floats) -> None:
        rng, n, new = self.rng, len(rows), self.change
        rates = {
            "refused": np.where(after & (new.refused > 0), new.refused, 0.05 * moved),
            "error": np.full(n, 0.01),
            "format_broken": np.where(after & (new.broken > 0), new.broken, 0.01),
            "formatted": 0.2 + 0.1 * topic,
            "truncated": np.full(n, 0.02),
        }
        for name, rate in rates.items():
            rows[:, INDEX[name]] = rng.random(n) < rate
