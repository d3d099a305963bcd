"""One tenant through the real fold: events and outcomes made from a stream, signals out of it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchmarks.science.kinds import Kind
from benchmarks.science.lanes import AGENT, rows_of
from detectors.metrics import INDEX, SIZE
from detectors.monitor import Seen, fold, fresh
from schemas import Phase, Signal, Stamp
from simulation.choices import Choices
from simulation.streams import NOTHING, Stream
from simulation.vectors import Vectors

__all__ = ["STRATA", "Served"]

STRATA = 3
_EVENT_COLUMNS = 20
_JUDGE = -3
"""Of the stream's columns: the judge's score."""
_CHUNK = 500
TOOLS = ("no tool", "find_order", "find_customer", "search_articles", "open_ticket")
FORMATS = ("plain", "markdown", "json", "fence")
_UNIT_MS = 100
_UNIT_SECONDS = 8.64
"""For the daily cycle: 10,000 a day."""
_NEAR = INDEX["embedding_distance"]
_TRUNCATED = INDEX["truncated"]
_TOOL, _FORMAT = INDEX["tool_chosen"], INDEX["output_format"]
_FINISH, _PRESENCE = INDEX["finish_reason"], INDEX["presence"]
_SCORE = INDEX["judge_score"]
_UNDER = tuple((cut, INDEX[f"judge_under_{cut}"]) for cut in (2, 3, 4, 5))


class Served:
    """A tenant in a rollout, every event of which is a unit.

    Args:
        tenant_id: Whose.
        phases: The phase it is in, by id.
        seed: Of all its chance.
        kind: What the candidate does; None: nothing.
        judged: Share of events that a judge scores.
    """

    def __init__(
        self, tenant_id: str, phases: Mapping[str, Phase], seed: Sequence[int], kind: Kind | None,
        calm: Kind, judged: float = 0.05,
    ) -> None:  # fmt: skip
        self.tenant_id, self.state = tenant_id, fresh()
        self._phases, self._kind, self._judged = phases, kind, judged
        self._weight = next(iter(phases.values())).weight
        self._share = kind.other_language if kind is not None and kind.other_language else 1.0
        self._stream = Stream([*seed, 1], calm.nuisance, STRATA)
        self._vectors = Vectors([*seed, 2], STRATA)
        self._rng = np.random.default_rng([*seed, 3])
        self._tools = Choices([*seed, 4], TOOLS, STRATA)
        self._formats = Choices([*seed, 5], FORMATS, STRATA)
        self._met = self._candidates = 0
        self._coming: Iterator[Seen] = iter(())

    @property
    def candidates(self) -> int:
        """Candidate units so far."""
        return 0 if self.state.concurrent is None else self.state.concurrent.units[1]

    def take(self, records: int) -> list[Signal]:
        """Fold so many records in; return the signals of the rollout."""
        signals: list[Signal] = []
        for _ in range(records):
            seen = next(self._coming, None)
            if seen is None:
                self._coming = iter(self.records())
                seen = next(self._coming)
            signals += fold(self.state, seen, self._phases).signals
        return [signal for signal in signals if signal.kind == "rollout"]

    def records(self) -> list[Seen]:
        """Return the next events, each followed by its judge's score if it has one."""
        arms = self._stream.arms(_CHUNK, self._weight)
        place = self._met + np.arange(_CHUNK)
        shift, dose, moved = NOTHING, np.zeros(_CHUNK), 0.0
        if self._kind is not None:
            before = self._candidates + np.cumsum(arms) - arms
            shift, moved = self._kind.shift, self._kind.vectors
            dose = self._kind.dose(before.astype(np.float64))
        values, strata = self._stream.rows(arms, place * _UNIT_SECONDS, shift, strength=dose)
        rows = rows_of(values, _EVENT_COLUMNS).astype(np.float64)
        other = self._rng.random(_CHUNK) < self._share
        vectors = self._vectors.draw(strata, arms * dose * moved * other)
        tools = self._tools.draw(strata, arms * dose * (self._kind.other_tool if self._kind else 0))
        formats = self._formats.draw(
            strata, arms * dose * (self._kind.other_format if self._kind else 0)
        )
        judged = self._rng.random(_CHUNK) < self._judged
        found = []
        for i in range(_CHUNK):
            seen = self._event(int(place[i]), bool(arms[i]), rows[i], int(strata[i]), vectors[i])
            seen.labels = [
                (_PRESENCE, "everything"), (_TOOL, tools[i]), (_FORMAT, formats[i]),
                (_FINISH, "length" if rows[i, _TRUNCATED] else "stop"),
            ]  # fmt: skip
            found.append(seen)
            if judged[i]:
                found.append(self._outcome(seen, float(values[i, _JUDGE])))
        self._met += _CHUNK
        self._candidates += int(arms.sum())
        return found

    def _event(
        self, place: int, candidate: bool, row: np.ndarray, stratum: int, vector: np.ndarray
    ) -> Seen:
        unit = f"u{place}"
        stamp = Stamp.model_construct(
            phase_id="phase", arm="candidate" if candidate else "baseline", traffic="live",
            epoch=2, router_id="router", unit_id=unit, pair_id=None,
        )  # fmt: skip
        row[_NEAR] = np.nan
        return Seen(
            tenant_id=self.tenant_id, agent_id=AGENT, bundle_id="new" if candidate else "old",
            stamp=stamp, unit_id=unit, event_id=unit, stratum=f"task-{stratum}|1", values=row,
            at=1000 + place * _UNIT_MS, partition=0, offset=place, static=vector, embedder="e",
            bounded=True,  # as a contract sees to
        )  # fmt: skip

    def _outcome(self, seen: Seen, score: float) -> Seen:
        values = np.full(SIZE, np.nan)
        values[_SCORE] = given = min(max(score, 1.0), 5.0)
        for cut, metric in _UNDER:
            values[metric] = given < cut
        return Seen(
            tenant_id=seen.tenant_id, agent_id=AGENT, bundle_id="", stamp=seen.stamp, unit_id="",
            event_id=seen.event_id, stratum="", values=values, at=seen.at, partition=0,
            offset=seen.offset, outcome=True,
        )  # fmt: skip
