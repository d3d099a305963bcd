import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.compare.baseline import BLOCK, OTHER, STRATA, Watch
from detectors.compare.cells import WARM
from detectors.compare.watch_readings import readings
from detectors.compare.watch_state import dumps, loads
from detectors.errors import NonFiniteValueError, StateError
from detectors.features.categories import code
from detectors.metrics import INDEX, SIZE
from schemas import MonitorReading

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def unit(**metrics: float) -> np.ndarray:
    values = np.full(SIZE, np.nan)
    for name, value in metrics.items():
        values[INDEX[name]] = value
    return values


def by_metric(watch: Watch) -> dict[str, MonitorReading]:
    return {reading.metric: reading for reading in readings(watch)}


def calm(watch: Watch, n: int, seed: int = 1, stratum: str = "ask|1", factor: float = 1.0) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(n):
        length = rng.lognormal(5.0, 0.7) * factor
        watch.step(stratum, unit(output_tokens=length, refused=float(rng.random() < 0.02)), 0)


def test_nothing_is_said_before_the_past_is_known() -> None:
    watch = Watch()
    calm(watch, WARM)
    assert readings(watch) == []
    calm(watch, 2 * BLOCK)
    assert set(by_metric(watch)) == {"output_tokens", "refused"}


def test_a_longer_answer_is_seen_within_forty_units_and_dated() -> None:
    watch = Watch()
    calm(watch, 1000)
    assert by_metric(watch)["output_tokens"].display < 0.5
    calm(watch, 40, seed=2, factor=2.5)
    reading = by_metric(watch)["output_tokens"]
    assert reading.display > 4.0
    assert reading.changed_at_unit == pytest.approx(1000, abs=15)
    assert reading.strata == ["ask|1"]
    assert reading.effect is not None
    assert reading.effect_low is not None
    assert 1.0 < reading.effect_low < reading.effect
    assert reading.pause == reading.action == 0.0
    assert by_metric(watch)["refused"].display < 0.5


def test_refusals_twenty_times_as_often_are_seen() -> None:
    watch = Watch()
    calm(watch, 800)
    rng = np.random.default_rng(3)
    for _ in range(60):
        watch.step("ask|1", unit(refused=float(rng.random() < 0.4)), 0)
    reading = by_metric(watch)["refused"]
    assert reading.display > 4.0
    assert reading.baseline_value == pytest.approx(0.02, abs=0.02)
    assert reading.effect is not None
    assert reading.effect > 5.0


def test_strata_that_move_in_opposite_directions_do_not_cancel() -> None:
    watch = Watch()
    for stratum, seed in (("up", 1), ("down", 2)):
        calm(watch, 400, seed=seed, stratum=stratum)
    for i in range(80):
        calm(watch, 1, seed=100 + i, stratum="up", factor=4.0)
        calm(watch, 1, seed=200 + i, stratum="down", factor=0.25)
    reading = by_metric(watch)["output_tokens"]
    assert reading.display > 6.0
    assert set(reading.strata) == {"up", "down"}


def test_a_shifting_mix_of_tasks_is_no_change() -> None:
    watch, rng = Watch(), np.random.default_rng(5)
    for i in range(4000):
        short = rng.random() < i / 4000
        length = rng.lognormal(3.0 if short else 7.0, 0.4)
        watch.step("short" if short else "long", unit(output_tokens=length), 0)
    reading = by_metric(watch)["output_tokens"]
    assert reading.display < 1.0
    assert reading.river["page_hinkley"] == 0


def test_the_baseline_stops_learning_when_an_alarm_is_near() -> None:
    watch = Watch()
    calm(watch, 300)
    calm(watch, 400, seed=2, factor=5.0)
    reading = by_metric(watch)["output_tokens"]
    assert reading.units.baseline < 350
    assert reading.display > 50.0
    assert by_metric(watch)["refused"].units.baseline > 690


def test_a_new_label_is_compared_with_the_one_before() -> None:
    old = Watch("march")
    calm(old, 500)
    same, other = Watch("june"), Watch("june")
    before = dumps(old)
    for watch, factor in ((same, 1.0), (other, 3.0)):
        watch.follow(old)
        calm(watch, 40, seed=7, factor=factor)
    assert by_metric(same)["output_tokens"].display < 1.0
    changed = by_metric(other)["output_tokens"]
    assert changed.display > 4.0
    assert changed.units.candidate == 40
    assert dumps(old) == before


@pytest.mark.parametrize("after", [100, 300])
def test_the_interval_of_a_new_label_holds_what_has_changed(after: int) -> None:
    """Against the label before, not against a mixture of both."""
    held, runs = 0, 40
    for seed in range(runs):
        old, new = Watch("march"), Watch("june")
        calm(old, 300, seed=2 * seed)
        new.follow(old)
        calm(new, after, seed=2 * seed + 1, factor=1.3)
        reading = by_metric(new)["output_tokens"]
        assert reading.effect_low is not None
        assert reading.effect_high is not None
        held += reading.effect_low < 1.3 < reading.effect_high
    assert held >= 0.85 * runs


def test_a_category_that_a_new_label_has_replaced_is_seen() -> None:
    """Neither label has ever had two, and none of the old one's comes again."""
    old, same, other = Watch("march"), Watch("june"), Watch("june")
    for _ in range(100):
        old.step("ask|1", unit(output_format=code("json:answer")), 0)
    assert "output_format" not in by_metric(old)
    for watch, label in ((same, "json:answer"), (other, "json:result")):
        watch.follow(old)
        for _ in range(2 * BLOCK):
            watch.step("ask|1", unit(output_format=code(label)), 0)
    assert "output_format" not in by_metric(same)
    assert by_metric(other)["output_format"].display > 6.0


def test_the_same_requests_again_in_the_same_order_are_no_change_of_category() -> None:
    """What is met first decides which categories are kept apart, and then it comes again."""
    shares = 1.0 / np.arange(1.0, 121.0)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        drawn = rng.choice(len(shares), 400, p=shares / shares.sum())
        old, new = Watch(f"march {seed}"), Watch(f"june {seed}")
        for one in drawn:
            old.step("ask|1", unit(output_format=code(f"json:{one}")), 0)
        new.follow(old)
        for one in drawn[: 5 * BLOCK]:
            new.step("ask|1", unit(output_format=code(f"json:{one}")), 0)
            loudest = max((reading.display for reading in readings(new)), default=0.0)
            assert loudest < 2.0


def test_strata_are_bounded() -> None:
    watch = Watch()
    for i in range(STRATA + 10):
        for _ in range(BLOCK):
            watch.step(f"task{i}", unit(latency_ms=10.0), 0)
    assert len(watch.pasts) == STRATA
    assert watch.pasts[OTHER].seen[INDEX["latency_ms"]] > WARM


def test_an_infinite_value_changes_nothing() -> None:
    watch = Watch()
    calm(watch, 50)
    before = dumps(watch)
    with pytest.raises(NonFiniteValueError):
        watch.step("new", unit(latency_ms=np.inf, error=1.0), 0)
    assert dumps(watch) == before


def test_ties_are_no_evidence() -> None:
    watch = Watch()
    for i in range(2000):
        watch.step("ask|1", unit(style_bullets=0.0, output_tokens=float(i % 3), error=0.0), 0)
    assert all(reading.display < 1.0 for reading in readings(watch))


def test_evidence_depends_on_the_seed_only_by_a_little_and_repeats() -> None:
    def run(seed: str) -> dict[str, float]:
        watch = Watch(seed)
        calm(watch, 300)
        calm(watch, 60, seed=2, factor=2.0)
        return {name: reading.display for name, reading in by_metric(watch).items()}

    assert run("a") == run("a")
    assert run("a") != run("b")
    assert run("a")["output_tokens"] == pytest.approx(run("b")["output_tokens"], abs=1.5)


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x99" * 30])
def test_a_damaged_state_says_so(damage: bytes) -> None:
    with pytest.raises(StateError, match="watch"):
        loads(damage)


def test_another_river_restarts_its_detectors_and_nothing_else() -> None:
    watch = Watch()
    calm(watch, 400)
    raw = dumps(watch)
    held = loads(raw.replace(b"\xa60.26.1", b"\xa60.26.0"))
    assert held.drifts.detectors == {}
    assert by_metric(held)["output_tokens"].display == by_metric(watch)["output_tokens"].display
    calm(held, 8)
    assert by_metric(held)["output_tokens"].river == {"adwin": 0, "page_hinkley": 0}


def test_four_strata_of_ten_metrics_stay_under_ten_kilobytes() -> None:
    watch, rng = Watch(), np.random.default_rng(6)
    names = [
        "output_tokens", "style_sentence_words", "style_bullets", "embedding_distance",
        "latency_ms", "cost_usd", "error", "refused", "formatted", "tool_failed",
    ]  # fmt: skip
    for i in range(2000):
        watch.step(f"t{i % 4}", unit(**{name: float(rng.random() < 0.5) for name in names}), 0)
    assert len(dumps(watch)) < 10_000


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def fold(watch: Watch, outputs: Iterable[dict[str, Any]]) -> None:
    for row in outputs:
        text = row["response"] or ""
        words = text.split()
        values = {
            "output_chars": float(row["response_chars"]),
            "style_sentence_words": len(words) / max(1, text.count(".")),
            "formatted": float("```" in text),
            "refused": float(any(w in text[:200].lower() for w in ("sorry", "cannot", "can't"))),
            "latency_ms": None if row.get("latency_s") is None else 1000.0 * row["latency_s"],
        }
        watch.step(row["task"], unit(**{k: v for k, v in values.items() if v is not None}), 0)


@pytest.mark.data
def test_a_silent_change_of_a_real_provider_is_said() -> None:
    versions: dict[str, list[dict[str, Any]]] = {}
    for row in rows("llmdrift"):
        versions.setdefault(row["model_version"], []).append(row)
    march, june = versions["gpt-4-0314"], versions["gpt-4-0613"]
    for rng, several in ((random.Random(8), (march, june)),):
        for outputs in several:
            rng.shuffle(outputs)
    watch = Watch("gpt-4")
    fold(watch, march)
    assert max(reading.display for reading in readings(watch)) < 1.0
    fold(watch, june[:80])
    said = by_metric(watch)
    assert said["output_chars"].display > 6.0
    assert {"happy_numbers", "prime"} & set(said["output_chars"].strata)
    fold(watch, june[80:])
    said = by_metric(watch)
    assert said["refused"].display > 6.0
    assert "sensitiveq_aim_jailbreak" in said["refused"].strata
    assert "leetcode_easy" in said["formatted"].strata
    assert said["output_chars"].river["page_hinkley"] >= 1


@pytest.mark.data
def test_reruns_of_one_configuration_are_silent() -> None:
    outputs = [row for row in rows("llama31_8b_reruns_int4") if row["model_version"].endswith("16")]
    outputs.sort(key=lambda row: (row["variant"], row["prompt_sha"]))
    for seed in ("one", "two"):
        watch = Watch(seed)
        for row in outputs:
            fold(watch, [row])
            if watch.units % 100 == 0:
                assert max([0.0, *(r.display for r in readings(watch))]) < 1.5
        assert all(sum(reading.river.values()) == 0 for reading in readings(watch))
