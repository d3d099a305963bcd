"""The ways in which each cause shows: what it does to the requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import AlertCause
from simulation.draws import Draws

__all__ = ["PLOTS", "Plot", "put_before"]

Fields = dict[str, Any]
Change = Callable[[Fields, Draws], None]


@dataclass(frozen=True, slots=True)
class Plot:
    """One way in which a cause shows: what it does to the requests, and what answers do then."""

    title: str
    request: Change
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


def put_before(event: Fields, draws: Draws) -> None:
    """Have most requests come from an agent before this one."""
    if draws.uniform() < 0.7:
        event["parent_event_id"] = f"p-{event['event_id']}"
        event["prompt"] = "Plan step: " + event["prompt"]


PLOTS: dict[AlertCause, Sequence[Plot]] = {
    "input": (
        Plot("prompts two and a half times as long", _longer),
        Plot("prompts in another script", _cyrillic),
        Plot("prompts with pictures", _pictures),
        Plot("another prompt template", _template),
    ),
    "retrieval": (
        Plot("another index", _index),
        Plot("another index that gives more chunks", _index_and_chunks),
        Plot("another embedding model of the retriever", _retriever),
        Plot("chunks that fit less, the index unchanged", _rot),
    ),
    "provider": (
        Plot("another model served", _model),
        Plot("another system fingerprint", _fingerprint),
        Plot("a silent change, for all tenants of the model", _nothing, tenants=5, hit=5),
        Plot("calls that fall back to another model", _falling_back),
    ),
    "infrastructure": (
        Plot("slow calls", _nothing, content=False),
        Plot("failing calls", _nothing, content=False),
        Plot("slow, failing and repeated calls", _retrying, content=False),
        Plot("slow calls of another deployment", _moved_away, content=False),
    ),
    "upstream": (
        Plot("the agent before writes longer prompts", _longer),
        Plot("the agent before writes other prompts", _template),
        Plot("an agent is put before this one", put_before),
    ),
    "unknown": (
        Plot("other answers and nothing else, one tenant", _nothing),
        Plot("other answers and nothing else, one of five tenants", _nothing, tenants=5),
    ),
    "candidate": (
        Plot("a candidate with other answers", _nothing),
        Plot("a candidate of another model", _model),
        Plot("a slow candidate", _nothing, content=False),
    ),
}
