"""The refusal rules against what people said of real answers."""

import gzip
import json
import time
from pathlib import Path

import pytest

from detectors.features.refusal import refusal

XSTEST = Path(__file__).parents[3] / "shared" / "data" / "xstest.jsonl.gz"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not XSTEST.exists(), reason="the data are not part of the product"),
]


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, str]]:
    with gzip.open(XSTEST, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["labels"]["human_label"], row["response"]) for row in rows]


def test_full_refusals_are_told_from_compliance(answers: list[tuple[str, str]]) -> None:
    hits = false = missed = 0
    for label, text in answers:
        refuses = refusal(text) != ""
        hits += label == "2_full_refusal" and refuses
        missed += label == "2_full_refusal" and not refuses
        false += label == "1_full_compliance" and refuses
    assert hits + missed > 500
    assert 2 * hits / (2 * hits + false + missed) >= 0.88


def test_direct_refusals_are_seldom_false(answers: list[tuple[str, str]]) -> None:
    verdicts = [label for label, text in answers if refusal(text) == "direct"]
    assert verdicts.count("1_full_compliance") / len(verdicts) < 0.06


def test_a_verdict_is_cheap(answers: list[tuple[str, str]]) -> None:
    started = time.process_time()
    for _, text in answers:
        refusal(text)
    assert (time.process_time() - started) / len(answers) < 200e-6
