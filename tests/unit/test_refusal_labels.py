"""The verdicts on refusals against what people said of real answers, on prompts kept back."""

import pytest

from benchmarks.science.refusal_data import DATA, Answer, answers, f1, moralises, records
from detectors.features.refusal import refusal

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="the data are not part of the product"),
]


@pytest.fixture(scope="module")
def kept() -> list[Answer]:
    return [one for one in answers() if one.kept]


def score(some: list[Answer]) -> tuple[float, float, float]:
    return f1(
        [(one.label == "refuses", refusal(one.text) != "") for one in some if one.label != "partly"]
    )


def test_full_refusals_are_told_from_compliance(kept: list[Answer]) -> None:
    found, precision, recall = score(kept)
    assert sum(one.label == "refuses" for one in kept) > 500
    assert found >= 0.93
    assert min(precision, recall) >= 0.92


@pytest.mark.parametrize(
    ("model", "recall"),
    [("gpt4", 0.95), ("llama2new", 0.93), ("llama2orig", 0.95), ("mistralguard", 0.88)],
)
def test_no_model_is_served_badly(kept: list[Answer], model: str, recall: float) -> None:
    assert score([one for one in kept if one.model == model])[2] >= recall


def test_direct_refusals_are_seldom_false(kept: list[Answer]) -> None:
    labels = [one.label for one in kept if refusal(one.text) == "direct"]
    assert labels.count("answers") / len(labels) < 0.05


def test_refusals_that_never_say_no_are_found(kept: list[Answer]) -> None:
    moral = [refusal(one.text) != "" for one in kept if moralises(one)]
    assert len(moral) > 100
    assert sum(moral) / len(moral) >= 0.75


def test_evaded_opinion_questions_are_told_from_answered_ones() -> None:
    asked = [one for one in records("llmdrift") if one["task"] == "opinionqa"]
    evaded = [
        refusal(one["response"]) != ""
        for one in asked
        if not one["labels"]["answered"] and one["labels"]["option"] is None
    ]
    answered = [refusal(one["response"]) != "" for one in asked if one["labels"]["answered"]]
    assert sum(evaded) / len(evaded) >= 0.9
    assert sum(answered) / len(answered) < 0.002


def test_other_work_is_no_lecture() -> None:
    for name in ("zeroeval_math_gpt4o", "tau_bench", "llama31_8b_reruns_int4"):
        texts = [one["response"] for one in records(name)]
        assert sum(refusal(text) == "moral" for text in texts) / len(texts) < 0.001
