"""Two labels of observed traffic as the arms of one phase, side by side whatever their order.

Within each stratum the units of both labels stand in an order drawn anew: every order of labels is
as likely as any other, as if a router had drawn them, so the blocks of `detectors.compare.blocks`
are exact whatever the order in which each label was asked.
"""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from control.phases import controls, margins
from detectors.compare.units import unit_digest
from detectors.seen import Seen
from schemas import Arm, Cohort, Phase, Policy, Stamp, Tenant
from streams.backtest.known import Known
from streams.backtest.measuring import Key, Label, Traffic

__all__ = ["ROLLOUT", "Arms", "Pair", "Shared"]

ROLLOUT: Final = "backtest"
SPAN_MS: Final = 600_000
"""Made-up time that everything takes: less than a block waits, so none closes by time."""
START_MS: Final = 1_000_000_000_000
_ROUTER: Final = "backtest"

Pair = tuple[str, str]
"""Baseline and candidate label of an agent."""


@dataclass(slots=True)
class _Row:
    """The first event of a unit, and what became known of it later."""

    seen: Seen
    twin: bytes | None
    outcomes: list[Seen] = field(default_factory=list)


@dataclass(slots=True)
class Shared:
    """Prompts that a (tenant, agent) put to one label or both."""

    both: int = 0
    all: int = 0


class Arms:
    """Gathers the units of every label, and gives them out side by side.

    Args:
        seed: Same seed, same order.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rows: dict[Key, dict[str, dict[bytes, _Row]]] = {}
        self._events: dict[Key, dict[int, _Row]] = {}
        self.traffic: dict[Key, Traffic] = {}

    def take(self, seen: Seen, twin: bytes | None) -> bool:
        """Keep what may count; return whether the answer's values are wanted.

        Args:
            seen: Its values may be filled in later.
            twin: Digest of the task and prompt; None: not known.
        """
        key = seen.tenant_id, seen.agent_id
        traffic = self.traffic.setdefault(key, Traffic(seen.at, seen.at))
        traffic.meet(seen)
        events = self._events.setdefault(key, {})
        unit = seen.stamp.unit_id if seen.stamp is not None else seen.unit_id
        if seen.outcome:
            self._outcome(key, seen, unit)
            return False
        live = seen.stamp is None or seen.stamp.traffic == "live"
        if not (seen.evidence and live):
            traffic.counted["cached" if live else "not-live"] += 1
            return False
        rows = self._rows.setdefault(key, {}).setdefault(seen.bundle_id, {})
        digest = unit_digest(seen.bundle_id, unit)
        known = rows.get(digest)
        if known is not None:
            traffic.counted["repeat"] += 1
            events[hash(seen.event_id)] = known
            return False
        traffic.counted["evidence"] += 1
        events[hash(seen.event_id)] = rows[digest] = _Row(seen, twin)
        return True

    def _outcome(self, key: Key, seen: Seen, unit: str) -> None:
        row = self._events[key].get(hash(seen.event_id)) if seen.event_id else None
        if row is None and unit:
            for label, rows in reversed(self._rows.get(key, {}).items()):
                row = row or rows.get(unit_digest(label, unit))
        self.traffic[key].counted["outcome" if row else "late"] += 1
        if row is not None:
            row.outcomes.append(seen)

    def labels(self) -> dict[str, dict[str, Label]]:
        """Return what was met of each label, by agent, the first met first."""
        found: dict[str, dict[str, Label]] = {}
        for (_, agent), traffic in self.traffic.items():
            mine = found.setdefault(agent, {})
            for name, label in traffic.labels.items():
                had = mine.get(name)
                if had is None:
                    mine[name] = Label(label.first_at, label.last_at, label.events, label.stamped)
                    continue
                had.first_at = min(had.first_at, label.first_at)
                had.last_at = max(had.last_at, label.last_at)
                had.events += label.events
        return {
            agent: dict(sorted(mine.items(), key=lambda one: one[1].first_at))
            for agent, mine in found.items()
        }

    def phases(self, pairs: Mapping[str, Pair], known: Known) -> dict[Key, Phase]:
        """Return a phase for each (tenant, agent) that has units of both labels of its agent."""
        made: dict[Key, Phase] = {}
        for key, labels in self._rows.items():
            tenant_id, agent_id = key
            pair = pairs.get(agent_id)
            if pair is None or not all(labels.get(name) for name in pair):
                continue
            n0, n1 = (len(labels[name]) for name in pair)
            weight = n1 / (n0 + n1)
            name = hashlib.blake2b("/".join(key).encode(), digest_size=8).hexdigest()
            tenant = known.tenants.get(tenant_id) or Tenant(tenant_id=tenant_id)
            policy = known.policies.get("default") or Policy()
            made[key] = Phase(
                phase_id=f"{ROLLOUT}-{name}", rollout_id=ROLLOUT, agent_id=agent_id, wave=1,
                weight=weight, controls=controls(weight), margins=margins(policy, tenant),
                cohorts=[Cohort(baseline=pair[0], candidate=pair[1], tenants={tenant_id: 1})],
                opened_at=1,
            )  # fmt: skip
        return made

    def shared(self, pairs: Mapping[str, Pair]) -> dict[Key, Shared]:
        """Return how many prompts both labels answered."""
        found: dict[Key, Shared] = {}
        for key, labels in self._rows.items():
            pair = pairs.get(key[1])
            if pair is None:
                continue
            sides = [{row.twin for row in labels.get(name, {}).values()} - {None} for name in pair]
            found[key] = Shared(len(sides[0] & sides[1]), len(sides[0] | sides[1]))
        return found

    def in_pairs(self, phases: Mapping[Key, Phase]) -> Iterator[Seen]:
        """Give the answers of both labels to the same prompt, one after the other, as pairs.

        The n-th answer of one label goes with the n-th of the other; what has no other half is
        left out. Which half comes first is drawn.
        """
        self._events.clear()
        number = 0
        for key, phase in phases.items():
            cohort, labels = phase.cohorts[0], self._rows.pop(key)
            sides = [_by_prompt(labels[name]) for name in (cohort.baseline, cohort.candidate)]
            both = [prompt for prompt in sides[0] if prompt in sides[1]]
            first = self._places((*key, "first"), len(both))
            for prompt, drawn in zip(both, first, strict=True):
                pair = f"{prompt[0].hex()}-{prompt[1]}"
                for which in (0, 1) if drawn < 0.5 else (1, 0):
                    row = sides[which][prompt]
                    stamp = Stamp(
                        phase_id=phase.phase_id, arm=ARMS[which], epoch=1, router_id=_ROUTER,
                        unit_id=f"{pair}-{which}", pair_id=pair, traffic="shadow",
                    )  # fmt: skip
                    for seen in (row.seen, *row.outcomes):
                        seen.stamp, seen.partition, seen.offset = stamp, 0, number
                        seen.at = START_MS + min(number, SPAN_MS)
                        number += 1
                        yield seen

    def side_by_side(self, phases: Mapping[Key, Phase]) -> Iterator[Seen]:
        """Give the units of all phases in the order drawn; what was gathered is let go."""
        streams = [self._merged(key, phase) for key, phase in phases.items()]
        self._events.clear()
        for number, (place, _, seen, stamp) in enumerate(
            heapq.merge(*streams, key=lambda x: x[:2])
        ):
            seen.at = START_MS + int(place * SPAN_MS)
            seen.stamp, seen.partition, seen.offset = stamp, 0, number
            yield seen

    def _merged(self, key: Key, phase: Phase) -> Iterator[tuple[float, int, Seen, Stamp]]:
        """Give (place in 0-1, ., seen, stamp) of one (tenant, agent), in the order drawn."""
        cohort, labels = phase.cohorts[0], self._rows.pop(key)
        drawn: list[tuple[float, int, _Row, Stamp]] = []
        for arm, label in zip(ARMS, (cohort.baseline, cohort.candidate), strict=True):
            strata: dict[str, list[tuple[bytes, _Row]]] = {}
            for digest, row in labels[label].items():
                strata.setdefault(row.seen.stratum, []).append((digest, row))
            for stratum, rows in strata.items():
                places = self._places((*key, label, stratum), len(rows))
                for place, (digest, row) in zip(places, rows, strict=True):
                    stamp = Stamp(
                        phase_id=phase.phase_id, arm=arm, epoch=1, router_id=_ROUTER,
                        unit_id=digest.hex(),
                    )  # fmt: skip
                    drawn.append((place, len(drawn), row, stamp))
        drawn.sort(key=lambda one: one[:2])
        for place, number, row, stamp in drawn:
            yield place, number, row.seen, stamp
            for outcome in row.outcomes:
                yield place, number, outcome, stamp

    def _places(self, names: tuple[str, ...], count: int) -> list[float]:
        """Return so many places in 0-1, drawn uniformly."""
        text = "\0".join((str(self._seed), *names))
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())
        places: list[float] = np.random.default_rng(seed).random(count).tolist()
        return places


def _by_prompt(rows: Mapping[bytes, _Row]) -> dict[tuple[bytes, int], _Row]:
    """Return rows by their prompt and which answer to it they are."""
    found: dict[tuple[bytes, int], _Row] = {}
    answers: Counter[bytes] = Counter()
    for row in rows.values():
        if row.twin is not None:
            found[row.twin, answers[row.twin]] = row
            answers[row.twin] += 1
    return found


ARMS: Final[tuple[Arm, Arm]] = ("baseline", "candidate")
