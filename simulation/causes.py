"""Changes with a known cause: what a service sends before and after, and whose doing it is.

Around every change goes on what changes nothing: fingerprints rotate, an index is renewed without
harm, the mix of tasks wanders. So whoever blames what moved last, or at all, is often wrong.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from schemas import AlertCause
from simulation.draws import Draws

__all__ = ["CAUSES", "Story", "inject"]

Fields = dict[str, Any]

CAUSES: tuple[AlertCause, ...] = (
    "candidate", "input", "retrieval", "provider", "infrastructure", "upstream", "unknown",
)  # fmt: skip
BENIGN = 0.3
"""Share of the way to the change at which the index is renewed without harm."""
SPACING_MS = 200
MORE = 1.35
"""Factor by which a candidate does more of what its baseline arm does too."""
WORDS = ("the", "order", "was", "found", "and", "will", "be", "sent", "to", "you", "soon", "again")


@dataclass(slots=True)
class Story:
    """What one service sent, and the truth about it.

    Args:
        cause: Of the change.
        title: What happened.
        contested: Whether the baseline arm does it too.
        rollout: Whether the units are of a rollout, a quarter of them the candidate's.
        tenants: Who sent; the change is looked for in the first.
        change: Index of the first event after the change.
        events: (broker time in ms, candidate, fields), in the order of arrival.
    """

    cause: AlertCause
    title: str
    contested: bool = False
    rollout: bool = False
    tenants: tuple[str, ...] = ("t0",)
    change: int = 0
    events: list[tuple[int, bool, Fields]] = field(default_factory=list)


@dataclass(slots=True)
class _Answers:
    """How answers and calls are; 1 and the defaults: as ever."""

    length: float = 1.0
    refused: float = 0.02
    latency: float = 1.0
    errors: float = 0.01


_Change = Callable[[Fields, Draws], None]


@dataclass(frozen=True, slots=True)
class _Plot:
    """One way in which a cause shows: what it does to the requests, and what answers do then."""

    title: str
    request: _Change
    content: bool = True
    tenants: int = 1
    hit: int = 1
    """How many of the tenants it happens to, counted from the first."""


def _nothing(_: Fields, __: Draws) -> None:
    return None


def _longer(event: Fields, _: Draws) -> None:
    event["input_tokens"] = round(2.5 * event["input_tokens"])


def _cyrillic(event: Fields, _: Draws) -> None:
    event["prompt"] = "Здравствуйте, где мой заказ?"


def _pictures(event: Fields, _: Draws) -> None:
    event["modalities"] = ["text", "image"]


def _template(event: Fields, draws: Draws) -> None:
    event["prompt"] = "Reply as a pirate would: " + event["prompt"]
    event["input_tokens"] += 60 + draws.below(20)


def _index(event: Fields, _: Draws) -> None:
    event["retrieval"]["index_version"] = "idx-9"


def _index_and_chunks(event: Fields, _: Draws) -> None:
    _index(event, _)
    event["retrieval"]["chunks"] += 6
    event["input_tokens"] += 1500


def _retriever(event: Fields, _: Draws) -> None:
    event["retrieval"]["embedding_model"] = "e5-large"


def _rot(event: Fields, _: Draws) -> None:
    event["retrieval"]["top_score"] *= 0.5
    event["retrieval"]["chunks"] = 1


def _model(event: Fields, _: Draws) -> None:
    event["model_served"] = "gpt-x-1106"


def _fingerprint(event: Fields, draws: Draws) -> None:
    event["system_fingerprint"] = f"fp-new-{draws.below(2)}"


def _falling_back(event: Fields, draws: Draws) -> None:
    if draws.uniform() < 0.6:
        event["fallback_from"], event["model_served"] = event["model_served"], "spare-1"


def _retrying(event: Fields, draws: Draws) -> None:
    event["attempts"] = 1 + draws.below(3)


def _moved_away(event: Fields, _: Draws) -> None:
    event["deployment"] = "us-2"


def _led(event: Fields, draws: Draws) -> None:
    if draws.uniform() < 0.7:
        event["parent_event_id"] = f"p-{event['event_id']}"
        event["prompt"] = "Plan step: " + event["prompt"]


PLOTS: dict[AlertCause, Sequence[_Plot]] = {
    "input": (
        _Plot("prompts two and a half times as long", _longer),
        _Plot("prompts in another script", _cyrillic),
        _Plot("prompts with pictures", _pictures),
        _Plot("another prompt template", _template),
    ),
    "retrieval": (
        _Plot("another index", _index),
        _Plot("another index that gives more chunks", _index_and_chunks),
        _Plot("another embedding model of the retriever", _retriever),
        _Plot("chunks that fit less, the index unchanged", _rot),
    ),
    "provider": (
        _Plot("another model served", _model),
        _Plot("another system fingerprint", _fingerprint),
        _Plot("a silent change, for all tenants of the model", _nothing, tenants=5, hit=5),
        _Plot("calls that fall back to another model", _falling_back),
    ),
    "infrastructure": (
        _Plot("slow calls", _nothing, content=False),
        _Plot("failing calls", _nothing, content=False),
        _Plot("slow, failing and repeated calls", _retrying, content=False),
        _Plot("slow calls of another deployment", _moved_away, content=False),
    ),
    "upstream": (
        _Plot("the agent before writes longer prompts", _longer),
        _Plot("the agent before writes other prompts", _template),
        _Plot("an agent is put before this one", _led),
    ),
    "unknown": (
        _Plot("other answers and nothing else, one tenant", _nothing),
        _Plot("other answers and nothing else, one of five tenants", _nothing, tenants=5),
    ),
    "candidate": (
        _Plot("a candidate with other answers", _nothing),
        _Plot("a candidate of another model", _model),
        _Plot("a slow candidate", _nothing, content=False),
    ),
}


def inject(
    cause: AlertCause,
    seed: int,
    *,
    units: int = 1400,
    change: int = 900,
    ramp: int = 0,
    contested: bool = False,
) -> Story:
    """Return a story of one change.

    Args:
        cause: Whose doing it is.
        seed: Same seed, same story; the ways in which a cause shows come in turn.
        units: Of each tenant, one event each.
        change: Units of each tenant before it; of a candidate: before the rollout.
        ramp: Units over which it comes in: it meets ever more of them, in the end all.
        contested: Of a candidate: the baseline arm does the same, the candidate a little more.
    """
    draws = Draws(seed * 7919 + CAUSES.index(cause))
    plot = PLOTS[cause][seed % len(PLOTS[cause])]
    tenants = tuple(f"t{i}" for i in range(plot.tenants))
    rollout = cause == "candidate"
    story = _Story(cause, plot, seed, rollout, contested, draws)
    made = Story(cause, plot.title, contested, rollout, tenants, change * len(tenants))
    for unit in range(units):
        for number, tenant_id in enumerate(tenants):
            at = SPACING_MS * (unit * len(tenants) + number)
            come = min(1.0, (unit - change + 1) / (ramp + 1))
            changed = number < plot.hit and (come >= 1.0 or draws.uniform() < come)
            candidate = rollout and unit >= change and draws.uniform() < 0.25
            event = story.event(f"{tenant_id}-{unit}", unit / change, changed, candidate)
            made.events.append((at, candidate, {**event, "tenant_id": tenant_id}))
    return made


class _Story:
    """Draws the events of one story."""

    def __init__(
        self,
        cause: AlertCause,
        plot: _Plot,
        seed: int,
        rollout: bool,
        contested: bool,
        draws: Draws,
    ) -> None:
        self.cause, self.plot, self.draws = cause, plot, draws
        self.rollout, self.contested = rollout, contested
        size = 1.5 + 0.7 * draws.uniform()
        if plot.content:
            self.after = _Answers(length=size) if draws.uniform() < 0.7 else _Answers(refused=0.2)
        else:
            slow = seed % len(PLOTS[cause]) != 1 or rollout
            self.after = _Answers(
                latency=1.6 + draws.uniform() if slow else 1.0,
                errors=0.12 if not slow or seed % 4 == 2 else 0.01,
            )
        self.more = _Answers(
            *(
                value * MORE if value != usual else value
                for value, usual in zip(astuple(self.after), astuple(_Answers()), strict=True)
            )
        )
        self.led = cause == "upstream" and plot.request is not _led

    def event(self, name: str, progress: float, changed: bool, candidate: bool) -> Fields:
        """Return one event without its tenant."""
        event = self._request(name, progress)
        mine = changed and (candidate if self.rollout and not self.contested else True)
        if mine and not (self.rollout and not candidate):
            self.plot.request(event, self.draws)
        how = self.after if mine else _Answers()
        if self.contested and candidate and changed:
            how = self.more
        self._answer(event, how)
        return event

    def _request(self, name: str, progress: float) -> Fields:
        draws = self.draws
        event: Fields = {
            "event_id": name, "occurred_at": "2026-11-21T12:00:00Z", "agent_id": "care",
            "bundle_id": "old", "provider": "acme", "deployment": "eu-1",
            "task": "support" if draws.uniform() < 0.6 + 0.2 * math.sin(3 * progress) else "find",
            "prompt": f"{draws.one_of(('Hello', 'Hi', 'Please help me', 'Where is my'))} order",
            "input_tokens": round(math.exp(5.5 + 0.5 * draws.normal())),
            "model_served": "gpt-x-0301", "system_fingerprint": f"fp-{draws.below(3)}",
            "retrieval": {
                "index_version": "idx-7" if progress < BENIGN else "idx-8",
                "embedding_model": "e5-small",
                "chunks": 3 + draws.below(4),
                "top_score": round(min(0.99, max(0.3, 0.75 + 0.1 * draws.normal())), 3),
            },
        }  # fmt: skip
        if self.led:
            event["parent_event_id"] = f"p-{name}"
        return event

    def _answer(self, event: Fields, how: _Answers) -> None:
        draws = self.draws
        event["latency_ms"] = round(800 * how.latency * math.exp(0.4 * draws.normal()), 1)
        if draws.uniform() < how.errors:
            event["error"] = {"kind": "provider"}
            return
        refused = draws.uniform() < how.refused
        words = round(40 * how.length * math.exp(0.5 * draws.normal()))
        event["refused"] = refused
        event["output_tokens"] = max(words, 1)
        event["output"] = " ".join(draws.one_of(WORDS) for _ in range(min(words, 12)))
