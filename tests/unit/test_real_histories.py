"""Recorded answers of real models: what changed is found, what did not is let be."""

import pytest

from benchmarks.science.real import Way, judged
from benchmarks.science.recorded import DATA, Case, cases

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data"),
]

WAYS: tuple[Way, ...] = ("watch", "concurrent")


@pytest.fixture(scope="module")
def histories() -> dict[str, Case]:
    return {case.name: case for case in cases()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name", ["gpt-4-0314 -> gpt-4-0613, opinionqa alone", "zeroeval gpt-4o 05-13 -> 08-06"]
)
def test_a_graded_change_is_found(histories: dict[str, Case], name: str, way: Way) -> None:
    report = judged(histories[name], way)
    subject = next(s for s in report["comparisons"][0]["subjects"] if s["baseline"] == "old")
    assert subject["verdict"] in {"different", "worse"}
    assert subject["units_at"]["display"]["100"] < 200
    if way == "concurrent" and name.startswith("gpt-4"):
        assert report["verdict"] == "worse"
        assert any(act["kind"] == "revert" for act in subject["would_have"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["Llama re-run, one against one", "tau_bench trials 0, 1 -> 2, 3"])
def test_a_control_is_silent(histories: dict[str, Case], name: str, way: Way) -> None:
    report = judged(histories[name], way, seed=2)
    assert report["verdict"] == "none"
    assert report["known_good"]["reversions"] == 0


def test_a_subtle_change_is_found_in_pairs_and_never_called_worse(
    histories: dict[str, Case],
) -> None:
    case = histories["Llama bf16 (one run) -> int4"]
    assert judged(case, "concurrent")["verdict"] != "worse"
    report = judged(case, "paired")
    assert report["verdict"] == "different"
    (subject,) = report["comparisons"][0]["subjects"]
    (tokens,) = [one for one in subject["moved"] if one["metric"] == "output_tokens"]
    assert tokens["high"] < 1.0


def test_a_rerun_in_pairs_is_silent(histories: dict[str, Case]) -> None:
    assert judged(histories["Llama re-run, one against one"], "paired")["verdict"] == "none"
