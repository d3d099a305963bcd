"""The load: events of a rollout under way, the same for every peer.

Half of a tenant's sessions are the candidate's, so the monitors of every metric work. The text, if
any, is cut or filled up to exactly 1 KB, so that the cost of an event means one thing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from schemas import Cohort, Phase
from simulation import Fleet, World, make_tenants
from simulation.draws import Draws
from simulation.texts import Texts

__all__ = ["AGENT", "TEXT", "Load"]

AGENT = "care"
TEXT = 1024
"""Characters of an output, where it is shared."""
BASELINE, CANDIDATE = "sha256:" + "b" * 64, "sha256:" + "c" * 64
ROLLOUT = "bench"
PHASE = "bench-1"
CONTENT = {"provider": "aurora", "model": "aurora-2026-08-02"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What kind of events.

    Args:
        tenants: How many, all alike in their traffic.
        text: Whether prompt and output are shared.
        seed: Same seed, same events.
    """

    tenants: int
    text: bool
    seed: int = 7

    def phase(self) -> Phase:
        """Return the phase that all events name."""
        names = [f"t{i:05d}" for i in range(self.tenants)]
        cohort = Cohort(baseline=BASELINE, candidate=CANDIDATE, tenants=dict.fromkeys(names, 2))
        return Phase(
            phase_id=PHASE, rollout_id=ROLLOUT, agent_id=AGENT, wave=1, weight=0.5, controls=3,
            cohorts=[cohort], opened_at=1,
        )  # fmt: skip

    def events(self, count: int) -> Iterator[tuple[bytes, bytes]]:
        """Give so many (key, value) records for `events`."""
        traits = [
            replace(one, tenant_id=f"t{i:05d}", share=1.0)
            for i, one in enumerate(_tenants(self.tenants, self.seed))
        ]
        fleet = Fleet(traits, World([]), self.seed, agent_id=AGENT)
        texts, draws = Texts(self.seed), Draws(self.seed + 1)
        sides: dict[str, bool] = {}
        now = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        for _ in range(count):
            call = fleet.call()
            candidate = sides.setdefault(call.session_id, draws.uniform() < 0.5)
            stamp = {
                "phase_id": PHASE, "arm": "candidate" if candidate else "baseline", "epoch": 2,
                "router_id": "bench-router", "unit_id": call.session_id,
            }  # fmt: skip
            bundle = CONTENT | {"bundle_id": CANDIDATE if candidate else BASELINE}
            event = fleet.event(call, bundle, now, stamp)
            self._share(event, texts, draws)
            yield f"{event['tenant_id']}/{AGENT}".encode(), json.dumps(event).encode()

    def _share(self, event: dict[str, Any], texts: Texts, draws: Draws) -> None:
        """Bring the text to its length, or take it out."""
        if not self.text:
            event.pop("output", None)
            event.pop("prompt", None)
        elif "output" in event and event.get("expected_format") is None:
            more = texts.answer("plain", TEXT, draws)
            event["output"] = f"{event['output']} {more}"[:TEXT]


def _tenants(count: int, seed: int) -> Sequence[Any]:
    """Return traits of many tenants: those of 40, again and again."""
    some = make_tenants(40, seed)
    return [some[i % len(some)] for i in range(count)]
