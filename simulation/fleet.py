"""Answers to calls: the fields of an event, from a tenant's traits and a bundle's effects."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.behaviour import Effects, World
from simulation.draws import Draws
from simulation.sessions import Call, Sessions
from simulation.tenants import STYLES, TOOLS, Traits
from simulation.texts import Texts

__all__ = ["Fleet"]

CHARS_PER_TOKEN = 4.4
DAY = 86_400.0


def _odds(probability: float, factor: float) -> float:
    """Return `probability` with its odds multiplied by `factor`."""
    if factor == 1.0:
        return probability
    odds = factor * probability / (1.0 - probability)
    return odds / (1.0 + odds)


class Fleet:
    """Tenants that call an agent, and what the agent's bundles answer them.

    Fields come without identity of time, bundle and stamp: the service's router and emitter,
    or `event`, add those.

    Args:
        tenants: See `make_tenants`.
        world: What each bundle's content does.
        seed: Same seed and same calls of the methods, same events.
        prefix: Of session and event ids.
        agent_id: The one agent that all tenants share.
        mean_turns: Mean number of turns of a session.
        alike: How much the turns of a session resemble each other: intraclass correlation, 0-1.
        cycle: Depth of the daily cycle of latency and length; 0: none.
        drift: Depth of the daily drift of the prompt mix; 0: none.
        incidents: (start, end) seconds in which every bundle is slow and fails more.
    """

    def __init__(
        self,
        tenants: Sequence[Traits],
        world: World,
        seed: int,
        *,
        prefix: str = "s",
        agent_id: str = "care",
        mean_turns: float = 3.0,
        alike: float = 0.3,
        cycle: float = 0.0,
        drift: float = 0.0,
        incidents: Sequence[tuple[float, float]] = (),
    ) -> None:
        self.agent_id = agent_id
        self._world = world
        self._sessions = Sessions(tenants, seed, prefix=prefix, mean_turns=mean_turns, drift=drift)
        self._texts = Texts(seed)
        self._draws = Draws(seed + 7919)
        self._alike = alike
        self._own = (math.sqrt(alike), math.sqrt(1.0 - alike))
        self._cycle = cycle
        self._incidents = incidents

    def call(self, seconds: float = 0.0) -> Call:
        """Return the next call; `seconds` is simulated time."""
        return self._sessions.next(seconds)

    def answer(self, call: Call, bundle: Mapping[str, Any], seconds: float = 0.0) -> dict[str, Any]:
        """Return what serving `call` with `bundle` gives, as fields of an event.

        Args:
            call: From `call`.
            bundle: The bundle's content; which scenario it belongs to decides the effects.
            seconds: Simulated time, for the daily cycle and incidents.
        """
        draws, traits = self._draws, call.traits
        effects = self._world.effects(bundle, traits.tenant_id)
        slow = self._slowness(seconds)
        fields: dict[str, Any] = {
            "event_id": f"{call.session_id}.{call.turn}",
            "tenant_id": traits.tenant_id,
            "agent_id": self.agent_id,
            "session_id": call.session_id,
            "turn": call.turn,
            "task": call.task,
            "prompt": self._texts.prompt(draws),
            "input_tokens": 180 + 90 * call.turn + draws.below(120),
            "model_asked": bundle.get("model"),
            "provider": bundle.get("provider"),
        }
        failing = _odds(traits.error_rate, effects.error_odds * (10.0 if slow > 1.5 else 1.0))
        if draws.uniform() < failing:
            fields["error"] = {"kind": "provider", "code": "overloaded"}
            fields["latency_ms"] = round(traits.median_latency_ms * slow * 4, 1)
            return fields
        fields["model_served"] = bundle.get("model")
        chars = self._say(fields, call, effects, seconds)
        self._use_tools(fields, call, effects)
        _weigh(fields, chars, traits, effects, slow * math.exp(0.35 * draws.normal()))
        return fields

    def event(
        self,
        call: Call,
        bundle: Mapping[str, Any],
        occurred_at: str,
        stamp: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
    ) -> dict[str, Any]:
        """Return a whole event, for tests and benchmarks that need no router.

        Args:
            call: From `call`.
            bundle: Content, with its `bundle_id`.
            occurred_at: RFC 3339 with zone.
            stamp: What a router would have stamped; None: observe mode.
            seconds: Simulated time.
        """
        fields = self.answer(call, bundle, seconds)
        fields["occurred_at"] = occurred_at
        fields["bundle_id"] = bundle["bundle_id"]
        if stamp is not None:
            fields["stamp"] = dict(stamp)
        return fields

    def feedback(
        self, call: Call, bundle: Mapping[str, Any], share: float = 0.05
    ) -> dict[str, Any] | None:
        """Return the fields of an outcome for a `share` of the calls, None for the others."""
        draws = self._draws
        if draws.uniform() >= share:
            return None
        effects = self._world.effects(bundle, call.traits.tenant_id)
        happy = _odds(call.traits.satisfaction, effects.satisfaction_odds)
        return {
            "outcome_id": f"f-{call.session_id}.{call.turn}",
            "event_id": f"{call.session_id}.{call.turn}",
            "tenant_id": call.traits.tenant_id,
            "agent_id": self.agent_id,
            "name": "feedback",
            "value": float(draws.uniform() < happy),
            "source": "thumbs",
        }

    def _slowness(self, seconds: float) -> float:
        slow = 1.0
        if self._cycle:
            slow += self._cycle * math.sin(2 * math.pi * seconds / DAY)
        if any(start <= seconds < end for start, end in self._incidents):
            slow *= 2.5
        return slow

    def _say(self, fields: dict[str, Any], call: Call, effects: Effects, seconds: float) -> int:
        """Write the output; return its intended length in characters."""
        draws, traits = self._draws, call.traits
        luck = call.refusal_luck if draws.uniform() < self._alike else draws.uniform()
        fields["finish_reason"] = "stop"
        if luck < _odds(traits.refusal_rate, effects.refusal_odds):
            text = self._texts.refusal(draws.uniform() < effects.moral, draws)
            fields["output"] = text
            return len(text)
        normal = self._own[0] * call.length_luck + self._own[1] * draws.normal()
        long = effects.length * math.exp(traits.sigma * normal)
        if self._cycle:
            long *= 1.0 + 0.5 * self._cycle * math.sin(2 * math.pi * seconds / DAY)
        chars = max(int(traits.median_chars * long), 40)
        if call.task == "extract":
            rate = traits.broken_format if effects.broken_format is None else effects.broken_format
            broken = draws.uniform() < rate
            fields["expected_format"] = "json"
            fields["schema_valid"] = not broken
            fields["output"] = self._texts.record(chars, broken, draws)
            return chars
        style = STYLES[draws.weighted(traits.style_mix)]
        if effects.bullets and draws.uniform() < effects.bullets:
            style = "bullets"
        fields["output"] = self._texts.answer(style, chars, draws)
        return chars

    def _use_tools(self, fields: dict[str, Any], call: Call, effects: Effects) -> None:
        draws, traits = self._draws, call.traits
        rate = traits.tool_rates[0 if call.turn == 1 else 1] * (1.0 - effects.tool_skip)
        if draws.uniform() >= rate:
            return
        tool = draws.weighted(traits.tool_mix)
        if effects.tool_shift and draws.uniform() < effects.tool_shift:
            tool = (tool + 1) % len(TOOLS)
        failing = traits.tool_failure if effects.tool_failure is None else effects.tool_failure
        ok = draws.uniform() >= failing
        made: dict[str, Any] = {
            "name": TOOLS[tool],
            "ok": ok,
            "arguments_valid": draws.uniform() >= effects.tool_invalid,
            "duration_ms": round(40 * math.exp(0.5 * draws.normal()), 1),
        }
        if not ok:
            made["error"] = "timeout"
        fields["tool_calls"] = [made]


def _weigh(
    fields: dict[str, Any], chars: int, traits: Traits, effects: Effects, luck: float
) -> None:
    """Add tokens, times and cost."""
    tokens = max(round(chars / CHARS_PER_TOKEN), 1)
    factor = effects.latency * luck
    first = traits.median_latency_ms * factor
    fields["output_tokens"] = tokens
    fields["time_to_first_token_ms"] = round(first, 1)
    fields["latency_ms"] = round(first + 6.0 * tokens * factor, 1)
    spent = 3e-6 * fields["input_tokens"] + 15e-6 * tokens
    fields["cost_usd"] = round(spent * effects.cost, 7)
