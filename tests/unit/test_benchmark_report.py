import json
from pathlib import Path

import pytest

from benchmarks.report import report, row


def test_a_ratio_says_how_many_times_the_peer_it_is() -> None:
    assert row("cost", 8.0, "us", peer="p", peer_value=2.0).ratio == 4
    assert row("cost", 2.0, "us").ratio is None
    assert row("cost", 2.0, "us", peer="p", peer_value=0.0).ratio is None


def test_what_is_held_to_a_target_is_met_or_missed() -> None:
    assert row("cost", 8.0, "us", peer="p", peer_value=2.0, most=4.0).met is True
    assert row("cost", 8.0, "us", peer="p", peer_value=2.0, most=3.9).met is False
    assert row("lag", 8.0, "ms", most=10.0).met is True
    assert row("lag", 8.0, "ms").met is None
    assert row("lag", float("nan"), "ms", most=10.0).met is False


def test_benchmarks_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.json"
    report("one", [row("a", 1.0, "us", peer="p", peer_value=3.0)], path)
    report("two", [row("b", 2.0, "us")], path)
    results = json.loads(path.read_text())["results"]
    assert [entry["ratio"] for entry in results["one"]] == [1 / 3]
    assert [entry["value"] for entry in results["two"]] == [2.0]
    assert "= 0.333 x p (3)" in capsys.readouterr().out
