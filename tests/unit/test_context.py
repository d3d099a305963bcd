"""What a context says of the mixes around the answers."""

import numpy as np
import pytest

from detectors.arms import Arms
from detectors.context import Context
from detectors.context_state import dump_arms, dumps, load_arms, loads
from detectors.errors import StateError
from detectors.features.circumstances import circumstances
from detectors.surroundings import INDEX, VARIABLES, Circumstances
from schemas import Event


def around(rng: np.random.Generator, **changes: str | None) -> Circumstances:
    given: dict[str, str | None] = {
        "task": ["support", "find"][int(rng.integers(2))],
        "input_tokens": str(round(16 + 1.4 * float(rng.normal()))),
        "index_version": "idx-1", "model_served": "m1", "deployment": "eu",
        "system_fingerprint": f"fp-{int(rng.integers(3))}", "attempts": "1", "upstream": "no",
    }  # fmt: skip
    given |= changes
    return tuple(given.get(variable.name) for variable in VARIABLES)


def calm(context: Context, units: int, rng: np.random.Generator, **changes: str | None) -> None:
    for _ in range(units):
        context.take(around(rng, **changes))


def moved(context: Context) -> dict[str, int | None]:
    return {one.variable: one.changed_by_unit for one in context.readings()}


def test_mixes_that_do_not_move_are_not_said_to() -> None:
    false = 0
    for seed in range(20):
        context, rng = Context(), np.random.default_rng(seed)
        calm(context, 2000, rng)
        false += len(context.readings())
    assert false <= 2, "of 160 variables, each for 2,000 units"


def test_another_model_is_seen_within_32_units_and_dated() -> None:
    context, rng = Context(), np.random.default_rng(1)
    calm(context, 500, rng)
    calm(context, 32, rng, model_served="m2")
    (reading,) = context.readings()
    assert reading.variable == "model_served"
    assert (reading.baseline, reading.recent[:2]) == ("m1 (100 %)", "m2")
    assert reading.changed_by_unit == pytest.approx(500, abs=32)


def test_longer_prompts_are_seen_and_told_as_means() -> None:
    context, rng = Context(), np.random.default_rng(2)
    calm(context, 500, rng)
    for _ in range(100):
        context.take(around(rng, input_tokens=str(round(18 + 1.4 * float(rng.normal())))))
    (reading,) = context.readings()
    assert reading.variable == "input_tokens"
    assert float(reading.recent) > 1.4 * float(reading.baseline)
    assert reading.changed_at_unit is not None
    assert reading.changed_at_unit <= 532
    assert reading.changed_by_unit == pytest.approx(500, abs=64)


def test_a_second_switch_is_dated_anew_and_the_first_is_remembered() -> None:
    context, rng = Context(), np.random.default_rng(3)
    calm(context, 400, rng)
    calm(context, 400, rng, index_version="idx-2")
    calm(context, 100, rng, index_version="idx-3")
    dates = [one.changed_by_unit for one in context.readings() if one.variable == "index_version"]
    assert dates == [pytest.approx(400, abs=32), pytest.approx(800, abs=32)]
    calm(context, 2400, rng, index_version="idx-3")
    assert "index_version" not in moved(context), "what is long past explains nothing"


def test_the_present_can_become_the_baseline() -> None:
    context, rng = Context(), np.random.default_rng(4)
    calm(context, 400, rng)
    calm(context, 100, rng, model_served="m2")
    context.rebase()
    assert (context.readings(), context.units) == ([], 0)
    calm(context, 300, rng, model_served="m2")
    assert context.readings() == []


def test_labels_without_end_keep_the_state_small() -> None:
    context, rng = Context(), np.random.default_rng(5)
    for unit in range(3000):
        context.take(around(rng, system_fingerprint=f"fp-{unit}"))
    assert len(dumps(context)) < 2_000


def test_the_state_goes_on_as_if_nothing_had_happened() -> None:
    whole, rng = Context(), np.random.default_rng(6)
    units = [around(rng, index_version="idx-1" if i < 300 else "idx-2") for i in range(700)]
    parts = Context()
    for i, unit in enumerate(units):
        whole.take(unit)
        parts.take(unit)
        if i % 37 == 0:
            parts = loads(dumps(parts))
    assert dumps(parts) == dumps(whole)
    assert parts.readings() == whole.readings()
    assert len(dumps(whole)) < 1_500
    for raw in (b"", b"\x90", dumps(whole)[:-3]):
        with pytest.raises(StateError, match="context"):
            loads(raw)


def test_arms_that_get_the_same_work_do_not_differ_and_others_do() -> None:
    arms, rng = Arms("r"), np.random.default_rng(7)
    for _ in range(1000):
        candidate = bool(rng.random() < 0.2)
        arms.take(around(rng, model_served="m2" if candidate else "m1"), candidate)
        if rng.random() < 0.05:
            arms = load_arms(dump_arms(arms))
    (reading,) = arms.readings()
    assert (reading.variable, reading.baseline) == ("model_served", "m1 (100 %)")
    assert reading.units == 1000


def test_circumstances_are_read_off_an_event() -> None:
    event = Event.model_validate({
        "event_id": "e", "occurred_at": "2026-11-21T12:00:00Z", "tenant_id": "t", "agent_id": "a",
        "bundle_id": "b", "prompt": "Где мой заказ?", "input_tokens": 100, "output_tokens": 1,
        "cached_input_tokens": 50, "modalities": ["text", "image"], "attempts": 3,
        "retrieval": {"index_version": "i", "top_score": 0.8, "chunks": 400},
        "model_served": "m", "parent_event_id": "p",
    })  # fmt: skip
    found = dict(zip(INDEX, circumstances(event), strict=True))
    assert found["prompt_script"] == "cyrillic"
    assert (found["input_tokens"], found["prompt_form"]) == (None, None), "its parent wrote it"
    assert found["upstream_tokens"] == "13"
    assert (found["cached_share"], found["top_score"], found["chunks"]) == ("8", "12", "15")
    assert (found["modality"], found["attempts"], found["task"]) == ("image+text", "3", "none")
    assert (found["model_served"], found["system_fingerprint"]) == ("m", None)
